/** Operators: which of them only compute, and which convert, raise or warn (R16). */
import { use, weigh } from '../../lineage/mention.js'
import { compute, constantOf, unprovable, type Value } from '../../lineage/value.js'
import { argue, type Env, opaque, type Scope } from './analysis.js'
import { ANYWHERE, narrow, pathKeys, somewhere } from './document-path.js'
import { readValue } from './expression.js'
import { familyOf, TYPE } from './known-types.js'
import { as, type Tree, text, tree, variant } from './tree.js'

const COMPARING: ReadonlySet<string> = new Set(['Eq', 'NotEq', 'Lt', 'Gt', 'LtEq', 'GtEq', 'Spaceship'])
const TRUTH: ReadonlySet<string> = new Set(['And', 'Or', 'Xor'])
const COMPUTING: ReadonlySet<string> = new Set([
  'Plus',
  'Minus',
  'Multiply',
  'Divide',
  'Modulo',
  'MyIntegerDivide',
  'BitwiseAnd',
  'BitwiseOr',
  'BitwiseXor',
  'PGBitwiseShiftLeft',
  'PGBitwiseShiftRight',
])

/** Comparing what is of two families converts one of them, with a warning that quotes it. */
export function readComparison(left: Value, right: Value, env: Env): Value {
  if (left.row !== undefined || right.row !== undefined) {
    const [a, b] = [left.row, right.row]
    if (a && b && a.length === b.length)
      return compute(
        a.map((column, at) => readComparison(column.value, b[at]?.value ?? column.value, env)),
        TYPE.bool,
      )
    argue(env, [left, right])
    return compute([left, right], TYPE.bool)
  }
  const [one, other] = [familyOf(left.type), familyOf(right.type)]
  const same = one !== undefined && one === other && one !== 'json'
  const nothing = left.how === 'constant' && right.how === 'constant'
  if (!same && !nothing) for (const value of [left, right]) if (!isQuiet(value)) argue(env, [value])
  return compute([left, right], TYPE.bool)
}

/** Numbers and dates are converted without a warning, whatever they are compared with. */
function isQuiet({ type }: Value): boolean {
  const family = familyOf(type)
  return family === 'number' || family === 'date'
}

/** AND, OR, NOT, XOR, IS TRUE: what is no number is converted to one. */
export function readTruth(values: readonly Value[], env: Env): Value {
  for (const value of values) if (familyOf(value.type) !== 'number') argue(env, [value])
  return compute(values, TYPE.bool)
}

export function readLike(node: Tree, scope: Scope, env: Env): Value {
  const value = readValue(node.expr, scope, env)
  const pattern = readValue(node.pattern, scope, env)
  if (pattern.leaves.size > 0 || pattern.unprovable !== undefined) argue(env, [value, pattern])
  return compute([value, pattern], TYPE.bool)
}

function assign(node: Tree, scope: Scope, env: Env): Value {
  const value = readValue(node.right, scope, env)
  const target = tree(as(node.left, 'Identifier'))
  const name = text(target?.value) ?? ''
  if (!name.startsWith('@') || name.startsWith('@@') || target?.quote_style != null) {
    const why = 'an assignment to what is no user variable is not understood'
    opaque(env, why)
    return unprovable(why, [value])
  }
  env.variables.add(name.slice(1).toLowerCase())
  use(env, [value], 'flow')
  return value
}

export function readBinary(node: Tree, scope: Scope, env: Env): Value {
  const op = text(node.op) ?? ''
  if (op === 'Assignment') return assign(node, scope, env)
  const left = readValue(node.left, scope, env)
  if (op === 'Arrow' || op === 'LongArrow') return document(left, node.right, op === 'LongArrow', scope, env)
  const right = readValue(node.right, scope, env)
  const values = [left, right]
  if (COMPARING.has(op)) return readComparison(left, right, env)
  if (TRUTH.has(op)) return readTruth(values, env)
  if (COMPUTING.has(op)) {
    argue(env, values)
    const integer = values.every(({ type }) => type === TYPE.integer) && op !== 'Divide'
    return compute(values, integer ? TYPE.integer : undefined)
  }
  if (op === 'StringConcat') {
    // OR, or a concatenation, by sql_mode; both readings use all of it.
    argue(env, values)
    return weigh(env, compute(values), values)
  }
  const why = `operator \`${op === '' ? (variant(node.op)?.type ?? '?') : op}\` is not understood`
  opaque(env, why)
  return unprovable(why, values)
}

/** `column -> '$.path'`. */
function document(left: Value, path: unknown, scalar: boolean, scope: Scope, env: Env): Value {
  const literal = text(tree(tree(as(path, 'Value'))?.value)?.SingleQuotedString)
  const inner = narrow(left, literal === undefined ? [ANYWHERE] : pathKeys(literal), !scalar, env)
  if (left.type !== TYPE.json) argue(env, [left])
  if (literal === undefined) argue(env, [readValue(path, scope, env)])
  if (inner) return inner
  const whole = compute([somewhere(left, env)], scalar ? TYPE.string : left.type)
  return whole.how === 'constant' ? constantOf(whole.type) : whole
}
