/** What a masked cell is: its mask, the column that describes it, and what becomes of its value. */
import type { ByteWriter } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import type { MaskKey } from '@gatehouse/masking'
import type { ColumnDefinition } from '../messages/index.js'

/** Of the rows of COM_QUERY and of COM_STMT_EXECUTE (and COM_STMT_FETCH). */
export type RowFormat = 'text' | 'binary'

/**
 * Writes the masked form of `source[start … end)`, a value that isn't NULL, without the length that stands before it, and
 * answers true; answers false, with nothing written, when the masked cell is NULL. The result is always valid for the
 * column's type, format and character set.
 */
export type CellMask = (source: Uint8Array, start: number, end: number, out: ByteWriter) => boolean

/**
 * Appends the masked form of `buffer[start … end)`, the payload of one whole row without packet headers. Throws `GH_WIRE`,
 * with nothing appended, when the row is not what the column definitions and its own lengths say.
 */
export type RowMask = (buffer: Uint8Array, start: number, end: number, out: ByteWriter) => void

export interface CellToMask {
  readonly mask: MaskKind
  /** As this result's own definition says. */
  readonly column: ColumnDefinition
  readonly format: RowFormat
  readonly classes: readonly string[]
  /** The field that the mask is for, `resource.field`: hash and pseudonym are keyed by it. */
  readonly field: string
  readonly key: MaskKey | undefined
  /** True unless the output is the stored value of exactly one field: then no mask may depend on the value. */
  readonly computed: boolean
  /** The catalog says that a column of a text type holds JSON (MariaDB's JSON is LONGTEXT on the wire). */
  readonly document?: boolean
}

export const nullCell: CellMask = () => false
