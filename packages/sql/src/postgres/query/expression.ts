/** An expression: which fields its value comes from, and which it uses on the way (R16). */

import { isIssuedMask } from '@gatehouse/core'
import { use, weigh } from '../../lineage/mention.js'
import type { Scope } from '../../lineage/scope.js'
import {
  CONSTANT,
  type Column,
  composite,
  compute,
  constantOf,
  either,
  heavier,
  unprovable,
  type Value,
} from '../../lineage/value.js'
import { TYPE } from '../functions/builtin-types.js'
import { as, list, type Tree, text, tree, unwrap } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { mayHoldArrays } from './array-value.js'
import { readCall, readOver } from './call.js'
import { readCast } from './cast.js'
import { JSON_NODES, readJsonNode } from './json-expression.js'
import { readOperator } from './operator.js'
import { readIndirection, readReference } from './reference.js'
import { readSublink } from './sublink.js'

type Reader = (node: Tree, scope: Scope, env: Env) => Value

function all(nodes: unknown, scope: Scope, env: Env): readonly Value[] {
  return list(nodes).map((each) => readValue(each, scope, env))
}

function readConstant(node: Tree): Value {
  if (node.isnull === true) return constantOf(TYPE.unknown)
  if (node.ival) return { ...constantOf(TYPE.int4), position: true }
  if (node.fval) {
    const digits = text(tree(node.fval)?.fval) ?? ''
    return constantOf(/^\d{1,18}$/.test(digits) ? TYPE.int8 : TYPE.numeric)
  }
  if (node.boolval) return constantOf(TYPE.bool)
  if (!node.sval) return constantOf(undefined)
  // A text that could hold a mask is read for itself (reader.ts), so this says nothing of other texts of its shape.
  const issued = isIssuedMask(text(tree(node.sval)?.sval) ?? '')
  return { ...constantOf(TYPE.unknown), ...(issued ? { issued } : {}) }
}

function readParameter(node: Tree, env: Env): Value {
  const number = typeof node.number === 'number' ? node.number : 0
  const type = env.analysis.parameterTypes[number - 1]
  // A message may be four times as long as a statement.
  return heavier(constantOf(type === undefined || type === 0 ? TYPE.unknown : type), 4)
}

/** An expression that yields one of these. */
function oneOf(values: readonly Value[]): Value {
  const { type, weight } = either(values)
  return { ...compute(values, type), ...(weight === undefined ? {} : { weight }) }
}

/** A condition only steers: what it reads is a filter, not a source. */
function readCase(node: Tree, scope: Scope, env: Env): Value {
  const results: Value[] = []
  const subject = node.arg === undefined ? undefined : readValue(node.arg, scope, env)
  const compared = subject ? [subject] : []
  use(env, compared, 'filter')
  for (const each of list(node.args)) {
    const when = as(each, 'CaseWhen')
    use(env, [...compared, readValue(when?.expr, scope, env)], 'filter')
    results.push(readValue(when?.result, scope, env))
  }
  if (node.defresult !== undefined) results.push(readValue(node.defresult, scope, env))
  return oneOf(results)
}

function readRow(node: Tree, scope: Scope, env: Env): Value {
  const values = list(node.args).map((each) => readValue(each, scope, env))
  const columns: Column[] = values.map((value, position) => ({ name: `f${position + 1}`, value }))
  return weigh(env, composite(columns, TYPE.record), values)
}

function readXml(node: Tree, scope: Scope, env: Env): Value {
  const named = list(node.named_args).map((each) => as(each, 'ResTarget')?.val)
  const values = [...all(node.args, scope, env), ...named.map((each) => readValue(each, scope, env))]
  use(env, values, 'argument')
  return compute(values)
}

/**
 * Whether one part is worked out may depend on the others (AND, COALESCE, IN, BETWEEN, rows), and where it would raise,
 * that shows: then it is a use of them all.
 */
function sparing(read: Reader): Reader {
  return (node, scope, env) => {
    const before = env.ledger.raising
    const value = read(node, scope, env)
    if (env.ledger.raising !== before) use(env, [value], 'argument')
    return value
  }
}

const SPARING: ReadonlySet<string> = new Set([
  'AEXPR_IN',
  'AEXPR_BETWEEN',
  'AEXPR_NOT_BETWEEN',
  'AEXPR_BETWEEN_SYM',
  'AEXPR_NOT_BETWEEN_SYM',
])

const readSparingOperator = sparing(readOperator)

const READERS: Readonly<Record<string, Reader>> = {
  A_Const: readConstant,
  ColumnRef: readReference,
  ParamRef: (node, _, env) => readParameter(node, env),
  A_Expr: (node, scope, env) =>
    SPARING.has(text(node.kind) ?? '') || as(node.lexpr, 'RowExpr')
      ? readSparingOperator(node, scope, env)
      : readOperator(node, scope, env),
  FuncCall: readCall,
  TypeCast: readCast,
  SubLink: readSublink,
  A_Indirection: readIndirection,
  CaseExpr: readCase,
  RowExpr: readRow,
  BoolExpr: sparing((node, scope, env) => compute(all(node.args, scope, env), TYPE.bool)),
  NullTest: (node, scope, env) => compute([readValue(node.arg, scope, env)], TYPE.bool),
  BooleanTest: (node, scope, env) => compute([readValue(node.arg, scope, env)], TYPE.bool),
  CoalesceExpr: sparing((node, scope, env) => oneOf(all(node.args, scope, env))),
  MinMaxExpr: (node, scope, env) => {
    return oneOf(all(node.args, scope, env))
  },
  A_ArrayExpr: (node, scope, env) => {
    const values = all(node.elements, scope, env)
    use(
      env,
      values.filter((value) => mayHoldArrays(value, env)),
      'argument',
    )
    return weigh(env, compute(values), values)
  },
  CollateClause: (node, scope, env) => {
    const value = readValue(node.arg, scope, env)
    return compute([value], value.type)
  },
  NamedArgExpr: (node, scope, env) => readValue(node.arg, scope, env),
  List: (node, scope, env) => compute(all(node.items, scope, env)),
  SQLValueFunction: () => CONSTANT,
  SetToDefault: (_node, _scope, env) => {
    env.ledger.defaults = true
    return CONSTANT
  },
  MergeSupportFunc: () => constantOf(TYPE.text),
  CurrentOfExpr: () => constantOf(TYPE.bool),
  GroupingFunc: (node, scope, env) => {
    use(env, all(node.args, scope, env), 'group')
    return constantOf(TYPE.int4)
  },
  MultiAssignRef: (node, scope, env) => compute([readValue(node.source, scope, env)]),
  XmlExpr: readXml,
  XmlSerialize: (node, scope, env) => {
    const value = readValue(node.expr, scope, env)
    use(env, [value], 'argument')
    return compute([value])
  },
  WindowDef: (node, scope, env) => {
    readOver(node, scope, env)
    return CONSTANT
  },
}

/** Never throws: a node of an unknown kind is unprovable, and makes the statement opaque. */
export function readValue(node: unknown, scope: Scope, env: Env): Value {
  const found = unwrap(node)
  const reader = found && Object.hasOwn(READERS, found.type) ? READERS[found.type] : undefined
  if (found && reader) return reader(found.node, scope, env)
  if (found && JSON_NODES.has(found.type)) return readJsonNode(found.type, found.node, scope, env)
  const why = `expression \`${found?.type ?? 'of no kind'}\` is not understood`
  opaque(env, why)
  return unprovable(why)
}

/** Of a definition: what steers an output (CASE, FILTER, EXISTS …) shows in it, and nobody asks whether it may. */
export function readOutput(node: unknown, scope: Scope, env: Env): Value {
  if (!env.owned && !env.stored) return readValue(node, scope, env)
  const steering: Value[] = []
  const value = readValue(node, scope, { ...env, steering })
  const telling = steering.filter(({ leaves, unprovable: why }) => leaves.size > 0 || why !== undefined)
  return telling.length === 0 ? value : compute([value, ...telling], value.type)
}
