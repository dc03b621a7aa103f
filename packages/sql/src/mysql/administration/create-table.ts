/** What stands behind CREATE TABLE's name: columns, keys, options, another table's form, or a query. */
import type { Action } from '@gatehouse/core'
import { action, resource } from '../../reading/actions.js'
import type { Cursor } from './cursor.js'
import { opaque, type Reading } from './found.js'
import { nameList, on, relation } from './names.js'

const QUERY_STARTS: ReadonlySet<string> = new Set(['select', 'with', 'values', 'table'])

/** Actions beyond making the table itself; `own`: its name. */
export function tableParts(
  cursor: Cursor,
  reading: Reading,
  name: string,
  own: readonly string[],
): readonly Action[] {
  const actions: Action[] = []
  let depth = 0
  while (!cursor.done()) {
    const token = cursor.peek()
    const symbol = token?.kind === 'symbol' ? token.value : undefined
    if (token?.kind === 'word' && QUERY_STARTS.has(token.value) && startsQuery(cursor, depth)) {
      actions.push(...query(cursor, reading, depth))
      return actions
    }
    const read = token?.kind === 'word' ? readOption(cursor, reading, name, own, depth) : undefined
    if (read) actions.push(...read)
    else {
      if (symbol === '(') depth++
      if (symbol === ')') depth--
      cursor.take()
    }
  }
  return actions
}

/** `WITH PARSER`, `WITH SYSTEM VERSIONING`, `PARTITION … VALUES` and a column that has the word as its name are none. */
function startsQuery(cursor: Cursor, depth: number): boolean {
  const word = cursor.peek()?.value
  if (word === 'with')
    return (
      !cursor.sees('with parser') &&
      !cursor.sees('with system') &&
      !cursor.sees('with table') &&
      !cursor.sees('with validation')
    )
  if (word === 'values') return depth === 0 && !cursor.sees('values less') && !cursor.sees('values in')
  if (word === 'table') return depth === 0 && !AFTER_THESE.has(cursor.peek(-1)?.value ?? '')
  return true
}

/** EXCHANGE PARTITION … WITH TABLE, CONVERT … TABLE. */
const AFTER_THESE: ReadonlySet<string> = new Set(['with', 'convert', 'to'])

/** The query, from the bracket in front of it where one is left open. */
function query(cursor: Cursor, reading: Reading, depth: number): readonly Action[] {
  let start = cursor.place()
  for (let open = depth; open > 0; open--) {
    start--
    const token = cursor.tokens[start]
    if (token?.kind !== 'symbol' || token.value !== '(')
      return [opaque(reading, 'CREATE TABLE', 'a query stands where none was expected')]
  }
  cursor.skipRest()
  return reading.query(cursor.text(start), { stored: true }).actions
}

/** Engines whose rows are the table's own. */
const ENGINES: ReadonlySet<string> = new Set(
  'innodb myisam aria memory heap csv archive blackhole rocksdb ndb ndbcluster tokudb columnstore default'.split(
    ' ',
  ),
)

/** Behind these a column's name stands, whatever the word. */
const NAMED_NEXT: ReadonlySet<string> = new Set(
  'column add change modify drop after alter rename to exists'.split(' '),
)

/** What a word in a table's definition does beyond the table; undefined when it says nothing. */
function readOption(
  cursor: Cursor,
  reading: Reading,
  name: string,
  own: readonly string[],
  depth: number,
): readonly Action[] | undefined {
  if (cursor.sees('like')) {
    cursor.take()
    const parts = cursor.name()
    return parts ? [on('read', relation(parts, reading), reading, name)] : []
  }
  if (cursor.accept('references') !== undefined) {
    const parts = cursor.name()
    // A foreign key asks of each row whether the referenced value exists.
    const complete = parts?.length === 1 && own.length === 2 ? [own[0] as string, ...parts] : parts
    return complete ? [on('read', relation(complete, reading), reading, name)] : []
  }
  if (cursor.accept('union =', 'union (') !== undefined) {
    cursor.symbol('(')
    const names = nameList(cursor) ?? []
    const why = 'a table that shows the rows of others'
    return [
      ...names.map((each) => on('read', relation(each, reading), reading, name, { fields: 'unknown' })),
      opaque(reading, name, why),
    ]
  }
  const bare = depth === 0 && !NAMED_NEXT.has(cursor.peek(-1)?.value ?? '')
  if (cursor.accept('engine =', 'type =', ...(bare ? ['engine'] : [])) !== undefined) {
    const engine = cursor.take()
    const known = engine !== undefined && ENGINES.has(engine.value.toLowerCase())
    return known
      ? []
      : [opaque(reading, name, `what the engine \`${engine?.value ?? ''}\` stores, and where, is not known`)]
  }
  const place = cursor.accept(
    'data directory',
    'index directory',
    'connection =',
    ...(bare ? ['connection'] : []),
  )
  if (place === undefined) return undefined
  cursor.symbol('=')
  const where = cursor.peek()
  if (where?.kind !== 'string') return []
  cursor.take()
  return place.startsWith('connection')
    ? [opaque(reading, name, 'its rows stand in another server')]
    : [action('export', resource('path', [where.value]), name)]
}
