/** What an update does to the fields of the documents that it finds: operators, replacements, pipelines. */
import { elements, TYPE, type Value } from '../bson/index.js'
import { readElementFilter, readFieldCondition, readFilter } from './filter.js'
import { fieldsUnder, mayBeDocument } from './known-fields.js'
import { type Draft, type Ledger, placeOf, touch } from './ledger.js'
import { at, documentOf, type Lineage, put } from './pipeline/lineage.js'
import { type Scope, use, within } from './pipeline/scope.js'
import { readPipelineUpdate } from './pipeline/update.js'
import { leaveOpen } from './pipeline/writing.js'
import { badValue } from './unread.js'
import { firstName, isArray, isDocument, items, wantArray, wantDocument, wantString } from './values.js'
import { writeDocument, writeValue } from './written-fields.js'

/** `u` of update and its like. `scope`: over the documents that are found; `targets`: what is written. */
export function readUpdate(update: Value, scope: Scope, targets: readonly Draft[]): void {
  if (isArray(update)) {
    readPipelineUpdate(update, scope, targets)
    return
  }
  const first = firstName(wantDocument(update, 'u'))
  if (first?.startsWith('$') === true) readOperators(update, scope, targets)
  else replace(update, scope, targets)
}

/** What the new document does not have is lost. */
function replace(document: Value, { ledger }: Scope, targets: readonly Draft[]): void {
  for (const target of targets) {
    for (const { path } of fieldsUnder(target.collection, [])) {
      if (path[0] !== '_id') touch(ledger, target, path, 'written')
    }
    writeDocument(ledger, target, document)
  }
}

function readOperators(update: Value, scope: Scope, targets: readonly Draft[]): void {
  for (const { name, value } of elements(update)) {
    const read = OPERATORS.get(name)
    if (read === undefined) throw badValue(`Unknown modifier: ${name}. Expected a valid update modifier`)
    scope.ledger.functions.add(name)
    for (const { name: path, value: operand } of elements(wantDocument(value, name))) {
      read(target(path), operand, scope, targets)
    }
  }
}

/** Steps in arrays name no field: `$`, `$[]`, `$[id]`, and an index. */
function target(path: string): readonly string[] {
  const names = path.split('.')
  if (names.some((name) => name === ''))
    throw badValue(`The update path '${path}' contains an empty field name`)
  return names.filter((name) => !/^\$(\[[^\]]*\])?$/.test(name))
}

type ReadOperator = (path: readonly string[], operand: Value, scope: Scope, targets: readonly Draft[]) => void

/** A name of digits is a place in a list, or a field of that name. */
function spellings(path: readonly string[]): readonly (readonly string[])[] {
  const plain = path.filter((name, index) => index === 0 || !/^\d+$/.test(name))
  return plain.length === path.length ? [path] : [path, plain]
}

function mark(ledger: Ledger, path: readonly string[], targets: readonly Draft[]): void {
  for (const each of targets) {
    for (const spelled of spellings(path)) {
      touch(ledger, each, spelled, 'written')
      for (const field of fieldsUnder(each.collection, spelled)) touch(ledger, each, field.path, 'written')
    }
  }
}

const SET: ReadOperator = (path, operand, { ledger }, targets) => {
  mark(ledger, path, targets)
  for (const each of targets)
    for (const spelled of spellings(path)) writeValue(ledger, each, spelled, operand)
}

/** What comes out depends on what stood there. */
const CHANGE: ReadOperator = (path, operand, scope, targets) => {
  SET(path, operand, scope, targets)
  use(scope, [at(scope.root, path)], 'argument')
}

const REMOVE: ReadOperator = (path, _, { ledger }, targets) => mark(ledger, path, targets)

const RENAME: ReadOperator = (path, operand, scope, targets) => {
  const { ledger, root } = scope
  const to = target(wantString(operand, '$rename'))
  mark(ledger, path, targets)
  for (const { read, path: from } of at(root, path).places) {
    if (mayBeDocument(read.collection, from)) leaveOpen(read, targets)
    const moved = [from, ...fieldsUnder(read.collection, from).map((field) => field.path)]
    for (const each of moved) {
      const into = [...to, ...each.slice(from.length)]
      touch(ledger, read, each, 'flow', { into: targets.map((draft) => placeOf(ledger, draft, into)) })
      for (const draft of targets)
        touch(ledger, draft, into, 'written', { from: [placeOf(ledger, read, each)] })
    }
  }
}

const PUSH: ReadOperator = (path, operand, scope, targets) => {
  const first = isDocument(operand) ? firstName(operand) : undefined
  if (first?.startsWith('$') !== true) {
    SET(path, operand, scope, targets)
    return
  }
  mark(scope.ledger, path, targets)
  for (const { name, value } of elements(operand)) {
    if (name === '$each') {
      for (const each of targets) writeValue(scope.ledger, each, path, wantArray(value, name))
    } else if (name === '$sort') sorted(value, path, scope)
    else if (name !== '$slice' && name !== '$position')
      throw badValue(`Unrecognized clause in $push: ${name}`)
  }
}

function sorted(value: Value, path: readonly string[], scope: Scope): void {
  const list = at(scope.root, path)
  if (!isDocument(value)) use(scope, [list], 'order')
  else for (const { name } of elements(value)) use(scope, [at(list, name.split('.'))], 'order')
}

/** A condition over the elements of a list. */
const PULL: ReadOperator = (path, operand, scope, targets) => {
  mark(scope.ledger, path, targets)
  const list = at(scope.root, path)
  const first = isDocument(operand) ? firstName(operand) : undefined
  if (!isDocument(operand) || first === undefined) use(scope, [list], 'filter')
  else if (first.startsWith('$') && first !== '$and' && first !== '$or' && first !== '$nor') {
    readFieldCondition(list, operand, scope)
  } else readFilter(operand, within(scope, list))
}

const OPERATORS: ReadonlyMap<string, ReadOperator> = new Map([
  ['$set', SET],
  ['$setOnInsert', SET],
  ['$unset', REMOVE],
  ['$currentDate', REMOVE],
  ['$inc', CHANGE],
  ['$mul', CHANGE],
  ['$min', CHANGE],
  ['$max', CHANGE],
  ['$bit', CHANGE],
  ['$rename', RENAME],
  ['$push', PUSH],
  ['$addToSet', PUSH],
  ['$pushAll', SET],
  ['$pull', PULL],
  ['$pullAll', SET],
  ['$pop', REMOVE],
])

/** Conditions on elements of lists, each by a name that stands for the element: `$[name]`. */
export function readArrayFilters(filters: Value | undefined, update: Value, scope: Scope): void {
  if (filters === undefined) return
  const lists = namedLists(update)
  for (const filter of items(wantArray(filters, 'arrayFilters'))) {
    let root: Lineage = documentOf(new Map())
    for (const [name, path] of lists) root = put(root, [name], at(scope.root, path))
    readElementFilter(wantDocument(filter, 'arrayFilters'), within(scope, root))
  }
}

/** Where each `$[name]` of an update stands. */
function namedLists(update: Value): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  if (!isDocument(update)) return found
  for (const { value } of elements(update)) {
    if (!isDocument(value)) continue
    for (const { name } of elements(value)) {
      const steps = name.split('.')
      for (const [at, step] of steps.entries())
        if (step.length > 3 && step.startsWith('$[') && step.endsWith(']'))
          found.set(step.slice(2, -1), target(steps.slice(0, at).join('.')))
    }
  }
  return found
}

/** By operators: at least one of them can ask for a value to be equal. */
function equals(condition: Value): boolean {
  if (!isDocument(condition) || firstName(condition)?.startsWith('$') !== true) return true
  for (const { name } of elements(condition)) if (!UNEQUAL.has(name)) return true
  return false
}

const UNEQUAL: ReadonlySet<string> = new Set([
  ...['$gt', '$gte', '$lt', '$lte', '$ne', '$nin', '$exists', '$type', '$regex', '$options', '$mod', '$size'],
  ...['$bitsAllSet', '$bitsAllClear', '$bitsAnySet', '$bitsAnyClear', '$comment', '$elemMatch'],
  ...['$geoWithin', '$geoIntersects', '$near', '$nearSphere', '$maxDistance', '$minDistance'],
])

/** A document that an upsert makes has what its filter asks to be equal. */
export function upserted(filter: Value, ledger: Ledger, targets: readonly Draft[]): void {
  for (const { name, value } of elements(filter)) {
    // A server takes a list of one condition for that condition.
    if ((name === '$and' || name === '$or' || name === '$nor') && isArray(value)) {
      for (const part of items(value)) if (isDocument(part)) upserted(part, ledger, targets)
    } else if (!name.startsWith('$') && value.type !== TYPE.REGEX && equals(value))
      for (const each of targets) touch(ledger, each, name.split('.'), 'written')
  }
}
