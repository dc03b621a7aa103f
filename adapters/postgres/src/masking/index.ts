/** Masking of what the server sends: cells, rows, COPY streams, errors. */
export { type CellMask, createCellMask, nullCell } from './cell-mask.js'
export { type CopyMask, createCopyMask } from './copy-mask.js'
export { createRowMask, type RowMask } from './row-mask.js'
export { scrubError } from './scrub.js'
