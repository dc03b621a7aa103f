/** What many records repeat (a session's, a plan's, a decision's part) stands once in a segment; records refer to it. */

export interface Piece {
  /** Printable ASCII. */
  readonly text: string
  /** Names it, in this process, for good. */
  readonly number: number
  /** The text's, once it was written as it is; of short ones alone. */
  bytes: Uint8Array | undefined
  /** The last segment that defines it, and the last batch that refers to it; the batch keeps both. */
  segment: number
  batch: number
  /** It was written before: what is said once is not worth a definition. */
  repeats: boolean
}

/**
 * Consecutive pieces of printable ASCII (but for the line end after the envelope): joined in the spool's buffer. Numbers are
 * whole ones, written in decimals.
 */
export type Body = readonly Part[]
export type Part = string | number | Piece

/** A reference: this byte, which no record holds, and the piece's number, u32 big endian. */
export const REFERENCE = 0x02
export const REFERENCE_SIZE = 5
/** A definition's body: this byte, the number, the text. */
export const DEFINITION = 0x50

export function createPieces(): (text: string) => Piece {
  let last = 0
  return (text) => {
    last += 1
    return { text, number: last, bytes: undefined, segment: -1, batch: -1, repeats: false }
  }
}

export function textOf(part: Part): string {
  return typeof part === 'object' ? part.text : String(part)
}

const POWERS = Array.from({ length: 15 }, (_, index) => 10 ** (index + 1))

/** Characters of a part that refers to nothing. */
export function sizeOf(part: Part): number {
  if (typeof part === 'string') return part.length
  if (typeof part === 'object') return part.text.length
  if (!isPlain(part)) return String(part).length
  let digits = 1
  while (part >= (POWERS[digits - 1] as number)) digits += 1
  return digits
}

/** Short ones are copied here: to call the buffer costs more. */
const LONG = 64

/** Shorter ones are not worth a reference. */
const SHORT = 32

export function isReferred({ text }: Piece): boolean {
  return text.length >= SHORT
}

/** Returns the offset after it. */
export function putReference(into: Buffer, at: number, { number }: Piece): number {
  into[at] = REFERENCE
  into[at + 1] = number >>> 24
  into[at + 2] = number >>> 16
  into[at + 3] = number >>> 8
  into[at + 4] = number
  return at + REFERENCE_SIZE
}

/** A reference where `segment` defines it, else the text. Returns the offset after it. */
export function putPiece(into: Buffer, at: number, piece: Piece, segment: number | undefined): number {
  const { text } = piece
  if (piece.segment === segment) return putReference(into, at, piece)
  if (text.length > LONG) return putText(into, at, text)
  piece.bytes ??= Buffer.from(text, 'latin1')
  const { bytes } = piece
  for (let index = 0; index < bytes.length; index += 1) into[at + index] = bytes[index] as number
  return at + bytes.length
}

export function putText(into: Buffer, at: number, text: string): number {
  if (text.length > LONG) return at + into.write(text, at, 'latin1')
  for (let index = 0; index < text.length; index += 1) into[at + index] = text.charCodeAt(index)
  return at + text.length
}

/** Halves are small integers, which divide far faster than what a clock says. */
const HALF = 10 ** 7

export function putNumber(into: Buffer, at: number, value: number): number {
  if (!isPlain(value)) return putText(into, at, String(value))
  const end = at + sizeOf(value)
  putDigits(into, at, end, value)
  return end
}

/** A plain number of so many digits. */
export function putDigits(into: Buffer, at: number, end: number, value: number): void {
  // A remainder of what is no small integer is a call into the runtime.
  let high = value < HALF ? 0 : Math.floor(value / HALF) | 0
  let rest = (value - high * HALF) | 0
  for (let last = end - 1; last >= at; last -= 1) {
    into[last] = 48 + (rest % 10)
    rest = (rest / 10) | 0
    if (end - last === 7) {
      rest = high
      high = 0
    }
  }
}

/** Digits alone, as many as `POWERS` tells. */
export function isPlain(value: number): boolean {
  return value >= 0 && value < 1e15
}

export interface Definitions {
  /** Remembers a definition; false when the body is none. */
  take(body: Buffer): boolean
  /** The body with every reference resolved; undefined when one leads nowhere. */
  expand(body: Buffer): Buffer | undefined
}

/** One segment's definitions, as far as it was read. */
export function createDefinitions(): Definitions {
  const texts = new Map<number, Buffer>()
  return {
    take(body) {
      if (body[0] !== DEFINITION || body.length < REFERENCE_SIZE) return false
      texts.set(body.readUInt32BE(1), Buffer.from(body.subarray(REFERENCE_SIZE)))
      return true
    },
    expand(body) {
      let at = body.indexOf(REFERENCE)
      if (at < 0) return body
      const parts: Buffer[] = []
      let from = 0
      for (; at >= 0; at = body.indexOf(REFERENCE, from)) {
        const text = body.length - at < REFERENCE_SIZE ? undefined : texts.get(body.readUInt32BE(at + 1))
        if (text === undefined) return undefined
        parts.push(body.subarray(from, at), text)
        from = at + REFERENCE_SIZE
      }
      return Buffer.concat([...parts, body.subarray(from)])
    },
  }
}
