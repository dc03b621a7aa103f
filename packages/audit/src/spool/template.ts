/** The last record of its form whose numbers had as many digits, as a frame: copied whole once what differs is patched. */
import { crc32 } from 'node:zlib'
import { PLAIN } from '../ocsf/token.js'
import { FRAME_HEAD } from './frame.js'
import {
  isPlain,
  isReferred,
  type Piece,
  putDigits,
  putReference,
  putText,
  REFERENCE_SIZE,
  sizeOf,
} from './piece.js'

/** As in a form: texts, what is referred to, places of values, and the id below zero. */
export type FormPart = string | Piece | number

export interface Template {
  fits(id: string, values: readonly number[]): boolean
  /** A view that the next call overwrites. Undefined when the id is no token as it is. */
  patched(id: string, values: readonly number[]): Uint8Array | undefined
}

/** Undefined when a number is none that it can write. */
export function createTemplate(
  parts: readonly FormPart[],
  id: string,
  values: readonly number[],
): Template | undefined {
  return values.every(isPlain) ? new Frame(parts, id, values) : undefined
}

/** Numbers that come after one another differ in their last digits: those alone are written anew. */
const TAIL = 10 ** 4

/** Plain arrays: small typed ones are an object and a store each, which a cold cache has to fetch both. */
class Frame implements Template {
  private readonly bytes: Buffer
  private readonly body: Uint8Array
  private readonly ids: number[] = []
  /** One past the last digit of each place; those of value `n` from `first[n]` on. */
  private readonly ends: number[] = []
  private readonly first: number[] = []
  /** What has as many digits as each value: from, and below. */
  private readonly least: number[]
  private readonly over: number[]
  private readonly digits: readonly number[]
  /** What stands there now, and what of it stands before the last digits. */
  private readonly values: number[]
  private readonly heads: number[]
  private id = ''
  private readonly idLength: number

  constructor(parts: readonly FormPart[], id: string, values: readonly number[]) {
    this.idLength = id.length
    this.values = values.map(() => -1)
    this.heads = values.map(() => Number.NEGATIVE_INFINITY)
    this.digits = values.map(sizeOf)
    this.over = this.digits.map((digits) => 10 ** digits)
    this.least = this.over.map((over) => (over === 10 ? 0 : over / 10))
    const places: number[][] = values.map(() => [])
    const sizes = parts.map((part) => sizeIn(part, id, values))
    this.bytes = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + size, FRAME_HEAD))
    let at = FRAME_HEAD
    for (const [index, part] of parts.entries()) {
      const end = at + (sizes[index] as number)
      if (typeof part === 'string') putText(this.bytes, at, part)
      else if (typeof part === 'object') {
        if (isReferred(part)) putReference(this.bytes, at, part)
        else putText(this.bytes, at, part.text)
      } else if (part < 0) this.ids.push(at)
      else places[part]?.push(end)
      at = end
    }
    for (const each of places) {
      this.first.push(this.ends.length)
      this.ends.push(...each)
    }
    this.first.push(this.ends.length)
    this.body = this.bytes.subarray(FRAME_HEAD)
    this.bytes.writeUInt32BE(this.body.length)
  }

  fits(id: string, values: readonly number[]): boolean {
    const { least, over } = this
    for (let index = 0; index < over.length; index += 1) {
      const value = values[index] as number
      if (!(value >= (least[index] as number) && value < (over[index] as number))) return false
    }
    return id.length === this.idLength
  }

  patched(id: string, values: readonly number[]): Uint8Array | undefined {
    const { bytes, digits } = this
    if (id.length === 0 || (id !== this.id && !this.name(id))) return undefined
    for (let index = 0; index < digits.length; index += 1) {
      const value = values[index] as number
      if (this.values[index] !== value) this.put(index, value)
    }
    const sum = crc32(this.body)
    bytes[4] = sum >>> 24
    bytes[5] = sum >>> 16
    bytes[6] = sum >>> 8
    bytes[7] = sum
    return bytes
  }

  private put(index: number, value: number): void {
    const { bytes, ends } = this
    const digits = this.digits[index] as number
    const from = this.first[index] as number
    const to = this.first[index + 1] as number
    this.values[index] = value
    let tail = value - (this.heads[index] as number)
    if (!(tail >= 0 && tail < TAIL)) {
      const head = Math.floor(value / TAIL) * TAIL
      this.heads[index] = head
      for (let at = from; at < to; at += 1) {
        const end = ends[at] as number
        putDigits(bytes, end - digits, end, value)
      }
      return
    }
    tail |= 0
    const ones = 48 + (tail % 10)
    tail = (tail / 10) | 0
    const tens = 48 + (tail % 10)
    tail = (tail / 10) | 0
    const hundreds = 48 + (tail % 10)
    const thousands = 48 + ((tail / 10) | 0)
    for (let at = from; at < to; at += 1) {
      const end = ends[at] as number
      bytes[end - 1] = ones
      if (digits > 1) bytes[end - 2] = tens
      if (digits > 2) bytes[end - 3] = hundreds
      if (digits > 3) bytes[end - 4] = thousands
    }
  }

  private name(id: string): boolean {
    const { bytes, ids } = this
    // A record has it thrice.
    const one = ids[0] as number
    const two = ids.length > 1 ? (ids[1] as number) : one
    const three = ids.length > 2 ? (ids[2] as number) : one
    this.id = ''
    for (let index = 0; index < id.length; index += 1) {
      const code = id.charCodeAt(index)
      if (PLAIN[code] !== 1) return false
      bytes[one + index] = bytes[two + index] = bytes[three + index] = code
    }
    for (let more = 3; more < ids.length; more += 1)
      bytes.copyWithin(ids[more] as number, one, one + id.length)
    this.id = id
    return true
  }
}

function sizeIn(part: FormPart, id: string, values: readonly number[]): number {
  if (typeof part === 'number') return part < 0 ? id.length : sizeOf(values[part] as number)
  return typeof part === 'object' && isReferred(part) ? REFERENCE_SIZE : sizeOf(part)
}
