/** Commands that make, change or move collections and indexes, and what they do to data on the way. */
import type { FieldUse } from '@gatehouse/core'
import { elements, type Value } from '../bson/index.js'
import { collectionName, documentsIn, required } from './arguments.js'
import { readElementFilter } from './filter.js'
import { draft } from './ledger.js'
import { cutNamespace, databaseResource } from './namespaces.js'
import { joinedDocuments } from './pipeline/collections.js'
import { at } from './pipeline/lineage.js'
import { WALK } from './pipeline/pipeline.js'
import { use, within } from './pipeline/scope.js'
import { store } from './pipeline/writing.js'
import { isSet, keysOf } from './queries.js'
import type { ReplyPlan } from './read-command.js'
import { overWritten, type Parts, type Read, scopeOf, target } from './reading.js'
import { cursorReply, FREE_REPLY } from './reply-plans.js'
import { badValue } from './unread.js'
import { EMPTY, isString, membersOf, wantArray, wantDocument, wantString } from './values.js'

const DONE: Read = { outputs: [], reply: FREE_REPLY }
const LATER = 'documents that are old enough are deleted by the server later'

export function readCreate(parts: Parts): Read {
  const { given } = parts
  const { members, command } = given
  const name = collectionName(given)
  const made = target(parts, 'create', command.database, name, false)
  const viewOn = members.get('viewOn')
  if (viewOn !== undefined) view(parts, made, wantString(viewOn, 'viewOn'), members.get('pipeline'))
  condition(parts, members.get('validator'))
  if (members.has('storageEngine') || members.has('indexOptionDefaults')) {
    target(parts, 'admin', command.database, name, false).why ??= 'it sets options of the storage engine'
  }
  if (members.has('expireAfterSeconds') || isSet(members.get('capped'), 'capped'))
    expire(parts, command.database, name)
  return DONE
}

/** A stored query: what it shows, its maker must be allowed to read (R4), and where it shows it is another place (R19). */
function view(
  parts: Parts,
  made: ReturnType<typeof target>,
  viewOn: string,
  pipeline: Value | undefined,
): void {
  const { database } = parts.given.command
  const scope = scopeOf(parts)
  const root = WALK.collection(database, viewOn, scope)
  const found =
    pipeline === undefined ? root : WALK.pipeline(wantArray(pipeline, 'pipeline'), within(scope, root))
  use(scope, [found], 'output')
  store(scope, found, [made])
}

function expire(parts: Parts, database: string, name: string): void {
  target(parts, 'delete', database, name, true).why ??= LATER
  parts.ledger.uncounted ??= LATER
}

/** What a definition asks of every document: whether one is written, kept or counted afterwards is its answer. */
function condition(parts: Parts, asked: Value | undefined): void {
  if (asked === undefined) return
  const { given } = parts
  const over = overWritten(scopeOf(parts), given.command.database, collectionName(given))
  readElementFilter(wantDocument(asked, 'condition'), over)
}

export function readCollMod(parts: Parts): Read {
  const { given } = parts
  const { members, command } = given
  const name = collectionName(given)
  const changed = target(parts, 'alter', command.database, name, false)
  const viewOn = members.get('viewOn')
  const pipeline = members.get('pipeline')
  if (viewOn !== undefined) view(parts, changed, wantString(viewOn, 'viewOn'), pipeline)
  else if (pipeline !== undefined) {
    const stands = parts.catalog.collection(command.database, name)?.viewOn
    if (stands === undefined)
      throw badValue(`what the view ${name} stands on is not known: say 'viewOn' as well`)
    view(parts, changed, stands, pipeline)
  }
  condition(parts, members.get('validator'))
  const index = members.get('index')
  const asked = membersOf(index === undefined ? EMPTY : wantDocument(index, 'index'), 'index')
  const expires = asked.has('expireAfterSeconds')
  const found = asked.get('keyPattern') ?? asked.get('name')
  if (expires) compared(parts, found, 'filter')
  // Whether it can be so tells that no value stands twice, and a refusal which documents have the same.
  if (isSet(asked.get('unique'), 'unique') || isSet(asked.get('prepareUnique'), 'prepareUnique'))
    compared(parts, found, 'group')
  const shrinks = members.has('cappedSize') || members.has('cappedMax')
  if (expires || shrinks || members.has('expireAfterSeconds')) expire(parts, command.database, name)
  return DONE
}

export function readCreateIndexes(parts: Parts): Read {
  const { given } = parts
  const { database } = given.command
  const name = collectionName(given)
  target(parts, 'create', database, name, false)
  for (const each of documentsIn(given, 'indexes')) {
    const members = membersOf(each, 'indexes')
    if (members.has('expireAfterSeconds')) {
      expire(parts, database, name)
      compared(parts, members.get('key'), 'filter')
    }
    // Whether it can be made tells that no value stands twice.
    if (isSet(members.get('unique'), 'unique')) compared(parts, members.get('key'), 'group')
    fallible(parts, members)
    if (members.has('storageEngine'))
      target(parts, 'admin', database, name, false).why ??= 'it sets options of the storage engine'
    condition(parts, members.get('partialFilterExpression'))
  }
  return DONE
}

/** Kinds of keys that take any value, or that fail on none but lists. */
const TAKING_ALL: ReadonlySet<string> = new Set(['text', 'hashed'])

/** Whether it can be made tells that places lie within its bounds, or that there is such a language. */
function fallible(parts: Parts, members: ReadonlyMap<string, Value>): void {
  const key = members.get('key')
  if (key === undefined) return
  const { given, ledger } = parts
  const paths: string[] = []
  for (const { name, value } of elements(wantDocument(key, 'key'))) {
    if (!isString(value)) continue
    const kind = wantString(value, name)
    if (!TAKING_ALL.has(kind)) paths.push(name)
    else if (kind === 'text') paths.push(languageOf(members))
  }
  if (paths.length === 0) return
  const root = joinedDocuments(ledger, given.command.database, collectionName(given))
  const scope = within(scopeOf(parts), root)
  for (const path of paths) use(scope, [at(root, path.split('.'))], 'argument')
}

function languageOf(members: ReadonlyMap<string, Value>): string {
  const override = members.get('language_override')
  return override === undefined ? 'language' : wantString(override, 'language_override')
}

/** By an index's key or name: whether a value stands twice, or is older than it may be. */
function compared(parts: Parts, key: Value | undefined, how: FieldUse): void {
  if (key === undefined) return
  const { given, ledger } = parts
  const root = joinedDocuments(ledger, given.command.database, collectionName(given))
  const scope = within(scopeOf(parts), root)
  use(scope, keysOf(key, scope), how)
}

/** The same documents under another name, where other rules may bind. */
export function readRename(parts: Parts): Read {
  const { given } = parts
  const [database, name] = cutNamespace(wantString(given.value, 'renameCollection'))
  const [toDatabase, toName] = cutNamespace(wantString(required(given, 'to'), 'to'))
  target(parts, 'alter', database, name, false)
  move(parts, [database, name], [toDatabase, toName])
  if (isSet(given.members.get('dropTarget'), 'dropTarget')) target(parts, 'drop', toDatabase, toName, true)
  return DONE
}

function move(parts: Parts, from: readonly [string, string], to: readonly [string, string]): void {
  const why = 'all documents of a collection come under another name'
  target(parts, 'read', ...from, true).unknown ??= why
  target(parts, 'create', ...to, false)
  target(parts, 'insert', ...to, true).unknown ??= why
}

export function readCopy(parts: Parts): Read {
  const { given } = parts
  const { database } = given.command
  const name = collectionName(given)
  const to = given.members.get('toCollection')
  if (to !== undefined) move(parts, [database, name], [database, wantString(to, 'toCollection')])
  else target(parts, 'alter', database, name, false)
  expire(parts, database, to === undefined ? name : wantString(to, 'toCollection'))
  return DONE
}

const INDEXES: ReplyPlan = cursorReply({
  free: true,
  children: new Map([
    ['partialFilterExpression', { output: 0 }],
    ['wildcardProjection', { free: true }],
  ]),
})

export function readStats(parts: Parts): Read {
  const { given } = parts
  const { entry, command, value, members } = given
  if (entry.name === 'dbStats') {
    draft(parts.ledger, 'read', databaseResource(command.database), { unfiltered: true })
    return DONE
  }
  const text = wantString(value, entry.name)
  const [database, name] = entry.name === 'dataSize' ? cutNamespace(text) : [command.database, text]
  const root = WALK.collection(database, name, scopeOf(parts))
  if (entry.name !== 'listIndexes') {
    const pattern = members.get('keyPattern')
    const bounds = members.has('min') || members.has('max')
    if (bounds) {
      const scope = within(scopeOf(parts), root)
      const names =
        pattern === undefined
          ? ['_id']
          : [...elements(wantDocument(pattern, 'keyPattern'))].map((each) => each.name)
      for (const path of names) use(scope, [at(root, path.split('.'))], 'filter')
    }
    return DONE
  }
  const why = 'the definition of an index can hold values'
  return {
    outputs: [{ name: 'partialFilterExpression', how: 'computed', sources: [], unprovable: why }],
    reply: INDEXES,
  }
}
