/** Unpacks zlib streams (RFC 1950) whose size was declared, without believing it. */
import { inflateSync } from 'node:zlib'
import { GatehouseError } from '@gatehouse/core'

/** Bytes of a stream's output that are gathered at a time. */
const CHUNK = 64 * 1024

interface Inflated {
  readonly buffer: Buffer
  /** Of the input. */
  readonly engine: { readonly bytesWritten: number }
}

/**
 * The `size` bytes that `packed` holds; whoever calls has held `size` against a ceiling. Never unpacks more than that.
 * Throws `GH_WIRE` when it is no whole stream, when it holds fewer or more bytes, or when something stands behind it.
 */
export function inflateExactly(packed: Uint8Array, size: number): Buffer {
  let inflated: Inflated
  try {
    inflated = inflateSync(packed, {
      maxOutputLength: size,
      chunkSize: CHUNK,
      info: true,
    }) as unknown as Inflated
  } catch {
    throw new GatehouseError('GH_WIRE', 'compressed data is broken, or longer than it was said to be')
  }
  if (inflated.buffer.length !== size)
    throw new GatehouseError('GH_WIRE', 'compressed data is shorter than it was said to be')
  if (inflated.engine.bytesWritten !== packed.length)
    throw new GatehouseError('GH_WIRE', 'bytes behind compressed data')
  return inflated.buffer
}
