/** Accounts, roles and privileges, and what no rule can permit: changing an account that the gateway itself uses (R11). */
import type { Action } from '@gatehouse/core'
import { action, resource } from '../../reading/actions.js'
import type { Cursor } from './cursor.js'
import { type Found, notUnderstood, type Reading } from './found.js'
import { COMMITS, object, relation } from './names.js'

export const WHY = 'it changes an account that the gateway uses'

export interface Account {
  readonly name: string
  /** CURRENT_USER is whatever account the session runs under. */
  readonly own: boolean
}

/** `'a'@'b'`, `a@b`, `a`, CURRENT_USER; the host does not matter to who may not be changed. */
export function account(cursor: Cursor): Account | undefined {
  const token = cursor.take()
  if (!token || !['word', 'name', 'string'].includes(token.kind)) return undefined
  const own =
    token.kind === 'word' &&
    (token.value === 'current_user' || (token.value === 'user' && cursor.peek()?.value === '('))
  if (own && cursor.symbol('(')) cursor.symbol(')')
  if (cursor.peek()?.kind === 'variable') cursor.take()
  else if (cursor.symbol('@')) cursor.take()
  return { name: token.kind === 'string' ? token.value : token.written, own }
}

export function isOwn(found: Account, reading: Reading): boolean {
  const name = found.name.toLowerCase()
  return (
    found.own ||
    name === reading.account.toLowerCase() ||
    [...reading.accounts].some((each) => each.toLowerCase() === name)
  )
}

export function onAccounts(accounts: readonly Account[], name: string, reading: Reading): Found {
  return {
    command: name,
    actions: grants(accounts, name),
    effects: [COMMITS],
    ...(accounts.some((each) => isOwn(each, reading)) ? { never: WHY } : {}),
  }
}

function grants(accounts: readonly Account[], name: string): Action[] {
  return accounts.map((each) =>
    action('grant', resource('role', [each.own ? 'current_user' : each.name]), name),
  )
}

/** Accounts between commas, each with what stands behind it (IDENTIFIED BY …): names that follow a comma at the top. */
function accountList(cursor: Cursor, stops: readonly string[]): readonly Account[] | undefined {
  const accounts: Account[] = []
  do {
    const found = account(cursor)
    if (!found) return undefined
    accounts.push(found)
    while (!cursor.done() && !stops.some((word) => cursor.sees(word)) && cursor.peek()?.value !== ',') {
      if (!cursor.skipBrackets()) cursor.take()
    }
  } while (cursor.symbol(','))
  return accounts
}

/** CREATE, ALTER, DROP USER and ROLE; the cursor stands behind that word. */
export function readAccounts(name: string, cursor: Cursor, reading: Reading): Found {
  cursor.accept('if not exists', 'if exists')
  // What a later option names (DEFAULT ROLE r) is no account that changes.
  const accounts = accountList(cursor, [])
  return accounts
    ? { ...onAccounts(accounts, name, reading), ...generated(cursor) }
    : notUnderstood(reading, name)
}

/** MySQL shows a password that it made up (IDENTIFIED BY RANDOM PASSWORD). */
export function generated({ tokens }: Cursor): Pick<Found, 'outputs'> {
  const made = tokens.some(({ kind, value }) => kind === 'word' && value === 'random')
  return made ? { outputs: 'unknown' } : {}
}

export function readRenameUser(cursor: Cursor, reading: Reading): Found {
  const accounts: Account[] = []
  do {
    const from = account(cursor)
    const to = cursor.accept('to') === undefined ? undefined : account(cursor)
    if (!from || !to) return notUnderstood(reading, 'RENAME USER')
    accounts.push(from, to)
  } while (cursor.symbol(','))
  return onAccounts(accounts, 'RENAME USER', reading)
}

/** GRANT and REVOKE: of privileges ON something, of roles, and PROXY. */
export function readGrant(cursor: Cursor, reading: Reading): Found {
  const name = cursor.accept('grant') === undefined ? 'REVOKE' : 'GRANT'
  cursor.accept('revoke')
  const start = cursor.place()
  const to = name === 'GRANT' ? 'to' : 'from'
  let place: number | undefined
  while (!cursor.done() && !cursor.sees(to)) {
    if (cursor.accept('on') !== undefined) place = cursor.place()
    else if (!cursor.skipBrackets()) cursor.take()
  }
  const end = cursor.place()
  if (cursor.accept(to) === undefined) return notUnderstood(reading, name)
  const grantees = accountList(cursor, ['with', 'require', 'as', 'ignore']) ?? []
  cursor.skipRest()
  const after = cursor.place()
  cursor.move(place ?? start)
  const target = place === undefined ? undefined : grantTarget(cursor, end, reading, name)
  cursor.move(start)
  const roles = place === undefined ? (accountList(cursor, [to, 'with']) ?? []) : []
  cursor.move(after)
  if (grantees.length === 0 || (place !== undefined && !target)) return notUnderstood(reading, name)
  const found = onAccounts([...roles, ...grantees], name, reading)
  return target ? { ...found, actions: [target, ...found.actions] } : found
}

/** `*.*`, `db.*`, `*`, `t`, `db.t`, a routine, or an account after ON of PROXY. */
function grantTarget(cursor: Cursor, end: number, reading: Reading, name: string): Action | undefined {
  const kind = cursor.accept('table', 'function', 'procedure', 'package body', 'package')
  const routine = kind !== undefined && kind !== 'table'
  const parts: string[] = []
  while (cursor.place() < end) {
    const token = cursor.take()
    if (token?.kind === 'symbol' && token.value === '.') continue
    if (token) parts.push(token.kind === 'word' || token.kind === 'name' ? token.written : token.value)
  }
  if (parts.length === 1 && parts[0] === '*') parts.unshift(reading.database ?? '*')
  const target = routine ? object(parts, reading, 'routine') : relation(parts, reading)
  return target && action('grant', target, name)
}

const ACCOUNT_TABLES: ReadonlySet<string> = new Set(
  `user global_priv db roles_mapping proxies_priv tables_priv columns_priv procs_priv role_edges default_roles global_grants
  password_history func plugin component`.split(/\s+/),
)
const HARMLESS: ReadonlySet<string> = new Set(['read', 'copy-out', 'export', 'lock'])

/** Writing the tables of accounts is changing the accounts by other means. */
export function neverOnAccounts(actions: readonly Action[]): string | undefined {
  const found = actions.some(
    ({ verb, resource: { kind, path } }) =>
      !HARMLESS.has(verb) && kind === 'relation' && isAccountTable(path.join('.'), undefined),
  )
  return found ? WHY : undefined
}

/** `mysql.user` and its like; a bare name belongs to the default database. */
export function isAccountTable(name: string, database: string | undefined): boolean {
  const parts = name.toLowerCase().split('.')
  const schema = parts.length > 1 ? parts[0] : database?.toLowerCase()
  return schema === 'mysql' && ACCOUNT_TABLES.has(parts.at(-1) ?? '')
}
