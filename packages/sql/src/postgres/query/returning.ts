/** RETURNING: the rows that a write gives back; from Postgres 18 on also as they were before. */

import type { Columns } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { type Item, type Namespace, within } from '../../lineage/scope.js'
import { as, list, type Tree, text, tree } from '../tree.js'
import type { Env } from './analysis.js'
import { readTargets } from './target.js'

/** The columns that come back; none without RETURNING. */
export function readReturning(node: Tree, target: Item, namespace: Namespace, env: Env): Columns {
  const clause = tree(as(node.returningClause, 'ReturningClause') ?? node.returningClause)
  const nodes = list(clause?.exprs ?? node.returningList)
  if (nodes.length === 0) return { columns: [] }
  const scope = within(
    { ...namespace, items: [...namespace.items, ...versions(clause, target, namespace, env)] },
    env.outer,
  )
  const result = readTargets(nodes, scope, env, false)
  use(
    env,
    result.columns.map((column) => column.value),
    'output',
  )
  return result
}

/** `old` and `new`, or what WITH (OLD AS …) calls them: the target's own columns, seen by qualified names only. */
function versions(clause: Tree | undefined, target: Item, namespace: Namespace, env: Env): readonly Item[] {
  if (env.analysis.catalog.catalog.major < 18) return []
  const names = new Map([
    ['RETURNING_OPTION_OLD', 'old'],
    ['RETURNING_OPTION_NEW', 'new'],
  ])
  for (const each of list(clause?.options)) {
    const option = as(each, 'ReturningOption')
    const value = text(option?.value)
    if (value !== undefined) names.set(text(option?.option) ?? '', value)
  }
  return [...names.values()]
    .filter((name) => !namespace.items.some((item) => item.name === name))
    .map((name) => ({ ...target, name }))
}
