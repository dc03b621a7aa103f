/** HMAC-SHA-256 under one key (RFC 2104), by one-shot hashes: an object per value costs more than the hashing of it. */
import { createHmac, hash } from 'node:crypto'

/** Bytes of a block of SHA-256, and of its digest. */
const BLOCK = 64
const DIGEST = 32
/** Bytes of a value; longer ones are worth an object. */
const LONGEST = 1024
/** Bytes that one character of a text has at most. */
const WIDEST = 3
/** Bytes that a loop copies faster than a view and a native call. */
const SMALL = 96

/** One digest is taken at a time; whose pad stands in front is remembered. */
const inner = Buffer.alloc(BLOCK + LONGEST)
let standing: Uint8Array | undefined
/** What is hashed of `inner`, by its length: a view costs as much as the hashing of a block. */
const views: (Uint8Array | undefined)[] = []

/** Of the whole value, or of its bytes `[start … end)`; a text is taken in UTF-8. Answers 32 bytes of the caller's own. */
export type Digest = (value: Uint8Array | string, start?: number, end?: number) => Uint8Array

/** `key` of at most 64 bytes. */
export function keyedDigest(key: Uint8Array): Digest {
  const padded = (mask: number) => {
    const block = new Uint8Array(BLOCK).fill(mask)
    for (const [at, byte] of key.entries()) block[at] = byte ^ mask
    return block
  }
  const innerPad = padded(0x36)
  const outer = Buffer.concat([padded(0x5c), Buffer.alloc(DIGEST)])
  return (value, start = 0, end = value.length) => {
    const isText = typeof value === 'string'
    if ((end - start) * (isText ? WIDEST : 1) > LONGEST)
      return createHmac('sha256', key)
        .update(isText ? value : value.subarray(start, end))
        .digest()
    if (standing !== innerPad) inner.set(innerPad)
    standing = innerPad
    const size = BLOCK + (isText ? inner.write(value, BLOCK, 'utf8') : put(value, start, end))
    views[size] ??= inner.subarray(0, size)
    // As a string of bytes it comes back without a buffer of its own.
    putDigest(outer, BLOCK, hash('sha256', views[size], 'binary'))
    const digest = new Uint8Array(DIGEST)
    putDigest(digest, 0, hash('sha256', outer, 'binary'))
    return digest
  }
}

function put(value: Uint8Array, start: number, end: number): number {
  const size = end - start
  if (size > SMALL) inner.set(value.subarray(start, end), BLOCK)
  else for (let at = 0; at < size; at += 1) inner[BLOCK + at] = value[start + at] as number
  return size
}

function putDigest(target: Uint8Array, from: number, digest: string): void {
  for (let at = 0; at < DIGEST; at += 1) target[from + at] = digest.charCodeAt(at)
}
