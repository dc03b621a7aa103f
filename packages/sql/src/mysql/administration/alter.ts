/** ALTER, DROP, RENAME, TRUNCATE (MySQL manual 15.1). */
import type { Action } from '@gatehouse/core'
import { action } from '../../reading/actions.js'
import { readAccounts, readRenameUser } from './accounts.js'
import { askedOfRows } from './asked-of-rows.js'
import { CODE, MADE_SERVER_THINGS, readPrefix, serverThing, viewQuery } from './create.js'
import { tableParts } from './create-table.js'
import type { Cursor } from './cursor.js'
import { MAINTENANCE } from './explain.js'
import { database, databaseOf, type Found, notUnderstood, opaque, type Reading } from './found.js'
import { COMMITS, define, nameList, object, on, onRelations, relation, schemaName } from './names.js'
import { readDeallocate } from './prepared.js'

const SERVER_THINGS = [...MADE_SERVER_THINGS, 'instance']

export function readAlter(cursor: Cursor, reading: Reading): Found {
  cursor.accept('alter')
  const { actions } = readPrefix(cursor, reading)
  cursor.accept('ignore')
  const kind = cursor.accept(
    'user',
    'role',
    'database',
    'schema',
    'table',
    'view',
    'sequence',
    ...CODE,
    ...SERVER_THINGS,
  )
  const name = `ALTER ${kind?.toUpperCase() ?? ''}`.trim()
  const found = readAltered(kind, name, cursor, reading)
  return { ...found, actions: [...found.actions, ...actions] }
}

function readAltered(kind: string | undefined, name: string, cursor: Cursor, reading: Reading): Found {
  if (kind === 'user' || kind === 'role') return readAccounts(name, cursor, reading)
  if (kind !== undefined && SERVER_THINGS.includes(kind)) return serverThing(name, cursor)
  cursor.accept('if exists')
  if (kind === 'database' || kind === 'schema') {
    const own = cursor.peek()?.kind === 'word' && OPTION_WORDS.has(cursor.peek()?.value ?? '')
    const parts = own ? undefined : cursor.name()
    cursor.skipRest()
    const target = parts ? databaseOf(schemaName(parts[0] ?? '', reading)) : database(reading)
    return { command: name, actions: [action('alter', target, name)], effects: [COMMITS] }
  }
  const parts = cursor.name()
  if (!parts || kind === undefined) return notUnderstood(reading, name)
  if (kind === 'view') {
    if (cursor.peek()?.value === '(') cursor.skipBrackets()
    if (cursor.accept('as') === undefined) return notUnderstood(reading, name)
    const body = reading.query(viewQuery(cursor), { stored: true })
    const actions = [on('alter', relation(parts, reading), reading, name), ...body.actions]
    return { command: name, actions, effects: [COMMITS, define([parts])] }
  }
  if (kind === 'table') return readAlterTable(parts, cursor, reading)
  if (kind === 'sequence') {
    cursor.skipRest()
    return {
      command: name,
      actions: [on('alter', relation(parts, reading), reading, name)],
      effects: [COMMITS, define([parts])],
    }
  }
  const target = object(parts, reading, kind === 'event' || kind === 'trigger' ? 'object' : 'routine')
  const body =
    cursor.tokens.some((token) => token.kind === 'word' && token.value === 'do') || kind.startsWith('package')
  cursor.skipRest()
  const why = opaque(reading, name, 'what its body does is not read')
  return {
    command: name,
    actions: [on('alter', target, reading, name), ...(body ? [why] : [])],
    effects: [COMMITS, define([['*']])],
  }
}

const OPTION_WORDS: ReadonlySet<string> = new Set([
  'character',
  'charset',
  'collate',
  'default',
  'encryption',
  'read',
  'comment',
  'upgrade',
])

/** Names bear the classes of data here: what is renamed carries its rows to where no rule waits for them (R6, R19). */
function readAlterTable(parts: readonly string[], cursor: Cursor, reading: Reading): Found {
  const name = 'ALTER TABLE'
  const target = relation(parts, reading)
  const actions: Action[] = [on('alter', target, reading, name)]
  const names: (readonly string[])[] = [parts]
  const moved = () => actions.push(on('read', target, reading, name, { fields: 'unknown' }))
  const start = cursor.place()
  while (!cursor.done()) {
    if (cursor.accept('exchange partition') !== undefined) {
      cursor.name()
      cursor.accept('with table')
      const other = cursor.name()
      if (!other) return notUnderstood(reading, name)
      moved()
      for (const verb of ['read', 'alter'] as const)
        actions.push(
          on(verb, relation(other, reading), reading, name, verb === 'read' ? { fields: 'unknown' } : {}),
        )
      names.push(other)
    } else if (cursor.accept('truncate partition') !== undefined)
      actions.push(on('truncate', target, reading, name))
    else if (cursor.accept('drop partition', 'import tablespace') !== undefined)
      actions.push(on('delete', target, reading, name, { unfiltered: true }))
    else if (cursor.accept('convert partition', 'convert table') !== undefined) {
      cursor.skipRest()
      actions.push(opaque(reading, name, 'a table and a partition change places'))
      names.push(['*'])
    } else if (cursor.accept('rename column') !== undefined) {
      moved()
    } else if (
      cursor.accept('change column if exists', 'change column', 'change if exists', 'change') !== undefined
    ) {
      // Tools say CHANGE of a column that keeps its name, for which MODIFY is the word.
      if (!keepsName(cursor)) moved()
    } else if (cursor.accept('rename index', 'rename key') !== undefined) cursor.take()
    else if (cursor.accept('rename to', 'rename as', 'rename =', 'rename') !== undefined) {
      const other = cursor.name()
      if (!other) return notUnderstood(reading, name)
      moved()
      actions.push(on('create', relation(other, reading), reading, name))
      names.push(other)
    } else {
      const asked = askedOfRows(cursor, reading, parts)
      if (asked) actions.push(...asked)
      else cursor.take()
    }
  }
  cursor.move(start)
  actions.push(...tableParts(cursor, reading, name, parts))
  const answers = cursor.tokens.some((token, at) => MAINTAINS.has(token.value) && isPartition(cursor, at + 1))
  return {
    command: name,
    actions,
    effects: [COMMITS, define(names)],
    ...(answers ? { outputs: MAINTENANCE } : {}),
  }
}

/** What they answer with rows for when PARTITION follows them. */
const MAINTAINS: ReadonlySet<string> = new Set(['analyze', 'check', 'optimize', 'repair'])
const isPartition = ({ tokens }: Cursor, at: number) =>
  tokens[at]?.kind === 'word' && tokens[at]?.value === 'partition'

function keepsName(cursor: Cursor): boolean {
  const [before, after] = [cursor.name(), cursor.name()]
  return before?.length === 1 && after?.length === 1 && before[0]?.toLowerCase() === after[0]?.toLowerCase()
}

export function readDrop(cursor: Cursor, reading: Reading): Found {
  if (cursor.sees('drop prepare')) return readDeallocate(cursor, reading)
  cursor.accept('drop')
  const temporary = cursor.accept('temporary') !== undefined
  const kind = cursor.accept(
    ...[
      'user',
      'role',
      'database',
      'schema',
      'tables',
      'table',
      'view',
      'index',
      'sequence',
      ...CODE,
      ...SERVER_THINGS,
    ],
  )
  const name = `DROP ${kind === 'tables' ? 'TABLE' : (kind?.toUpperCase() ?? '')}`.trim()
  if (kind === 'user' || kind === 'role') return readAccounts(name, cursor, reading)
  if (kind !== undefined && SERVER_THINGS.includes(kind)) return serverThing(name, cursor)
  cursor.accept('if exists')
  if (kind === 'index') {
    while (!cursor.done() && !cursor.sees('on')) cursor.take()
    cursor.accept('on')
  }
  const names = nameList(cursor)
  if (!names || kind === undefined) return notUnderstood(reading, name)
  // ALGORITHM, LOCK, WAIT of an index; RESTRICT and CASCADE say nothing.
  cursor.skipRest()
  const effects = [
    ...(temporary ? [] : [COMMITS]),
    define(kind === 'database' || kind === 'schema' ? [['*']] : names),
  ]
  if (kind === 'database' || kind === 'schema')
    return {
      command: name,
      actions: names.map(([first = '']) => action('drop', databaseOf(schemaName(first, reading)), name)),
      effects,
    }
  if (kind === 'index') return { command: name, actions: onRelations('drop', names, reading, name), effects }
  if (CODE.includes(kind)) {
    const where = kind === 'trigger' || kind === 'event' ? 'object' : 'routine'
    return {
      command: name,
      actions: names.map((each) => on('drop', object(each, reading, where), reading, name)),
      effects,
    }
  }
  return { command: name, actions: onRelations('drop', names, reading, name), effects }
}

export function readRename(cursor: Cursor, reading: Reading): Found {
  if (cursor.accept('rename user') !== undefined) return readRenameUser(cursor, reading)
  const name = 'RENAME TABLE'
  if (cursor.accept('rename table', 'rename tables') === undefined) return notUnderstood(reading, 'RENAME')
  cursor.accept('if exists')
  const actions: Action[] = []
  const names: (readonly string[])[] = []
  do {
    const from = cursor.name()
    if (cursor.accept('wait') !== undefined) cursor.take()
    cursor.accept('nowait')
    const to = cursor.accept('to') === undefined ? undefined : cursor.name()
    if (!from || !to) return notUnderstood(reading, name)
    actions.push(on('alter', relation(from, reading), reading, name))
    actions.push(on('read', relation(from, reading), reading, name, { fields: 'unknown' }))
    actions.push(on('create', relation(to, reading), reading, name))
    names.push(from, to)
  } while (cursor.symbol(','))
  return { command: name, actions, effects: [COMMITS, define(names)] }
}

export function readTruncate(cursor: Cursor, reading: Reading): Found {
  const name = 'TRUNCATE'
  cursor.accept('truncate')
  cursor.accept('table')
  const parts = cursor.name()
  if (!parts) return notUnderstood(reading, name)
  if (cursor.accept('wait') !== undefined) cursor.take()
  cursor.accept('nowait')
  return {
    command: name,
    actions: [on('truncate', relation(parts, reading), reading, name)],
    effects: [COMMITS],
  }
}
