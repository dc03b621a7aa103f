/** Chooses how the cells of one output column are masked, by mask, type OID and format (postgres-wire.md §5.1). */

import { append, type ByteWriter } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import { type FieldKey, type MaskKey, maskForComputed, REDACTED } from '@gatehouse/masking'
import { arrayCellMask } from './array-cell.js'
import type { CellFamily } from './cell-families.js'
import { cellTypeOf, type TypeOf } from './cell-types.js'
import { dateCellMask, timestampCellMask } from './date-cell.js'
import { floatCellMask, integerCellMask, numericCellMask } from './number-cell.js'
import { bytesCellMask, jsonCellMask, textCellMask, uuidCellMask } from './text-cell.js'

/**
 * Writes the masked form of `source[start … end)`, a cell that isn't NULL, and answers true; answers false, with nothing
 * written, when the masked cell is NULL. The result is always valid for the column's type and format.
 */
export type CellMask = (source: Uint8Array, start: number, end: number, out: ByteWriter) => boolean

export interface CellToMask {
  readonly mask: MaskKind
  /** As RowDescription or the catalog says; 0 when not known. */
  readonly typeOid: number
  /** What the catalog knows of users' types. */
  readonly typeOf?: TypeOf | undefined
  /** 0 text, 1 binary; anything else masks by NULL. */
  readonly format: number
  readonly classes: readonly string[]
  /** The field that the mask is for, `resource.field`: hash and pseudonym are keyed by it. */
  readonly field: string
  readonly key: MaskKey | undefined
  /** True unless the output is the stored value of exactly one field: then no mask may depend on the value. */
  readonly computed: boolean
}

export const nullCell: CellMask = () => false

export function createCellMask(cell: CellToMask): CellMask {
  const kind = cell.computed ? maskForComputed(cell.mask) : cell.mask
  const type = cellTypeOf(cell.typeOid, cell.typeOf)
  if (kind === 'null' || type === undefined || (cell.format !== 0 && cell.format !== 1)) return nullCell
  if (type.kind === 'hstore') return nullCell
  const binary = cell.format === 1
  const keyed = kind === 'hash' || kind === 'pseudonym'
  const key: FieldKey | undefined = keyed ? cell.key?.forField(cell.field) : undefined
  if (keyed && key === undefined) return nullCell
  if (type.kind === 'scalar') return scalarCellMask(kind, type.family, binary, cell.classes, key)
  if (cell.computed || type.element.kind !== 'scalar') return nullCell
  const element = scalarCellMask(kind, type.element.family, binary, cell.classes, key)
  return arrayCellMask(element, binary, kind === 'redact' ? type.elementOid : undefined)
}

function scalarCellMask(
  kind: MaskKind,
  family: CellFamily,
  binary: boolean,
  classes: readonly string[],
  key: FieldKey | undefined,
): CellMask {
  switch (family) {
    case 'text':
      return kind === 'redact' ? constantCell(REDACTED) : textCellMask(kind, classes, key)
    case 'json':
      return jsonCellMask(kind, classes, key, false)
    case 'jsonb':
      return jsonCellMask(kind, classes, key, binary)
    case 'bytea':
      return bytesCellMask(kind, key, binary)
    case 'uuid':
      return uuidCellMask(kind, key, binary)
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid':
      return integerCellMask(kind, key, family, binary)
    case 'float4':
    case 'float8':
      return floatCellMask(kind, family, binary)
    case 'numeric':
      return numericCellMask(kind, binary)
    case 'date':
      return kind === 'year' ? dateCellMask(binary) : nullCell
    case 'timestamp':
    case 'timestamptz':
      return kind === 'year' ? timestampCellMask(family === 'timestamptz', binary) : nullCell
  }
}

function constantCell(text: string): CellMask {
  const bytes = Buffer.from(text)
  return (_source, _start, _end, out) => {
    append(out, bytes, 0, bytes.length)
    return true
  }
}
