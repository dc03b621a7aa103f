/** find, aggregate, count, distinct and mapReduce: what they show and what they ask. */
import type { Output } from '@gatehouse/core'
import { elements, isNumber, type Value } from '../bson/index.js'
import { required } from './arguments.js'
import { readFilter } from './filter.js'
import { type Draft, draft, opaque } from './ledger.js'
import { databaseResource } from './namespaces.js'
import { show } from './outputs.js'
import { readSort } from './pipeline/grouping.js'
import { at, CONSTANT, compute, type Lineage, unprovable } from './pipeline/lineage.js'
import { WALK } from './pipeline/pipeline.js'
import { readProjection } from './pipeline/projection.js'
import { type Scope, use, within } from './pipeline/scope.js'
import type { ReplyPlace } from './read-command.js'
import { overCollection, type Parts, type Read, scopeOf, target } from './reading.js'
import { cursorReply, FREE_REPLY, OPEN_REPLY, plan } from './reply-plans.js'
import { badValue } from './unread.js'
import {
  firstName,
  isDocument,
  isString,
  items,
  onlyElement,
  pathOf,
  wantArray,
  wantBoolean,
  wantDocument,
  wantString,
} from './values.js'

/** A comparison by another strength than the field's own finds more than its constant. */
export function collate({ ledger }: Parts, value: Value | undefined): void {
  if (value !== undefined && firstName(wantDocument(value, 'collation')) !== undefined) ledger.collated = true
}

/** Reads of the command's collection that no conjunct bounds. */
export function unbound(scope: Scope): void {
  for (const { read } of scope.root.places) read.unfiltered = true
}

/** A filter over the scope's documents; left out: all of them. */
export function filtered(value: Value | undefined, scope: Scope): boolean {
  const bounded = value !== undefined && readFilter(wantDocument(value, 'filter'), scope)
  if (!bounded) unbound(scope)
  return bounded
}

export function readFind(parts: Parts): Read {
  const { members } = parts.given
  collate(parts, members.get('collation'))
  const scope = overCollection(parts, scopeOf(parts, members.get('let')), true)
  filtered(members.get('filter'), scope)
  const sort = members.get('sort')
  if (sort !== undefined) readSort(sort, scope)
  for (const name of ['min', 'max']) bounds(members.get(name), scope)
  hinted(members.get('hint'), scope)
  const projection = members.get('projection')
  let found =
    projection === undefined || isEmpty(projection) ? scope.root : readProjection(projection, scope, true)
  if (isSet(members.get('returnKey'), 'returnKey'))
    found = unprovable('returnKey shows keys of an index', [scope.root])
  if (isSet(members.get('showRecordId'), 'showRecordId')) found = withRecordId(found, scope.root)
  return shown(parts, found)
}

function isEmpty(value: Value): boolean {
  return firstName(wantDocument(value, 'projection')) === undefined
}

export function isSet(value: Value | undefined, name: string): boolean {
  return value !== undefined && wantBoolean(value, name)
}

/** In a collection that is clustered by it, the number of a record is its document's `_id`. */
function withRecordId(found: Lineage, documents: Lineage): Lineage {
  return {
    ...found,
    children: new Map([...found.children, ['$recordId', compute([at(documents, ['_id'])])]]),
  }
}

/** Values of an index's keys between which is looked. */
function bounds(value: Value | undefined, scope: Scope): void {
  if (value === undefined) return
  for (const name of namesOf(wantDocument(value, 'bounds')))
    use(scope, [at(scope.root, name.split('.'))], 'filter')
}

/** Which index serves says nothing of a value; the order in which it finds them may. */
export function hinted(value: Value | undefined, scope: Scope): void {
  if (value !== undefined) use(scope, keysOf(value, scope), 'order')
}

/** Of the index that a name or a pattern of keys means. */
export function keysOf(index: Value, scope: Scope): readonly Lineage[] {
  const paths = isString(index)
    ? indexNamed(wantString(index, 'hint'), scope)
    : [...namesOf(wantDocument(index, 'hint'))]
  return paths.filter((path) => path !== '$natural').map((path) => keyed(path, scope.root))
}

/** What an index of this name goes by; one that is not known may go by anything. */
function indexNamed(name: string, { root }: Scope): readonly string[] {
  if (name === '_id_') return ['_id']
  const [place] = root.places
  return place?.read.collection?.indexes.get(name) ?? ['$**']
}

/** A wildcard's keys are whatever stands there; a text index names none of what it holds. */
function keyed(path: string, root: Lineage): Lineage {
  if (path.startsWith('_fts')) return root
  return at(
    root,
    path.split('.').filter((name) => name !== '$**'),
  )
}

function* namesOf(document: Value): Generator<string, void, undefined> {
  for (const { name } of elements(document)) yield name
}

function shown(
  { ledger }: Parts,
  found: Lineage,
  more: readonly ReplyPlace[] = [],
  outputs: Output[] = [],
): Read {
  const shape = show({ ledger, outputs }, found)
  return { outputs, reply: cursorReply(shape, more) }
}

/** Stages of what mongosh and Compass ask it. */
const ASKED_OF_ATLAS: ReadonlySet<string> = new Set(['$match', '$group', '$limit', '$project', '$count'])

/** Where tools look whether Atlas made this server: a router that it has not made has nothing there (mongodb.md §10). */
function asksForAtlas({ command, value, members }: Parts['given']): boolean {
  const stages = members.get('pipeline')
  if (command.database !== 'admin' || !isString(value) || wantString(value, 'aggregate') !== 'atlascli')
    return false
  return (
    stages !== undefined &&
    [...items(wantArray(stages, 'pipeline'))].every(
      (stage) => isDocument(stage) && ASKED_OF_ATLAS.has(onlyElement(stage)?.name ?? ''),
    )
  )
}

export function readAggregate(parts: Parts): Read {
  const { given, ledger } = parts
  if (asksForAtlas(given))
    return {
      outputs: [],
      reply: FREE_REPLY,
      kind: (statement) => ({ kind: 'own', statement, name: 'atlascli' }),
    }
  const { members, value } = given
  collate(parts, members.get('collation'))
  const stages = wantArray(required(given, 'pipeline'), 'pipeline')
  const scope = scopeOf(parts, members.get('let'))
  const [first] = items(stages)
  const stage = first !== undefined && isDocument(first) ? onlyElement(first) : undefined
  const streams = stage?.name === '$changeStream'
  let root: Lineage
  if (isNumber(value)) root = streams ? everyCollection(parts, stage.value) : CONSTANT
  else {
    const over = overCollection(parts, scope, true)
    root = over.root
    hinted(members.get('hint'), over)
    if (stage?.name !== '$match' || !isBounded(stage.value, over)) unbound(over)
  }
  const found = WALK.pipeline(stages, within(scope, root))
  if (isSet(members.get('explain'), 'explain')) return { outputs: 'unknown', reply: OPEN_REPLY }
  if (!streams) return shown(parts, found)
  const outputs: Output[] = []
  const token = show({ ledger, outputs }, compute([at(root, ['_id'])]), ['postBatchResumeToken'])
  const place: ReplyPlace = { path: ['cursor', 'postBatchResumeToken'], each: false, shape: token }
  return shown(parts, found, [place], outputs)
}

/** Read for the answer alone: its uses are recorded when the stage is read. */
function isBounded(filter: Value, scope: Scope): boolean {
  return isDocument(filter) && readFilter(filter, scope)
}

/** Changes of a whole database or cluster: nobody can list whose. */
function everyCollection({ ledger, given }: Parts, stage: Value): Lineage {
  const whole = [...elements(wantDocument(stage, '$changeStream'))].some(
    ({ name }) => name === 'allChangesForCluster',
  )
  const { database } = given.command
  const resource = whole
    ? ({ kind: 'server', path: ['server'], system: true } as const)
    : databaseResource(database)
  const read: Draft = draft(ledger, whole ? 'admin' : 'read', resource, { unfiltered: true })
  read.unknown ??= 'changes of every collection are read'
  return unprovable('changes of every collection are read')
}

export function readCount(parts: Parts): Read {
  const { members } = parts.given
  collate(parts, members.get('collation'))
  const scope = overCollection(parts, scopeOf(parts), true)
  filtered(members.get('query'), scope)
  hinted(members.get('hint'), scope)
  return { outputs: [{ name: 'n', how: 'counted', sources: [] }], reply: plan('n') }
}

export function readDistinct(parts: Parts): Read {
  const { members } = parts.given
  const { ledger, given } = parts
  collate(parts, members.get('collation'))
  const scope = overCollection(parts, scopeOf(parts), true)
  filtered(members.get('query'), scope)
  hinted(members.get('hint'), scope)
  const key = wantString(required(given, 'key'), 'key')
  const found = at(scope.root, pathOf(key))
  use(scope, [found], 'group')
  ledger.collects = true
  const outputs: Output[] = []
  const shape = show({ ledger, outputs }, found, [key])
  return { outputs, reply: plan('stats', [{ path: ['values'], each: true, shape }]) }
}

export function readMapReduce(parts: Parts): Read {
  const { ledger, given } = parts
  const { members, command } = given
  opaque(ledger, 'mapReduce runs JavaScript, which cannot be read')
  const scope = overCollection(parts, scopeOf(parts), true)
  filtered(members.get('query'), scope)
  use(scope, [scope.root], 'argument')
  const out = members.get('out')
  if (out !== undefined) readOut(parts, out, command.database)
  ledger.uncounted ??= 'nothing says how many documents mapReduce stores'
  return { outputs: 'unknown', reply: OPEN_REPLY }
}

function readOut(parts: Parts, out: Value, database: string): void {
  if (isString(out)) {
    stored(parts, database, wantString(out, 'out'), true)
    return
  }
  let into = database
  let name: string | undefined
  let replaces = true
  for (const { name: option, value } of elements(wantDocument(out, 'out'))) {
    if (option === 'inline') return
    if (option === 'db') into = wantString(value, 'db')
    else if (option === 'replace' || option === 'merge' || option === 'reduce') {
      name = wantString(value, option)
      replaces = option === 'replace'
    } else if (option !== 'sharded' && option !== 'nonAtomic') throw badValue(`out: unknown option ${option}`)
  }
  if (name === undefined) throw badValue('out names no collection')
  stored(parts, into, name, replaces)
}

function stored(parts: Parts, database: string, name: string, replaces: boolean): void {
  const verbs = replaces ? (['insert', 'truncate', 'create'] as const) : (['insert', 'update'] as const)
  for (const verb of verbs)
    target(parts, verb, database, name, true).unknown ??= 'JavaScript says what is stored'
  if (database !== parts.given.command.database) target(parts, 'export', database, name, true)
}
