/** Transactions, savepoints, XA, locks of tables (MySQL manual 15.3). */
import type { Action } from '@gatehouse/core'
import { action, command } from '../../reading/actions.js'
import type { MysqlEffect } from '../plan.js'
import type { Cursor } from './cursor.js'
import { database, type Found, notUnderstood, opaque, type Reading } from './found.js'
import { COMMITS, on, relation } from './names.js'

type What = Extract<MysqlEffect, { kind: 'transaction' }>['what']

function transaction(name: string, reading: Reading, whats: readonly What[], reserve = false): Found {
  return {
    command: name,
    actions: [action('transaction', database(reading), name)],
    effects: whats.map((what) => ({ kind: 'transaction', what })),
    reserve,
  }
}

export function readBegin(cursor: Cursor, reading: Reading): Found {
  cursor.accept('begin')
  cursor.accept('work')
  if (cursor.done()) return transaction('BEGIN', reading, ['begin'])
  cursor.skipRest()
  const why = 'the statements of a block run as its conditions and variables say'
  return {
    command: 'BEGIN NOT ATOMIC',
    actions: [opaque(reading, 'BEGIN NOT ATOMIC', why)],
    outputs: 'unknown',
    collects: true,
  }
}

export function readStart(cursor: Cursor, reading: Reading): Found {
  if (cursor.accept('start transaction') !== undefined) {
    cursor.skipRest()
    return transaction('START TRANSACTION', reading, ['begin'])
  }
  cursor.accept('start')
  return serverCommand(`START ${cursor.peek()?.value ?? ''}`, cursor)
}

function serverCommand(name: string, cursor: Cursor): Found {
  cursor.skipRest()
  const upper = name.trim().toUpperCase()
  return { command: upper, actions: [action('admin', command(upper), upper)] }
}

/** COMMIT and ROLLBACK with AND CHAIN begin another transaction. */
export function readEnd(cursor: Cursor, reading: Reading): Found {
  const what = cursor.accept('commit') === undefined ? 'rollback' : 'commit'
  if (what === 'rollback') cursor.accept('rollback')
  const name = what.toUpperCase()
  cursor.accept('work')
  if (what === 'rollback' && cursor.accept('to') !== undefined) {
    cursor.accept('savepoint')
    return cursor.name() ? transaction(name, reading, ['rollback-to'], true) : notUnderstood(reading, name)
  }
  const chains = cursor.accept('and chain') !== undefined
  cursor.accept('and no chain')
  cursor.accept('release', 'no release')
  return transaction(name, reading, chains ? [what, 'begin'] : [what], true)
}

export function readSavepoint(cursor: Cursor, reading: Reading): Found {
  cursor.accept('savepoint')
  return cursor.name()
    ? transaction('SAVEPOINT', reading, ['savepoint'])
    : notUnderstood(reading, 'SAVEPOINT')
}

export function readRelease(cursor: Cursor, reading: Reading): Found {
  if (cursor.accept('release savepoint') !== undefined && cursor.name())
    return transaction('RELEASE SAVEPOINT', reading, ['release'], true)
  return notUnderstood(reading, 'RELEASE')
}

const XA_EFFECTS: Readonly<Record<string, readonly What[]>> = {
  start: ['begin'],
  begin: ['begin'],
  commit: ['commit'],
  rollback: ['rollback'],
}

/** Two-phase commit outlives its session (R13). */
export function readXa(cursor: Cursor, reading: Reading): Found {
  cursor.accept('xa')
  const word = cursor.take()?.value ?? ''
  cursor.skipRest()
  const name = `XA ${word.toUpperCase()}`
  return {
    command: name,
    actions: [action('admin', database(reading), name)],
    outputs: word === 'recover' ? 'unknown' : [],
    effects: (XA_EFFECTS[word] ?? []).map((what) => ({ kind: 'transaction', what })),
  }
}

export function readLock(cursor: Cursor, reading: Reading): Found {
  if (cursor.accept('lock tables', 'lock table') === undefined) {
    const instance = cursor.accept('lock instance') !== undefined
    cursor.skipRest()
    const name = 'LOCK INSTANCE'
    return instance
      ? { command: name, actions: [action('admin', command(name), name)] }
      : notUnderstood(reading, 'LOCK')
  }
  const actions: Action[] = []
  do {
    const parts = cursor.name()
    if (!parts) return notUnderstood(reading, 'LOCK TABLES')
    actions.push(on('lock', relation(parts, reading), reading, 'LOCK TABLES'))
    if (!cursor.sees('read') && !cursor.sees('write') && !cursor.sees('low_priority')) {
      cursor.accept('as')
      if (!cursor.sees('read') && !cursor.sees('write')) cursor.name()
    }
    cursor.accept('read local', 'read', 'low_priority write', 'write concurrent', 'write')
    if (cursor.accept('wait') !== undefined) cursor.take()
    cursor.accept('nowait')
  } while (cursor.symbol(','))
  return { command: 'LOCK TABLES', actions, effects: [COMMITS] }
}

export function readUnlock(cursor: Cursor, reading: Reading): Found {
  if (cursor.accept('unlock tables', 'unlock table') !== undefined) {
    return { command: 'UNLOCK TABLES', actions: [], effects: [COMMITS], reserve: true }
  }
  cursor.accept('unlock')
  return cursor.sees('instance') ? serverCommand('UNLOCK INSTANCE', cursor) : notUnderstood(reading, 'UNLOCK')
}
