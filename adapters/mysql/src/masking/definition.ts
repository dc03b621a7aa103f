/** Column definitions as a client may see them where the column is masked. */
import { COLUMN_FLAG, type ColumnDefinition, readPacket } from '../messages/index.js'

const NULL_DEFAULT = 0xfb
/** Length of the fixed fields, and what they take: character set, length, type, flags, decimals, filler. */
const STRINGS = 6

/** A mask that does not fit a value gives NULL: a client may not be told that there is none. */
export function maskedDefinition(column: ColumnDefinition): ColumnDefinition {
  return { ...column, flags: column.flags & ~COLUMN_FLAG.NOT_NULL }
}

/**
 * A definition as COM_FIELD_LIST sends it, without the column's default, which is a value: it becomes NULL, as for a
 * column that has none. Throws `GH_WIRE`.
 */
export function withoutDefault(payload: Uint8Array): Uint8Array {
  const reader = readPacket(payload)
  for (let string = 0; string < STRINGS; string++) reader.lenencBytes()
  reader.skip(reader.lenenc() ?? 0)
  if (reader.left === 0) return payload
  const shown = payload.slice(0, reader.at + 1)
  shown[reader.at] = NULL_DEFAULT
  return shown
}
