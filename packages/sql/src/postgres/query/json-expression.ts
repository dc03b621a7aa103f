/** The SQL/JSON constructors and queries of Postgres 16 to 18. */

import { use, weigh } from '../../lineage/mention.js'
import type { Scope } from '../../lineage/scope.js'
import { compute, heavier, unprovable, type Value } from '../../lineage/value.js'
import { TYPE } from '../functions/builtin-types.js'
import { as, list, type Tree, text, tree } from '../tree.js'
import type { Env } from './analysis.js'
import { readOver } from './call.js'
import { applyCast } from './cast.js'
import { apart, somewhere } from './document-path.js'
import { readValue } from './expression.js'
import { resolveType } from './names.js'
import { readSelectNode } from './select.js'

export const JSON_NODES: ReadonlySet<string> = new Set([
  'JsonValueExpr',
  'JsonObjectConstructor',
  'JsonArrayConstructor',
  'JsonArrayQueryConstructor',
  'JsonObjectAgg',
  'JsonArrayAgg',
  'JsonFuncExpr',
  'JsonParseExpr',
  'JsonScalarExpr',
  'JsonSerializeExpr',
  'JsonIsPredicate',
])

/** A JsonValueExpr, wrapped or bare, is its expression. */
export function readJsonValue(node: unknown, scope: Scope, env: Env): Value {
  const inner = as(node, 'JsonValueExpr') ?? tree(node)
  return readValue(inner && 'raw_expr' in inner ? inner.raw_expr : node, scope, env)
}

/** DEFAULT … ON EMPTY, ON ERROR. */
export function readBehaviour(node: unknown, scope: Scope, env: Env): readonly Value[] {
  const behaviour = as(node, 'JsonBehavior') ?? tree(node)
  return behaviour?.expr === undefined ? [] : [readValue(behaviour.expr, scope, env)]
}

export function readPassing(nodes: unknown, scope: Scope, env: Env): readonly Value[] {
  return list(nodes).map((each) => readJsonValue(as(each, 'JsonArgument')?.val, scope, env))
}

function keyValue(node: unknown, scope: Scope, env: Env): readonly Value[] {
  const pair = as(node, 'JsonKeyValue') ?? tree(node)
  const key = apart(readValue(pair?.key, scope, env), env)
  use(env, [key], 'argument')
  return [key, readJsonValue(pair?.value, scope, env)]
}

/** RETURNING type: its cast is judged like any other. */
function returning(value: Value, output: unknown, env: Env): Value {
  weigh(env, heavier(value, 2), [value])
  const typeName = tree(output)?.typeName
  if (typeName === undefined) return { ...value, type: TYPE.json }
  return applyCast(value, resolveType(typeName, env.analysis), env)
}

function aggregate(node: Tree, values: readonly Value[], scope: Scope, env: Env): Value {
  const form = tree(node.constructor)
  const sorted = list(form?.agg_order).map((each) => readValue(as(each, 'SortBy')?.node, scope, env))
  use(env, sorted, 'order')
  if (form?.agg_filter !== undefined) use(env, [readValue(form.agg_filter, scope, env)], 'filter')
  const over = tree(form?.over)
  if (over) readOver(over, scope, env)
  if (!env.stored) env.ledger.collects = true
  return returning(compute(values), form?.output, env)
}

export function readJsonNode(type: string, node: Tree, scope: Scope, env: Env): Value {
  switch (type) {
    case 'JsonValueExpr':
      return readJsonValue(node, scope, env)
    case 'JsonObjectConstructor':
      return returning(
        compute(list(node.exprs).flatMap((each) => keyValue(each, scope, env))),
        node.output,
        env,
      )
    case 'JsonArrayConstructor':
      return returning(
        compute(list(node.exprs).map((each) => readJsonValue(each, scope, env))),
        node.output,
        env,
      )
    case 'JsonArrayQueryConstructor': {
      const { columns, open } = readSelectNode(node.query, { ...env, outer: scope, top: false })
      if (!env.stored) env.ledger.collects = true
      const values = columns.map((column) => column.value)
      return returning(compute(open === undefined ? values : [...values, unprovable(open)]), node.output, env)
    }
    case 'JsonArrayAgg':
      return aggregate(node, [readJsonValue(node.arg, scope, env)], scope, env)
    case 'JsonObjectAgg':
      return aggregate(node, keyValue(node.arg, scope, env), scope, env)
    case 'JsonIsPredicate':
      return compute([readValue(node.expr, scope, env)], TYPE.bool)
    case 'JsonScalarExpr':
      return returning(compute([readValue(node.expr, scope, env)]), node.output, env)
    case 'JsonFuncExpr': {
      const values = [
        readJsonValue(node.context_item, scope, env),
        readValue(node.pathspec, scope, env),
        ...readPassing(node.passing, scope, env),
        ...readBehaviour(node.on_empty, scope, env),
        ...readBehaviour(node.on_error, scope, env),
      ].map((value) => somewhere(value, env))
      use(env, values, 'argument')
      return text(node.op) === 'JSON_EXISTS_OP'
        ? compute(values, TYPE.bool)
        : returning(compute(values), node.output, env)
    }
    default: {
      const value = readJsonValue(node.expr, scope, env)
      use(env, [value], 'argument')
      return returning(compute([value]), node.output, env)
    }
  }
}
