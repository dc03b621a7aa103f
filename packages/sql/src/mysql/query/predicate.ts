/** WHERE and ON: what is a lookup (R17), what bounds a relation (R21), what is any other filter. */
import { use } from '../../lineage/mention.js'
import type { Namespace } from '../../lineage/scope.js'
import type { Value } from '../../lineage/value.js'
import { type Env, quietly, type Scope } from './analysis.js'
import { byItsKeys } from './document-path.js'
import { readValue } from './expression.js'
import { useKeys } from './key-join.js'
import { TYPE } from './known-types.js'
import { as, isTree, list, stranger, type Tree, text, tree, variant } from './tree.js'

const BOUNDING: ReadonlySet<string> = new Set(['Eq', 'Lt', 'Gt', 'LtEq', 'GtEq', 'Spaceship'])

/**
 * Whether an operator outside parentheses binds looser than AND to the server, but tighter to the parser: then what the
 * parser calls a conjunct may be none. So do `||` (OR), XOR and `:=`.
 */
function isMisgrouped(node: unknown): boolean {
  const open: unknown[] = [node]
  while (open.length > 0) {
    const next = open.pop()
    const found = variant(next)
    if (found === undefined) {
      if (Array.isArray(next)) open.push(...next)
      continue
    }
    if (/^(Nested|Subquery|Exists|Function|Case|Tuple)$/.test(found.type)) continue
    const members = tree(found.node)
    const op = members?.op
    if (found.type === 'BinaryOp' && (op === 'StringConcat' || op === 'Xor' || op === 'Assignment'))
      return true
    if (members)
      for (const inner of Object.values(members)) if (isTree(inner) || Array.isArray(inner)) open.push(inner)
    if (isTree(found.node)) open.push(found.node)
  }
  return false
}

/** The conjuncts of a condition: what must all be true. */
function conjuncts(node: unknown): readonly unknown[] {
  if (isMisgrouped(node)) return [node]
  const found: unknown[] = []
  const open = [node]
  for (let each = open.shift(); each !== undefined; each = open.shift()) {
    const nested = as(each, 'Nested')
    const both = tree(as(each, 'BinaryOp'))
    if (nested !== undefined) {
      if (isMisgrouped(nested)) found.push(each)
      else open.unshift(nested)
    } else if (both?.op === 'And' && stranger(both, 'left op right') === undefined)
      open.unshift(both.left, both.right)
    else found.push(each)
  }
  return found
}

/** `bounds`: the namespace whose relations its conjuncts can bound. */
export function readCondition(
  node: unknown,
  scope: Scope,
  env: Env,
  how: 'filter' | 'join',
  bounds: Namespace | undefined,
): void {
  if (node == null) return
  for (const each of conjuncts(node)) {
    const certain = how === 'filter' && env.top && !isMisgrouped(each)
    const open = certain ? lookedUpOpenly(each, scope, env) : undefined
    const value = open ?? readValue(each, scope, env)
    const known = open ? [open] : certain ? lookedUp(each, scope, env) : []
    if (known.length > 0) use(env, known, 'lookup')
    else if (!joins(each, scope, env)) use(env, byItsKeys([value], env), how)
    if (bounds && !isMisgrouped(each)) bind(each, bounds, env)
  }
}

/** `column = column` of two relations. */
function joins(node: unknown, scope: Scope, env: Env): boolean {
  const found = isMisgrouped(node) ? undefined : comparison(node)
  if (found?.op !== 'Eq' || !isColumn(found.other)) return false
  const quiet = quietly(env)
  return useKeys(readValue(found.column, scope, quiet), readValue(found.other, scope, quiet), env)
}

function isColumn(node: unknown): boolean {
  const word = tree(as(node, 'Identifier'))
  if (word) return word.quote_style != null || !(text(word.value) ?? '@').startsWith('@')
  const parts = list(as(node, 'CompoundIdentifier'))
  return (
    parts.length > 0 &&
    (tree(parts[0])?.quote_style != null || !(text(tree(parts[0])?.value) ?? '@').startsWith('@'))
  )
}

interface Comparison {
  readonly op: string
  readonly column: unknown
  readonly other: unknown
}

/** `column = x` or `x = column`, with any operator that bounds. */
function comparison(node: unknown): Comparison | undefined {
  const both = tree(as(node, 'BinaryOp'))
  const op = text(both?.op)
  if (!both || op === undefined || !BOUNDING.has(op)) return undefined
  if (isColumn(both.left)) return { op, column: both.left, other: both.right }
  return isColumn(both.right) ? { op, column: both.right, other: both.left } : undefined
}

/** The column that a conjunct looks up in the one way that R17 allows; nothing when it is anything else. */
function lookedUp(node: unknown, scope: Scope, env: Env): readonly Value[] {
  const tested = as(node, 'IsNull') ?? as(node, 'IsNotNull')
  if (tested !== undefined) {
    const value = isColumn(tested) ? readValue(tested, scope, env) : undefined
    return value && value.same.size > 0 ? [value] : []
  }
  const found = comparison(node)
  if (found?.op !== 'Eq') return []
  const value = readValue(found.column, scope, env)
  if (value.same.size === 0) return []
  return isOwnConstant(found.other, value.type, readValue(found.other, scope, env)) ? [value] : []
}

const LOOKED_UP: ReadonlySet<number | undefined> = new Set([TYPE.string, TYPE.integer, TYPE.decimal])

/** `column = ?` while the parameter's type is not told: it is of the column's own until it is bound. */
function lookedUpOpenly(node: unknown, scope: Scope, env: Env): Value | undefined {
  const { analysis } = env
  const found = analysis.parameterTypes === 'open' ? comparison(node) : undefined
  const held = variant(tree(as(found?.other, 'Value'))?.value)
  if (found?.op !== 'Eq' || held?.type !== 'Placeholder' || held.node !== '?') return undefined
  const value = readValue(found.column, scope, quietly(env))
  if (value.same.size === 0 || !LOOKED_UP.has(value.type)) return undefined
  analysis.typeMattered?.()
  return readValue(found.column, scope, env)
}

/** A literal or parameter of the column's own type; of another it would be compared as a number (R17). */
function isOwnConstant(node: unknown, column: number | undefined, value: Value): boolean {
  const minus = tree(as(node, 'UnaryOp'))
  const literal = minus?.op === 'Minus' ? minus.expr : node
  if (as(literal, 'Value') === undefined || value.type === undefined) return false
  if (column === TYPE.string) return value.type === TYPE.string && literal === node
  if (column === TYPE.integer) return value.type === TYPE.integer
  return column === TYPE.decimal && (value.type === TYPE.decimal || value.type === TYPE.integer)
}

function isConstantExpression(node: unknown): boolean {
  const open: unknown[] = [node]
  while (open.length > 0) {
    const next = open.pop()
    if (Array.isArray(next)) open.push(...next)
    else if (isTree(next)) {
      for (const [member, inner] of Object.entries(next)) {
        if (
          /^(Identifier|CompoundIdentifier|Subquery|Query|Select)$/.test(member) &&
          !isFunctionName(next, member)
        )
          return false
        if (typeof inner === 'object' && member !== 'name') open.push(inner)
      }
    }
  }
  return node != null
}

function isFunctionName(node: Tree, member: string): boolean {
  return member === 'Identifier' && /^(current_|local|utc_)/i.test(text(tree(node.Identifier)?.value) ?? '')
}

/** Marks what a conjunct bounds by equality, a range or a list. */
function bind(node: unknown, bounds: Namespace, env: Env): void {
  const column = boundedColumn(node)
  if (column === undefined) return
  const value = readValue(column, { ...bounds, outer: undefined }, quietly(env))
  if (value.shared) return
  for (const leaf of value.same) leaf.mention.bounded = true
}

function boundedColumn(node: unknown): unknown {
  const found = comparison(node)
  if (found) return isConstantExpression(found.other) ? found.column : undefined
  const listed = tree(as(node, 'InList'))
  if (listed)
    return listed.negated !== true && isColumn(listed.expr) && isConstantExpression(listed.list)
      ? listed.expr
      : undefined
  const between = tree(as(node, 'Between'))
  if (!between || between.negated === true || !isColumn(between.expr)) return undefined
  return isConstantExpression([between.low, between.high]) ? between.expr : undefined
}
