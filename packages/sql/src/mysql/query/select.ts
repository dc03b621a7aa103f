/** One query at any depth: SELECT, VALUES, TABLE and what is made of them. */
import type { Columns } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { EMPTY, type Namespace } from '../../lineage/scope.js'
import { either, lazy } from '../../lineage/value.js'
import { fold } from '../catalog-index.js'
import { argue, type Env, opaque, type Scope } from './analysis.js'
import { withCtes } from './cte.js'
import { byItsKeys } from './document-path.js'
import { readValue } from './expression.js'
import { readFrom, readTableNamed } from './from.js'
import { lockMentions } from './lock.js'
import { nameOf } from './names.js'
import { readGrouping, readOrder } from './order.js'
import { readCondition } from './predicate.js'
import { UNNAMED } from './scope.js'
import { readSetOperation } from './set-operation.js'
import { readTargets } from './target.js'
import { as, list, stranger, type Tree, text, tree, variant } from './tree.js'
import { readWindow } from './window.js'

export interface Result extends Columns {
  /** What its FROM offers: ON DUPLICATE KEY UPDATE sees it. */
  readonly namespace?: Namespace
  /** It keeps its rows (INTO @variable): none come back. */
  readonly kept?: true
}

export interface SelectOptions {
  /** Columns are worked out, and count as used, only when somebody asks for them (a view's body). */
  readonly lazily?: boolean
}

const QUERY = 'with body order_by limit_clause fetch locks'

function notUnderstood(why: string, env: Env): Result {
  opaque({ ...env, stored: false }, why)
  return { columns: [], open: why }
}

/** A `Query` node's members. */
export function readQueryNode(node: unknown, given: Env, options: SelectOptions = {}): Result {
  const query = tree(node)
  const odd = query ? stranger(query, QUERY) : 'query'
  if (!query || odd !== undefined) return notUnderstood(`\`${odd}\` of a query is not understood`, given)
  given.ledger.budget--
  if (given.ledger.budget < 0) return notUnderstood('the query unfolds into too many parts', given)
  const env = withCtes(query.with, given)
  return readBody(query.body, query, env, options)
}

/** A set expression, with what its query says of order, limits and locks. */
export function readBody(body: unknown, query: Tree, env: Env, options: SelectOptions): Result {
  const found = variant(body)
  const members = tree(found?.node)
  if (found?.type === 'Select' && members) return readBlock(members, query, env, options)
  const result = readOther(found?.type, members, env, options)
  const scope: Scope = { items: [], columns: result.columns, outer: undefined }
  readOrder(query.order_by, scope, result.columns, env)
  readLimits(query, { ...EMPTY, outer: env.outer }, env)
  if (list(query.locks).length > 0 && found?.type !== 'Query') opaque(env, 'what is locked is not understood')
  else if (list(query.locks).length > 0) lockMentions(env.ledger.mentions.slice(), EMPTY, query.locks, env)
  return result
}

function readOther(
  type: string | undefined,
  members: Tree | undefined,
  env: Env,
  options: SelectOptions,
): Result {
  if (members)
    switch (type) {
      case 'Query':
        return readQueryNode(members, env, options)
      case 'SetOperation':
        return readSetOperation(members, { ...env, top: false }, options)
      case 'Values':
        return readRows(members, env, options)
      case 'Table':
        return readTable(members, env, options)
    }
  return notUnderstood(`query \`${type ?? 'of no kind'}\` is not understood`, env)
}

const SELECT =
  `optimizer_hints distinct select_modifiers top_before_distinct projection into from selection group_by having
named_window window_before_qualify flavor`.replace('\n', ' ')
const MODIFIERS =
  'high_priority straight_join sql_small_result sql_big_result sql_buffer_result sql_no_cache sql_cache sql_calc_found_rows'

function strangeSelect(node: Tree): string | undefined {
  const modifiers = tree(node.select_modifiers)
  if (node.flavor !== 'Standard') return 'flavor'
  const distinct = node.distinct == null ? 'All' : node.distinct
  if (distinct !== 'All' && distinct !== 'Distinct') return 'distinct'
  return stranger(node, SELECT) ?? (modifiers && stranger(modifiers, MODIFIERS))
}

function readBlock(node: Tree, query: Tree, env: Env, { lazily = false }: SelectOptions): Result {
  const odd = strangeSelect(node)
  if (odd !== undefined) opaque(env, `\`${odd}\` of SELECT is not understood`)
  const firstMention = env.ledger.mentions.length
  const namespace = readFrom(node.from, env)
  const lastMention = env.ledger.mentions.length
  const scope: Scope = { ...namespace, outer: env.outer }
  readCondition(node.selection, scope, { ...env, clause: 'where' }, 'filter', namespace)
  const below: Env = { ...env, top: false, clause: 'select', windows: windowsOf(node.named_window) }
  const distinct = node.distinct === 'Distinct'
  const result = readTargets(node.projection, scope, below)
  const kept = node.into == null ? undefined : readInto(node.into, below)
  const values = () => result.columns.map((column) => column.value)
  if (kept) use(below, values(), 'flow')
  else if (!lazily || distinct) use(below, values(), 'output')
  readGrouping(node.group_by, scope, result.columns, { ...below, clause: 'group' })
  const aliased: Scope = { ...scope, aliases: () => result.columns, prefer: 'both' }
  if (node.having != null)
    use(below, [readValue(node.having, aliased, { ...below, clause: 'having' })], 'filter')
  for (const each of list(node.named_window)) readWindow(list(each)[1], aliased, below)
  if (distinct) use(below, byItsKeys(values(), below), 'group')
  readOrder(query.order_by, scope, result.columns, { ...below, clause: 'order' })
  readLimits(query, scope, below)
  if (list(query.locks).length > 0)
    lockMentions(env.ledger.mentions.slice(firstMention, lastMention), namespace, query.locks, below)
  const open = result.open ?? (odd === undefined ? undefined : `\`${odd}\` of SELECT is not understood`)
  return {
    columns: result.columns,
    namespace,
    ...(open === undefined ? {} : { open }),
    ...(kept ? { kept } : {}),
  }
}

function windowsOf(nodes: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    list(nodes).map((each) => {
      const [name, definition] = list(each)
      return [fold(nameOf(name)?.value ?? ''), definition]
    }),
  )
}

/** INTO @variable; what else can follow INTO is refused here. */
function readInto(node: unknown, env: Env): true {
  const into = tree(node)
  const names = list(into?.name).map((part) => tree(as(part, 'Identifier')))
  const name = text(names[0]?.value) ?? ''
  if (
    !into ||
    stranger(into, 'name') !== undefined ||
    names.length !== 1 ||
    !name.startsWith('@') ||
    name.startsWith('@@') ||
    names[0]?.quote_style != null
  )
    opaque(env, 'INTO is not understood')
  env.variables.add(name.replace(/^@/, '').toLowerCase())
  return true
}

export function readLimits(query: Tree, scope: Scope, env: Env): void {
  const parts: unknown[] = []
  if (query.limit_clause != null) {
    const clause = variant(query.limit_clause)
    const members = tree(clause?.node)
    const odd = members && stranger(members, 'limit offset')
    if (!members || odd !== undefined || !/^(LimitOffset|OffsetCommaLimit)$/.test(clause?.type ?? ''))
      opaque(env, 'LIMIT is not understood')
    const offset = clause?.type === 'LimitOffset' ? tree(members?.offset)?.value : members?.offset
    parts.push(members?.limit, offset)
  }
  if (query.fetch != null) {
    const fetch = tree(query.fetch)
    if (!fetch || stranger(fetch, 'with_ties percent quantity') !== undefined || fetch.percent === true)
      opaque(env, 'FETCH is not understood')
    parts.push(fetch?.quantity)
  }
  for (const each of parts) if (each != null) argue(env, [readValue(each, scope, env)])
}

function readRows(node: Tree, env: Env, { lazily = false }: SelectOptions): Result {
  if (stranger(node, 'explicit_row value_keyword rows') !== undefined)
    return notUnderstood('VALUES is not understood', env)
  const scope: Scope = { ...EMPTY, outer: env.outer }
  const below: Env = { ...env, top: false }
  const rows = list(node.rows).map((row) =>
    list(tree(row)?.content ?? row).map((each) => readValue(each, scope, below)),
  )
  const named = env.analysis.catalog.catalog.flavour === 'mysql'
  const columns = (rows[0] ?? []).map((_, position) =>
    lazy(named ? `column_${position}` : UNNAMED, () => either(rows.flatMap((row) => row[position] ?? []))),
  )
  if (!lazily)
    use(
      env,
      columns.map((column) => column.value),
      'output',
    )
  return { columns }
}

/** TABLE t. */
function readTable(node: Tree, env: Env, { lazily = false }: SelectOptions): Result {
  const name = text(node.table_name)
  const schema = text(node.schema_name)
  if (name === undefined || stranger(node, 'table_name schema_name') !== undefined)
    return notUnderstood('TABLE is not understood', env)
  const namespace = readTableNamed(schema === undefined ? [name] : [schema, name], env)
  if (!lazily)
    use(
      env,
      namespace.columns.map((column) => column.value),
      'output',
    )
  const { columns, open } = namespace
  return open === undefined ? { columns } : { columns, open }
}
