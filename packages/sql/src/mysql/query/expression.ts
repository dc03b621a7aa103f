/** An expression: which fields its value comes from, and which it uses on the way (R16). */
import { use } from '../../lineage/mention.js'
import {
  CONSTANT,
  composite,
  compute,
  constantOf,
  either,
  unprovable,
  type Value,
} from '../../lineage/value.js'
import { argue, type Env, opaque, type Scope } from './analysis.js'
import { applyFunction, readFunction } from './call.js'
import { readCast, readConvert } from './cast.js'
import { byItsKeys } from './document-path.js'
import { familyOf, TYPE } from './known-types.js'
import { readLiteral, readPrefixed } from './literal.js'
import { nameOf, partsOf } from './names.js'
import { readBinary, readComparison, readLike, readTruth } from './operator.js'
import { readCompound, readIdentifier } from './reference.js'
import { readAnyAll, readExists, readInSubquery, readScalar } from './sublink.js'
import { as, list, stranger, type Tree, text, tree, variant } from './tree.js'

type Reader = (node: Tree, scope: Scope, env: Env) => Value

export function readValues(nodes: unknown, scope: Scope, env: Env): readonly Value[] {
  return list(nodes).map((each) => readValue(each, scope, env))
}

/** What is not understood: the statement is opaque, the value unprovable. */
export function strange(why: string, env: Env, from: readonly Value[] = []): Value {
  opaque(env, why)
  return unprovable(why, from)
}

/** A condition only steers: what it reads is a filter, not a source. */
function readCase(node: Tree, scope: Scope, env: Env): Value {
  const results: Value[] = []
  const subject = node.operand == null ? undefined : readValue(node.operand, scope, env)
  if (subject) use(env, byItsKeys([subject], env), 'filter')
  for (const each of list(node.conditions)) {
    const when = tree(each)
    if (!when || stranger(when, 'condition result') !== undefined) strange('a WHEN is not understood', env)
    use(env, byItsKeys([readValue(when?.condition, scope, env)], env), 'filter')
    results.push(readValue(when?.result, scope, env))
  }
  if (node.else_result != null) results.push(readValue(node.else_result, scope, env))
  return oneOf(results)
}

/** An expression that yields one of these. */
export function oneOf(values: readonly Value[]): Value {
  const { type, weight } = either(values)
  return { ...compute(values, type), ...(weight === undefined ? {} : { weight }) }
}

export function row(values: readonly Value[]): Value {
  return composite(values.map((value, position) => ({ name: `f${position + 1}`, value })))
}

function readBetween(node: Tree, scope: Scope, env: Env): Value {
  const value = readValue(node.expr, scope, env)
  const bounds = [node.low, node.high].map((each) => readValue(each, scope, env))
  return compute(
    bounds.map((bound) => readComparison(value, bound, env)),
    TYPE.bool,
  )
}

function readInList(node: Tree, scope: Scope, env: Env): Value {
  const value = readValue(node.expr, scope, env)
  const others = readValues(node.list, scope, env)
  return compute(
    others.map((other) => readComparison(value, other, env)),
    TYPE.bool,
  )
}

/** A search reads an index, whose relevance tells of other rows as well. */
function readMatch(node: Tree, scope: Scope, env: Env): Value {
  const columns = list(node.columns).map((each) => {
    const parts = partsOf(each)
    return parts ? readCompound(parts, scope, env) : strange('a column of MATCH is not understood', env)
  })
  const against = readLiteral(tree(node.match_value) ?? {}, env)
  argue(env, [...columns, against])
  return compute([...columns, against], TYPE.float)
}

function readUnary(node: Tree, scope: Scope, env: Env): Value {
  const value = readValue(node.expr, scope, env)
  switch (node.op) {
    case 'Not':
      return readTruth([value], env)
    case 'Plus':
      return value
    case 'Minus':
    case 'BitwiseNot':
    case 'PGBitwiseNot': {
      if (value.how === 'constant' && value.position === true) return constantOf(value.type)
      argue(env, [value])
      return compute([value], value.type)
    }
    default:
      return strange(`operator \`${text(node.op) ?? '?'}\` is not understood`, env, [value])
  }
}

function readMemberOf(node: Tree, scope: Scope, env: Env): Value {
  const values = [readValue(node.value, scope, env), readValue(node.array, scope, env)]
  argue(env, values)
  return compute(values, TYPE.bool)
}

function readInterval(node: Tree, scope: Scope, env: Env): Value {
  const value = readValue(node.value, scope, env)
  argue(env, [value])
  return compute([value])
}

/** A reader per kind of node, with the members that it knows. */
const NODES: Readonly<Record<string, readonly [members: string, reader: Reader]>> = {
  Value: ['value', (node, _, env) => readLiteral(node, env)],
  Prefixed: ['prefix value', readPrefixed],
  TypedString: [
    'data_type value uses_odbc_syntax',
    (node) => (text(node.data_type) === 'Date' ? constantOf(TYPE.date) : CONSTANT),
  ],
  BinaryOp: ['left op right', readBinary],
  UnaryOp: ['op expr', readUnary],
  InList: ['expr list negated', readInList],
  InSubquery: ['expr subquery negated', readInSubquery],
  Exists: ['subquery negated', readExists],
  AnyOp: ['left compare_op right is_some', readAnyAll],
  AllOp: ['left compare_op right', readAnyAll],
  Between: ['expr negated low high', readBetween],
  Like: ['negated expr pattern escape_char', readLike],
  RLike: [
    'negated expr pattern regexp',
    (node, scope, env) => {
      const values = [readValue(node.expr, scope, env), readValue(node.pattern, scope, env)]
      argue(env, values)
      return compute(values, TYPE.bool)
    },
  ],
  Case: ['operand conditions else_result', readCase],
  Cast: ['kind expr data_type array format', readCast],
  Convert: ['is_try expr data_type charset target_before_value styles', readConvert],
  Collate: [
    'expr collation',
    (node, scope, env) => {
      const value = readValue(node.expr, scope, env)
      if (familyOf(value.type) !== 'string') argue(env, [value])
      return { ...compute([value], value.type), same: new Set() }
    },
  ],
  Interval: ['value leading_field leading_precision last_field fractional_seconds_precision', readInterval],
  MatchAgainst: ['columns match_value opt_search_modifier', readMatch],
  MemberOf: ['value array', readMemberOf],
  Function: ['name uses_odbc_syntax parameters args null_treatment over within_group filter', readFunction],
  Trim: [
    'expr trim_where trim_what trim_characters',
    (node, scope, env) =>
      applyFunction(
        ['trim'],
        readValues(
          [node.expr, node.trim_what].filter((each) => each != null),
          scope,
          env,
        ),
        env,
      ),
  ],
  Substring: [
    'expr substring_from substring_for special shorthand',
    (node, scope, env) =>
      applyFunction(
        ['substring'],
        readValues(
          [node.expr, node.substring_from, node.substring_for].filter((each) => each != null),
          scope,
          env,
        ),
        env,
      ),
  ],
  Position: [
    'expr in',
    (node, scope, env) => applyFunction(['position'], readValues([node.expr, node.in], scope, env), env),
  ],
  Extract: [
    'field syntax expr',
    (node, scope, env) => applyFunction(['extract'], [readValue(node.expr, scope, env)], env),
  ],
  Ceil: [
    'expr field',
    (node, scope, env) => applyFunction(['ceil'], [readValue(node.expr, scope, env)], env),
  ],
  Floor: [
    'expr field',
    (node, scope, env) => applyFunction(['floor'], [readValue(node.expr, scope, env)], env),
  ],
}

/** Those whose content is no node with members of its own. */
const BARE: Readonly<Record<string, (node: unknown, scope: Scope, env: Env) => Value>> = {
  Identifier: readIdentifier,
  CompoundIdentifier: (node, scope, env) => {
    const parts = list(node).map((part, at) => nameOf(part, at > 0 ? 'dotted' : 'plain'))
    const first = text(tree(list(node)[0])?.value) ?? ''
    if (first.startsWith('@') && tree(list(node)[0])?.quote_style == null)
      return readIdentifier(list(node)[0], scope, env)
    return parts.length > 0 && parts.every((part) => part !== undefined)
      ? readCompound(parts as NonNullable<(typeof parts)[number]>[], scope, env)
      : strange('a name is not understood', env)
  },
  Nested: (node, scope, env) => readValue(node, scope, env),
  Subquery: readScalar,
  Tuple: (node, scope, env) => {
    const values = readValues(node, scope, env)
    return values.length === 1 && values[0] ? values[0] : row(values)
  },
  IsNull: (node, scope, env) => compute([readValue(node, scope, env)], TYPE.bool),
  IsNotNull: (node, scope, env) => compute([readValue(node, scope, env)], TYPE.bool),
}
for (const type of ['IsTrue', 'IsNotTrue', 'IsFalse', 'IsNotFalse', 'IsUnknown', 'IsNotUnknown'])
  Object.assign(BARE, {
    [type]: (node: unknown, scope: Scope, env: Env) => readTruth([readValue(node, scope, env)], env),
  })

/** What picks one of its parts by a condition tells of the condition alone, and that is a filter already. */
function isChoice(node: unknown): boolean {
  const found = variant(node)
  const name = found?.type === 'Function' ? list(tree(found.node)?.name) : []
  const word = name.length === 1 ? text(tree(as(name[0], 'Identifier'))?.value) : undefined
  return found?.type === 'Subquery' || found?.type === 'Case' || word?.toLowerCase() === 'if'
}

/**
 * Whether a part of an expression is worked out may depend on its other parts (AND, NULL), and where it would raise or
 * warn that shows: then it is a use of them all.
 */
export function readValue(node: unknown, scope: Scope, env: Env): Value {
  const before = env.ledger.raising
  const value = readNode(node, scope, env)
  if (env.ledger.raising !== before && value.leaves.size > 0 && !isChoice(node)) use(env, [value], 'argument')
  return value
}

/** A column of a definition shows what chose its value (CASE, EXISTS, windows) as well as that value. */
export function readOutput(node: unknown, scope: Scope, env: Env): Value {
  if (!env.owned && !env.stored) return readValue(node, scope, env)
  const steering: Value[] = []
  const value = readValue(node, scope, { ...env, steering })
  const telling = steering.filter(({ leaves, unprovable: why }) => leaves.size > 0 || why !== undefined)
  return telling.length === 0 ? value : compute([value, ...telling], value.type)
}

/** Never throws: a node of an unknown kind, or with a member that nobody knows, is unprovable and makes the statement opaque. */
function readNode(node: unknown, scope: Scope, env: Env): Value {
  const found = variant(node)
  if (found && Object.hasOwn(BARE, found.type))
    return (BARE[found.type] as NonNullable<(typeof BARE)[string]>)(found.node, scope, env)
  const entry = found && Object.hasOwn(NODES, found.type) ? NODES[found.type] : undefined
  const members = tree(found?.node)
  if (!found || !entry || !members)
    return strange(`expression \`${found?.type ?? 'of no kind'}\` is not understood`, env)
  const value = entry[1](members, scope, env)
  const unknown = stranger(members, entry[0])
  return unknown === undefined
    ? value
    : strange(`\`${unknown}\` of \`${found.type}\` is not understood`, env, [value])
}

/** `a.b` of an assignment or a list of columns, as parts. */
export function isDefault(node: unknown): boolean {
  const word = tree(as(node, 'Identifier'))
  return text(word?.value)?.toLowerCase() === 'default' && word?.quote_style == null
}
