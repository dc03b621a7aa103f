/** What a query's own calls of set_config change of the session (manual, 9.28.1). */
import type { Effect } from '../plan.js'
import { splitSearchPath } from '../search-path.js'
import { as, constant, list, type Tree, text, walk, words } from '../tree.js'
import { FALSE, TRACKED, TRUE } from './settings.js'

export interface SetConfigs {
  readonly effects: readonly Effect[]
  /** Setting to value, for those whose value the text shows; the tracked ones only when the call certainly happens. */
  readonly values: ReadonlyMap<string, string>
  /** A call names its setting by something that is no constant. */
  readonly hidden: boolean
}

interface Call {
  readonly name: string | undefined
  readonly value: string | undefined
  readonly local: boolean | undefined
}

/** As the server reads a Boolean; undefined for what it might read otherwise than it looks. */
function flag(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined
  return TRUE.test(value) ? true : FALSE.test(value) ? false : undefined
}

/** Undefined for any other function; a schema's own function of this name is not the server's. */
function callOf(node: Tree): Call | undefined {
  const names = words(node.funcname) ?? []
  if (names.at(-1) !== 'set_config' || (names.length > 1 && names[0] !== 'pg_catalog')) return undefined
  const given = node.func_variadic === true ? [] : list(node.args)
  const [name, value, local] = given.map((argument) => constant(argument))
  return { name: name?.toLowerCase(), value, local: flag(local) }
}

/** Two ask about each statement, one after the other. */
let latest: { readonly statement: unknown; readonly found: SetConfigs } | undefined

export function readSetConfigs(statement: unknown): SetConfigs {
  if (latest === undefined || latest.statement !== statement)
    latest = { statement, found: findSetConfigs(statement) }
  return latest.found
}

function findSetConfigs(statement: unknown): SetConfigs {
  const calls: Call[] = []
  walk(statement, (type, node) => {
    const call = type === 'FuncCall' ? callOf(node) : undefined
    if (call) calls.push(call)
  })
  const hidden = calls.some(({ name }) => name === undefined)
  const values = new Map<string, string>()
  for (const { name, value } of calls) {
    const alone = calls.filter((other) => other.name === name).length === 1
    if (name !== undefined && value !== undefined && alone && !TRACKED.has(name)) values.set(name, value)
  }
  const effects = certain(statement, calls.length)
  for (const effect of effects) {
    if (effect.kind === 'set' && TRACKED.has(effect.name))
      values.set(effect.name, (effect.value ?? []).join(','))
  }
  return { effects, values, hidden }
}

/** The effects of `SELECT set_config(…), …` and nothing else: no row source, so each call happens once. */
function certain(statement: unknown, calls: number): Effect[] {
  const select = as(statement, 'SelectStmt')
  if (!select) return []
  const allowed = new Set(['targetList', 'limitOption', 'op'])
  if (Object.keys(select).some((member) => !allowed.has(member))) return []
  const effects: Effect[] = []
  for (const target of list(select.targetList)) {
    const node = as(as(target, 'ResTarget')?.val, 'FuncCall')
    const call = node && callOf(node)
    if (call?.name === undefined || call.value === undefined || call.local === undefined) continue
    const value = call.name === 'search_path' ? splitSearchPath(call.value) : [call.value]
    if (value) effects.push({ kind: 'set', name: call.name, value, local: call.local })
  }
  return effects.length === calls && text(select.op) === 'SETOP_NONE' ? effects : []
}

/** What pg_dump sets in this way; every other setting must be named to be judged. */
const SET_BY_ROW = 'restrict_nonsystem_relation_kind'

/**
 * `SELECT set_config(name, …) FROM pg_settings WHERE name = '…'`: pg_dump's way to set what an older server may lack. Its
 * one call can mean this setting alone, provided that the relation is the server's own, which the caller knows.
 */
export function setsByRow(statement: unknown): boolean {
  const select = as(statement, 'SelectStmt')
  const members = new Set(['targetList', 'fromClause', 'whereClause', 'limitOption', 'op'])
  if (!select || Object.keys(select).some((member) => !members.has(member))) return false
  const [from, join] = list(select.fromClause)
  const [target, other] = list(select.targetList)
  const relation = as(from, 'RangeVar')
  const where = as(select.whereClause, 'A_Expr')
  const call = as(as(target, 'ResTarget')?.val, 'FuncCall')
  if (join !== undefined || other !== undefined || !call || !callOf(call)) return false
  if (relation?.relname !== 'pg_settings' || relation.alias !== undefined) return false
  if (where?.kind !== 'AEXPR_OP' || words(where.name)?.join('.') !== '=' || !isName(where.lexpr)) return false
  const [name, value, local] = list(call.args)
  if (!isName(name) || constant(value) === undefined || constant(local) === undefined) return false
  return as(where.rexpr, 'A_Const') !== undefined && constant(where.rexpr) === SET_BY_ROW
}

function isName(node: unknown): boolean {
  return words(as(node, 'ColumnRef')?.fields)?.join('.') === 'name'
}

/** Such a statement with the name in its call that its condition gives: what the call means. Others as they are. */
export function named(statement: unknown): unknown {
  const select = as(statement, 'SelectStmt')
  if (!select || !setsByRow(statement)) return statement
  const result = as(list(select.targetList)[0], 'ResTarget')
  const call = as(result?.val, 'FuncCall')
  const args = [as(select.whereClause, 'A_Expr')?.rexpr, ...list(call?.args).slice(1)]
  const target = { ResTarget: { ...result, val: { FuncCall: { ...call, args } } } }
  return { SelectStmt: { ...select, targetList: [target] } }
}
