/** A stream cut into messages, and what of each must be alike whoever answers. */
import { readInt32 } from '@gatehouse/adapter-kit'
import { REDACTED } from '@gatehouse/masking'

export interface Message {
  readonly type: string
  /** Header included. */
  readonly bytes: Buffer
}

/** Gives back each whole message; keeps the rest. */
export function createSplitter(): { push(chunk: Uint8Array): Message[]; readonly rest: number } {
  let kept: Buffer = Buffer.alloc(0)
  return {
    push(chunk) {
      kept = kept.length === 0 ? Buffer.from(chunk) : Buffer.concat([kept, chunk])
      const found: Message[] = []
      let at = 0
      while (kept.length - at >= 5) {
        const size = readInt32(kept, at + 1) + 1
        if (size < 5) throw new Error(`a message of ${size} bytes`)
        if (kept.length - at < size) break
        found.push({ type: String.fromCharCode(kept[at] as number), bytes: kept.subarray(at, at + size) })
        at += size
      }
      kept = kept.subarray(at)
      return found
    },
    get rest() {
      return kept.length
    },
  }
}

/** What the server says unasked tells nothing of order. */
const UNASKED = new Set(['A', 'S', 'N'])

/** Undefined: it has no place in the order of answers. */
export function describeMessage({ type, bytes }: Message): string | undefined {
  if (UNASKED.has(type)) return undefined
  if (type === 'E') {
    const fields = bytes.subarray(5).toString('latin1').split('\0')
    const field = (letter: string) => fields.find((each) => each.startsWith(letter))?.slice(1) ?? ''
    return `E:${field('V')}:${field('C')}`
  }
  if (type === 'C') return `C:${bytes.subarray(5, -1).toString('latin1')}`
  if (type === 'Z') return `Z:${bytes.subarray(5).toString('latin1')}`
  if (type === 'D') return `D:${cells(bytes).join('|')}`
  if (type === 'd') return `d:${bytes.subarray(5).toString('latin1').trim()}`
  if (type === 'T') return `T:${bytes.subarray(5, 7).toString('hex')}`
  return type
}

function cells(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = 7; at + 4 <= bytes.length; ) {
    const length = readInt32(bytes, at)
    found.push(length < 0 ? REDACTED : bytes.subarray(at + 4, at + 4 + length).toString('latin1'))
    at += 4 + Math.max(length, 0)
  }
  return found
}
