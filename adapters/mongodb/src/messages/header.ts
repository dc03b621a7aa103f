/** The header that every message begins with (MongoDB manual, "Wire Protocol", MsgHeader). */
import { int32At, putInt32 } from '../bson/index.js'

/** Bytes. */
export const HEADER = 16

export const OPCODE = {
  REPLY: 1,
  UPDATE: 2001,
  INSERT: 2002,
  QUERY: 2004,
  GET_MORE: 2005,
  DELETE: 2006,
  KILL_CURSORS: 2007,
  COMPRESSED: 2012,
  MSG: 2013,
} as const

export interface Header {
  /** Of the whole message, this header included. */
  readonly length: number
  readonly requestId: number
  /** The request that this answers; 0 in a request. */
  readonly responseTo: number
  readonly opCode: number
}

/** Sixteen bytes must stand there. */
export function readHeader(source: Uint8Array, at = 0): Header {
  return {
    length: int32At(source, at),
    requestId: int32At(source, at + 4),
    responseTo: int32At(source, at + 8),
    opCode: int32At(source, at + 12),
  }
}

export function putHeader(target: Uint8Array, at: number, header: Header): void {
  putInt32(target, at, header.length)
  putInt32(target, at + 4, header.requestId)
  putInt32(target, at + 8, header.responseTo)
  putInt32(target, at + 12, header.opCode)
}
