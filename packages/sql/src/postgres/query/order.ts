/** ORDER BY, GROUP BY and DISTINCT: by position, by output name, or by expression, as the server tries them. */

import { use } from '../../lineage/mention.js'
import { findColumn, type Scope } from '../../lineage/scope.js'
import { type Column, either, type Value } from '../../lineage/value.js'
import { as, list, tree, unwrap, word } from '../tree.js'
import type { Env } from './analysis.js'
import { readValue } from './expression.js'

function position(node: unknown, env: Env): number | undefined {
  const integer = tree(as(node, 'A_Const')?.ival)
  if (!integer) return undefined
  env.analysis.literalMattered()
  return typeof integer.ival === 'number' ? integer.ival : 0
}

function bareName(node: unknown): string | undefined {
  const fields = list(as(node, 'ColumnRef')?.fields)
  return fields.length === 1 ? word(fields[0]) : undefined
}

function named(name: string, columns: readonly Column[]): Value | undefined {
  const found = columns.filter((column) => column.name === name).map((column) => column.value)
  return found.length > 0 ? either(found) : undefined
}

function item(node: unknown, scope: Scope, columns: readonly Column[], env: Env, namesFirst: boolean): Value {
  const place = position(node, env)
  const placed = place === undefined ? undefined : columns[place - 1]?.value
  if (placed) return placed
  const name = bareName(node)
  if (name !== undefined && namesFirst) {
    const output = named(name, columns)
    if (output) return output
  }
  if (name !== undefined && findColumn(scope, name) === undefined) {
    const output = named(name, columns)
    if (output) return output
  }
  return readValue(node, scope, env)
}

export function readOrder(nodes: unknown, scope: Scope, columns: readonly Column[], env: Env): void {
  for (const each of list(nodes))
    use(env, [item(as(each, 'SortBy')?.node, scope, columns, env, true)], 'order')
}

export function readGrouping(nodes: unknown, scope: Scope, columns: readonly Column[], env: Env): void {
  for (const each of list(nodes)) {
    const found = unwrap(each)
    if (found?.type === 'GroupingSet') readGrouping(found.node.content, scope, columns, env)
    else if (found?.type === 'RowExpr' && found.node.row_format === 'COERCE_IMPLICIT_CAST')
      readGrouping(found.node.args, scope, columns, env)
    else use(env, [item(each, scope, columns, env, false)], 'group')
  }
}

/** DISTINCT compares every output; DISTINCT ON what it lists. */
export function readDistinct(nodes: unknown, scope: Scope, columns: readonly Column[], env: Env): void {
  const on = list(nodes).filter((each) => unwrap(each) !== undefined)
  if (on.length === 0)
    use(
      env,
      columns.map((column) => column.value),
      'group',
    )
  for (const each of on) use(env, [item(each, scope, columns, env, true)], 'group')
}
