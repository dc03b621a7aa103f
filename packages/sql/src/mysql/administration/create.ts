/** CREATE: of what it makes, and of what it reads and runs to make it (MySQL manual 15.1, R4). */
import type { Action } from '@gatehouse/core'
import { action, command, resource } from '../../reading/actions.js'
import { account, isOwn, readAccounts } from './accounts.js'
import { tableParts } from './create-table.js'
import type { Cursor } from './cursor.js'
import { databaseOf, type Found, notUnderstood, opaque, type Reading } from './found.js'
import { COMMITS, define, object, on, relation, schemaName } from './names.js'

export function readCreate(cursor: Cursor, reading: Reading): Found {
  cursor.accept('create')
  const replaces = cursor.accept('or replace') !== undefined
  const before = readPrefix(cursor, reading)
  const found = readKind(cursor, reading, replaces)
  const never = before.never ?? found.never
  return {
    ...found,
    actions: [...found.actions, ...before.actions],
    ...(never === undefined ? {} : { never }),
  }
}

/** DEFINER, ALGORITHM, SQL SECURITY: whose rights the thing will have. */
export function readPrefix(cursor: Cursor, reading: Reading): { actions: readonly Action[]; never?: string } {
  const actions: Action[] = []
  for (;;) {
    if (cursor.accept('algorithm =') !== undefined) cursor.take()
    else if (cursor.accept('sql security') !== undefined) cursor.take()
    else if (cursor.accept('definer =') !== undefined) {
      const definer = account(cursor)
      // Acting as somebody else is a privilege of its own; as the gateway's account it is the ordinary case.
      if (definer && !isOwn(definer, reading))
        actions.push(action('grant', resource('role', [definer.name]), 'CREATE'))
    } else if (
      cursor.accept('unique', 'fulltext', 'spatial', 'vector', 'aggregate', 'offline', 'online') === undefined
    )
      return { actions }
  }
}

const EXISTS = ['if not exists'] as const

function readKind(cursor: Cursor, reading: Reading, replaces: boolean): Found {
  const temporary = cursor.accept('temporary') !== undefined
  const kind = cursor.accept(...KINDS)
  const name = `CREATE ${kind?.toUpperCase() ?? ''}`.trim()
  if (kind !== 'user' && kind !== 'role') cursor.accept(...EXISTS)
  switch (kind) {
    case 'user':
    case 'role':
      return readAccounts(name, cursor, reading)
    case 'database':
    case 'schema':
      return readDatabase(cursor, reading, replaces)
    case 'table':
      return readTable(cursor, reading, replaces, temporary)
    case 'view':
      return readView(cursor, reading, replaces)
    case 'index':
      return readIndex(cursor, reading)
    case 'sequence':
      return made(name, cursor, reading, replaces, temporary)
    case 'procedure':
    case 'function':
    case 'package body':
    case 'package':
    case 'trigger':
    case 'event':
    case 'library':
      return readCode(name, kind, cursor, reading, replaces)
    case 'server':
    case 'tablespace':
    case 'undo tablespace':
    case 'logfile group':
    case 'resource group':
    case 'spatial reference system':
      return serverThing(name, cursor)
    default:
      return notUnderstood(reading, name)
  }
}

/** What has a body of its own. */
export const CODE: readonly string[] = [
  'procedure',
  'function',
  'package body',
  'package',
  'trigger',
  'event',
  'library',
] as const
/** What belongs to no database. */
export const MADE_SERVER_THINGS: readonly string[] = [
  'server',
  'undo tablespace',
  'tablespace',
  'logfile group',
  'resource group',
  'spatial reference system',
]
const KINDS = [
  ...['user', 'role', 'database', 'schema', 'table', 'view', 'index', 'sequence'],
  ...CODE,
  ...MADE_SERVER_THINGS,
]

/** Things of the whole server: files, other servers, shares of its threads. */
export function serverThing(name: string, cursor: Cursor): Found {
  cursor.skipRest()
  return { command: name, actions: [action('admin', command(name), name)], effects: [COMMITS] }
}

function readDatabase(cursor: Cursor, reading: Reading, replaces: boolean): Found {
  const parts = cursor.name()
  if (parts?.length !== 1) return notUnderstood(reading, 'CREATE DATABASE')
  cursor.skipRest()
  const target = databaseOf(schemaName(parts[0] as string, reading))
  const actions = [action('create', target, 'CREATE DATABASE')]
  // MariaDB's OR REPLACE drops the database that stands there.
  if (replaces) actions.push(action('drop', target, 'CREATE DATABASE'))
  return { command: 'CREATE DATABASE', actions, effects: [COMMITS, define([['*']])] }
}

/** Making a thing anew drops the one that stands there. */
function creating(
  parts: readonly string[],
  reading: Reading,
  name: string,
  replaces: boolean,
  replacing: 'drop' | 'alter',
): Action[] {
  const target = relation(parts, reading)
  const actions = [on('create', target, reading, name)]
  if (replaces) actions.push(on(replacing, target, reading, name))
  return actions
}

function made(name: string, cursor: Cursor, reading: Reading, replaces: boolean, temporary: boolean): Found {
  const parts = cursor.name()
  if (!parts) return notUnderstood(reading, name)
  cursor.skipRest()
  return {
    command: name,
    actions: creating(parts, reading, name, replaces, 'drop'),
    effects: [COMMITS, define([parts], temporary)],
  }
}

function readTable(cursor: Cursor, reading: Reading, replaces: boolean, temporary: boolean): Found {
  const name = 'CREATE TABLE'
  const parts = cursor.name()
  if (!parts) return notUnderstood(reading, name)
  const actions = creating(parts, reading, name, replaces, 'drop')
  actions.push(...tableParts(cursor, reading, name, parts))
  return {
    command: name,
    actions,
    // A temporary table leaves the transaction open.
    effects: [...(temporary ? [] : [COMMITS]), define([parts], temporary)],
  }
}

function readView(cursor: Cursor, reading: Reading, replaces: boolean): Found {
  const name = 'CREATE VIEW'
  const parts = cursor.name()
  if (!parts) return notUnderstood(reading, name)
  if (cursor.peek()?.value === '(') cursor.skipBrackets()
  if (cursor.accept('as') === undefined) return notUnderstood(reading, name)
  const actions = creating(parts, reading, name, replaces, 'alter')
  actions.push(...reading.query(viewQuery(cursor), { stored: true }).actions)
  return { command: name, actions, effects: [COMMITS, define([parts])] }
}

/** The query without WITH CHECK OPTION. */
export function viewQuery(cursor: Cursor): string {
  const start = cursor.place()
  cursor.skipRest()
  const end = cursor.tokens.length
  const words = cursor.tokens.slice(-4).map(({ value }) => value)
  const checks = words.at(-1) === 'option' && words.at(-2) === 'check'
  const cut = !checks ? 0 : words.at(-3) === 'with' ? 3 : 4
  return cursor.text(start, end - cut)
}

function readIndex(cursor: Cursor, reading: Reading): Found {
  const name = 'CREATE INDEX'
  while (!cursor.done() && !cursor.sees('on')) cursor.take()
  if (cursor.accept('on') === undefined) return notUnderstood(reading, name)
  const parts = cursor.name()
  if (!parts) return notUnderstood(reading, name)
  cursor.skipRest()
  return {
    command: name,
    actions: [on('create', relation(parts, reading), reading, name)],
    effects: [COMMITS, define([parts])],
  }
}

/** A body runs when somebody calls it, or when rows change: it is not read here. */
function readCode(name: string, kind: string, cursor: Cursor, reading: Reading, replaces: boolean): Found {
  const parts = cursor.name()
  if (!parts) return notUnderstood(reading, name)
  const where = kind === 'trigger' || kind === 'event' ? 'object' : 'routine'
  const target = object(parts, reading, where)
  const actions = [on('create', target, reading, name)]
  if (replaces) actions.push(on('alter', target, reading, name))
  if (kind === 'trigger') {
    const table = tableOfTrigger(cursor)
    if (!table) return notUnderstood(reading, name)
    actions.push(on('alter', relation(table, reading), reading, name))
  }
  const loads = cursor.tokens.some((token) => token.kind === 'word' && token.value === 'soname')
  if (loads) actions.push(action('import', command('library'), name))
  actions.push(opaque(reading, name, 'what its body does is not read'))
  cursor.skipRest()
  return { command: name, actions, effects: [COMMITS, define([['*']])] }
}

/** {BEFORE | AFTER} event ON table. */
function tableOfTrigger(cursor: Cursor): readonly string[] | undefined {
  while (!cursor.done()) {
    if (cursor.accept('on') !== undefined) return cursor.name()
    cursor.take()
  }
  return undefined
}
