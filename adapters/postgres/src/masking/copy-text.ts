/** The rows of COPY's text format: escaped by backslashes, a bare newline always ends a row. */

import { append, appendByte, type ByteWriter, createByteWriter, reserve } from '@gatehouse/adapter-kit'
import type { CopyForm } from '@gatehouse/sql'
import type { CellMask } from './cell-mask.js'
import { type CopyRows, oneByte } from './copy-rows.js'
import { wireFault } from './wire-fault.js'

const NEWLINE = 0x0a
const BACKSLASH = 0x5c
/** Byte → letter of its escape, as the server writes them. */
const LETTERS = new Map([
  [0x08, 0x62],
  [0x0c, 0x66],
  [0x0a, 0x6e],
  [0x0d, 0x72],
  [0x09, 0x74],
  [0x0b, 0x76],
])
const CONTROLS = new Map([...LETTERS].map(([byte, letter]) => [letter, byte]))

export function textCopyRows(form: CopyForm, cells: readonly (CellMask | undefined)[]): CopyRows {
  const delimiter = oneByte('delimiter', form.delimiter)
  const nothing = Buffer.from(form.null)
  const plain = createByteWriter(1024)
  const masked = createByteWriter(1024)
  let scanned = 0
  let header = form.header

  return {
    complete: true,
    moved: (count) => {
      scanned -= count
    },
    findEnd: (bytes, _start, length) => {
      const found = bytes.subarray(scanned, length).indexOf(NEWLINE)
      scanned = found < 0 ? length : scanned + found + 1
      return found < 0 ? -1 : scanned
    },
    mask: (bytes, start, end, out) => {
      const last = end - 1
      let at = start
      let copied = start
      let column = 0
      for (; column < cells.length; column++) {
        const fieldEnd = endOfField(bytes, at, last, delimiter)
        if (fieldEnd === last ? column !== cells.length - 1 : column === cells.length - 1) break
        const mask = header ? undefined : cells[column]
        if (mask !== undefined && !isNull(bytes, at, fieldEnd)) {
          append(out, bytes, copied, at)
          maskField(mask, bytes, at, fieldEnd, out)
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

  function isNull(bytes: Buffer, start: number, end: number): boolean {
    return end - start === nothing.length && bytes.compare(nothing, 0, nothing.length, start, end) === 0
  }

  function maskField(mask: CellMask, bytes: Buffer, start: number, end: number, out: ByteWriter): void {
    plain.length = 0
    masked.length = 0
    readEscaped(bytes, start, end, plain)
    if (!mask(plain.bytes, 0, plain.length, masked)) {
      append(out, nothing, 0, nothing.length)
      return
    }
    const fieldAt = out.length
    writeEscaped(masked.bytes, masked.length, delimiter, out)
    if (isNull(out.bytes, fieldAt, out.length)) distinguish(fieldAt, out)
  }

  /** A masked value that reads like the null string: an escaped first character says that it is a value. */
  function distinguish(fieldAt: number, out: ByteWriter): void {
    const first = out.bytes[fieldAt]
    const free =
      out.length > fieldAt && first !== BACKSLASH && !/[\dbfnrtvxN]/.test(String.fromCharCode(first ?? 0))
    if (!free) return
    appendByte(out, 0)
    out.bytes.copyWithin(fieldAt + 1, fieldAt, out.length - 1)
    out.bytes[fieldAt] = BACKSLASH
  }
}

function endOfField(bytes: Buffer, start: number, end: number, delimiter: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte === delimiter) return at
    if (byte === BACKSLASH) at++
  }
  return end
}

function readEscaped(bytes: Buffer, start: number, end: number, out: ByteWriter): void {
  reserve(out, end - start)
  for (let at = start; at < end; at++) {
    let byte = bytes[at] as number
    if (byte === BACKSLASH && at + 1 < end) {
      byte = bytes[++at] as number
      byte = CONTROLS.get(byte) ?? byte
    }
    out.bytes[out.length++] = byte
  }
}

function writeEscaped(bytes: Buffer, length: number, delimiter: number, out: ByteWriter): void {
  reserve(out, length * 2)
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] as number
    const letter = LETTERS.get(byte)
    if (letter !== undefined || byte === BACKSLASH || byte === delimiter) out.bytes[out.length++] = BACKSLASH
    out.bytes[out.length++] = letter ?? byte
  }
}
