/** LOAD DATA and LOAD XML: rows from a file, the server's or the client's (MySQL manual 15.2.9). */
import type { Action } from '@gatehouse/core'
import { action, command, resource } from '../../reading/actions.js'
import type { Cursor } from './cursor.js'
import { type Found, notUnderstood, type Reading } from './found.js'
import { nameList, on, onRelations, relation } from './names.js'

export function readLoad(cursor: Cursor, reading: Reading): Found {
  if (cursor.accept('load index into cache') !== undefined) {
    const names = nameList(cursor)
    cursor.skipRest()
    return names
      ? {
          command: 'LOAD INDEX',
          actions: onRelations('admin', names, reading, 'LOAD INDEX'),
          outputs: 'unknown',
        }
      : notUnderstood(reading, 'LOAD INDEX')
  }
  const name = cursor.accept('load data') === undefined ? 'LOAD XML' : 'LOAD DATA'
  if (name === 'LOAD XML' && cursor.accept('load xml') === undefined) return readReplicated(cursor, reading)
  cursor.accept('low_priority', 'concurrent')
  const local = cursor.accept('local') !== undefined
  const file = cursor.accept('infile') === undefined ? undefined : cursor.take()
  const replaces = cursor.accept('replace', 'ignore') === 'replace'
  if (file?.kind !== 'string' || cursor.accept('into table') === undefined)
    return notUnderstood(reading, name)
  const parts = cursor.name()
  if (!parts) return notUnderstood(reading, name)
  const target = relation(parts, reading)
  const actions: Action[] = local
    ? [on('copy-in', target, reading, name)]
    : [on('import', target, reading, name), action('import', resource('path', [file.value]), name)]
  // What an INSERT of this table needs besides: its triggers act, and REPLACE deletes.
  const written = parts.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.')
  const verb = replaces ? 'REPLACE' : 'INSERT'
  const set = assigned(cursor)
  const insert = reading.query(`${verb} INTO ${written} ${set === '' ? '() VALUES ()' : set}`)
  actions.push(...insert.actions.map((each) => (each.verb === 'insert' ? { ...each, derived: true } : each)))
  cursor.skipRest()
  return {
    command: name,
    actions,
    uncounted: 'how many rows a file holds is known when they are there',
    ...(local ? { local: { file: file.value } } : {}),
  }
}

/** LOAD TABLE, LOAD DATA FROM MASTER: administration of replicas of old. */
function readReplicated(cursor: Cursor, reading: Reading): Found {
  if (cursor.accept('load table', 'load data from') === undefined) return notUnderstood(reading, 'LOAD')
  cursor.skipRest()
  return { command: 'LOAD', actions: [action('admin', command('load'), 'LOAD')] }
}

/** SET column = expression …, with which it ends. */
function assigned(cursor: Cursor): string {
  let depth = 0
  for (let ahead = 0; ; ahead++) {
    const token = cursor.peek(ahead)
    if (token === undefined) return ''
    if (token.kind === 'symbol' && token.value === '(') depth++
    if (token.kind === 'symbol' && token.value === ')') depth--
    const charset = cursor.peek(ahead - 1)?.value === 'character'
    if (depth === 0 && token.kind === 'word' && token.value === 'set' && !charset)
      return cursor.text(cursor.place() + ahead)
  }
}
