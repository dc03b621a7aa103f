/** One SELECT, VALUES or TABLE, at any depth. */

import type { Columns } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { type Scope, within } from '../../lineage/scope.js'
import { either } from '../../lineage/value.js'
import { as, list, type Tree, tree, unwrap } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { readOver } from './call.js'
import { withCtes } from './cte.js'
import { readValue } from './expression.js'
import { readFrom } from './from.js'
import { lockMentions } from './lock.js'
import { readDistinct, readGrouping, readOrder } from './order.js'
import { readCondition } from './predicate.js'
import { readSetOperation } from './set-operation.js'
import { readTargets } from './target.js'

export interface SelectOptions {
  /** Columns are worked out, and count as used, only when somebody asks for them (a view's body). */
  readonly lazily?: boolean
}

/** A wrapped `{SelectStmt}`; anything else is opaque. */
export function readSelectNode(node: unknown, env: Env): Columns {
  const found = unwrap(node)
  if (found?.type === 'SelectStmt') return readSelect(found.node, env)
  const why = `query \`${found?.type ?? 'of no kind'}\` is not understood`
  opaque(env, why)
  return { columns: [], open: why }
}

export function readSelect(node: Tree, given: Env, { lazily = false }: SelectOptions = {}): Columns {
  given.ledger.budget--
  if (given.ledger.budget < 0) {
    const why = 'the query unfolds into too many parts'
    opaque({ ...given, stored: false }, why)
    return { columns: [], open: why }
  }
  const env = withCtes(node.withClause, given)
  if (node.op !== undefined && node.op !== 'SETOP_NONE') {
    const result = readSetOperation(node, env, lazily)
    readOrder(node.sortClause, within({ items: [], columns: result.columns }, undefined), result.columns, env)
    readLimits(node, within({ items: [], columns: [] }, env.outer), env)
    lockAll(node, env)
    return result
  }
  if (node.valuesLists !== undefined) return readValues(node, env, lazily)
  return readBlock(node, env, lazily)
}

function readBlock(node: Tree, env: Env, lazily: boolean): Columns {
  const firstMention = env.ledger.mentions.length
  const namespace = readFrom(node.fromClause, env)
  const lastMention = env.ledger.mentions.length
  const scope = within(namespace, env.outer)
  readCondition(node.whereClause, scope, env, 'filter', namespace)
  const below: Env = { ...env, top: false }
  const distinct = list(node.distinctClause).length > 0
  const result = readTargets(node.targetList, scope, below, lazily && !distinct)
  if (!lazily || distinct)
    use(
      below,
      result.columns.map((column) => column.value),
      'output',
    )
  readGrouping(node.groupClause, scope, result.columns, below)
  if (node.havingClause !== undefined) use(below, [readValue(node.havingClause, scope, below)], 'filter')
  for (const each of list(node.windowClause)) readOver(as(each, 'WindowDef') ?? {}, scope, below)
  if (distinct) readDistinct(node.distinctClause, scope, result.columns, below)
  readOrder(node.sortClause, scope, result.columns, below)
  readLimits(node, scope, below)
  if (list(node.lockingClause).length > 0)
    lockMentions(node.lockingClause, env.ledger.mentions.slice(firstMention, lastMention), namespace, below)
  return result
}

function readLimits(node: Tree, scope: Scope, env: Env): void {
  for (const each of [node.limitCount, node.limitOffset])
    if (each !== undefined) use(env, [readValue(each, scope, env)], 'argument')
}

function lockAll(node: Tree, env: Env): void {
  if (list(node.lockingClause).length > 0) opaque(env, 'a set operation cannot be locked')
}

function readValues(node: Tree, env: Env, lazily: boolean): Columns {
  const scope = within({ items: [], columns: [] }, env.outer)
  const below: Env = { ...env, top: false }
  const rows = list(node.valuesLists).map((row) =>
    list(tree(as(row, 'List'))?.items).map((each) => readValue(each, scope, below)),
  )
  const width = rows[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, position) => ({
    name: `column${position + 1}`,
    value: either(rows.flatMap((row) => row[position] ?? [])),
  }))
  if (!lazily)
    use(
      env,
      columns.map((column) => column.value),
      'output',
    )
  readOrder(node.sortClause, within({ items: [], columns }, env.outer), columns, below)
  readLimits(node, scope, below)
  return { columns }
}
