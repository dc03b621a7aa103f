/** Column definitions as a client may see them where the column is masked. */
import { COLUMN_FLAG, type ColumnDefinition, definitionEnd } from '../messages/index.js'

const NULL_DEFAULT = 0xfb

/** A mask that does not fit a value gives NULL: a client may not be told that there is none. */
export function maskedDefinition(column: ColumnDefinition): ColumnDefinition {
  return { ...column, flags: column.flags & ~COLUMN_FLAG.NOT_NULL }
}

/**
 * A definition as COM_FIELD_LIST sends it, without the column's default, which is a value: it becomes NULL, as for a
 * column that has none. `extended`: MariaDB's EXTENDED_METADATA was agreed. Throws `GH_WIRE`.
 */
export function withoutDefault(payload: Uint8Array, extended: boolean): Uint8Array {
  const at = definitionEnd(payload, 0, payload.length, extended)
  if (at === payload.length) return payload
  const shown = payload.slice(0, at + 1)
  shown[at] = NULL_DEFAULT
  return shown
}
