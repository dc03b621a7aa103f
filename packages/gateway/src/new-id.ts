/** UUID version 7 (RFC 9562 §5.7): unique, and growing within one process. */

export interface IdSources {
  /** Milliseconds since the epoch. */
  now(): number
  random(size: number): Uint8Array
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const POOL = 4096
/** Twelve bits count within a millisecond; they begin in the lower half, so that there is room. */
const COUNTER = 0x1000

/** One id is made per statement: random bytes come from a pool, the clock's part is formatted once per millisecond. */
export function createIds({ now, random }: IdSources): () => string {
  let pool = random(POOL)
  let at = 0
  let last = 0
  let head = ''
  let counter = 0
  const draw = (size: number): number => {
    if (at + size > POOL) {
      pool = random(POOL)
      at = 0
    }
    at += size
    return at - size
  }
  const begin = (time: number) => {
    last = time
    const hex = time.toString(16).padStart(12, '0')
    head = `${hex.slice(0, 8)}-${hex.slice(8)}-7`
    const from = draw(2)
    counter = (((pool[from] as number) << 8) | (pool[from + 1] as number)) & (COUNTER / 2 - 1)
  }
  const hex = (index: number) => HEX[pool[index] as number] as string
  return () => {
    const time = now()
    if (time > last) begin(time)
    else {
      counter += 1
      // The clock stands still, or went back: ids grow all the same.
      if (counter === COUNTER) begin(last + 1)
    }
    const from = draw(8)
    const variant = HEX[((pool[from] as number) & 0x3f) | 0x80] as string
    const tail = `${hex(from + 2)}${hex(from + 3)}${hex(from + 4)}${hex(from + 5)}${hex(from + 6)}${hex(from + 7)}`
    return `${head}${counter.toString(16).padStart(3, '0')}-${variant}${hex(from + 1)}-${tail}`
  }
}
