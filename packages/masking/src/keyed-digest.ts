/** HMAC-SHA-256 under one key (RFC 2104), by one-shot hashes: an object per value costs more than the hashing of it. */
import { createHmac, hash } from 'node:crypto'

/** Bytes of a block of SHA-256, and of its digest. */
const BLOCK = 64
const DIGEST = 32
/** Bytes of a value; longer ones are worth an object. */
const LONGEST = 1024
/** Bytes that one character of a text has at most. */
const WIDEST = 3

/** One digest is taken at a time; whose pad stands in front is remembered. */
const inner = Buffer.alloc(BLOCK + LONGEST)
let standing: Uint8Array | undefined

/** `key` of at most 64 bytes; a text is taken in UTF-8. Answers 32 bytes of the caller's own. */
export function keyedDigest(key: Uint8Array): (value: Uint8Array | string) => Uint8Array {
  const padded = (mask: number) => {
    const block = new Uint8Array(BLOCK).fill(mask)
    for (const [at, byte] of key.entries()) block[at] = byte ^ mask
    return block
  }
  const innerPad = padded(0x36)
  const outer = Buffer.concat([padded(0x5c), Buffer.alloc(DIGEST)])
  return (value) => {
    const isText = typeof value === 'string'
    if (value.length * (isText ? WIDEST : 1) > LONGEST)
      return createHmac('sha256', key).update(value).digest()
    if (standing !== innerPad) inner.set(innerPad)
    standing = innerPad
    let end = BLOCK
    if (isText) end += inner.write(value, BLOCK, 'utf8')
    else {
      inner.set(value, BLOCK)
      end += value.length
    }
    // As a string it comes back without a buffer of its own.
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK, 'latin1')
    return hash('sha256', outer, 'buffer')
  }
}
