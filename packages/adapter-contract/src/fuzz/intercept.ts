/** Two ends of a sign-in, and somebody in between who spoils what one of them says. */
import { createWire, type Wire } from '@gatehouse/adapter-kit'
import { type Dice, pick } from './dice.js'
import { createMemorySocket, type MemorySocket } from './memory-socket.js'
import { KNOWN } from './porch.js'

export interface Ends<Result> {
  /** Whom it is tried on. */
  attacked(wire: Wire): Promise<Result>
  /** Who speaks with it, and is overheard. */
  overheard(wire: Wire): Promise<unknown>
  /** What may come in the place of what was said. */
  readonly foreign: readonly Uint8Array[]
  /** Makes it look as if it were in order there. */
  fit?(foreign: Buffer, said: Uint8Array): void
}

export interface Interception<Result> {
  /** What the attacked end came to; undefined where it threw. */
  readonly result: Result | undefined
  readonly fault: unknown
  /** What was done to it; undefined: nothing yet when all was over. */
  readonly spoiled: string | undefined
  /** Pieces that were said to it. */
  readonly frames: number
  readonly settled: boolean
}

/** Turns of the loop without a byte after which nobody says any more; keys are derived by threads of their own meanwhile. */
const SILENCE = 40
/** Likewise, where nothing was spoiled: a busy machine takes its time. */
const LOST = 20_000
const DEADLINE = 60_000
/** A name as long as the one that is known. */
const OTHER = 'bob'
const SIZES = [0, 1, 3, 4, 5, 8, 15, 16, 255, 0xffff, 0xffffff, 0x7fffffff, 0xffffffff]

const turn = () => new Promise((resolve) => setTimeout(resolve, 1))

/** `at`: which piece of what is said is spoiled; beyond the last, none is. */
export async function intercept<Result>(
  dice: Dice,
  at: number,
  ends: Ends<Result>,
): Promise<Interception<Result>> {
  const [near, far] = [createMemorySocket(), createMemorySocket()]
  let over = 0
  let result: Result | undefined
  let fault: unknown
  const end = () => {
    over += 1
  }
  let isOver = false
  const talks = [
    ends
      .attacked(createWire(near.socket))
      .then(
        (told) => {
          result = told
        },
        (thrown: unknown) => {
          fault = thrown
        },
      )
      .finally(() => {
        isOver = true
        end()
      }),
    ends.overheard(createWire(far.socket)).then(end, end),
  ]
  let said = 0
  let spoiled: string | undefined
  let leaves = false
  let toNear: Uint8Array = new Uint8Array(0)
  let toFar: Uint8Array = new Uint8Array(0)
  const slices = pick(dice, [1, 7, 60, 65_536])
  /** As much as comes in one go; what is left. */
  const deliver = (socket: MemorySocket, bytes: Uint8Array): Uint8Array => {
    const size = Math.min(bytes.length, 1 + dice(slices))
    return socket.deliver(bytes.subarray(0, size)) ? bytes.subarray(size) : bytes
  }
  const step = (): boolean => {
    for (const piece of far.take()) {
      const isHit = said === at
      said += 1
      if (leaves) continue
      if (!isHit) toNear = Buffer.concat([toNear, piece])
      else {
        const lie = spoil(dice, piece, otherFor(dice, piece, ends))
        spoiled = lie.how
        leaves = lie.leaves
        toNear = Buffer.concat([toNear, lie.bytes])
      }
    }
    toFar = Buffer.concat([toFar, ...near.take()])
    const before = toNear.length + toFar.length
    if (toNear.length > 0) toNear = deliver(near, toNear)
    if (toFar.length > 0) toFar = deliver(far, toFar)
    if (toFar.length === 0 && near.ended) far.finish()
    if (toNear.length === 0 && (leaves || far.ended)) near.finish()
    return toNear.length + toFar.length < before
  }
  // Where nothing is spoiled, the attacked end comes to something; where something is, both may wait in vain.
  const waits = () => spoiled === undefined && !isOver
  for (let silent = 0; over < talks.length && silent < (waits() ? LOST : SILENCE); ) {
    if (step()) {
      silent = 0
      await Promise.resolve()
    } else {
      silent += 1
      await turn()
    }
  }
  for (const socket of [near, far]) {
    socket.finish()
    socket.close()
  }
  const limit = new Promise((resolve) => setTimeout(resolve, DEADLINE).unref())
  const settled = await Promise.race([Promise.all(talks).then(() => true), limit.then(() => false)])
  return { result, fault, spoiled, frames: said, settled }
}

interface Lie {
  readonly how: string
  readonly bytes: Uint8Array
  /** Nothing comes behind it. */
  readonly leaves: boolean
}

function otherFor(dice: Dice, piece: Uint8Array, { foreign, fit }: Pick<Ends<unknown>, 'foreign' | 'fit'>) {
  const other = Buffer.from(pick(dice, foreign))
  if (dice(3) > 0) fit?.(other, piece)
  return other
}

function spoil(dice: Dice, piece: Uint8Array, other: Uint8Array): Lie {
  const bytes = Buffer.from(piece)
  const told = (how: string, lie: Uint8Array, leaves = false): Lie => ({ how, bytes: lie, leaves })
  switch (dice(12)) {
    case 0:
      return told('cut', bytes.subarray(0, dice(bytes.length)), true)
    case 1:
      return told('dropped', new Uint8Array(0))
    case 2:
      return told('twice', Buffer.concat([bytes, bytes]))
    case 3:
      return told('another in its place', other)
    case 4:
      return told('another before it', Buffer.concat([other, bytes]))
    case 5:
      return told('another behind it', Buffer.concat([bytes, other]))
    case 6: {
      const from = dice(Math.max(1, bytes.length - 4))
      if (bytes.length < 4) return told('dropped', new Uint8Array(0))
      if (dice(2) === 0) bytes.writeUInt32BE(pick(dice, SIZES), from)
      else bytes.writeUInt32LE(pick(dice, SIZES), from)
      return told(`a length at ${from}`, bytes)
    }
    case 7: {
      const from = dice(bytes.length)
      return told('shorter', Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + dice(9))]))
    }
    case 8:
    case 9:
    case 10: {
      const named = bytes.indexOf(KNOWN)
      if (named >= 0) bytes.write(OTHER, named)
      return told('another name', bytes)
    }
    default:
      for (let flaws = 1 + dice(4); flaws > 0; flaws -= 1) bytes[dice(bytes.length)] = dice(256)
      return told('flaws', bytes)
  }
}
