/** Operators: vetted built-ins by name, a user's wherever the search path and the operand types can reach one (R3). */
import type { Resource } from '@gatehouse/core'
import type { CatalogOperator } from '../../catalog.js'
import { use, weigh } from '../../lineage/mention.js'
import type { Scope } from '../../lineage/scope.js'
import { compute, FIRST_USER_OID, heavier, unprovable, type Value, weightOf } from '../../lineage/value.js'
import { TYPE, typeCategory } from '../functions/builtin-types.js'
import { CLEAN_OPERATORS, TOTAL_OPERATORS } from '../functions/clean.js'
import { as, list, type Tree, text, tree } from '../tree.js'
import { act, type Env, opaque } from './analysis.js'
import { mayHoldArrays } from './array-value.js'
import { convertArguments, underlying } from './conversion.js'
import { documentOf, keyOf, narrow, POSITION, pathOf, somewhere } from './document-path.js'
import { readValue } from './expression.js'
import { nameParts, searchedSchemas } from './names.js'
import { alternatives, runRoutine } from './routines/run.js'

export interface OperatorJudgement {
  readonly kind: 'total' | 'clean' | 'routine' | 'opaque'
  readonly resource: Resource
  readonly why?: string
  /** Of a routine: every user's operator that it can be, and what it is if it is the server's own. */
  readonly users?: readonly CatalogOperator[]
  readonly builtin?: 'total' | 'clean'
}

const COMPARING: ReadonlySet<string> = new Set(['=', '<>', '!=', '<', '<=', '>', '>='])

/** any, anyelement, anyarray, anyenum … */
const PSEUDO: ReadonlySet<number> = new Set([
  2276, 2277, 2283, 2776, 3500, 3831, 4537, 4538, 5077, 5078, 5079, 5080, 2249, 2287,
])

/** Whether a value can be what an operator's side takes, exactly or by an implicit cast. */
function mayBe(value: Value | undefined, type: number, env: Env): boolean {
  if (value === undefined || type === 0) return value === undefined && type === 0
  if (PSEUDO.has(type)) return true
  const known = value.type === undefined ? undefined : underlying(value.type, env)
  if (known === type) return true
  if (known === TYPE.unknown) return true
  if (known === undefined) return type < FIRST_USER_OID || value.foreign === true
  if (value.type === type) return true
  if (known < FIRST_USER_OID && type < FIRST_USER_OID) return typeCategory(known) === typeCategory(type)
  return env.analysis.catalog.castsTo(type).some((cast) => cast.source === known && cast.implicit !== false)
}

/** The server takes an exact match first: both sides of one built-in type, or a literal beside one. */
function exactType(left: Value | undefined, right: Value | undefined, env: Env): number | undefined {
  const types = [left, right].map((value) =>
    value?.type === undefined ? undefined : underlying(value.type, env),
  )
  const [one, other] =
    types[0] === TYPE.unknown
      ? [types[1], types[1]]
      : types[1] === TYPE.unknown
        ? [types[0], types[0]]
        : types
  if (one === undefined || one !== other || one >= FIRST_USER_OID || one === TYPE.varchar) return undefined
  return one
}

export function judgeOperator(
  name: readonly string[],
  left: Value | undefined,
  right: Value | undefined,
  env: Env,
): OperatorJudgement {
  const { analysis } = env
  const { database } = analysis.catalog.catalog
  const symbol = name.at(-1) === '!=' ? '<>' : (name.at(-1) ?? '')
  const schema = name.length > 1 ? name.at(-2) : undefined
  const resource: Resource = { kind: 'server', path: [database], system: false }
  if (analysis.overlay.has(symbol))
    return { kind: 'opaque', resource, why: `operator \`${symbol}\` was defined in this session` }
  const schemas = schema === undefined ? searchedSchemas(analysis) : [schema]
  const exact = COMPARING.has(symbol) ? exactType(left, right, env) : undefined
  const reached = (operator: CatalogOperator) =>
    (schemas === undefined || schemas.includes(operator.schema)) &&
    mayBe(left, operator.left, env) &&
    mayBe(right, operator.right, env) &&
    (exact === undefined || (operator.left === exact && operator.right === exact)) &&
    !(left?.type === TYPE.unknown && right?.type === TYPE.unknown)
  const users = schema === 'pg_catalog' ? [] : analysis.catalog.operators(symbol).filter(reached)
  const [user] = users
  if (user) {
    const routine = analysis.catalog.routineByOid(user.routine)
    const path = [database, routine?.schema ?? user.schema, routine?.name ?? symbol]
    const why = `operator \`${user.schema}.${symbol}\` runs \`${path.join('.')}\`, and what that does is not known`
    const found = {
      kind: 'routine' as const,
      resource: { kind: 'routine' as const, path, system: false },
      why,
      users,
    }
    const other = schema === undefined && schemas?.includes('pg_catalog') !== false
    if (other && TOTAL_OPERATORS.has(symbol)) return { ...found, builtin: 'total' }
    return other && CLEAN_OPERATORS.has(symbol) ? { ...found, builtin: 'clean' } : found
  }
  if (schema !== undefined && schema !== 'pg_catalog' && schemas?.[0] !== 'pg_catalog') {
    analysis.unknownName(symbol)
    return { kind: 'opaque', resource, why: `operator \`${name.join('.')}\` is not in the catalog` }
  }
  if (TOTAL_OPERATORS.has(symbol)) return { kind: 'total', resource }
  if (CLEAN_OPERATORS.has(symbol)) return { kind: 'clean', resource }
  analysis.unknownName(symbol)
  return { kind: 'opaque', resource, why: `operator \`${symbol}\` is neither vetted nor in the catalog` }
}

const EXTRACTING: ReadonlySet<string> = new Set(['->', '->>', '#>', '#>>'])

/** The value of an operator over these, and the uses that it makes of them. */
export function applyOperator(
  name: readonly string[],
  left: Value | undefined,
  right: Value | undefined,
  env: Env,
): Value {
  const symbol = name.at(-1) ?? ''
  const reach = (value: Value | undefined) =>
    value && EXTRACTING.has(symbol) ? somewhere(value, env) : value
  const operands = [reach(left), reach(right)] as const
  const values = operands.filter((value) => value !== undefined)
  const judged = judgeOperator(name, left, right, env)
  if (judged.kind === 'total' || judged.kind === 'clean') {
    const converted = convertArguments(values, false, env)
    if (converted) return converted
  }
  if (judged.users) {
    const found = runOperators(judged, symbol, ...operands, env)
    if (found) return found
  }
  const whole = compute(values, resultType(symbol, left, right))
  if (judged.kind === 'total') {
    if (symbol === '||' && values.some((value) => mayHoldArrays(value, env))) use(env, values, 'argument')
    return weigh(env, whole, values)
  }
  use(env, values, 'argument')
  if (judged.kind === 'clean') return heavier(whole, Number.POSITIVE_INFINITY)
  const why = judged.why ?? `operator \`${symbol}\` is not understood`
  if (judged.kind === 'opaque') opaque(env, why)
  else act(env, { verb: 'call', resource: judged.resource, certainty: 'opaque', why })
  return unprovable(why, values)
}

/** What any of the operators that it can be gives; undefined when one of them runs what nobody knows. */
function runOperators(
  { users = [], builtin }: OperatorJudgement,
  symbol: string,
  left: Value | undefined,
  right: Value | undefined,
  env: Env,
): Value | undefined {
  const values = [left, right].filter((value) => value !== undefined)
  const results: Value[] = []
  for (const user of users) {
    const found = runRoutine(env.analysis.catalog.routineByOid(user.routine), values, env)
    if ('why' in found) return undefined
    results.push(found)
  }
  if (builtin === 'clean') use(env, values, 'argument')
  if (builtin) results.push(compute(values, resultType(symbol, left, right)))
  return alternatives(results)
}

function resultType(symbol: string, left: Value | undefined, right: Value | undefined): number | undefined {
  if (COMPARING.has(symbol)) return TYPE.bool
  if (symbol === '->>' || symbol === '#>>') return TYPE.text
  if (symbol === '->' || symbol === '#>') return left?.type
  const strings = [left, right].some((value) => value?.type !== undefined && typeCategory(value.type) === 'S')
  return symbol === '||' && strings ? TYPE.text : undefined
}

const PAIRS: Readonly<Record<string, readonly string[]>> = {
  AEXPR_BETWEEN: ['>=', '<='],
  AEXPR_NOT_BETWEEN: ['<', '>'],
  AEXPR_BETWEEN_SYM: ['>=', '<='],
  AEXPR_NOT_BETWEEN_SYM: ['<', '>'],
}

export function readOperator(node: Tree, scope: Scope, env: Env): Value {
  const kind = text(node.kind) ?? 'AEXPR_OP'
  const name = nameParts(node.name) ?? ['?']
  const given = node.lexpr === undefined ? undefined : readValue(node.lexpr, scope, env)
  const left = given && EXTRACTING.has(name.at(-1) ?? '') ? documentOf(given) : given
  const items = tree(as(node.rexpr, 'List'))?.items
  const rights = (items === undefined ? [node.rexpr] : list(items)).map((each) => readValue(each, scope, env))
  const pair = PAIRS[kind]
  if (pair)
    return compute(
      pair.flatMap((symbol) => rights.map((right) => applyOperator([symbol], left, right, env))),
      TYPE.bool,
    )
  if (kind === 'AEXPR_NULLIF') {
    const [right] = rights
    // No mask hides that a value is NULL, so it would tell how the comparison went.
    use(env, left ? [left, ...rights] : rights, 'argument')
    const compared = applyOperator(name, left, right, env)
    const whole = compute(left ? [left, compared] : [compared], left?.type)
    return left ? { ...whole, weight: weightOf(left) } : whole
  }
  if (kind === 'AEXPR_OP' && left && rights[0]) {
    const inside = narrowed(name.at(-1) ?? '', left, node.rexpr, env)
    if (inside && judgeOperator(name, left, rights[0], env).kind === 'total') return inside
  }
  if (kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL')
    return compute([applyOperator(name, left, elementOf(rights[0]), env)], TYPE.bool)
  const results = rights.map((right) => applyOperator(name, left, right, env))
  return results.length === 1 && results[0] ? results[0] : compute(results, TYPE.bool)
}

/** An array's element: of an unknown type unless the array is a literal. */
function elementOf(array: Value | undefined): Value | undefined {
  if (array === undefined || array.type === TYPE.unknown) return array
  const { type: _, ...rest } = array
  return rest
}

/** `document -> 'key'` and its like, of a column. */
function narrowed(symbol: string, left: Value, right: unknown, env: Env): Value | undefined {
  const document = symbol === '->' || symbol === '#>'
  if (symbol.startsWith('#')) {
    const keys = EXTRACTING.has(symbol) ? pathOf(right) : undefined
    return keys && narrow(left, keys, document, env)
  }
  const literal = as(right, 'A_Const')?.ival === undefined ? keyOf(right) : POSITION
  if (literal === undefined || !EXTRACTING.has(symbol)) return undefined
  return narrow(left, [literal], document, env)
}
