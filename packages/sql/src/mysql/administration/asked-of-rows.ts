/** What ALTER TABLE asks of the rows that are there: whether a check holds, in which order or partition they go (R16). */
import type { Action } from '@gatehouse/core'
import { fold } from '../catalog-index.js'
import type { Cursor } from './cursor.js'
import type { Reading } from './found.js'
import { relation } from './names.js'

/**
 * The columns of the table that stand in the part that comes next, as a condition uses them: a check fails, rows move, by
 * what they hold. Takes a check, of others the words that begin them; undefined when none comes next.
 */
export function askedOfRows(
  cursor: Cursor,
  reading: Reading,
  own: readonly string[],
): readonly Action[] | undefined {
  const start = cursor.place()
  let end = cursor.tokens.length
  if (cursor.sees('check (')) {
    cursor.take()
    cursor.skipBrackets()
    end = cursor.place()
    // Where these end only a grammar knows: what follows is looked at, and left to be read.
  } else if (cursor.accept('order by', 'partition by') === undefined) return undefined
  const [schema = '', name = ''] = relation(own, reading)?.path ?? []
  const known = reading.catalog.relation(schema, name)
  const named = new Set(
    cursor.tokens
      .slice(start, end)
      .filter(({ kind }) => kind === 'word' || kind === 'name')
      .map(({ value }) => fold(value)),
  )
  const columns = known?.columns.filter((column) => named.has(fold(column.name))) ?? []
  if (columns.length === 0) return []
  const asked = columns.map((column) => `${quoted(column.name)} > 0`).join(' AND ')
  const text = `SELECT 1 FROM ${quoted(schema)}.${quoted(name)} WHERE ${asked}`
  return reading.query(text, { stored: true }).actions.map((each) => ({ ...each, derived: true }))
}

const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``
