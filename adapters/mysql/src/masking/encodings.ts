/** How the bytes of a text column are characters, by the collation id of its definition (information_schema.COLLATIONS of MySQL 9.7, MariaDB 10.11). */
import { append, appendText, type ByteWriter, reserve, strictText } from '@gatehouse/adapter-kit'
import { decodeUtf8 } from '@gatehouse/masking'

export interface Encoding {
  readonly name: 'utf8' | 'single' | 'multi' | 'utf16' | 'utf16le' | 'utf32'
  /** Undefined: its characters can't be told apart. Not true characters, but `append` gives the same bytes back. */
  readonly decode: (source: Uint8Array, start: number, end: number) => string | undefined
  /** Appends what `decode` gave, or ASCII. */
  readonly append: (out: ByteWriter, text: string) => void
}

const view = (source: Uint8Array, start: number, end: number) =>
  Buffer.from(source.buffer, source.byteOffset + start, end - start)
const appendBytes = (out: ByteWriter, bytes: Uint8Array) => append(out, bytes, 0, bytes.length)

/** utf8mb3 and utf8mb4. */
export const UTF8: Encoding = {
  name: 'utf8',
  decode: decodeUtf8,
  append: appendText,
}

function appendLatin1(out: ByteWriter, text: string): void {
  reserve(out, text.length)
  out.length += out.bytes.write(text, out.length, 'latin1')
}

/** One byte each, and ASCII as ASCII (swe7 but for its signs). */
const SINGLE: Encoding = {
  name: 'single',
  decode: (source, start, end) => view(source, start, end).toString('latin1'),
  append: appendLatin1,
}

/** A byte that looks like ASCII may be half a character. */
const MULTI: Encoding = {
  name: 'multi',
  decode: (source, start, end) =>
    isAscii(source, start, end) ? SINGLE.decode(source, start, end) : undefined,
  append: SINGLE.append,
}

/** ucs2 too. Big-endian. */
const UTF16: Encoding = {
  name: 'utf16',
  decode: (source, start, end) =>
    (end - start) % 2 === 0
      ? Buffer.from(source.subarray(start, end)).swap16().toString('utf16le')
      : undefined,
  append: (out, text) => appendBytes(out, Buffer.from(text, 'utf16le').swap16()),
}

const UTF16LE: Encoding = {
  name: 'utf16le',
  decode: (source, start, end) =>
    (end - start) % 2 === 0 ? view(source, start, end).toString('utf16le') : undefined,
  append: (out, text) => appendBytes(out, Buffer.from(text, 'utf16le')),
}

const UTF32: Encoding = {
  name: 'utf32',
  decode: decodeUtf32,
  append: (out, text) => {
    const points = Array.from(text, (character) => character.codePointAt(0) ?? 0)
    const bytes = Buffer.alloc(points.length * 4)
    for (const [at, point] of points.entries()) bytes.writeUInt32BE(point, at * 4)
    appendBytes(out, bytes)
  },
}

function decodeUtf32(source: Uint8Array, start: number, end: number): string | undefined {
  if ((end - start) % 4 !== 0) return undefined
  const bytes = view(source, start, end)
  const points: string[] = []
  for (let at = 0; at < bytes.length; at += 4) {
    const point = bytes.readUInt32BE(at)
    if (point > 0x10ffff) return undefined
    points.push(String.fromCodePoint(point))
  }
  return points.join('')
}

export function isAscii(source: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((source[at] as number) >= 0x80) return false
  return true
}

/** Inclusive. MariaDB's NO PAD twins are 1024 further on, and handled so below. */
const RANGES: readonly (readonly [Encoding, readonly (number | readonly [number, number])[]])[] = [
  [UTF8, [33, 45, 46, 76, 83, [192, 215], [223, 247], [255, 323], [576, 578], [608, 610], [2048, 2559]]],
  [MULTI, [1, 12, 13, 19, 24, 28, [84, 88], 91, [95, 98], [248, 250]]],
  [UTF16, [35, 54, 55, 90, [101, 124], [128, 151], 159, [640, 642], [672, 674], [2560, 3071]]],
  [UTF16LE, [56, 62]],
  [UTF32, [60, 61, [160, 183], [736, 738], [3072, 3327]]],
  [
    SINGLE,
    [
      ...([[2, 11], [14, 16], 18, [20, 23], 25, 26, [29, 32], 34, [36, 44], [47, 53]] as const),
      ...([[57, 59], [64, 75], [77, 82], 89, [92, 94], 99] as const),
    ],
  ],
]

const byCollation = new Map<number, Encoding>()
for (const [encoding, ranges] of RANGES)
  for (const range of ranges) {
    const [first, last] = typeof range === 'number' ? [range, range] : range
    for (let id = first; id <= last; id++) byCollation.set(id, encoding)
  }

const NO_PAD = 1024

/** Undefined: binary, or a collation that is not known. */
export function encodingOf(collation: number): Encoding | undefined {
  const id = collation >= NO_PAD && collation < 2 * NO_PAD ? collation - NO_PAD : collation
  return byCollation.get(id)
}

/**
 * JSON is sent in `character_set_results` like text, but its definition says binary: so its first characters tell, which are
 * ASCII (RFC 4627 §3).
 */
export function encodingOfJson(source: Uint8Array, start: number, end: number): Encoding {
  const second = end - start > 1 ? source[start + 1] : undefined
  if (source[start] === 0) return second === 0 ? UTF32 : UTF16
  if (second === 0) return UTF16LE
  if (isAscii(source, start, end)) return UTF8
  return strictText(source.subarray(start, end)) === undefined ? MULTI : UTF8
}
