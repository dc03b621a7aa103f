/** A reader of the few commands that tests of the wire need, which knows nothing of what stands inside them. */
import type { Action, Statement, Verb } from '@gatehouse/core'
import { elements, findValue, readInt64, readString, TYPE } from '../bson/index.js'
import type { Command, ReadCommand, Reader } from '../reading/read-command.js'

const OWN = new Set([
  ...[
    'ping',
    'buildInfo',
    'connectionStatus',
    'whatsmyuri',
    'getParameter',
    'getLog',
    'hostInfo',
    'listCommands',
  ],
  ...['atlasVersion', 'serverStatus', 'startSession', 'top', 'isdbgrid', 'getCmdLineOpts'],
])
const VERBS: Readonly<Record<string, Verb>> = {
  find: 'read',
  aggregate: 'read',
  distinct: 'read',
  count: 'read',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  drop: 'drop',
  commitTransaction: 'transaction',
  abortTransaction: 'transaction',
}
const SESSIONS = new Set(['endSessions', 'killSessions', 'refreshSessions'])

export const thinReader: Reader = { read }

function read({ name, database, body, sequences }: Command): ReadCommand {
  const first = [...elements(body)][0]?.value
  const collection = first?.type === TYPE.STRING ? readString(first) : ''
  const verb = VERBS[name]
  const path = collection === '' ? [database] : [database, collection]
  const action: Action = {
    verb: verb ?? 'read',
    resource: { kind: 'relation', path, system: false },
    fields: [],
    unfiltered: false,
    certainty: 'exact',
    command: name,
    functions: [],
    derived: false,
  }
  const reads = name === 'find' || name === 'aggregate'
  const statement: Statement = {
    command: name,
    actions: verb === undefined ? [] : [action],
    outputs: [],
    collects: false,
    text: name,
    bytes: body.end - body.start,
  }
  if (OWN.has(name)) return { kind: 'own', statement, name }
  if (name === 'getMore' || name === 'killCursors') {
    const list = findValue(body, 'cursors')
    const cursors =
      name === 'getMore' ? [first] : list === undefined ? [] : [...elements(list)].map(({ value }) => value)
    const target = name === 'getMore' ? findValue(body, 'collection') : first
    return {
      kind: 'cursor',
      statement,
      name,
      collection: target === undefined ? '' : readString(target),
      cursors: cursors.flatMap((value) => (value === undefined ? [] : [readInt64(value)])),
    }
  }
  if (verb === undefined && !SESSIONS.has(name)) {
    const native = { code: 59, codeName: 'CommandNotFound' }
    return { kind: 'unreadable', statement, code: 'GH_FORBIDDEN', why: `no such command: '${name}'`, native }
  }
  const shape = { origins: [{ resource: path, path: [], how: 'copied' as const }] }
  return {
    kind: 'statement',
    statement,
    name,
    reply: {
      places: reads
        ? [{ path: ['cursor', 'firstBatch'], each: true, shape }]
        : name === 'distinct'
          ? [{ path: ['values'], each: true, shape: { free: true } }]
          : [],
      fields: new Set(['n', 'nModified', 'upserted', 'writeErrors', 'writeConcernError']),
    },
    writes: verb !== undefined && verb !== 'read' && sequences !== undefined,
    ...(SESSIONS.has(name) ? { sessions: true as const } : {}),
  }
}
