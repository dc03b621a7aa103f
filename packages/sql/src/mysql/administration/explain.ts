/** EXPLAIN, DESCRIBE, and MariaDB's ANALYZE of a statement, which runs it (MySQL manual 15.8.2). */
import type { Output, Source } from '@gatehouse/core'
import { action, column, planned } from '../../reading/actions.js'
import type { Cursor } from './cursor.js'
import { catalogRelation, type Found, notUnderstood, opaque, type Reading } from './found.js'
import { nameList, onRelations } from './names.js'

const STATEMENTS = ['select', 'with', 'insert', 'replace', 'update', 'delete', 'table', 'values', '(']
const MARIADB = 'id select_type table type possible_keys key key_len ref rows Extra'
const MYSQL = 'id select_type table partitions type possible_keys key key_len ref rows filtered Extra'

/** Of a plan as a table; MariaDB adds columns as it is asked. */
function tableColumns(mysql: boolean, asked: ReadonlySet<string>): readonly string[] {
  if (mysql) return MYSQL.split(' ')
  const table = asked.has('partitions') ? 'table partitions' : 'table'
  const rows = asked.has('analyze')
    ? 'rows r_rows filtered r_filtered'
    : asked.has('extended')
      ? 'rows filtered'
      : 'rows'
  return MARIADB.replace('table', table).replace('rows', rows).split(' ')
}

export function readExplain(cursor: Cursor, reading: Reading): Found {
  const word = cursor.accept('explain', 'describe', 'desc')
  const { flavour, version } = reading.catalog.catalog
  const asked = new Set<string>()
  const into: string[] = []
  let runs = false
  // MySQL 9 draws a tree unless it is told otherwise (explain_format).
  let values = flavour === 'mysql' && version[0] >= 9
  for (;;) {
    const more = cursor.accept('extended', 'partitions', 'all')
    if (more !== undefined) asked.add(more)
    else if (cursor.accept('analyze') !== undefined) {
      runs = true
      values = true
    } else if (cursor.accept('format =') !== undefined) {
      const format = cursor.take()?.value.toLowerCase()
      values = format !== 'traditional'
    } else if (cursor.accept('into') !== undefined) {
      into.push(cursor.take()?.value ?? '')
      values = true
    } else if (cursor.accept('for connection') !== undefined) {
      cursor.skipRest()
      return ofOthers(reading)
    } else if (cursor.accept('for schema', 'for database') !== undefined) {
      return notUnderstood(reading, 'EXPLAIN')
    } else break
  }
  if (STATEMENTS.some((each) => cursor.sees(each))) {
    const found = plan(cursor, reading, runs, values, asked)
    return into.length === 0 ? found : kept(found, into)
  }
  return runs || word === undefined ? notUnderstood(reading, 'EXPLAIN') : describe(cursor, reading)
}

/** EXPLAIN INTO @name. */
function kept(found: Found, names: readonly string[]): Found {
  return {
    ...found,
    outputs: [],
    effects: [...(found.effects ?? []), { kind: 'variables', names, untold: true }],
  }
}

/** What another session runs. */
function ofOthers(_reading: Reading): Found {
  const name = 'EXPLAIN FOR CONNECTION'
  return {
    command: name,
    actions: [action('read', catalogRelation('information_schema', 'processlist'), name)],
    outputs: 'unknown',
  }
}

/**
 * A plan in another form than the table shows conditions, and the server puts the values of rows that it already read
 * into them: it shows whatever the statement's fields hold.
 */
function plan(
  cursor: Cursor,
  reading: Reading,
  runs: boolean,
  values: boolean,
  asked: ReadonlySet<string>,
): Found {
  const start = cursor.place()
  cursor.skipRest()
  const found = reading.statement(cursor.text(start))
  const sources = values ? fieldsOf(found) : []
  const unprovable =
    found.outputs === 'unknown' && values ? { unprovable: 'what the plan shows is not known' } : {}
  const outputs: readonly Output[] = values
    ? [{ name: 'EXPLAIN', how: 'computed', sources, ...unprovable }]
    : tableColumns(reading.catalog.catalog.flavour === 'mysql', asked).map((name) => ({
        name,
        how: 'computed',
        sources: [],
      }))
  const never = found.never === undefined ? {} : { never: found.never }
  const unreadable = found.unreadable === undefined ? {} : { unreadable: found.unreadable }
  if (!runs)
    return { command: 'EXPLAIN', actions: found.actions.map(planned), outputs, ...never, ...unreadable }
  return {
    command: 'EXPLAIN ANALYZE',
    actions: found.actions,
    outputs,
    collects: found.collects ?? false,
    effects: found.effects ?? [],
    uncounted: 'the plan does not say how many rows it changes',
    ...never,
    ...unreadable,
  }
}

function fieldsOf(found: Found): readonly Source[] {
  return found.actions.flatMap(({ resource, fields }) =>
    fields === 'unknown'
      ? []
      : fields.map(({ name, classes }) => ({ resource: resource.path.join('.'), field: name, classes })),
  )
}

function describe(cursor: Cursor, reading: Reading): Found {
  const parts = cursor.name()
  if (!parts) return notUnderstood(reading, 'DESCRIBE')
  cursor.skipRest()
  return {
    command: 'DESCRIBE',
    actions: [action('read', catalogRelation('information_schema', 'columns'), 'DESCRIBE')],
    outputs: 'Field Type Null Key Default Extra'.split(' ').map(column),
  }
}

/** ANALYZE TABLE reads statistics anew; MariaDB's ANALYZE of anything else runs it. */
export function readAnalyze(cursor: Cursor, reading: Reading): Found {
  cursor.accept('analyze')
  cursor.accept('no_write_to_binlog', 'local')
  if (cursor.accept('table', 'tables') !== undefined) {
    const names = nameList(cursor)
    cursor.skipRest()
    const name = 'ANALYZE TABLE'
    return names
      ? { command: name, actions: onRelations('admin', names, reading, name), outputs: MAINTENANCE }
      : notUnderstood(reading, name)
  }
  const formatted =
    cursor.accept('format =') !== undefined && cursor.take()?.value.toLowerCase() !== 'traditional'
  if (!STATEMENTS.some((each) => cursor.sees(each))) {
    return {
      ...notUnderstood(reading, 'ANALYZE'),
      actions: [opaque(reading, 'ANALYZE', 'it runs a statement that is not understood')],
    }
  }
  return { ...plan(cursor, reading, true, formatted, new Set(['analyze'])), command: 'ANALYZE' }
}

/** What CHECK, ANALYZE, OPTIMIZE and REPAIR TABLE answer. */
export const MAINTENANCE: readonly Output[] = ['Table', 'Op', 'Msg_type', 'Msg_text'].map(column)
