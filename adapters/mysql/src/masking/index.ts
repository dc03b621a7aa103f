/** Masking of what the server sends: cells, rows, column definitions, errors, warnings. */
export { type CellMask, type CellToMask, nullCell, type RowFormat, type RowMask } from './cell.js'
