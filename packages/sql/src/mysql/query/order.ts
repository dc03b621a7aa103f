/** ORDER BY, GROUP BY and DISTINCT: by position, by alias or by column, as the server tries them. */
import { use } from '../../lineage/mention.js'
import type { Column, Value } from '../../lineage/value.js'
import { unprovable } from '../../lineage/value.js'
import { type Env, opaque, type Scope } from './analysis.js'
import { byItsKeys } from './document-path.js'
import { readValue } from './expression.js'
import { as, list, stranger, tree, variant } from './tree.js'

function position(node: unknown, env: Env): number | undefined {
  const literal = tree(as(node, 'Value'))
  if (!literal || stranger(literal, 'value') !== undefined) return undefined
  const digits = list(as(literal.value, 'Number'))[0]
  if (typeof digits !== 'string' || !/^\d+$/.test(digits)) return undefined
  env.analysis.literalMattered()
  return Number(digits)
}

function item(
  node: unknown,
  scope: Scope,
  columns: readonly Column[],
  env: Env,
  prefer: Scope['prefer'],
): Value {
  const place = position(node, env)
  const placed = place === undefined ? undefined : columns[place - 1]?.value
  if (placed) return placed
  const aliases = (): readonly Column[] => columns
  // Only a bare name prefers the alias; inside an expression the column comes first.
  const bare = as(node, 'Identifier') !== undefined
  return readValue(node, { ...scope, aliases, ...(bare && prefer ? { prefer } : {}) }, env)
}

/** The expressions of a list of ORDER BY. */
export function sortExpressions(nodes: unknown, env: Env): readonly unknown[] {
  return list(nodes).map((each) => {
    const sort = tree(each)
    const options = tree(sort?.options) ?? {}
    if (!sort || stranger(sort, 'expr options') !== undefined || stranger(options, 'asc') !== undefined)
      opaque(env, 'ORDER BY is not understood')
    return sort?.expr
  })
}

export function readSort(nodes: unknown, scope: Scope, columns: readonly Column[], env: Env): void {
  for (const each of sortExpressions(nodes, env))
    use(env, byItsKeys([item(each, scope, columns, env, 'aliases')], env), 'order')
}

/** A query's `order_by`. */
export function readOrder(node: unknown, scope: Scope, columns: readonly Column[], env: Env): void {
  if (node == null) return
  const clause = tree(node)
  const kind = variant(clause?.kind)
  if (!clause || stranger(clause, 'kind') !== undefined || kind?.type !== 'Expressions') {
    opaque(env, 'ORDER BY is not understood')
    return
  }
  readSort(kind.node, scope, columns, env)
}

/** `group_by`: expressions, and WITH ROLLUP. A column hides an alias of its name; either may be meant. */
export function readGrouping(
  node: unknown,
  scope: Scope,
  columns: readonly Column[],
  env: Env,
): readonly Value[] {
  const found = variant(node)
  const [nodes, modifiers] = list(found?.node)
  if (found?.type !== 'Expressions' || !list(modifiers).every((each) => each === 'Rollup')) {
    opaque(env, 'GROUP BY is not understood')
    return [unprovable('GROUP BY is not understood')]
  }
  const values = list(nodes).flatMap((each) => {
    const rollup = as(each, 'Rollup')
    const parts = rollup === undefined ? [each] : list(rollup).flatMap((group) => list(group))
    return parts.map((part) => item(part, scope, columns, env, 'both'))
  })
  use(env, byItsKeys(values, env), 'group')
  return values
}
