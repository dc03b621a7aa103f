/** Chooses how the cells of one output column are masked, by mask, type, character set and format (mysql-wire.md §5.1). */
import type { MaskKind } from '@gatehouse/core'
import { type FieldKey, maskForComputed } from '@gatehouse/masking'
import { type CellMask, type CellToMask, nullCell } from './cell.js'
import { type CellFamily, familyOf } from './cell-families.js'
import { dateCellMask } from './date-cell.js'
import { decimalCellMask, floatCellMask, integerCellMask, yearCellMask } from './number-cell.js'
import { bytesCellMask, documentCellMask, textCellMask } from './text-cell.js'

/** NULL where the mask fits no value of the type, also in a column that was declared NOT NULL (R18). */
export function createCellMask(cell: CellToMask): CellMask {
  const kind = cell.computed ? maskForComputed(cell.mask) : cell.mask
  const family = familyOf(cell.column)
  if (kind === 'null' || family === undefined) return nullCell
  const keyed = kind === 'hash' || kind === 'pseudonym'
  const key: FieldKey | undefined = keyed ? cell.key?.forField(cell.field) : undefined
  return keyed && key === undefined ? nullCell : maskOf(kind, family, key, cell)
}

function maskOf(kind: MaskKind, family: CellFamily, key: FieldKey | undefined, cell: CellToMask): CellMask {
  const { column, classes } = cell
  const binary = cell.format === 'binary'
  switch (family.kind) {
    case 'text':
      return cell.document === true || column.json === true
        ? documentCellMask(kind, classes, key, family.encoding)
        : textCellMask(kind, classes, key, family.encoding)
    case 'json':
      return documentCellMask(kind, classes, key, undefined)
    case 'bytes':
      return bytesCellMask(kind, key)
    case 'integer':
      return integerCellMask(kind, key, column, family, binary)
    case 'year':
      return yearCellMask(kind)
    case 'float':
      return floatCellMask(kind, 4, binary)
    case 'double':
      return floatCellMask(kind, 8, binary)
    case 'decimal':
      return decimalCellMask(kind, column)
    case 'date':
      return kind === 'year' ? dateCellMask(binary) : nullCell
  }
}
