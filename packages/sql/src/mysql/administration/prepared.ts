/** PREPARE, EXECUTE, DEALLOCATE, EXECUTE IMMEDIATE: a text inside the text is read when the statement shows it (MySQL manual 15.5). */
import type { Cursor } from './cursor.js'
import { type Found, notUnderstood, opaque, type Reading } from './found.js'

const HIDDEN = 'the text that it runs stands in a variable or an expression'

function hidden(name: string, reading: Reading, why = HIDDEN): Found {
  return { command: name, actions: [opaque(reading, name, why)], outputs: 'unknown', collects: true }
}

/** Preparing runs nothing: what the statement does is decided when it is executed. */
export function readPrepare(cursor: Cursor, reading: Reading): Found {
  cursor.accept('prepare')
  const name = cursor.name()?.[0]?.toLowerCase()
  if (name === undefined || cursor.accept('from') === undefined) return notUnderstood(reading, 'PREPARE')
  const token = cursor.take()
  if (token?.kind !== 'string' || !cursor.done()) {
    cursor.skipRest()
    // Whatever had the name is gone.
    return { ...hidden('PREPARE', reading), effects: [{ kind: 'deallocate', name }] }
  }
  const statement = reading.inner(token.value)
  if (typeof statement === 'string') return { ...notUnderstood(reading, 'PREPARE'), unreadable: statement }
  return {
    command: 'PREPARE',
    actions: [],
    effects: [{ kind: 'prepare', name, statement }],
    ...(statement.never === undefined ? {} : { never: statement.never }),
  }
}

export function readExecute(cursor: Cursor, reading: Reading): Found {
  if (cursor.accept('execute immediate') !== undefined) return readImmediate(cursor, reading)
  cursor.accept('execute')
  const name = cursor.name()?.[0]?.toLowerCase()
  if (name === undefined) return notUnderstood(reading, 'EXECUTE')
  const actions = readUsing(cursor, reading)
  return { command: 'EXECUTE', actions, outputs: 'unknown', refersTo: { kind: 'prepared', name } }
}

function readUsing(cursor: Cursor, reading: Reading): Found['actions'] {
  if (cursor.accept('using') === undefined) return []
  const start = cursor.place()
  const plain = cursor.tokens.slice(start).every((token) => token.kind === 'variable' || token.value === ',')
  cursor.skipRest()
  return plain ? [] : reading.query(`SELECT ${cursor.text(start)}`, { stored: true }).actions
}

function readImmediate(cursor: Cursor, reading: Reading): Found {
  const name = 'EXECUTE IMMEDIATE'
  const token = cursor.take()
  const shown = token?.kind === 'string' && (cursor.done() || cursor.sees('using'))
  if (!token || !shown) {
    cursor.skipRest()
    return hidden(name, reading)
  }
  const statement = reading.inner(token.value)
  const actions = readUsing(cursor, reading)
  if (typeof statement === 'string') return { ...notUnderstood(reading, name), unreadable: statement }
  const { effects, outputs, collects, never, reserve, uncounted } = statement
  return {
    command: name,
    actions: [...actions, ...statement.actions],
    effects,
    outputs,
    collects,
    reserve,
    ...(never === undefined ? {} : { never }),
    ...(uncounted === undefined ? {} : { uncounted }),
  }
}

export function readDeallocate(cursor: Cursor, reading: Reading): Found {
  cursor.accept('deallocate prepare')
  const name = cursor.name()?.[0]?.toLowerCase()
  if (name === undefined) return notUnderstood(reading, 'DEALLOCATE')
  return { command: 'DEALLOCATE', actions: [], effects: [{ kind: 'deallocate', name }] }
}
