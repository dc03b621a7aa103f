/** insert, update, delete, findAndModify and bulkWrite. */
import type { Output } from '@gatehouse/core'
import type { Value } from '../bson/index.js'
import { checkMembers, collectionName, documentsIn, required } from './arguments.js'
import { readFilter } from './filter.js'
import type { Draft } from './ledger.js'
import { cutNamespace } from './namespaces.js'
import { show } from './outputs.js'
import { readSort } from './pipeline/grouping.js'
import { variablesOf } from './pipeline/joining.js'
import { readProjection } from './pipeline/projection.js'
import { bind, type Scope } from './pipeline/scope.js'
import { collate, hinted, isSet } from './queries.js'
import { overWritten, type Parts, type Read, scopeOf, target } from './reading.js'
import { BULK_REPLY, plan, WRITE_REPLY } from './reply-plans.js'
import { badValue, Unread } from './unread.js'
import { readArrayFilters, readUpdate, upserted } from './updates.js'
import {
  EMPTY,
  firstName,
  isArray,
  isDocument,
  membersOf,
  numberOf,
  wantDocument,
  wantString,
} from './values.js'
import { writeDocument } from './written-fields.js'

const NONE: readonly Output[] = []

/** What the server keeps for itself is written by nobody. */
function writing(
  parts: Parts,
  verb: Draft['verb'],
  database: string,
  name: string,
  unfiltered: boolean,
): Draft {
  if (name.startsWith('system.')) {
    throw new Unread(`${database}.${name} is the server's own`, undefined, 'GH_NEVER')
  }
  return target(parts, verb, database, name, unfiltered)
}

/** Validation is what keeps the collection's promises: to go round it is more than to write. */
function bypassing({ given, ledger }: Parts, drafts: readonly Draft[]): void {
  if (!isSet(given.members.get('bypassDocumentValidation'), 'bypassDocumentValidation')) return
  ledger.functions.add('bypassDocumentValidation')
  for (const each of drafts) each.why ??= 'it bypasses the validation of documents'
}

export function readInsert(parts: Parts): Read {
  const { given, ledger } = parts
  const into = writing(parts, 'insert', given.command.database, collectionName(given), false)
  for (const document of documentsIn(given, 'documents')) writeDocument(ledger, into, document)
  bypassing(parts, [into])
  return { outputs: NONE, reply: WRITE_REPLY }
}

interface Change {
  readonly database: string
  readonly name: string
  readonly filter: Value
  readonly update: Value
  readonly multi: boolean
  readonly upsert: boolean
  readonly constants: Value | undefined
  readonly arrayFilters: Value | undefined
  readonly collation: Value | undefined
  readonly hint: Value | undefined
  readonly sort: Value | undefined
}

function change(parts: Parts, scope: Scope, asked: Change): Scope {
  const { ledger } = parts
  const { database, name, filter, upsert } = asked
  const drafts = [writing(parts, 'update', database, name, false)]
  if (upsert) drafts.push(writing(parts, 'insert', database, name, false))
  const over = found(parts, scope, asked, drafts.slice(0, 1))
  const inner = asked.constants === undefined ? over : bind(over, variablesOf(asked.constants, over))
  readArrayFilters(asked.arrayFilters, asked.update, over)
  readUpdate(asked.update, inner, drafts)
  if (upsert) upserted(filter, ledger, drafts.slice(1))
  bypassing(parts, drafts)
  return over
}

/** Which documents are written: by the filter, in the sort's order. */
function found(
  parts: Parts,
  scope: Scope,
  asked: Pick<Change, 'database' | 'name' | 'filter' | 'multi' | 'collation' | 'hint' | 'sort'>,
  drafts: readonly Draft[],
): Scope {
  const { ledger } = parts
  const before = ledger.collated
  collate(parts, asked.collation)
  const over = overWritten(scope, asked.database, asked.name)
  const bounded = readFilter(wantDocument(asked.filter, 'q'), over)
  if (!bounded) {
    for (const { read } of over.root.places) read.unfiltered = true
    if (asked.multi) for (const each of drafts) each.unfiltered = true
  }
  hinted(asked.hint, over)
  if (asked.sort !== undefined) readSort(asked.sort, over)
  ledger.collated = before
  return over
}

const UPDATE: ReadonlySet<string> = new Set([
  'q',
  'u',
  'c',
  'multi',
  'upsert',
  'collation',
  'arrayFilters',
  'hint',
  'sort',
])

export function readUpdates(parts: Parts): Read {
  const { given } = parts
  const scope = scopeOf(parts, given.members.get('let'))
  for (const each of documentsIn(given, 'updates')) {
    const members = membersOf(each, 'updates')
    checkMembers(members, 'update.updates', UPDATE)
    change(parts, scope, {
      database: given.command.database,
      name: collectionName(given),
      filter: part(members, 'q'),
      update: part(members, 'u'),
      multi: isSet(members.get('multi'), 'multi'),
      upsert: isSet(members.get('upsert'), 'upsert'),
      constants: members.get('c'),
      ...options(members),
    })
  }
  return { outputs: NONE, reply: WRITE_REPLY }
}

function options(
  members: ReadonlyMap<string, Value>,
): Pick<Change, 'arrayFilters' | 'collation' | 'hint' | 'sort'> {
  const [arrayFilters, collation, hint, sort] = ['arrayFilters', 'collation', 'hint', 'sort'].map((name) =>
    members.get(name),
  )
  return { arrayFilters, collation, hint, sort }
}

function part(members: ReadonlyMap<string, Value>, name: string): Value {
  const value = members.get(name)
  if (value === undefined) throw badValue(`'${name}' is missing`)
  return value
}

const DELETE: ReadonlySet<string> = new Set(['q', 'limit', 'collation', 'hint'])

export function readDeletes(parts: Parts): Read {
  const { given } = parts
  const { database } = given.command
  const name = collectionName(given)
  const scope = scopeOf(parts, given.members.get('let'))
  for (const each of documentsIn(given, 'deletes')) {
    const members = membersOf(each, 'deletes')
    checkMembers(members, 'delete.deletes', DELETE)
    const draft = writing(parts, 'delete', database, name, false)
    const multi = numberOf(part(members, 'limit')) !== 1
    found(parts, scope, { database, name, filter: part(members, 'q'), multi, ...options(members) }, [draft])
  }
  return { outputs: NONE, reply: WRITE_REPLY }
}

export function readFindAndModify(parts: Parts): Read {
  const { given, ledger } = parts
  const { members, command } = given
  const { database } = command
  const name = collectionName(given)
  const scope = scopeOf(parts, members.get('let'))
  const filter = members.get('query') ?? EMPTY
  const over = isSet(members.get('remove'), 'remove')
    ? found(parts, scope, { database, name, filter, multi: false, ...options(members) }, [
        writing(parts, 'delete', database, name, false),
      ])
    : change(parts, scope, {
        database,
        name,
        filter,
        update: required(given, 'update'),
        multi: false,
        upsert: isSet(members.get('upsert'), 'upsert'),
        constants: undefined,
        ...options(members),
      })
  const fields = members.get('fields')
  const projected = fields === undefined || firstName(wantDocument(fields, 'fields')) === undefined
  const outputs: Output[] = []
  const shape = show({ ledger, outputs }, projected ? over.root : readProjection(fields, over, true))
  return { outputs, reply: plan('lastErrorObject value', [{ path: ['value'], each: false, shape }]) }
}

const BULK: Readonly<Record<string, ReadonlySet<string>>> = {
  insert: new Set(['insert', 'document']),
  update: new Set([
    'update',
    'filter',
    'updateMods',
    'multi',
    'upsert',
    'arrayFilters',
    'hint',
    'constants',
    'collation',
    'sort',
  ]),
  delete: new Set(['delete', 'filter', 'multi', 'hint', 'collation']),
}

/** All of it or nothing: each operation is an action of its own. */
export function readBulkWrite(parts: Parts): Read {
  const { given } = parts
  const scope = scopeOf(parts, given.members.get('let'))
  const namespaces = documentsIn(given, 'nsInfo').map((each) => {
    const members = membersOf(each, 'nsInfo')
    checkMembers(members, 'bulkWrite.nsInfo', new Set(['ns']))
    return cutNamespace(wantString(part(members, 'ns'), 'ns'))
  })
  for (const op of documentsIn(given, 'ops')) bulkOperation(parts, scope, op, namespaces)
  return { outputs: NONE, reply: BULK_REPLY }
}

function bulkOperation(
  parts: Parts,
  scope: Scope,
  op: Value,
  namespaces: readonly (readonly [string, string])[],
): void {
  const members = membersOf(op, 'ops')
  const kind = firstName(op) ?? ''
  const allowed = Object.hasOwn(BULK, kind) ? BULK[kind] : undefined
  if (allowed === undefined) throw badValue(`Unrecognized bulk operation: ${kind}`)
  checkMembers(members, `bulkWrite.ops.${kind}`, allowed)
  const namespace = namespaces[numberOf(part(members, kind)) ?? -1]
  if (namespace === undefined) throw badValue('BulkWrite ops entry has an invalid nsInfo index')
  const [database, name] = namespace
  const multi = isSet(members.get('multi'), 'multi')
  if (kind === 'insert') {
    const into = writing(parts, 'insert', database, name, false)
    writeDocument(parts.ledger, into, wantDocument(part(members, 'document'), 'document'))
    bypassing(parts, [into])
  } else if (kind === 'delete') {
    const draft = writing(parts, 'delete', database, name, false)
    const filter = part(members, 'filter')
    found(parts, scope, { database, name, filter, multi, ...options(members) }, [draft])
  } else {
    const update = part(members, 'updateMods')
    if (!isArray(update) && !isDocument(update)) throw badValue('updateMods must be an object or an array')
    change(parts, scope, {
      database,
      name,
      filter: part(members, 'filter'),
      update,
      multi,
      upsert: isSet(members.get('upsert'), 'upsert'),
      constants: members.get('constants'),
      ...options(members),
    })
  }
}
