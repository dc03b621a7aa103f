/** ORDER BY, GROUP BY and DISTINCT: by position, by alias or by column, as the server tries them. */
import { use } from '../../lineage/mention.js'
import type { Column, Value } from '../../lineage/value.js'
import { either, unprovable } from '../../lineage/value.js'
import { type Env, opaque, type Scope } from './analysis.js'
import { byItsKeys } from './document-path.js'
import { readValue } from './expression.js'
import { as, list, stranger, type Tree, tree, variant } from './tree.js'

/** The literal that is left once brackets and signs are gone: the server drops them before it looks for a position. */
function bare(node: unknown): { readonly literal: Tree | undefined; readonly negative: boolean } {
  let negative = false
  for (let each = node; ; ) {
    const sign = tree(as(each, 'UnaryOp'))
    const inner = sign?.op === 'Plus' || sign?.op === 'Minus' ? sign.expr : as(each, 'Nested')
    if (inner === undefined) return { literal: tree(as(each, 'Value')), negative }
    negative ||= sign?.op === 'Minus'
    each = inner
  }
}

const WRAPS = 2n ** 32n

/**
 * What a position in ORDER BY or GROUP BY stands for, among the values that it counts; undefined: it is none. The servers count
 * modulo 2^32, take TRUE for 1 and, MariaDB, a parameter for whatever number it is bound to.
 */
export function positioned(node: unknown, values: () => readonly Value[], env: Env): Value | undefined {
  const { literal, negative } = bare(node)
  if (!literal || stranger(literal, 'value') !== undefined) return undefined
  const found = variant(literal.value)
  const digits = found?.type === 'Number' ? list(found.node)[0] : undefined
  const whole = typeof digits === 'string' && /^\d+$/.test(digits)
  if (whole) env.analysis.literalMattered()
  if (whole && !negative) return values()[Number(BigInt(digits) % WRAPS) - 1]
  const any = whole || found?.type === 'Boolean' || (found?.type === 'Placeholder' && found.node === '?')
  const all = any ? values() : []
  return all.length > 0 ? either(all) : undefined
}

function item(
  node: unknown,
  scope: Scope,
  columns: readonly Column[],
  env: Env,
  prefer: Scope['prefer'],
): Value {
  const placed = positioned(node, () => columns.map(({ value }) => value), env)
  if (placed) return placed
  const aliases = (): readonly Column[] => columns
  // Only a bare name prefers the alias; inside an expression the column comes first.
  const alone = as(node, 'Identifier') !== undefined
  return readValue(node, { ...scope, aliases, ...(alone && prefer ? { prefer } : {}) }, env)
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
