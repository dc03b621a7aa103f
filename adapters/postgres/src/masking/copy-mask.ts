/** Masks what COPY … TO STDOUT sends, in its three formats (postgres-wire.md §5.3). */

import { append, createByteWriter, take } from '@gatehouse/adapter-kit'
import type { CopyForm } from '@gatehouse/sql'
import type { CellMask } from './cell-mask.js'
import { binaryCopyRows } from './copy-binary.js'
import { csvCopyRows } from './copy-csv.js'
import type { CopyRows } from './copy-rows.js'
import { textCopyRows } from './copy-text.js'
import { wireFault } from './wire-fault.js'

export interface CopyMask {
  /** The body of one CopyData, cut anywhere; answers what can go out now, perhaps nothing. Throws `GH_WIRE`. */
  push(body: Uint8Array): Uint8Array
  /** At CopyDone. Throws `GH_WIRE` when the stream ended within a row. */
  end(): Uint8Array
}

const ROW_CEILING = 64 * 1024 * 1024

/**
 * `cells`: one per column, undefined where it stays clear, made for format 0 under text and csv, 1 under binary.
 * Never holds more than one row, and no row over `ceiling` bytes.
 */
export function createCopyMask(
  form: CopyForm,
  cells: readonly (CellMask | undefined)[],
  ceiling = ROW_CEILING,
): CopyMask {
  const rows = rowsOf(form, cells)
  const held = createByteWriter()
  const out = createByteWriter()
  return {
    push: (body) => {
      append(held, body, 0, body.length)
      let start = 0
      while (start < held.length) {
        const end = rows.findEnd(held.bytes, start, held.length)
        if (end < 0) break
        rows.mask(held.bytes, start, end, out)
        start = end
      }
      if (start > 0) {
        held.bytes.copyWithin(0, start, held.length)
        held.length -= start
        rows.moved(start)
      }
      if (held.length > ceiling) throw wireFault('a COPY row over the ceiling')
      return take(out)
    },
    end: () => {
      if (held.length > 0 || !rows.complete) throw wireFault('COPY data that ends within a row')
      return new Uint8Array(0)
    },
  }
}

function rowsOf(form: CopyForm, cells: readonly (CellMask | undefined)[]): CopyRows {
  switch (form.format) {
    case 'text':
      return textCopyRows(form, cells)
    case 'csv':
      return csvCopyRows(form, cells)
    case 'binary':
      return binaryCopyRows(cells)
  }
}
