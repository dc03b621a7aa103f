/** Query predicates: which fields they use and how (R16, R17), and whether they bound what is found (R21). */
import { elements, TYPE, type Value } from '../bson/index.js'
import { readCondition } from './condition.js'
import { readJsonSchema } from './json-schema.js'
import { opaque } from './ledger.js'
import { at, type Lineage } from './pipeline/lineage.js'
import { type Scope, spend, use, within } from './pipeline/scope.js'
import { badValue } from './unread.js'
import {
  firstName,
  isArray,
  isDocument,
  isExtreme,
  isNull,
  isScalar,
  items,
  numberOf,
  wantArray,
  wantDocument,
} from './values.js'

/** Reads a predicate over the scope's documents. True: a conjunct bounds a field by equality, a range or a list. */
export function readFilter(filter: Value, scope: Scope): boolean {
  return readPredicate(filter, scope, true)
}

/** Which elements are changed: no document is looked up by it (R17). */
export function readElementFilter(filter: Value, scope: Scope): void {
  readPredicate(filter, scope, false)
}

/** Operators on one field, or a value that it must equal. */
export function readFieldCondition(field: Lineage, condition: Value, scope: Scope): boolean {
  return readField(field, condition, scope, false)
}

/** `conjunct`: it must hold for every document that is found. */
function readPredicate(filter: Value, scope: Scope, conjunct: boolean): boolean {
  spend(scope)
  let bounded = false
  for (const { name, value } of elements(filter)) {
    if (name.startsWith('$')) bounded = readTop(name, value, scope, conjunct) || bounded
    else bounded = readField(at(scope.root, pathIn(name)), value, scope, conjunct) || bounded
  }
  return bounded
}

/** Stored names may be empty or hold dots; an empty part matches nothing that is known. */
function pathIn(name: string): readonly string[] {
  return name.split('.')
}

function readTop(name: string, value: Value, scope: Scope, conjunct: boolean): boolean {
  switch (name) {
    case '$and': {
      const parts = [...items(wantArray(value, name))].map((part) =>
        readPredicate(wantDocument(part, name), scope, conjunct),
      )
      return parts.includes(true)
    }
    case '$or': {
      const parts = [...items(wantArray(value, name))].map((part) =>
        readPredicate(wantDocument(part, name), scope, false),
      )
      return parts.length > 0 && parts.every((part) => part)
    }
    case '$nor':
      for (const part of items(wantArray(value, name))) readPredicate(wantDocument(part, name), scope, false)
      return false
    case '$expr':
      return readCondition(value, scope, conjunct)
    case '$where':
      opaque(scope.ledger, '$where runs JavaScript, which cannot be read')
      scope.ledger.functions.add('$where')
      use(scope, [scope.root], 'argument')
      return false
    case '$text':
      scope.ledger.functions.add(name)
      use(scope, [scope.root], 'filter')
      return false
    case '$jsonSchema':
      scope.ledger.functions.add(name)
      readJsonSchema(value, scope)
      return false
    case '$comment':
    case '$sampleRate':
    case '$alwaysTrue':
    case '$alwaysFalse':
      return false
    default:
      throw badValue(`unknown top level operator: ${name}`)
  }
}

function readField(field: Lineage, value: Value, scope: Scope, conjunct: boolean): boolean {
  const first = isDocument(value) ? firstName(value) : undefined
  if (first === undefined || !first.startsWith('$') || REFERENCE.has(first)) {
    return readEquality(field, value, scope, conjunct)
  }
  let bounded = false
  for (const { name, value: operand } of elements(value)) {
    bounded = readOperator(name, operand, field, scope, conjunct) || bounded
  }
  return bounded
}

/** What a DBRef begins with: such a document is a value. */
const REFERENCE: ReadonlySet<string> = new Set(['$ref', '$id', '$db'])

function readEquality(field: Lineage, value: Value, scope: Scope, conjunct: boolean): boolean {
  use(scope, compared(field, value, scope), conjunct && isScalar(value) ? 'lookup' : 'filter')
  return !isNull(value) && !isExtreme(value) && value.type !== TYPE.REGEX
}

/** With a document its fields are compared as well, also those that the catalog has not seen. */
function compared(field: Lineage, operand: Value, scope: Scope): readonly Lineage[] {
  if (!isDocument(operand) && !isArray(operand)) return [field]
  spend(scope)
  const all: Lineage[] = [field]
  if (isArray(operand)) {
    // Its items are compared with the field that stands first already: 100,000 constants are no more than one.
    for (const item of items(operand))
      if (isDocument(item) || isArray(item)) all.push(...compared(field, item, scope).slice(1))
    return all
  }
  for (const { name, value } of elements(operand)) all.push(...compared(at(field, [name]), value, scope))
  return all
}

/** They compare and nothing else; none of them bounds. */
const PLAIN: ReadonlySet<string> = new Set([
  '$mod',
  '$size',
  '$type',
  '$bitsAllSet',
  '$bitsAllClear',
  '$bitsAnySet',
  '$bitsAnyClear',
  '$regex',
  '$options',
  '$geoWithin',
  '$geoIntersects',
  '$within',
  '$near',
  '$nearSphere',
  '$maxDistance',
  '$minDistance',
  '$uniqueDocs',
])

function readOperator(
  name: string,
  operand: Value,
  field: Lineage,
  scope: Scope,
  conjunct: boolean,
): boolean {
  switch (name) {
    case '$eq':
      return readEquality(field, operand, scope, conjunct)
    case '$ne':
    case '$exists':
      use(
        scope,
        compared(field, operand, scope),
        conjunct && (name === '$exists' || isNull(operand)) ? 'lookup' : 'filter',
      )
      return false
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      use(scope, compared(field, operand, scope), 'filter')
      return boundsRange(name, operand)
    case '$in':
      use(scope, compared(field, wantList(operand, name), scope), 'filter')
      for (const item of items(wantList(operand, name)))
        if (isNull(item) || isExtreme(item) || item.type === TYPE.REGEX) return false
      return true
    case '$nin':
      use(scope, compared(field, wantList(operand, name), scope), 'filter')
      return false
    case '$all':
      return readAll(operand, field, scope)
    case '$not':
      if (isDocument(operand)) readField(field, operand, scope, false)
      else use(scope, [field], 'filter')
      return false
    case '$elemMatch':
      return readElement(wantDocument(operand, name), field, scope)
    case '$comment':
      return false
    default:
      if (!PLAIN.has(name)) throw badValue(`unknown operator: ${name}`)
      use(scope, [field], 'filter')
      return false
  }
}

function boundsRange(name: string, operand: Value): boolean {
  if (isNull(operand) || isExtreme(operand) || !isScalar(operand)) return false
  const number = numberOf(operand)
  if (number === undefined) return true
  if (Number.isNaN(number)) return false
  return name.startsWith('$gt') ? number !== Number.NEGATIVE_INFINITY : number !== Number.POSITIVE_INFINITY
}

function readAll(operand: Value, field: Lineage, scope: Scope): boolean {
  use(scope, compared(field, wantList(operand, '$all'), scope), 'filter')
  let bounded = false
  for (const item of items(wantList(operand, '$all'))) {
    if (isDocument(item) && firstName(item) === '$elemMatch')
      bounded = readField(field, item, scope, false) || bounded
    else bounded = bounded || (!isNull(item) && item.type !== TYPE.REGEX)
  }
  return bounded
}

/** Of elements that are documents a predicate of its own; of others the operators themselves. */
function readElement(operand: Value, field: Lineage, scope: Scope): boolean {
  const first = firstName(operand)
  if (first === undefined) return false
  if (first.startsWith('$') && !TOP_LEVEL.has(first)) return readField(field, operand, scope, false)
  return readPredicate(operand, within(scope, field), false)
}

const TOP_LEVEL: ReadonlySet<string> = new Set([
  '$and',
  '$or',
  '$nor',
  '$expr',
  '$where',
  '$text',
  '$comment',
])

/** The server's words for these are others than for a field. */
function wantList(operand: Value, name: string): Value {
  if (!isArray(operand)) throw badValue(`${name} needs an array`)
  return operand
}
