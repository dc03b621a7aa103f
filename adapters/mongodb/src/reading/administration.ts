/** Commands on the server, its accounts and its logs, on sessions and cursors, and explain. */
import { isNumber, readNumber, TYPE, type Value } from '../bson/index.js'
import { required } from './arguments.js'
import { GENERIC } from './commands-table.js'
import { draft } from './ledger.js'
import { collectionResource, commandResource } from './namespaces.js'
import type { ReadCommand } from './read-command.js'
import type { Parts, Read } from './reading.js'
import { FREE_REPLY, OPEN_REPLY } from './reply-plans.js'
import { badValue, Unread } from './unread.js'
import { firstName, isDocument, isString, items, membersOf, truth, wantArray, wantString } from './values.js'

export const ADMINISTERED: Read = { outputs: 'unknown', reply: OPEN_REPLY }
const NOTHING: Read = { outputs: [], reply: FREE_REPLY }

export function administer({ ledger, given }: Parts): Read {
  draft(ledger, 'admin', commandResource(given.entry.name), { unfiltered: true })
  return ADMINISTERED
}

function answered(name: string): Read {
  return { ...NOTHING, kind: (statement) => ({ kind: 'own', statement, name }) }
}

/** The banner that shells ask for is empty; other logs hold other people's statements. */
export function readLog(parts: Parts): Read {
  const { value } = parts.given
  const asked = isString(value) ? wantString(value, 'getLog') : ''
  return asked === 'startupWarnings' ? answered('getLog') : administer(parts)
}

/** The version of features that tools ask for; every other parameter tells of the server. */
export function readParameter(parts: Parts): Read {
  const { value, members } = parts.given
  const names = [...members.keys()].filter((name) => !GENERIC.has(name))
  const all = isString(value) || isDocument(value)
  const only = !all && names.every((name) => name === 'featureCompatibilityVersion') && names.length > 0
  return only ? answered('getParameter') : administer(parts)
}

/** Without its credentials; a list of accounts is the administrator's. */
export function readUsers(parts: Parts): Read {
  const shows = parts.given.members.get('showCredentials')
  if (shows !== undefined && truth(shows) !== false) {
    parts.ledger.never = 'it shows what accounts of the database prove themselves with'
  }
  return administer(parts)
}

/** Ids of sessions, each to be mapped to the viewer's own. */
export function readSessions({ given, ledger }: Parts): Read {
  const { name } = given.entry
  const sessions = wantArray(given.value, name)
  // An empty list means all sessions of the account, which is the gateway's and everybody's (mongodb.md §2).
  if (name === 'killSessions' && firstName(sessions) === undefined) {
    draft(ledger, 'admin', commandResource(name), { unfiltered: true })
    ledger.never = 'it ends what other people do'
  }
  for (const each of items(sessions)) {
    const members = membersOf(each, name)
    if (members.size !== 1 || members.get('id')?.type !== TYPE.BINARY)
      throw badValue('a session is named by its id alone')
  }
  return {
    ...NOTHING,
    kind: (statement) => ({
      kind: 'statement',
      statement,
      name,
      reply: FREE_REPLY,
      writes: false,
      sessions: true,
    }),
  }
}

export function readCursor(parts: Parts): Read {
  const { given } = parts
  const { name } = given.entry
  if (name !== 'getMore' && name !== 'killCursors' && name !== 'releaseMemory')
    throw badValue(`no cursor in ${name}`)
  const collection =
    name === 'getMore'
      ? wantString(required(given, 'collection'), 'collection')
      : name === 'killCursors'
        ? wantString(given.value, name)
        : ''
  const cursors = name === 'getMore' ? [cursorId(given.value)] : [...items(listOf(parts, name))].map(cursorId)
  // The name need not be a collection's: a cursor over a database has one of its own.
  if (!collection.startsWith('$cmd') && collection !== '')
    collectionResource(given.command.database, collection)
  return {
    ...NOTHING,
    kind: (statement): ReadCommand => ({ kind: 'cursor', statement, name, collection, cursors }),
  }
}

function listOf({ given }: Parts, name: string): Value {
  return name === 'killCursors'
    ? wantArray(required(given, 'cursors'), 'cursors')
    : wantArray(given.value, name)
}

function cursorId(value: Value): bigint {
  if (value.type !== TYPE.INT64 || !isNumber(value)) throw badValue('a cursor is named by a 64-bit integer')
  return BigInt(readNumber(value))
}

/** What a command would do is done by nobody; what it asks is asked (R20). */
export function readExplain(parts: Parts, readInner: (inner: Value) => Read): Read {
  const { given, ledger } = parts
  if (!isDocument(given.value)) throw badValue("'explain' must be an object")
  const verbosity = given.members.get('verbosity')
  const said = verbosity === undefined ? 'allPlansExecution' : wantString(verbosity, 'verbosity')
  if (!VERBOSITIES.has(said)) throw badValue(`verbosity: ${said} is not known`)
  const inner = readInner(given.value)
  ledger.planned = true
  const hides = inner.outputs === 'unknown' || [...ledger.drafts.values()].some((each) => each.derived)
  return hides ? ADMINISTERED : { outputs: [], reply: FREE_REPLY }
}

const VERBOSITIES: ReadonlySet<string> = new Set(['queryPlanner', 'executionStats', 'allPlansExecution'])

/** Commands that a server explains. */
export const EXPLAINED: ReadonlySet<string> = new Set([
  'find',
  'aggregate',
  'count',
  'distinct',
  'update',
  'delete',
  'findAndModify',
  'mapReduce',
])

export function checkExplained(name: string): void {
  if (!EXPLAINED.has(name))
    throw new Unread(`Explain does not support the '${name}' command`, undefined, 'GH_FORBIDDEN')
}
