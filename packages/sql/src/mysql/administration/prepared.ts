/** PREPARE, EXECUTE, DEALLOCATE, EXECUTE IMMEDIATE: a text inside the text is read when the statement shows it (MySQL manual 15.5). */
import type { Cursor } from './cursor.js'
import { type Found, notUnderstood, opaque, type Reading } from './found.js'

const HIDDEN = 'the text that it runs stands in a variable or an expression'

function hidden(name: string, reading: Reading, why = HIDDEN): Found {
  return { command: name, actions: [opaque(reading, name, why)], outputs: 'unknown', collects: true }
}

/**
 * Servers compare these names by utf8mb3_general_ci, where accents do not count and blanks at the end need not: beyond plain
 * ASCII two names may be one to the server and two to us.
 */
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/
const STRANGE = 'a prepared statement is known by plain ASCII letters here, without blanks at the end'

/** As the server compares it; undefined: no name. */
function preparedName(cursor: Cursor): { readonly name: string; readonly never?: string } | undefined {
  const name = cursor.name()?.[0]?.toLowerCase()
  if (name === undefined) return undefined
  return PLAIN.test(name) ? { name } : { name, never: STRANGE }
}

/** Preparing runs nothing: what the statement does is decided when it is executed. */
export function readPrepare(cursor: Cursor, reading: Reading): Found {
  cursor.accept('prepare')
  const named = preparedName(cursor)
  if (named === undefined || cursor.accept('from') === undefined) return notUnderstood(reading, 'PREPARE')
  const { name, ...never } = named
  const token = cursor.take()
  if (token?.kind !== 'string' || !cursor.done()) {
    cursor.skipRest()
    // Whatever had the name is gone.
    return { ...hidden('PREPARE', reading), ...never, effects: [{ kind: 'deallocate', name }] }
  }
  const statement = reading.inner(token.value)
  if (typeof statement === 'string') return { ...notUnderstood(reading, 'PREPARE'), unreadable: statement }
  const refused = never.never ?? statement.never
  return {
    command: 'PREPARE',
    actions: [],
    effects: [{ kind: 'prepare', name, statement }],
    ...(refused === undefined ? {} : { never: refused }),
  }
}

export function readExecute(cursor: Cursor, reading: Reading): Found {
  if (cursor.accept('execute immediate') !== undefined) return readImmediate(cursor, reading)
  cursor.accept('execute')
  const named = preparedName(cursor)
  if (named === undefined) return notUnderstood(reading, 'EXECUTE')
  const { name, ...never } = named
  const actions = readUsing(cursor, reading)
  return { command: 'EXECUTE', actions, outputs: 'unknown', refersTo: { kind: 'prepared', name }, ...never }
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
  const { effects, outputs, collects, never, reserve, uncounted, variables, codeVariables } = statement
  return {
    command: name,
    actions: [...actions, ...statement.actions],
    effects,
    outputs,
    collects,
    reserve,
    ...(never === undefined ? {} : { never }),
    ...(uncounted === undefined ? {} : { uncounted }),
    ...(variables === undefined ? {} : { variables }),
    ...(codeVariables === undefined ? {} : { codeVariables }),
  }
}

export function readDeallocate(cursor: Cursor, reading: Reading): Found {
  cursor.accept('deallocate prepare', 'drop prepare')
  const named = preparedName(cursor)
  if (named === undefined) return notUnderstood(reading, 'DEALLOCATE')
  const { name, ...never } = named
  return { command: 'DEALLOCATE', actions: [], effects: [{ kind: 'deallocate', name }], ...never }
}
