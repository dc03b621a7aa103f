/** What an aggregation expression yields: the stored fields that its value comes from, and what it uses on the way. */
import { elements, TYPE, type Value } from '../../bson/index.js'
import { fieldName } from '../../catalog/catalog.js'
import { opaque } from '../ledger.js'
import { badValue, UNKNOWN_EXPRESSION, Unread } from '../unread.js'
import {
  firstName,
  isArray,
  isDocument,
  isScalar,
  isString,
  items,
  membersOf,
  onlyElement,
} from '../values.js'
import {
  CONSTANT,
  childOf,
  compute,
  documentOf,
  either,
  isConstant,
  isCopy,
  type Lineage,
  partOf,
  unprovable,
} from './lineage.js'
import { ACCUMULATORS, EXPRESSIONS, type Operator } from './operators-table.js'
import { OWN_READINGS } from './own-expressions.js'
import { readPath } from './paths.js'
import { type Scope, spend, use } from './scope.js'

export function readExpression(value: Value, scope: Scope): Lineage {
  if (isString(value)) return readPath(value, scope)
  if (isArray(value)) {
    const parts: Lineage[] = []
    for (const item of items(value)) parts.push(readExpression(item, scope))
    return either(parts)
  }
  if (!isDocument(value)) {
    if (value.type === TYPE.CODE || value.type === TYPE.CODE_WITH_SCOPE)
      throw badValue('code in an expression')
    return CONSTANT
  }
  spend(scope)
  if (firstName(value)?.startsWith('$') === true) {
    const only = onlyElement(value)
    if (only === undefined) {
      throw badValue('an object representing an expression must have exactly one field')
    }
    return readOperator(only.name, only.value, scope)
  }
  const children = new Map<string, Lineage>()
  for (const { name, value: inner } of elements(value)) {
    if (name.startsWith('$') || name.includes('.'))
      throw badValue(`'${name}' is no field name in an expression`)
    const read = readExpression(inner, scope)
    const known = children.get(name)
    children.set(name, known === undefined ? read : either([known, read]))
  }
  return children.size === 0 ? CONSTANT : documentOf(children)
}

function readOperator(name: string, value: Value, scope: Scope): Lineage {
  const operator = EXPRESSIONS.get(name)
  if (operator === undefined) throw unknown(name)
  scope.ledger.functions.add(name)
  return apply(name, operator, value, scope)
}

/** In `$group` and its like: what one accumulator gathers. */
export function readAccumulator(name: string, value: Value, scope: Scope): Lineage {
  const operator = ACCUMULATORS.get(name)
  if (operator === undefined) throw unknown(name)
  scope.ledger.functions.add(name)
  return accumulate(name, operator, value, scope)
}

export function accumulate(name: string, operator: Operator, value: Value, scope: Scope): Lineage {
  if (operator.collects) scope.ledger.collects = true
  if (name === '$mergeObjects') return readExpression(value, scope)
  if (operator.yields !== 'own') return apply(name, operator, value, scope)
  const parts = membersOf(value, name)
  if (name === '$accumulator') return runCode(name, parts, scope)
  for (const part of parts.keys()) {
    if (part !== 'sortBy' && part !== 'output' && part !== 'n')
      throw badValue(`unknown argument to ${name}: ${part}`)
  }
  const sortBy = parts.get('sortBy')
  if (sortBy !== undefined && isDocument(sortBy)) {
    for (const { name: path } of elements(sortBy)) use(scope, [readPath(`$${path}`, scope)], 'order')
  }
  const n = parts.get('n')
  if (n !== undefined) use(scope, [readExpression(n, scope)], 'argument')
  const output = parts.get('output')
  return output === undefined ? CONSTANT : readExpression(output, scope)
}

function apply(name: string, operator: Operator, value: Value, scope: Scope): Lineage {
  const own = OWN_READINGS.get(name)
  if (own !== undefined && operator.yields === 'own') {
    return own(value, scope, { read: readExpression, runCode })
  }
  const { given, fallbacks } = argumentsOf(name, operator, value, scope)
  const parts = COMPARING.has(name) ? [...given, ...comparedInside(given)] : given
  if (!operator.total || (CHOOSING.has(name) && !isOneField(name.endsWith('N') ? parts.slice(0, 1) : parts)))
    use(scope, parts, 'argument')
  else if (operator.first) use(scope, parts.slice(1), 'argument')
  if (WHOLE.has(name) && parts.some(isUnseen))
    use(scope, [unprovable('what nobody has seen of a document is measured', parts)], 'argument')
  if (operator.yields === 'none') return CONSTANT
  if (operator.yields === 'compute')
    return fallbacks.length === 0 ? compute(parts) : either([compute(parts), ...fallbacks])
  // Which of them it is, and where in it, its further arguments say.
  if (name === '$ifNull') return either(parts)
  if (!operator.first) return partOf(either(parts))
  const [first = CONSTANT, ...rest] = parts
  return partOf(rest.every(isConstant) ? first : either([first, compute(rest)]))
}

/** All that a document holds goes into what they say of it, also what no sample had. */
const WHOLE: ReadonlySet<string> = new Set(['$bsonSize', '$toHashedIndexKey'])

const isUnseen = ({ places }: Lineage): boolean =>
  places.some(({ read, path }) => read.collection?.fields.has(fieldName(path)) !== true)

/** The type of what comes out tells how several values compare, however it is masked: whose it is, or that an int32 did not hold the sum. */
const CHOOSING: ReadonlySet<string> = new Set(['$min', '$max', '$minN', '$maxN', '$sum'])

function isOneField(parts: readonly Lineage[]): boolean {
  const [only = CONSTANT, ...more] = parts
  return (
    more.length === 0 &&
    (isConstant(only) || (isCopy(only) && only.places.length === 1 && only.mixed !== true))
  )
}

const COMPARING: ReadonlySet<string> = new Set(
  ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'cmp', 'in'].map((name) => `$${name}`),
)

/** Beside a document a field's own fields are compared, also those that the catalog has not seen. */
export function comparedInside(sides: readonly Lineage[]): readonly Lineage[] {
  return sides.flatMap((side, at) =>
    side.places.length === 0
      ? []
      : sides.flatMap((other, beside) => (beside === at ? [] : namedLike(other, side))),
  )
}

function namedLike({ children }: Lineage, field: Lineage): readonly Lineage[] {
  return [...children].flatMap(([name, inner]) => {
    const own = childOf(field, name)
    return [own, ...namedLike(inner, own)]
  })
}

interface Arguments {
  readonly given: readonly Lineage[]
  /** Those of them that come out as they are where there is no result. */
  readonly fallbacks: readonly Lineage[]
}

const NO_FALLBACKS: readonly Lineage[] = []

/** In the order of the table where they are named. */
function argumentsOf(name: string, operator: Operator, value: Value, scope: Scope): Arguments {
  if (isDocument(value) && operator.named !== undefined && firstName(value)?.startsWith('$') !== true)
    return namedArguments(name, operator.named, value, scope)
  if (!isArray(value)) return { given: [readExpression(value, scope)], fallbacks: NO_FALLBACKS }
  const given: Lineage[] = []
  for (const item of items(value))
    given.push(isScalar(item) && !isString(item) ? CONSTANT : readExpression(item, scope))
  return { given, fallbacks: NO_FALLBACKS }
}

function namedArguments(name: string, allowed: readonly string[], value: Value, scope: Scope): Arguments {
  const members = membersOf(value, name)
  for (const part of members.keys())
    if (!allowed.includes(part)) throw badValue(`unknown argument to ${name}: ${part}`)
  const given: Lineage[] = []
  const fallbacks: Lineage[] = []
  for (const part of allowed) {
    const said = members.get(part)
    const read = said === undefined ? CONSTANT : readExpression(said, scope)
    if (said !== undefined || given.length === 0) given.push(read)
    if (FALLBACKS.has(part)) fallbacks.push(read)
  }
  return { given, fallbacks }
}

/** Whatever they are, documents too: what stands in those is judged as it is elsewhere. */
const FALLBACKS: ReadonlySet<string> = new Set(['onError', 'onNull'])

/** Server-side JavaScript sees its arguments and does what it likes with them. */
function runCode(name: string, parts: ReadonlyMap<string, Value>, scope: Scope): Lineage {
  opaque(scope.ledger, `${name} runs JavaScript, which cannot be read`)
  const given: Lineage[] = []
  for (const [part, value] of parts) {
    if (part !== 'lang')
      given.push(isString(value) && part !== 'args' ? CONSTANT : readArgument(value, scope))
  }
  use(scope, given, 'argument')
  return { ...compute(given), unprovable: `${name} runs JavaScript` }
}

function readArgument(value: Value, scope: Scope): Lineage {
  return value.type === TYPE.CODE ? CONSTANT : readExpression(value, scope)
}

function unknown(name: string): Unread {
  return new Unread(`Unrecognized expression '${name}'`, UNKNOWN_EXPRESSION)
}
