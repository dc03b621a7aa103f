/** Queries inside expressions: EXISTS, IN, ANY, ALL, scalar and ARRAY subqueries. */

import type { Scope } from '../../lineage/scope.js'
import { CONSTANT, compute, constantOf, unprovable, type Value } from '../../lineage/value.js'
import { TYPE } from '../functions/builtin-types.js'
import { type Tree, text } from '../tree.js'
import type { Env } from './analysis.js'
import { readValue } from './expression.js'
import { nameParts } from './names.js'
import { applyOperator } from './operator.js'
import { readSelectNode } from './select.js'

export function readSublink(node: Tree, scope: Scope, env: Env): Value {
  const inner: Env = { ...env, outer: scope, top: false }
  const { columns, open } = readSelectNode(node.subselect, inner)
  const values = columns.map((column) => column.value)
  if (open !== undefined) values.push(unprovable(open))
  const kind = text(node.subLinkType)
  if (kind === 'EXISTS_SUBLINK') return constantOf(TYPE.bool)
  if (kind === 'EXPR_SUBLINK') return values[0] ?? CONSTANT
  if (kind === 'ARRAY_SUBLINK' && !env.stored) env.ledger.collects = true
  if (kind === 'ANY_SUBLINK' || kind === 'ALL_SUBLINK' || kind === 'ROWCOMPARE_SUBLINK') {
    const test = readValue(node.testexpr, scope, env)
    const name = nameParts(node.operName) ?? ['=']
    if (test.row && test.row.length === values.length)
      return compute(
        test.row.map((column, position) => applyOperator(name, column.value, values[position], env)),
        TYPE.bool,
      )
    return compute(
      [applyOperator(name, test, values.length === 1 ? values[0] : compute(values), env)],
      TYPE.bool,
    )
  }
  // MULTIEXPR (`(a, b) = (SELECT …)`) and ARRAY: all of it.
  return compute(values)
}
