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

class Frame implements Template {
  private readonly bytes: Buffer
  private readonly body: Uint8Array
  private readonly ids: number[] = []
  private readonly places: readonly number[][]
  /** What has as many digits as each value: from, and below. */
  private readonly least: Float64Array
  private readonly over: Float64Array
  private readonly digits: readonly number[]
  /** What stands there now. */
  private readonly values: Float64Array
  private id = ''
  private readonly idLength: number

  constructor(parts: readonly FormPart[], id: string, values: readonly number[]) {
    this.idLength = id.length
    this.values = new Float64Array(values.length).fill(-1)
    this.digits = values.map(sizeOf)
    this.over = Float64Array.from(this.digits, (digits) => 10 ** digits)
    this.least = this.over.map((over) => (over === 10 ? 0 : over / 10))
    this.places = values.map(() => [])
    const sizes = parts.map((part) => sizeIn(part, id, values))
    this.bytes = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + size, FRAME_HEAD))
    let at = FRAME_HEAD
    for (const [index, part] of parts.entries()) {
      if (typeof part === 'string') putText(this.bytes, at, part)
      else if (typeof part === 'object') {
        if (isReferred(part)) putReference(this.bytes, at, part)
        else putText(this.bytes, at, part.text)
      } else (part < 0 ? this.ids : this.places[part])?.push(at)
      at += sizes[index] as number
    }
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
    const { bytes, places, digits } = this
    if (id.length === 0 || (id !== this.id && !this.name(id))) return undefined
    for (let index = 0; index < places.length; index += 1) {
      const value = values[index] as number
      if (this.values[index] === value) continue
      this.values[index] = value
      for (const at of places[index] as number[]) putDigits(bytes, at, at + (digits[index] as number), value)
    }
    const sum = crc32(this.body)
    bytes[4] = sum >>> 24
    bytes[5] = sum >>> 16
    bytes[6] = sum >>> 8
    bytes[7] = sum
    return bytes
  }

  private name(id: string): boolean {
    const { bytes, ids } = this
    const first = ids[0] as number
    this.id = ''
    for (let index = 0; index < id.length; index += 1) {
      const code = id.charCodeAt(index)
      if (PLAIN[code] !== 1) return false
      bytes[first + index] = code
    }
    for (let index = 1; index < ids.length; index += 1)
      bytes.copyWithin(ids[index] as number, first, first + id.length)
    this.id = id
    return true
  }
}

function sizeIn(part: FormPart, id: string, values: readonly number[]): number {
  if (typeof part === 'number') return part < 0 ? id.length : sizeOf(values[part] as number)
  return typeof part === 'object' && isReferred(part) ? REFERENCE_SIZE : sizeOf(part)
}
