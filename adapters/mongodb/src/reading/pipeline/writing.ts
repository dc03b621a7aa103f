/** `$merge` and `$out`: what a pipeline stores, and where its values come from (R19). */
import type { FieldPlace } from '@gatehouse/core'
import type { Value } from '../../bson/index.js'
import { fieldName } from '../../catalog/catalog.js'
import { fieldsUnder, mayBeDocument } from '../known-fields.js'
import { classesOf, type Draft, draft, type Ledger, placeOf, touch } from '../ledger.js'
import { collectionResource } from '../namespaces.js'
import { badValue } from '../unread.js'
import { isArray, isDocument, isString, membersOf, wantDocument, wantString } from '../values.js'
import { joinedDocuments } from './collections.js'
import { variablesOf } from './joining.js'
import { CONSTANT, documentOf, everything, isCopy, type Lineage, type Place } from './lineage.js'
import { member, stageMembers } from './reshaping.js'
import { bind, type Scope, use, within } from './scope.js'
import type { ReadStage, Walk } from './stage.js'

const NOTHING = documentOf(new Map())
const UNLISTED = 'documents with fields that are not known are stored'

function target(value: Value, scope: Scope, what: string): readonly [string, string] {
  if (isString(value)) return [scope.database, wantString(value, what)]
  const members = membersOf(wantDocument(value, what), what)
  for (const name of members.keys()) {
    if (name !== 'db' && name !== 'coll' && name !== 'timeseries')
      throw badValue(`${what}: unknown option ${name}`)
  }
  const database = members.get('db')
  const name = wantString(member(members, 'coll', what), `${what}.coll`)
  return [database === undefined ? scope.database : wantString(database, `${what}.db`), name]
}

function merge(value: Value, scope: Scope, walk: Walk): Lineage {
  const members = isString(value)
    ? new Map([['into', value]])
    : stageMembers(value, '$merge', ['into', 'on', 'let', 'whenMatched', 'whenNotMatched'])
  const [database, name] = target(member(members, 'into', '$merge'), scope, '$merge')
  const drafts = [write(scope, 'insert', database, name), write(scope, 'update', database, name)]
  store(scope, scope.root, drafts)
  const matched = members.get('whenMatched')
  if (matched !== undefined && isArray(matched)) {
    const known = joinedDocuments(scope.ledger, database, name)
    const given = variablesOf(members.get('let'), scope)
    const variables = given.some(([each]) => each === 'new')
      ? given
      : [['new', scope.root] as const, ...given]
    store(scope, walk.pipeline(matched, within(bind(scope, variables), known)), drafts.slice(1))
  }
  export_(scope, database, name)
  return NOTHING
}

function out(value: Value, scope: Scope): Lineage {
  const [database, name] = target(value, scope, '$out')
  const insert = write(scope, 'insert', database, name)
  write(scope, 'truncate', database, name)
  write(scope, 'create', database, name)
  store(scope, scope.root, [insert])
  export_(scope, database, name)
  return NOTHING
}

function write(scope: Scope, verb: Draft['verb'], database: string, name: string): Draft {
  const { ledger } = scope
  ledger.uncounted ??= 'nothing says how many documents a pipeline stores'
  const collection = ledger.catalog.collection(database, name)
  return draft(ledger, verb, collectionResource(database, name), { unfiltered: true, collection })
}

/** Into another database: out of what its rules cover. */
function export_(scope: Scope, database: string, name: string): void {
  if (database === scope.database) return
  const collection = scope.ledger.catalog.collection(database, name)
  draft(scope.ledger, 'export', collectionResource(database, name), { unfiltered: true, collection })
}

/** Every value that the documents hold, put under the name where it stands. */
export function store(scope: Scope, documents: Lineage, targets: readonly Draft[]): void {
  storeAt(scope, documents, [], targets)
}

/** The same of what stands under a path. */
export function storeAt(
  scope: Scope,
  value: Lineage,
  path: readonly string[],
  targets: readonly Draft[],
): void {
  if (value.gone) return
  const { ledger } = scope
  for (const [name, child] of value.children) storeAt(scope, child, [...path, name], targets)
  if (value.unprovable !== undefined) {
    for (const each of targets) each.unknown ??= value.unprovable
  }
  if (path.length === 0) {
    storeWhole(scope, value, targets)
    return
  }
  const copy = isCopy(value)
  const into = targets.map((each) => placeOf(ledger, each, path))
  const whole: Lineage = { ...value, children: CONSTANT.children }
  // A constant that may stand there instead was written by nobody's data (R19).
  const from = copy && value.mixed !== true ? placesIn(ledger, whole) : undefined
  for (const each of targets) touch(ledger, each, path, 'written', from && { from })
  for (const place of value.places)
    if (mayBeDocument(place.read.collection, place.path) && !stays(place, path, targets))
      leaveOpen(place.read, targets)
  if (!copy) {
    use(scope, [whole], 'flow')
    return
  }
  for (const { read, path: of } of value.places) {
    if (of.length > 0) touch(ledger, read, of, 'flow', { into })
    for (const field of fieldsUnder(read.collection, of)) {
      const beneath = [...path, ...field.path.slice(of.length)]
      moveKnown(ledger, read, field.path, beneath, targets)
    }
  }
}

/** It comes to where it was. */
function stays({ read, path: from }: Place, path: readonly string[], targets: readonly Draft[]): boolean {
  const isHere = ({ resource }: Draft) => resource.path.join('\0') === read.resource.path.join('\0')
  return from.join('\0') === path.join('\0') && targets.every(isHere)
}

function placesIn(ledger: Ledger, value: Lineage): readonly FieldPlace[] {
  const fields = value.places.filter(({ path }) => path.length > 0)
  return fields.map(({ read, path }) => placeOf(ledger, read, path))
}

/** Documents are moved of which nobody knows every field. */
export function leaveOpen(read: Draft, targets: readonly Draft[]): void {
  read.unknown ??= UNLISTED
  for (const each of targets) each.unknown ??= UNLISTED
}

/** Documents as they stand: the fields that are known, and others. */
function storeWhole(scope: Scope, value: Lineage, targets: readonly Draft[]): void {
  const taken = value.places.filter(({ path }) => path.length === 0)
  for (const { read } of taken) {
    for (const field of fieldsUnder(read.collection, [])) {
      if (isOverwritten(value, field.path)) continue
      moveKnown(scope.ledger, read, field.path, field.path, targets)
    }
    leaveOpen(read, targets)
  }
  const rest: Lineage = {
    ...value,
    children: CONSTANT.children,
    places: value.places.filter(({ path }) => path.length > 0),
  }
  use(scope, [rest], 'flow')
  if (taken.length === 0 && everything(rest).length === 0) return
  for (const each of targets) each.unknown ??= UNLISTED
}

function isOverwritten(value: Lineage, path: readonly string[]): boolean {
  let found: Lineage | undefined = value
  for (const name of path) {
    found = found.children.get(name)
    if (found === undefined) return false
    if (found.places.length === 0 || found.gone) return true
  }
  return true
}

function moveKnown(
  ledger: Ledger,
  read: Draft,
  from: readonly string[],
  path: readonly string[],
  targets: readonly Draft[],
): void {
  const origin: FieldPlace = {
    resource: read.resource.path,
    field: fieldName(from),
    classes: classesOf(ledger, read, from),
  }
  touch(ledger, read, from, 'flow', { into: targets.map((each) => placeOf(ledger, each, path)) })
  for (const each of targets) touch(ledger, each, path, 'written', { from: [origin] })
}

export const WRITING: ReadonlyMap<string, ReadStage> = new Map<string, ReadStage>([
  [
    '$merge',
    (value, scope, walk) =>
      isDocument(value) || isString(value)
        ? merge(value, scope, walk)
        : merge(wantDocument(value, '$merge'), scope, walk),
  ],
  ['$out', out],
])
