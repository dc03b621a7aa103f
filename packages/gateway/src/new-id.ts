/** UUID version 7 (RFC 9562 §5.7): unique, and growing within one process. */

export interface IdSources {
  /** Milliseconds since the epoch. */
  now(): number
  random(size: number): Uint8Array
}

const HEX = Buffer.from('0123456789abcdef', 'latin1')
const POOL = 4096
/** Twelve bits count within a millisecond; they begin in the lower half, so that there is room. */
const COUNTER = 0x1000
/** Where the clock's part, the counter and the random bytes stand in the text. */
const CLOCK = [0, 2, 4, 6, 9, 11] as const
const COUNTED = 15
const RANDOM = [19, 21, 24, 26, 28, 30, 32, 34] as const

/** One id is made per statement: random bytes come from a pool, the clock's part is written once per millisecond. */
export function createIds({ now, random }: IdSources): () => string {
  // As bytes: a text joined of parts is gathered anew by whoever reads it, which costs four times as much.
  const text = Buffer.from('00000000-0000-7000-8000-000000000000', 'latin1')
  let pool = random(POOL)
  let at = 0
  let last = 0
  let counter = 0
  const draw = (size: number): number => {
    if (at + size > POOL) {
      pool = random(POOL)
      at = 0
    }
    at += size
    return at - size
  }
  const write = (place: number, byte: number) => {
    text[place] = HEX[byte >>> 4] as number
    text[place + 1] = HEX[byte & 15] as number
  }
  const begin = (time: number) => {
    last = time
    const high = Math.floor(time / 2 ** 24)
    write(CLOCK[0], (high >>> 16) & 255)
    write(CLOCK[1], (high >>> 8) & 255)
    write(CLOCK[2], high & 255)
    // The lower 24 bits are exact in 32.
    const low = time - high * 2 ** 24
    write(CLOCK[3], low >>> 16)
    write(CLOCK[4], (low >>> 8) & 255)
    write(CLOCK[5], low & 255)
    const from = draw(2)
    counter = (((pool[from] as number) << 8) | (pool[from + 1] as number)) & (COUNTER / 2 - 1)
  }
  return () => {
    const time = now()
    if (time > last) begin(time)
    else {
      counter += 1
      // The clock stands still, or went back: ids grow all the same.
      if (counter === COUNTER) begin(last + 1)
    }
    text[COUNTED] = HEX[counter >>> 8] as number
    write(COUNTED + 1, counter & 255)
    const from = draw(RANDOM.length)
    write(RANDOM[0], ((pool[from] as number) & 0x3f) | 0x80)
    for (let index = 1; index < RANDOM.length; index += 1)
      write(RANDOM[index] as number, pool[from + index] as number)
    return text.toString('latin1')
  }
}
