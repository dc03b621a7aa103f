/** A spool frame: u32 length, u32 CRC-32 of the body (zlib's, big endian both), body. */
import { crc32 } from 'node:zlib'
import {
  type Body,
  DEFINITION,
  type Piece,
  putNumber,
  putPiece,
  putText,
  REFERENCE_SIZE,
  sizeOf,
} from './piece.js'

export const FRAME_HEAD = 8
/** Over this no body is written, and none is believed when read. */
export const BODY_LIMIT = 512 * 1024

/** Bytes of a body that refers to nothing, which is the most that it can take: one per character, as it is ASCII. */
export function bodySize(body: Body): number {
  let size = 0
  for (const part of body) size += sizeOf(part)
  return size
}

/** Heads the body that stands behind `offset`. Returns the offset after it. */
export function seal(into: Buffer, offset: number, end: number): number {
  const start = offset + FRAME_HEAD
  into.writeUInt32BE(end - start, offset)
  into.writeUInt32BE(crc32(into.subarray(start, end)), offset + 4)
  return end
}

/** Writes one frame at `offset`, with references to the pieces that `segment` defines. Returns the offset after it. */
export function putFrame(into: Buffer, offset: number, body: Body, segment?: number): number {
  let at = offset + FRAME_HEAD
  let last = ''
  let lastAt = 0
  for (const part of body) {
    if (typeof part === 'number') at = putNumber(into, at, part)
    else if (typeof part === 'object') at = putPiece(into, at, part, segment)
    else if (part === last) {
      // An id stands there thrice: bytes are copied faster than characters are read.
      for (let index = 0; index < part.length; index += 1) into[at + index] = into[lastAt + index] as number
      at += part.length
    } else {
      last = part
      lastAt = at
      at = putText(into, at, part)
    }
  }
  return seal(into, offset, at)
}

export function putDefinition(into: Buffer, offset: number, piece: Piece): number {
  const start = offset + FRAME_HEAD
  into[start] = DEFINITION
  into.writeUInt32BE(piece.number, start + 1)
  const end = start + REFERENCE_SIZE + into.write(piece.text, start + REFERENCE_SIZE, 'latin1')
  return seal(into, offset, end)
}

export function definitionSize(piece: Piece): number {
  return FRAME_HEAD + REFERENCE_SIZE + piece.text.length
}

export type Framed =
  | { readonly kind: 'frame'; readonly body: Buffer; readonly end: number }
  /** More bytes are needed, `need` in all from `offset`. */
  | { readonly kind: 'short'; readonly need: number }
  | { readonly kind: 'bad' }

export function readFrame(from: Buffer, offset: number): Framed {
  if (from.length - offset < FRAME_HEAD) return { kind: 'short', need: FRAME_HEAD }
  const length = from.readUInt32BE(offset)
  if (length === 0 || length > BODY_LIMIT) return { kind: 'bad' }
  const start = offset + FRAME_HEAD
  const end = start + length
  if (from.length < end) return { kind: 'short', need: FRAME_HEAD + length }
  const body = from.subarray(start, end)
  return crc32(body) === from.readUInt32BE(offset + 4) ? { kind: 'frame', body, end } : { kind: 'bad' }
}
