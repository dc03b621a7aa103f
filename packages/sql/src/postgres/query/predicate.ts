/** WHERE and ON: what is a lookup (R17), what bounds a relation (R21), what is any other filter. */

import { use } from '../../lineage/mention.js'
import { type Namespace, type Scope, within } from '../../lineage/scope.js'
import type { Value } from '../../lineage/value.js'
import { TYPE } from '../functions/builtin-types.js'
import { as, list, text, tree, unwrap, walk, words } from '../tree.js'
import type { Env } from './analysis.js'
import { readValue } from './expression.js'
import { useKeys } from './key-join.js'
import { resolveType } from './names.js'
import { judgeOperator } from './operator.js'

const BOUNDING: ReadonlySet<string> = new Set(['=', '<', '>', '<=', '>='])

/** The conjuncts of a condition: what must all be true. */
export function conjuncts(node: unknown): readonly unknown[] {
  const found: unknown[] = []
  const open = [node]
  for (let each = open.shift(); each !== undefined; each = open.shift()) {
    const bool = as(each, 'BoolExpr')
    if (bool?.boolop === 'AND_EXPR') open.unshift(...list(bool.args))
    else found.push(each)
  }
  return found
}

/** WHERE: `bounds` is the namespace whose relations its conjuncts can bound. */
export function readCondition(
  node: unknown,
  scope: Scope,
  env: Env,
  how: 'filter' | 'join',
  bounds: Namespace | undefined,
): void {
  if (node === undefined) return
  for (const each of conjuncts(node)) {
    const value = readValue(each, scope, env)
    const known = how === 'filter' && env.top ? lookedUp(each, scope, env) : []
    if (known.length > 0) use(env, known, 'lookup')
    else if (!joins(each, scope, env)) use(env, [value], how)
    if (bounds) bind(each, bounds, env)
  }
}

/** `column = column` of two relations, by default equality. */
function joins(node: unknown, scope: Scope, env: Env): boolean {
  const found = comparison(node)
  if (!found || !as(found.other, 'ColumnRef')) return false
  const quiet = quietly(env)
  return useKeys(
    found.operator,
    readValue(found.column, scope, quiet),
    readValue(found.other, scope, quiet),
    env,
  )
}

interface Comparison {
  readonly operator: readonly string[]
  readonly column: unknown
  readonly other: unknown
}

/** `column = x` or `x = column`, with any binary operator. */
function comparison(node: unknown): Comparison | undefined {
  const expression = as(node, 'A_Expr')
  const operator = words(expression?.name)
  if (expression?.kind !== 'AEXPR_OP' || operator === undefined) return undefined
  const { lexpr, rexpr } = expression
  if (as(lexpr, 'ColumnRef')) return { operator, column: lexpr, other: rexpr }
  if (as(rexpr, 'ColumnRef') && BOUNDING.has(operator.at(-1) ?? ''))
    return { operator, column: rexpr, other: lexpr }
  return undefined
}

/** The column that a conjunct looks up in the one way that R17 allows; nothing when it is anything else. */
function lookedUp(node: unknown, scope: Scope, env: Env): readonly Value[] {
  const nulls = as(node, 'NullTest')
  if (nulls) {
    const value = as(nulls.arg, 'ColumnRef') ? readValue(nulls.arg, scope, env) : undefined
    return value && value.same.size > 0 && value.row === undefined ? [value] : []
  }
  const found = comparison(node)
  if (found?.operator.at(-1) !== '=') return []
  const value = readValue(found.column, scope, env)
  if (value.same.size === 0 || value.row !== undefined || value.type === undefined) return []
  const other = readValue(found.other, scope, env)
  if (!isOwnConstant(found.other, other, value.type, env)) return []
  return judgeOperator(found.operator, value, other, env).kind === 'total' ? [value] : []
}

const EXACT_NUMBERS: ReadonlySet<number> = new Set([TYPE.int2, TYPE.int4, TYPE.int8, TYPE.numeric])
const STRINGS: ReadonlySet<number> = new Set([TYPE.text, TYPE.varchar])

/** One constant or parameter of the column's own type, not cast to another. */
function isOwnConstant(node: unknown, value: Value, column: number, env: Env): boolean {
  const cast = as(node, 'TypeCast')
  if (cast) {
    const type = resolveType(cast.typeName, env.analysis)
    const inner = unwrap(cast.arg)?.type
    return (
      !type.limited &&
      type.problem === undefined &&
      type.oid === column &&
      (inner === 'A_Const' || inner === 'ParamRef')
    )
  }
  const constant = as(node, 'A_Const')
  if (!constant && !as(node, 'ParamRef')) return false
  if (constant?.isnull === true) return false
  const { type } = value
  if (type === undefined || type === TYPE.unknown || type === column) return true
  if (STRINGS.has(type) && STRINGS.has(column)) return true
  return (
    EXACT_NUMBERS.has(type) && EXACT_NUMBERS.has(column) && (type !== TYPE.numeric || column === TYPE.numeric)
  )
}

function isConstantExpression(node: unknown): boolean {
  let constant = unwrap(node) !== undefined
  walk(node, (type) => {
    if (type === 'ColumnRef' || type === 'SubLink' || type === 'SelectStmt' || type === 'RangeVar')
      constant = false
  })
  return constant
}

/** For reading a part of an expression that was read already. */
function quietly(env: Env): Env {
  return { ...env, stored: true, steering: undefined, analysis: { ...env.analysis, unknownName: () => {} } }
}

/** Marks what a conjunct bounds by equality, a range or a list. */
function bind(node: unknown, bounds: Namespace, env: Env): void {
  const column = boundedColumn(node)
  if (column === undefined) return
  const parts = list(tree(column)?.fields)
  if (parts.length === 0 || as(parts.at(-1), 'A_Star')) return
  const value = readValue({ ColumnRef: column }, within(bounds, undefined), quietly(env))
  if (value.shared || value.row !== undefined) return
  for (const leaf of value.same) leaf.mention.bounded = true
}

function boundedColumn(node: unknown): unknown {
  const found = comparison(node)
  if (found)
    return BOUNDING.has(found.operator.at(-1) ?? '') && isConstantExpression(found.other)
      ? as(found.column, 'ColumnRef')
      : undefined
  const expression = as(node, 'A_Expr')
  const column = as(expression?.lexpr, 'ColumnRef')
  if (!expression || !column) return undefined
  const operator = words(expression.name)?.at(-1)
  const kind = text(expression.kind)
  const listed =
    ((kind === 'AEXPR_IN' || kind === 'AEXPR_OP_ANY') && operator === '=') ||
    kind === 'AEXPR_BETWEEN' ||
    kind === 'AEXPR_BETWEEN_SYM' ||
    kind === 'AEXPR_NOT_DISTINCT'
  const other = expression.rexpr
  return listed && isConstantExpression(other) ? column : undefined
}
