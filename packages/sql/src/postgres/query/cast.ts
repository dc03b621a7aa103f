/** Casts: total where no value can fail them, a use of the field elsewhere, opaque where users' code runs (R3, R16). */
import type { CatalogCast, CatalogRelation, CatalogType } from '../../catalog.js'
import { use, weigh } from '../../lineage/mention.js'
import type { Scope } from '../../lineage/scope.js'
import { compute, FIRST_USER_OID, heavier, unprovable, type Value } from '../../lineage/value.js'
import { builtinType, TYPE, typeName } from '../functions/builtin-types.js'
import { onlyComputes } from '../functions/extensions.js'
import { as, type Tree } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { runConversion, underlying } from './conversion.js'
import { isDocumentType, isSpelled, SCALARS, somewhere } from './document-path.js'
import { checkDomain, typeBelow } from './domain.js'
import { readValue } from './expression.js'
import { type ResolvedType, resolveType } from './names.js'
import { rowOfType } from './relation.js'
import { alternatives } from './routines/run.js'

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

const WHOLE_TEXTS: ReadonlySet<number> = new Set([TYPE.text, TYPE.varchar])

export function applyCast(value: Value, type: ResolvedType, env: Env): Value {
  if (type.problem !== undefined) {
    opaque(env, type.problem)
    use(env, [value], 'argument')
    return unprovable(type.problem, [value])
  }
  const keeps =
    type.array ||
    SCALARS.has(type.oid) ||
    type.oid === TYPE.record ||
    isDocumentType(type.oid, env) ||
    (WHOLE_TEXTS.has(type.oid) && !type.limited && isSpelled(value))
  const given = keeps ? value : somewhere(value, env)
  return type.user ? toUserType(given, type, type.user, env) : toBuiltin(given, type, env)
}

function toBuiltin(value: Value, type: ResolvedType, env: Env): Value {
  const known = value.type
  if (known !== undefined && known === type.oid && !type.array && !type.limited) return value
  const element = type.array ? builtinType(type.name.replace(/^_/, '')) : undefined
  const given = element === undefined ? value : elementOf(value)
  const casts = castsOf(given, element ?? type.oid, env)
  if (casts.length > 0) {
    const results = casts.map((cast) => runConversion(cast, value, env))
    // Which one it is, or whether any, the type would tell.
    if (given.type === undefined) use(env, [value], 'argument')
    const all = given.type === undefined ? [...results, compute([value])] : results
    return { ...alternatives(all), ...(type.oid === 0 ? {} : { type: type.oid }) }
  }
  if (!type.array && type.oid === TYPE.text && known === TYPE.varchar) return { ...value, type: TYPE.text }
  const total =
    !type.array &&
    (TEXTS.has(type.oid) ||
      (!type.limited && known !== undefined && (WIDER[known]?.includes(type.oid) ?? false)))
  if (!total) use(env, [value], 'argument')
  // Rows and arrays as text escape what is in them, bytes become two digits.
  const grows = known === undefined || !(TEXTS.has(known) || known === TYPE.unknown)
  const whole = compute([value], type.oid === 0 ? undefined : type.oid)
  const cast = weigh(env, grows ? heavier(whole, 2) : whole, [value])
  return type.oid === TYPE.record ? { ...cast, foreign: true } : withoutForeign(cast)
}

/** A built-in type holds no user's value any more. */
function withoutForeign(value: Value): Value {
  const { foreign: _, ...rest } = value
  return value.unprovable === undefined ? rest : value
}

/** The casts by users' routines that this one can be. */
function castsOf(value: Value, target: number, env: Env): readonly CatalogCast[] {
  return env.analysis.catalog
    .castsTo(target)
    .filter((cast) => cast.routine !== 0)
    .filter(({ source }) =>
      value.type === undefined || value.type === TYPE.unknown
        ? value.foreign === true || (value.type === undefined && source < FIRST_USER_OID)
        : source === value.type || source === underlying(value.type, env),
    )
}

/** Users' code that reading a composite's text, or filling it, runs. */
function inputOf(relation: CatalogRelation, env: Env, depth: number): string | undefined {
  for (const column of relation.columns) {
    let type = env.analysis.catalog.typeByOid(column.type)
    for (let step = 0; type && type.element !== 0 && type.kind === 'base' && step < 4; step++)
      type = env.analysis.catalog.typeByOid(type.element)
    if (type === undefined || type.kind === 'enum') continue
    const inner = type.relation === 0 ? undefined : env.analysis.catalog.relationByOid(type.relation)
    if (type.kind !== 'composite') return `${type.schema}.${type.name}`
    const found = inner && depth < 8 ? inputOf(inner, env, depth + 1) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function toUserType(value: Value, type: ResolvedType, user: CatalogType, env: Env): Value {
  if (value.type === user.oid && !type.array) return value
  const casts = castsOf(value, user.oid, env)
  if (casts.length > 0) {
    const results = casts.map((cast) => runConversion(cast, value, env))
    if (value.type !== undefined && value.type !== TYPE.unknown)
      return { ...alternatives(results), type: user.oid }
    return {
      ...alternatives([...results, ofOwnInput(`${user.schema}.${user.name}`, value, env)]),
      type: user.oid,
    }
  }
  use(env, [value], 'argument')
  const whole = { ...compute([value], type.array ? undefined : user.oid), foreign: true }
  if (user.kind === 'enum') return whole
  if (user.kind === 'composite') {
    const relation = env.analysis.catalog.relationByOid(user.relation)
    const input = relation && inputOf(relation, env, 0)
    if (input !== undefined) return ofOwnInput(input, value, env)
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
  const below = user.kind === 'domain' && !type.array ? typeBelow(user, env) : undefined
  if (below !== undefined) return toDomain(value, user, below, env)
  const reads = env.analysis.catalog.routineByOid(user.input ?? 0)
  if (user.kind === 'base' && !type.array && reads && onlyComputes(reads)) return whole
  return ofOwnInput(`${user.schema}.${user.name}`, value, env)
}

/** A domain's value is its base's, once the checks have passed. */
function toDomain(value: Value, domain: CatalogType, base: number, env: Env): Value {
  const user = env.analysis.catalog.typeByOid(base)
  const below: ResolvedType = {
    name: user?.name ?? typeName(base) ?? '?',
    oid: base,
    array: false,
    limited: false,
  }
  const inner =
    user === undefined && typeName(base) === undefined
      ? ofOwnInput(`${domain.schema}.${domain.name}`, value, env)
      : applyCast(value, user ? { ...below, user } : below, env)
  checkDomain(inner, domain.oid, env)
  return { ...compute([inner], domain.oid), ...(inner.row ? { row: inner.row } : {}) }
}

function ofOwnInput(name: string, value: Value, env: Env): Value {
  const why = `type \`${name}\` runs code of its own on input, and what that does is not known`
  const path = [env.analysis.catalog.catalog.database, ...name.split('.')]
  opaque(env, why, { kind: 'object', path, system: false })
  return unprovable(why, [value])
}

/** An array's element is of a type that nobody told. */
function elementOf({ type: _, ...value }: Value): Value {
  return value
}
