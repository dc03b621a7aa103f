/** Statements of one word each that need little reading: maintenance, the server's own affairs, CALL, DO, HANDLER, KILL, USE. */
import type { Action } from '@gatehouse/core'
import { action, column, command } from '../../reading/actions.js'
import type { Cursor } from './cursor.js'
import { MAINTENANCE } from './explain.js'
import { catalogRelation, databaseOf, type Found, notUnderstood, opaque, type Reading } from './found.js'
import { COMMITS, nameList, object, on, onRelations, relation, schemaName } from './names.js'

/** Its own name, up to two words, as a command of the server. */
export function readServerCommand(cursor: Cursor): Found {
  const first = cursor.take()?.value ?? ''
  const second = cursor.peek()?.kind === 'word' ? ` ${cursor.peek()?.value ?? ''}` : ''
  cursor.skipRest()
  const name = `${first}${second}`.toUpperCase()
  return { command: name, actions: [action('admin', command(name), name)], outputs: 'unknown' }
}

/** CHECK, REPAIR, OPTIMIZE; CHECKSUM tells of every row. */
export function readMaintenance(cursor: Cursor, reading: Reading): Found {
  const word = cursor.take()?.value ?? ''
  const name = `${word.toUpperCase()} TABLE`
  cursor.accept('no_write_to_binlog', 'local')
  const view = cursor.accept('view') !== undefined
  if (!view && cursor.accept('table', 'tables') === undefined)
    return notUnderstood(reading, word.toUpperCase())
  const names = nameList(cursor)
  cursor.skipRest()
  if (!names) return notUnderstood(reading, name)
  if (word === 'checksum') {
    const actions = onRelations('read', names, reading, name, { fields: 'unknown' })
    return {
      command: name,
      actions,
      outputs: [
        column('Table'),
        { name: 'Checksum', how: 'computed', sources: [], unprovable: 'it tells of every row' },
      ],
    }
  }
  return { command: name, actions: onRelations('admin', names, reading, name), outputs: MAINTENANCE }
}

export function readFlush(cursor: Cursor, reading: Reading): Found {
  cursor.accept('flush')
  cursor.accept('no_write_to_binlog', 'local')
  const actions: Action[] = [action('admin', command('flush'), 'FLUSH')]
  if (cursor.accept('tables', 'table') !== undefined && !cursor.done() && !cursor.sees('with')) {
    const names = nameList(cursor)
    if (names) actions.push(...onRelations('lock', names, reading, 'FLUSH'))
  }
  cursor.skipRest()
  return { command: 'FLUSH', actions, effects: [COMMITS] }
}

export function readUse(cursor: Cursor, reading: Reading): Found {
  cursor.accept('use')
  const parts = cursor.name()
  const name = parts?.length === 1 ? parts[0] : undefined
  if (name === undefined) return notUnderstood(reading, 'USE')
  const found = schemaName(name, reading)
  return {
    command: 'USE',
    actions: [action('connect', databaseOf(found), 'USE')],
    effects: [{ kind: 'use', database: found }],
  }
}

export function readCall(cursor: Cursor, reading: Reading): Found {
  const name = 'CALL'
  cursor.accept('call')
  const parts = cursor.name()
  const target = parts && object(parts, reading, 'routine')
  if (!parts || !target) return notUnderstood(reading, name)
  const actions: Action[] = []
  const variables: string[] = []
  if (cursor.peek()?.value === '(') {
    const start = cursor.place()
    if (!cursor.skipBrackets()) return notUnderstood(reading, name)
    const inside = cursor.text(start + 1, cursor.place() - 1)
    if (inside !== '') actions.push(...reading.query(`SELECT ${inside}`, { stored: true }).actions)
    for (const token of cursor.tokens) if (token.kind === 'variable') variables.push(token.value)
  }
  const routine = reading.catalog.routine(target.path[0] ?? '', target.path[1] ?? '', 'procedure')
  const review = routine && reading.catalog.reviewed(routine)
  const path = routine ? { ...target, path: [routine.schema, routine.name] } : target
  const full = path.path.join('.')
  if (!review) {
    const why = `what \`${full}\` does is not known; a Functions document can name it`
    actions.unshift(
      action('call', path, name, { fields: 'unknown', certainty: 'opaque', functions: [full], why }),
    )
    actions.push(opaque(reading, name, why))
  } else
    actions.unshift(
      ...VERBS.filter((verb) => verb === 'call' || review.verbs.includes(verb)).map((verb) =>
        action(verb, path, name, { functions: [full] }),
      ),
    )
  return {
    command: name,
    actions,
    outputs: 'unknown',
    collects: true,
    effects: variables.length === 0 ? [] : [{ kind: 'variables', names: variables }],
  }
}

const VERBS = [
  'call',
  'read',
  'insert',
  'update',
  'delete',
  'truncate',
  'create',
  'alter',
  'drop',
  'set',
  'lock',
  'admin',
] as const

/** The expressions are worked out and thrown away. */
export function readDo(cursor: Cursor, reading: Reading): Found {
  cursor.accept('do')
  const start = cursor.place()
  cursor.skipRest()
  const { actions, variables } = reading.query(`SELECT ${cursor.text(start)}`, { stored: true })
  return {
    command: 'DO',
    actions,
    effects: variables.length === 0 ? [] : [{ kind: 'variables', names: variables }],
  }
}

/** Which table an open handler reads is known by an alias that the session chose. */
export function readOpenTable(cursor: Cursor, reading: Reading): Found {
  const name = 'HANDLER'
  cursor.accept('handler')
  const parts = cursor.name()
  if (!parts) return notUnderstood(reading, name)
  if (cursor.accept('open') !== undefined) {
    cursor.skipRest()
    return {
      command: name,
      actions: [on('read', relation(parts, reading), reading, name, { fields: 'unknown' })],
    }
  }
  if (cursor.accept('close') !== undefined) return { command: name, actions: [], reserve: true }
  cursor.skipRest()
  return {
    command: name,
    actions: [opaque(reading, name, 'which table the handler reads does not stand in the text')],
    outputs: 'unknown',
    collects: true,
  }
}

export function readKill(cursor: Cursor, reading: Reading): Found {
  cursor.accept('kill')
  cursor.accept('hard', 'soft')
  cursor.accept('connection', 'query id', 'query')
  const start = cursor.place()
  const only = cursor.tokens.length === start + 1 && cursor.peek()?.kind === 'number'
  const user = cursor.accept('user') !== undefined
  cursor.skipRest()
  const inside = only || user ? [] : reading.query(`SELECT ${cursor.text(start)}`, { stored: true }).actions
  return { command: 'KILL', actions: [action('admin', command('kill'), 'KILL'), ...inside] }
}

export function readHelp(cursor: Cursor): Found {
  cursor.skipRest()
  return {
    command: 'HELP',
    actions: [action('read', catalogRelation('mysql', 'help_topic'), 'HELP')],
    outputs: 'unknown',
  }
}

/** GET DIAGNOSTICS copies a message, which may quote data, into variables (R20). */
export function readDiagnostics(cursor: Cursor): Found {
  const names = cursor.tokens.filter((token) => token.kind === 'variable').map(({ value }) => value)
  cursor.skipRest()
  return { command: 'GET DIAGNOSTICS', actions: [], effects: [{ kind: 'variables', names, untold: true }] }
}

export function readSignal(cursor: Cursor): Found {
  const name = (cursor.take()?.value ?? '').toUpperCase()
  cursor.skipRest()
  return { command: name, actions: [] }
}

/** Tables from files that somebody put into the server's directory. */
export function readImport(cursor: Cursor, reading: Reading): Found {
  cursor.skipRest()
  const path = cursor.tokens.filter((token) => token.kind === 'string').map(({ value }) => value)
  if (path.length === 0) return notUnderstood(reading, 'IMPORT TABLE')
  return {
    command: 'IMPORT TABLE',
    actions: path.map((each) =>
      action('import', { kind: 'path', path: [each], system: false }, 'IMPORT TABLE'),
    ),
    effects: [COMMITS, { kind: 'define', names: ['*'], temporary: false }],
  }
}
