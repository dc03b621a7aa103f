/** SET in all its forms: variables of the session and the server, of the user, names, passwords, roles (MySQL manual 15.7.6). */
import type { Action } from '@gatehouse/core'
import { action, resource } from '../../reading/actions.js'
import type { MysqlEffect } from '../plan.js'
import { account, generated, isOwn, onAccounts, WHY } from './accounts.js'
import type { Cursor } from './cursor.js'
import { database, type Found, notUnderstood, type Reading } from './found.js'
import { neverSetMysql } from './settings.js'

interface Item {
  readonly actions: readonly Action[]
  readonly effects: readonly MysqlEffect[]
  readonly never?: string
}

export function setting(name: string): Action {
  return action('set', resource('setting', name.split('.')), 'SET')
}

export function readSet(cursor: Cursor, reading: Reading): Found {
  cursor.accept('set')
  const whole = readWhole(cursor, reading)
  if (whole) return whole
  const found = readItems(cursor, reading)
  return found ? { command: 'SET', ...found } : notUnderstood(reading, 'SET')
}

/** Forms that stand alone. */
function readWhole(cursor: Cursor, reading: Reading): Found | undefined {
  const start = cursor.place()
  const scope = cursor.accept('global', 'session', 'local')
  if (cursor.accept('transaction') !== undefined) {
    cursor.skipRest()
    const name = 'SET TRANSACTION'
    if (scope === undefined)
      return { command: name, actions: [action('transaction', database(reading), name)] }
    const target = scope === 'global' ? globally('transaction_isolation') : setting('transaction_isolation')
    return { command: name, actions: [target] }
  }
  cursor.move(start)
  if (cursor.accept('password') !== undefined) return readPassword(cursor, reading)
  if (cursor.accept('default role') !== undefined) return readDefaultRole(cursor, reading)
  if (cursor.sees('role') && cursor.peek(1)?.value !== '=') {
    cursor.skipRest()
    return {
      command: 'SET ROLE',
      actions: [setting('role')],
      effects: [{ kind: 'set', name: 'role', value: undefined }],
    }
  }
  if (cursor.accept('resource group') !== undefined) {
    cursor.skipRest()
    return { command: 'SET RESOURCE GROUP', actions: [setting('resource_group')] }
  }
  return cursor.sees('statement') && cursor.peek(1)?.value !== '='
    ? readSetStatement(cursor, reading)
    : undefined
}

function readPassword(cursor: Cursor, reading: Reading): Found {
  const given = cursor.accept('for') === undefined ? { name: 'current_user', own: true } : account(cursor)
  cursor.skipRest()
  return given
    ? { ...onAccounts([given], 'SET PASSWORD', reading), ...generated(cursor) }
    : notUnderstood(reading, 'SET PASSWORD')
}

/** SET DEFAULT ROLE r TO a, b; MariaDB: SET DEFAULT ROLE r [FOR a]. */
function readDefaultRole(cursor: Cursor, reading: Reading): Found {
  const name = 'SET DEFAULT ROLE'
  while (!cursor.done() && !cursor.sees('to') && !cursor.sees('for')) cursor.take()
  if (cursor.done())
    return { ...onAccounts([{ name: 'current_user', own: true }], name, reading), never: WHY }
  cursor.take()
  const accounts = []
  do {
    const found = account(cursor)
    if (!found) return notUnderstood(reading, name)
    accounts.push(found)
  } while (cursor.symbol(','))
  const found = onAccounts(accounts, name, reading)
  return accounts.some((each) => isOwn(each, reading)) ? { ...found, never: WHY } : found
}

/** MariaDB: variables that hold for one statement. */
function readSetStatement(cursor: Cursor, reading: Reading): Found {
  cursor.accept('statement')
  const start = cursor.place()
  let depth = 0
  while (!cursor.done() && !(depth === 0 && cursor.sees('for'))) {
    const symbol = cursor.take()
    if (symbol?.kind === 'symbol' && symbol.value === '(') depth++
    if (symbol?.kind === 'symbol' && symbol.value === ')') depth--
  }
  const middle = cursor.place()
  if (cursor.accept('for') === undefined) return notUnderstood(reading, 'SET STATEMENT')
  const inside = reading.statement(cursor.text(cursor.place()))
  cursor.move(start)
  const items = readItems(cursor, reading, middle)
  cursor.skipRest()
  if (!items) return notUnderstood(reading, 'SET STATEMENT')
  const read = items.effects.find((effect) => effect.kind === 'set' && MEANING.test(effect.name))
  const never = items.never ?? (read ? 'the statement would be read under other settings' : inside.never)
  return {
    ...inside,
    command: 'SET STATEMENT',
    actions: [...items.actions, ...inside.actions],
    ...(never === undefined ? {} : { never }),
  }
}

const MEANING = /^(?:sql_mode|character_set|collation_|lower_case)/

function readItems(cursor: Cursor, reading: Reading, end?: number): Item | undefined {
  const items: Item[] = []
  const done = () => cursor.done() || (end !== undefined && cursor.place() >= end)
  do {
    const item = readItem(cursor, reading, done)
    if (!item) return undefined
    items.push(item)
  } while (!done() && cursor.symbol(','))
  if (!done()) return undefined
  const never = items.find((item) => item.never !== undefined)?.never
  return {
    actions: items.flatMap((item) => item.actions),
    effects: items.flatMap((item) => item.effects),
    ...(never === undefined ? {} : { never }),
  }
}

const CLIENT = ['character_set_client', 'character_set_results']

function readItem(cursor: Cursor, reading: Reading, done: () => boolean): Item | undefined {
  if (cursor.sees('names') && cursor.peek(1)?.value !== '=') {
    cursor.accept('names')
    return readNames([...CLIENT, 'character_set_connection'], cursor, reading)
  }
  if (cursor.accept('character set', 'charset', 'char set') !== undefined)
    return readNames(CLIENT, cursor, reading)
  const scope = cursor.peek(1)?.value === '=' ? undefined : cursor.accept(...SCOPES)
  const first = cursor.take()
  if (!first || !['word', 'name', 'variable', 'system'].includes(first.kind)) return undefined
  const parts = [first.kind === 'word' ? first.value : first.written]
  while (cursor.symbol('.')) parts.push(cursor.take()?.written ?? '')
  const scoped = parts.length > 1 && SCOPES.includes(parts[0]?.toLowerCase() ?? '') ? parts.shift() : scope
  if (!cursor.symbol('=') && !cursor.symbol(':=')) return undefined
  const { value, actions, variables } = readValue(cursor, reading, done)
  const name = parts.join('.').toLowerCase()
  const others: MysqlEffect[] = variables.length === 0 ? [] : [{ kind: 'variables', names: variables }]
  if (first.kind === 'variable')
    return { actions, effects: [{ kind: 'variables', names: [name, ...variables] }] }
  const never = neverSetMysql(name, value, reading.catalog.catalog)
  const own = scoped === undefined || !['global', 'persist', 'persist_only'].includes(scoped.toLowerCase())
  return {
    actions: [own ? setting(name) : globally(name), ...actions],
    effects: own ? [{ kind: 'set', name, value }, ...others] : others,
    ...(never === undefined ? {} : { never }),
  }
}

const SCOPES = ['global', 'session', 'local', 'persist_only', 'persist']

function globally(name: string): Action {
  return action('admin', resource('setting', ['global', ...name.split('.')]), 'SET GLOBAL')
}

/** SET NAMES and CHARACTER SET. */
function readNames(names: readonly string[], cursor: Cursor, reading: Reading): Item | undefined {
  const token = cursor.take()
  if (!token || !['word', 'name', 'string'].includes(token.kind)) return undefined
  const standard = token.kind === 'word' && token.value === 'default'
  const value = standard ? undefined : token.value.toLowerCase()
  if (cursor.accept('collate') !== undefined) cursor.take()
  const never =
    value === undefined ? undefined : neverSetMysql('character_set_client', value, reading.catalog.catalog)
  return {
    actions: names.map(setting),
    effects: names.map((name) => ({ kind: 'set', name, value })),
    ...(never === undefined ? {} : { never }),
  }
}

interface Given {
  /** Undefined when the text does not show it. */
  readonly value: string | undefined
  readonly actions: readonly Action[]
  readonly variables: readonly string[]
}

/** Up to the next comma that no bracket holds. */
function readValue(cursor: Cursor, reading: Reading, done: () => boolean): Given {
  const start = cursor.place()
  let depth = 0
  while (!done()) {
    const token = cursor.peek()
    const symbol = token?.kind === 'symbol' ? token.value : undefined
    if (symbol === ',' && depth === 0) break
    if (symbol === '(') depth++
    if (symbol === ')') depth--
    cursor.take()
  }
  const end = cursor.place()
  const only = end === start + 1 ? cursor.tokens[start] : undefined
  if (only?.kind === 'string' || only?.kind === 'number')
    return { value: only.value, actions: [], variables: [] }
  if (only?.kind === 'word') {
    return { value: only.value === 'default' ? undefined : only.written, actions: [], variables: [] }
  }
  if (only?.kind === 'system') return { value: undefined, actions: [], variables: [] }
  if (only?.kind === 'variable') return { value: undefined, actions: [], variables: [] }
  const { actions, variables } = reading.query(`SELECT ${cursor.text(start, end)}`, { stored: true })
  return { value: undefined, actions, variables }
}
