/** A spool frame: u32 length, u32 CRC-32 of the body (zlib's, big endian both), body. */
import { crc32 } from 'node:zlib'
import type { Body } from '../ocsf/statement-writer.js'

export const FRAME_HEAD = 8
/** Over this no body is written, and none is believed when read. */
export const BODY_LIMIT = 512 * 1024

/** One byte per character: a body is ASCII. */
export function bodySize(body: Body): number {
  let size = 0
  for (const piece of body) size += piece.length
  return size
}

/** Writes one frame at `offset`. Returns the offset after it. */
export function putFrame(into: Buffer, offset: number, body: Body): number {
  const start = offset + FRAME_HEAD
  let end = start
  for (const piece of body) end += into.write(piece, end, 'latin1')
  into.writeUInt32BE(end - start, offset)
  into.writeUInt32BE(crc32(into.subarray(start, end)), offset + 4)
  return end
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
