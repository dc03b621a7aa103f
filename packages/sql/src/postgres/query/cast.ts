/** Casts: total where no value can fail them, a use of the field elsewhere, opaque where users' code runs (R3, R16). */
import type { CatalogType } from '../../catalog.js'
import { FIRST_USER_OID, TYPE } from '../functions/builtin-types.js'
import { as, type Tree } from '../tree.js'
import { act, type Env, opaque } from './analysis.js'
import { readValue } from './expression.js'
import { use } from './mention.js'
import { type ResolvedType, resolveType } from './names.js'
import { rowOfType } from './relation.js'
import type { Scope } from './scope.js'
import { compute, unprovable, type Value } from './value.js'

/** Output functions never fail; a length only cuts. */
const TEXTS: ReadonlySet<number> = new Set([TYPE.text, TYPE.varchar, TYPE.bpchar, TYPE.name])

const WIDER: Readonly<Record<number, readonly number[]>> = {
  [TYPE.int2]: [TYPE.int4, TYPE.int8, TYPE.numeric, TYPE.float4, TYPE.float8],
  [TYPE.int4]: [TYPE.int8, TYPE.numeric, TYPE.float8],
  [TYPE.int8]: [TYPE.numeric],
  [TYPE.float4]: [TYPE.float8],
}

const OBJECT_NAMES: ReadonlySet<string> = new Set([
  'regclass',
  'regproc',
  'regprocedure',
  'regoper',
  'regoperator',
  'regtype',
  'regrole',
  'regnamespace',
  'regconfig',
  'regdictionary',
  'regcollation',
])

export function readCast(node: Tree, scope: Scope, env: Env): Value {
  const value = readValue(node.arg, scope, env)
  const type = resolveType(node.typeName, env.analysis)
  if (OBJECT_NAMES.has(type.name) && as(node.arg, 'A_Const')) env.analysis.literalMattered()
  return applyCast(value, type, env)
}

export function applyCast(value: Value, type: ResolvedType, env: Env): Value {
  if (type.problem !== undefined) {
    opaque(env, type.problem)
    use(env, [value], 'argument')
    return unprovable(type.problem, [value])
  }
  return type.user ? toUserType(value, type, type.user, env) : toBuiltin(value, type, env)
}

function toBuiltin(value: Value, type: ResolvedType, env: Env): Value {
  const known = value.type
  if (known !== undefined && known === type.oid && !type.array && !type.limited) return value
  const routine = castRoutine(value, type.oid, env)
  if (routine !== undefined) return run(value, type.oid, routine, env)
  if (!type.array && type.oid === TYPE.text && known === TYPE.varchar) return { ...value, type: TYPE.text }
  const total =
    !type.array &&
    (TEXTS.has(type.oid) ||
      (!type.limited && known !== undefined && (WIDER[known]?.includes(type.oid) ?? false)))
  if (!total) use(env, [value], 'argument')
  const { how, leaves, ...rest } = compute([value], type.oid === 0 ? undefined : type.oid)
  return type.oid === TYPE.record
    ? { how, leaves, ...rest, foreign: true }
    : withoutForeign({ how, leaves, ...rest })
}

/** A built-in type holds no user's value any more. */
function withoutForeign(value: Value): Value {
  const { foreign: _, ...rest } = value
  return value.unprovable === undefined ? rest : value
}

/** The user's routine that a cast can run; undefined when none can. */
function castRoutine(value: Value, target: number, env: Env): string | undefined {
  const { catalog } = env.analysis
  const found = catalog
    .castsTo(target)
    .filter((cast) => cast.routine !== 0)
    .find(({ source }) =>
      value.type === undefined || value.type === TYPE.unknown
        ? value.foreign === true || (value.type === undefined && source < FIRST_USER_OID)
        : source === value.type,
    )
  if (!found) return undefined
  const routine = catalog.routineByOid(found.routine)
  return routine ? `${routine.schema}.${routine.name}` : `cast ${found.source} to ${found.target}`
}

function run(value: Value, type: number, routine: string, env: Env): Value {
  const why = `a cast runs \`${routine}\`, and what that does is not known`
  const path = [env.analysis.catalog.catalog.database, ...routine.split('.')]
  act(env, { verb: 'call', resource: { kind: 'routine', path, system: false }, certainty: 'opaque', why })
  use(env, [value], 'argument')
  return { ...unprovable(why, [value]), ...(type === 0 ? {} : { type }) }
}

function toUserType(value: Value, type: ResolvedType, user: CatalogType, env: Env): Value {
  const routine = castRoutine(value, user.oid, env)
  if (routine !== undefined) return run(value, user.oid, routine, env)
  if (value.type === user.oid && !type.array) return value
  use(env, [value], 'argument')
  const whole = { ...compute([value], type.array ? undefined : user.oid), foreign: true }
  if (user.kind === 'enum') return whole
  if (user.kind === 'composite') {
    const relation = env.analysis.catalog.relationByOid(user.relation)
    if (!relation || type.array) return whole
    const row = rowOfType(relation, env).map((column) => ({
      name: column.name,
      value: {
        ...compute([value], column.value.type),
        ...(value.leaves.size === 0 ? {} : { how: 'computed' as const }),
      },
    }))
    return { ...whole, row }
  }
  const why = `type \`${user.schema}.${user.name}\` runs code of its own on input, and what that does is not known`
  const path = [env.analysis.catalog.catalog.database, user.schema, user.name]
  opaque(env, why, { kind: 'object', path, system: false })
  return unprovable(why, [value])
}
