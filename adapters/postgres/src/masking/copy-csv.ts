/** The rows of COPY's csv format: quoted values hold delimiters and newlines, only an unquoted null string is NULL. */

import { append, appendByte, type ByteWriter, createByteWriter, reserve } from '@gatehouse/adapter-kit'
import type { CopyForm } from '@gatehouse/sql'
import type { CellMask } from './cell-mask.js'
import { type CopyRows, oneByte } from './copy-rows.js'
import { wireFault } from './wire-fault.js'

const NEWLINE = 0x0a
const RETURN = 0x0d

export function csvCopyRows(form: CopyForm, cells: readonly (CellMask | undefined)[]): CopyRows {
  const delimiter = oneByte('delimiter', form.delimiter)
  const quote = oneByte('quote', form.quote)
  const escaper = oneByte('escape', form.escape)
  const nothing = Buffer.from(form.null)
  const plain = createByteWriter(1024)
  const masked = createByteWriter(1024)
  let scanned = 0
  let quoted = false
  let header = form.header
  /** Where the field that was read last ends. */
  let fieldEnd = 0

  return {
    complete: true,
    moved: (count) => {
      scanned -= count
    },
    findEnd: (bytes, _start, length) => {
      let at = scanned
      let inside = quoted
      let found = -1
      for (; at < length; at++) {
        const byte = bytes[at]
        if (inside && byte === escaper && escaper !== quote) {
          // What is escaped may come with the next CopyData.
          if (at + 1 >= length) break
          if (escapes(bytes[at + 1])) at++
        } else if (byte === quote) {
          // Where quote and escape are one, a doubled one closes and opens again: the same for finding the end.
          inside = !inside
        } else if (byte === NEWLINE && !inside) {
          found = ++at
          break
        }
      }
      scanned = at
      quoted = inside
      return found
    },
    mask: (bytes, start, end, out) => {
      const last = end - 1
      let at = start
      let copied = start
      let column = 0
      for (; column < cells.length; column++) {
        const mask = header ? undefined : cells[column]
        const bare = readField(bytes, at, last, mask !== undefined)
        if (fieldEnd === last ? column !== cells.length - 1 : column === cells.length - 1) break
        if (mask !== undefined && !(bare && isNull(plain.bytes, plain.length))) {
          append(out, bytes, copied, at)
          maskField(mask, out)
          copied = fieldEnd
        }
        at = fieldEnd + 1
      }
      if (column !== cells.length || (cells.length === 0 && start !== last)) {
        throw wireFault('a COPY row with another number of columns')
      }
      append(out, bytes, copied, end)
      header = false
    },
  }

  /** Finds the end of the field at `start`, read into `plain` if wanted; true when no part of it was quoted. */
  function readField(bytes: Buffer, start: number, end: number, wanted: boolean): boolean {
    plain.length = 0
    if (wanted) reserve(plain, end - start)
    const into = plain.bytes
    let length = 0
    let inside = false
    let bare = true
    let at = start
    for (; at < end; at++) {
      let byte = bytes[at] as number
      if (inside && byte === escaper && at + 1 < end && escapes(bytes[at + 1])) {
        byte = bytes[++at] as number
      } else if (byte === quote) {
        inside = !inside
        bare = false
        continue
      } else if (byte === delimiter && !inside) {
        break
      }
      if (wanted) into[length++] = byte
    }
    plain.length = length
    fieldEnd = at
    return bare
  }

  function escapes(next: number | undefined): boolean {
    return next === quote || next === escaper
  }

  function isNull(bytes: Buffer, length: number): boolean {
    return length === nothing.length && bytes.compare(nothing, 0, nothing.length, 0, length) === 0
  }

  function maskField(mask: CellMask, out: ByteWriter): void {
    masked.length = 0
    if (mask(plain.bytes, 0, plain.length, masked)) writeField(out)
    else append(out, nothing, 0, nothing.length)
  }

  function writeField(out: ByteWriter): void {
    const { bytes, length } = masked
    const special = (byte: number) =>
      byte === delimiter || byte === quote || byte === NEWLINE || byte === RETURN
    if (length > 0 && !isNull(bytes, length) && !bytes.subarray(0, length).some(special)) {
      append(out, bytes, 0, length)
      return
    }
    reserve(out, length * 2 + 2)
    appendByte(out, quote)
    for (let at = 0; at < length; at++) {
      const byte = bytes[at] as number
      if (escapes(byte)) appendByte(out, escaper)
      appendByte(out, byte)
    }
    appendByte(out, quote)
  }
}
