/** Masking of what the server sends: cells, rows, column definitions, errors, warnings. */
export { type CellMask, type CellToMask, nullCell, type RowFormat, type RowMask } from './cell.js'
export { createCellMask } from './cell-mask.js'
export { maskedDefinition, withoutDefault } from './definition.js'
export { createDocumentCell, guessedDocumentCell, isDocument } from './document-cell.js'
export { createRowMask } from './row-mask.js'
export { type ScrubContext, scrubError, scrubInfo, scrubText } from './scrub.js'
export { createWarningsMask } from './warnings.js'
