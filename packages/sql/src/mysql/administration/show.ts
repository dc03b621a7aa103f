/** SHOW: metadata, by the relation that shows the same (MySQL manual 15.7.7, MariaDB SHOW). */
import type { Action, Output } from '@gatehouse/core'
import { action, column, command } from '../../reading/actions.js'
import type { Cursor } from './cursor.js'
import { catalogRelation, type Found, notUnderstood, opaque, type Reading } from './found.js'
import { relation } from './names.js'
import { SECRET_LOGS, WHY_LOGS } from './secrets.js'
import { ADMIN_FORMS, SHOW_FORMS, type ShowForm } from './show-forms.js'

const BY_LENGTH = [...SHOW_FORMS].sort((a, b) => b.words.length - a.words.length)

/** What warnings and errors say may quote the data that raised them, and the plan of EXPLAIN its rows (R20). */
const MESSAGE: Output = {
  name: 'Message',
  how: 'computed',
  sources: [],
  unprovable: 'a message may quote data',
}

export function readShow(cursor: Cursor, reading: Reading): Found {
  cursor.accept('show')
  const diagnostics = readDiagnostics(cursor, reading)
  if (diagnostics) return diagnostics
  const admin = cursor.accept(...ADMIN_FORMS)
  if (admin !== undefined) {
    cursor.skipRest()
    const found = shown(`SHOW ${admin.toUpperCase()}`, [action('admin', command(`show ${admin}`), 'SHOW')])
    return SECRET_LOGS.has(admin) ? { ...found, never: WHY_LOGS } : found
  }
  if (cursor.accept('grants') !== undefined) return readGrants(cursor, reading)
  const words = cursor.accept(...BY_LENGTH.map((form) => form.words))
  const form = SHOW_FORMS.find((each) => each.words === words)
  return form ? readForm(form, cursor, reading) : notUnderstood(reading, 'SHOW')
}

function shown(name: string, actions: readonly Action[], columns?: string): Found {
  const outputs = columns === undefined ? 'unknown' : columns.split(',').map(column)
  return { command: name, actions, outputs }
}

function readForm(form: ShowForm, cursor: Cursor, reading: Reading): Found {
  const name = `SHOW ${form.words.toUpperCase()}`
  const actions = form.reads === '-' ? [] : form.reads.split(' ').map((path) => read(path, name))
  const view = form.words === 'create table' && isView(cursor, reading)
  // A view's own text may hold constants of others.
  if (view) actions.push(read('information_schema.views', name))
  const hidden = filterHides(cursor)
  cursor.skipRest()
  const columns = reading.catalog.catalog.flavour === 'mysql' ? (form.mysql ?? form.columns) : form.columns
  return shown(name, hidden ? [...actions, opaque(reading, name, hidden)] : actions, view ? VIEW : columns)
}

function read(path: string, name: string): Action {
  const [schema = '', relationName = ''] = path.split('.')
  return action('read', catalogRelation(schema, relationName), name)
}

function isView(cursor: Cursor, reading: Reading): boolean {
  const parts = cursor.name()
  const target = parts && relation(parts, reading)
  return (
    target !== undefined &&
    reading.catalog.relation(target.path[0] ?? '', target.path[1] ?? '')?.kind === 'view'
  )
}

const VIEW = SHOW_FORMS.find(({ words }) => words === 'create view')?.columns

const PLAIN_BEFORE_BRACKET: ReadonlySet<string> = new Set(['in', 'and', 'or', 'not', 'like', 'where', 'xor'])

/** WHERE may hold any expression, a query among them. */
function filterHides(cursor: Cursor): string | undefined {
  for (let ahead = 0; ; ahead++) {
    const token = cursor.peek(ahead)
    if (token === undefined) return undefined
    const before = ahead === 0 ? undefined : cursor.peek(ahead - 1)
    const called =
      token.value === '(' &&
      token.kind === 'symbol' &&
      (before?.kind === 'name' || (before?.kind === 'word' && !PLAIN_BEFORE_BRACKET.has(before.value)))
    const query = token.kind === 'word' && (token.value === 'select' || token.value === 'table')
    const variable = token.kind === 'variable' || (token.kind === 'symbol' && token.value === ':=')
    if (called || variable || (query && ahead > 0)) return 'its condition is more than a comparison'
  }
}

function readDiagnostics(cursor: Cursor, reading: Reading): Found | undefined {
  if (cursor.accept('count ( * ) warnings', 'count ( * ) errors') !== undefined) {
    return { command: 'SHOW COUNT', actions: [], outputs: [column('count')] }
  }
  const what = cursor.accept('warnings', 'errors')
  if (what === undefined) return undefined
  const hidden = filterHides(cursor)
  cursor.skipRest()
  const name = `SHOW ${what.toUpperCase()}`
  const actions = hidden ? [opaque(reading, name, hidden)] : []
  return { command: name, actions, outputs: [column('Level'), column('Code'), MESSAGE] }
}

/** MariaDB shows the hash of the account's password with its grants. */
function readGrants(cursor: Cursor, reading: Reading): Found {
  cursor.skipRest()
  const source =
    reading.catalog.catalog.flavour === 'mariadb' ? 'mysql.user' : 'information_schema.user_privileges'
  return shown('SHOW GRANTS', [read(source, 'SHOW GRANTS')], 'Grants')
}
