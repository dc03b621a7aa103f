/** Arrays masked element by element, in both formats (postgres-wire.md §5.1; manual §8.15.2). */
import {
  append,
  appendByte,
  appendText,
  type ByteWriter,
  createByteWriter,
  readInt32,
  reserve,
  writeInt32,
} from '@gatehouse/adapter-kit'
import type { CellMask } from './cell-mask.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d
const COMMA = 0x2c
const BOUNDS = 0x5b
/** MAXDIM, array.h. */
const MOST_DIMENSIONS = 6

/**
 * `constant`: the elements' type, where the mask says nothing of the value: then neither does the number of elements, and
 * the array holds the mask once.
 */
export function arrayCellMask(element: CellMask, binary: boolean, constant?: number): CellMask {
  const one = createByteWriter(256)
  if (constant !== undefined) return onceCellMask(element, binary, constant, one)
  const write = binary ? writeBinary : writeText
  return (source, start, end, out) => {
    const before = out.length
    const written = write(element, source, start, end, out, one)
    // Nothing of what cannot be read through is shown.
    if (!written) out.length = before
    return written
  }
}

function onceCellMask(element: CellMask, binary: boolean, elementOid: number, one: ByteWriter): CellMask {
  return (source, start, _end, out) => {
    one.length = 0
    if (!element(source, start, start, one)) return false
    if (!binary) {
      appendByte(out, OPEN)
      writeQuoted(one, out)
      appendByte(out, CLOSE)
      return true
    }
    // One dimension without NULLs, of one element, counted from 1.
    for (const field of [1, 0, elementOid, 1, 1, one.length]) appendInt32(out, field)
    append(out, one.bytes, 0, one.length)
    return true
  }
}

type WriteArray = (
  element: CellMask,
  source: Uint8Array,
  start: number,
  end: number,
  out: ByteWriter,
  one: ByteWriter,
) => boolean

const writeText: WriteArray = (element, source, start, end, out, one) => {
  // Bounds that are not 1 stand before: `[0:1]={…}`.
  let at = start
  if (source[start] === BOUNDS) while (at < end && source[at] !== OPEN) at += 1
  if (at >= end || source[at] !== OPEN) return false
  append(out, source, start, at)
  let depth = 0
  let failed = 0
  let shown = 0
  while (at < end) {
    const byte = source[at] as number
    if (byte === OPEN || byte === CLOSE || byte === COMMA) {
      depth += byte === OPEN ? 1 : byte === CLOSE ? -1 : 0
      appendByte(out, byte)
      at += 1
      // A mask that fits no element does not fit the array.
      if (depth === 0) return at === end && (shown > 0 || failed === 0)
      continue
    }
    const plain = byte === QUOTE ? readQuoted(source, at, end) : readBare(source, at, end)
    if (plain === undefined) return false
    const { value, next } = plain
    at = next
    if (value === undefined) {
      appendText(out, 'NULL')
      continue
    }
    one.length = 0
    if (!element(value, 0, value.length, one)) {
      appendText(out, 'NULL')
      failed += 1
      continue
    }
    shown += 1
    if (isSame(one, value)) append(out, source, plain.from, next)
    else writeQuoted(one, out)
  }
  return false
}

interface Element {
  /** Undefined: NULL. */
  readonly value: Uint8Array | undefined
  readonly from: number
  readonly next: number
}

function readQuoted(source: Uint8Array, from: number, end: number): Element | undefined {
  const value = new Uint8Array(end - from)
  let length = 0
  for (let at = from + 1; at < end; at++) {
    let byte = source[at] as number
    if (byte === QUOTE) return { value: value.subarray(0, length), from, next: at + 1 }
    if (byte === BACKSLASH) {
      at += 1
      byte = source[at] as number
    }
    value[length++] = byte
  }
  return undefined
}

function readBare(source: Uint8Array, from: number, end: number): Element | undefined {
  let at = from
  while (at < end && source[at] !== COMMA && source[at] !== CLOSE && source[at] !== OPEN) {
    if (source[at] === QUOTE || source[at] === BACKSLASH) return undefined
    at += 1
  }
  const value = source.slice(from, at)
  const isNull = value.length === 4 && Buffer.from(value).toString('latin1').toUpperCase() === 'NULL'
  return { value: isNull ? undefined : value, from, next: at }
}

function isSame(one: ByteWriter, value: Uint8Array): boolean {
  return one.length === value.length && one.bytes.compare(value, 0, value.length, 0, one.length) === 0
}

function writeQuoted(one: ByteWriter, out: ByteWriter): void {
  appendByte(out, QUOTE)
  for (let at = 0; at < one.length; at++) {
    const byte = one.bytes[at] as number
    if (byte === QUOTE || byte === BACKSLASH) appendByte(out, BACKSLASH)
    appendByte(out, byte)
  }
  appendByte(out, QUOTE)
}

/** Int32 dimensions, has NULLs, element type; per dimension size and lower bound; elements with their lengths. */
const writeBinary: WriteArray = (element, source, start, end, out) => {
  if (end - start < 12) return false
  const dimensions = readInt32(source, start)
  if (dimensions < 0 || dimensions > MOST_DIMENSIONS) return false
  const head = start + 12 + dimensions * 8
  if (head > end) return false
  let count = dimensions === 0 ? 0 : 1
  for (let each = 0; each < dimensions; each++) count *= readInt32(source, start + 12 + each * 8)
  const flagAt = out.length + 4
  append(out, source, start, head)
  let at = head
  let shown = 0
  let failed = 0
  for (let each = 0; each < count; each++) {
    if (at + 4 > end) return false
    const length = readInt32(source, at)
    const from = at + 4
    at = from + Math.max(0, length)
    if (length < -1 || at > end) return false
    const lengthAt = out.length
    appendInt32(out, -1)
    if (length >= 0 && element(source, from, at, out)) {
      writeInt32(out.bytes, lengthAt, out.length - lengthAt - 4)
      shown += 1
      continue
    }
    if (length >= 0) failed += 1
    out.length = lengthAt + 4
    writeInt32(out.bytes, flagAt, 1)
  }
  return at === end && (shown > 0 || failed === 0)
}

function appendInt32(out: ByteWriter, value: number): void {
  reserve(out, 4)
  writeInt32(out.bytes, out.length, value)
  out.length += 4
}
