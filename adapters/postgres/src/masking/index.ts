/** Masking of what the server sends: cells, rows, COPY streams, errors. */
export { type CellMask, createCellMask, nullCell } from './cell-mask.js'
export { cellTypeOf, isDocument, type TypeOf } from './cell-types.js'
export { type CopyMask, createCopyMask } from './copy-mask.js'
export { createDocumentCell, guessedDocumentCell, spelledDocumentCell } from './document-cell.js'
export { createRowMask, type RowMask } from './row-mask.js'
export { scrubError } from './scrub.js'
