/** Queries inside expressions: EXISTS, IN, ANY, ALL and scalar or row subqueries. */
import { CONSTANT, compute, constantOf, unprovable, type Value } from '../../lineage/value.js'
import type { Env, Scope } from './analysis.js'
import { readValue, row } from './expression.js'
import { TYPE } from './known-types.js'
import { readComparison } from './operator.js'
import { readQueryNode } from './select.js'
import { as, type Tree, tree } from './tree.js'

function readInner(query: unknown, scope: Scope, env: Env): readonly Value[] {
  const { columns, open } = readQueryNode(query, { ...env, outer: scope, top: false })
  const values = columns.map((column) => column.value)
  return open === undefined ? values : [...values, unprovable(open)]
}

export function readScalar(query: unknown, scope: Scope, env: Env): Value {
  const values = readInner(query, scope, env)
  return values.length === 1 ? (values[0] ?? CONSTANT) : row(values)
}

export function readExists(node: Tree, scope: Scope, env: Env): Value {
  readInner(node.subquery, scope, env)
  return constantOf(TYPE.bool)
}

function compared(value: Value, values: readonly Value[], env: Env): Value {
  const [first] = values
  return readComparison(value, values.length === 1 && first ? first : row(values), env)
}

export function readInSubquery(node: Tree, scope: Scope, env: Env): Value {
  const value = readValue(node.expr, scope, env)
  return compared(value, readInner(node.subquery, scope, env), env)
}

export function readAnyAll(node: Tree, scope: Scope, env: Env): Value {
  const value = readValue(node.left, scope, env)
  const query = tree(as(node.right, 'Subquery'))
  if (!query) return compute([value, readValue(node.right, scope, env)], TYPE.bool)
  return compared(value, readInner(query, scope, env), env)
}
