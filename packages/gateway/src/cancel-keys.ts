/** The keys by which a connection's running statement can be cancelled from another connection (R29). */
import { timingSafeEqual } from 'node:crypto'
import type { CancelKey } from '@gatehouse/adapter-kit'

export interface CancelKeys {
  /** A key that nobody else holds; `cancel` is called when somebody shows it. */
  issue(cancel: () => Promise<void>): CancelKey & { withdraw(): void }
  /** Resolves alike, and says nothing, whether or not somebody holds the key. */
  present(processId: number, key: Uint8Array): Promise<void>
}

/** Protocol 3.0 has room for 32 bits; all of them are random. The process id, 31 bits, is random but for a worker's number. */
const KEY_BYTES = 4
/** Room for 64 workers. */
const NUMBER_BITS = 6
const NUMBER = 2 ** NUMBER_BITS - 1

/** One of several workers: its number stands in the process ids that it gives out. */
export interface AmongWorkers {
  /** From 1. */
  readonly number: number
  /** Takes a request to the worker whose number the process id holds. */
  elsewhere(processId: number, key: Uint8Array): void
}

/** From 1; of any process id, whether or not it was ever given out. */
export function workerOf(processId: number): number {
  return (processId & NUMBER) + 1
}

export function createCancelKeys(random: (size: number) => Uint8Array, among?: AmongWorkers): CancelKeys {
  const held = new Map<number, { readonly key: Uint8Array; readonly cancel: () => Promise<void> }>()

  const freeId = (): number => {
    for (;;) {
      const bytes = random(4)
      const drawn = new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0) & 0x7fffffff
      const id = among === undefined ? drawn : (drawn & ~NUMBER) | (among.number - 1)
      if (id !== 0 && !held.has(id)) return id
    }
  }

  return {
    issue(cancel) {
      const processId = freeId()
      const key = random(KEY_BYTES)
      held.set(processId, { key, cancel })
      return { processId, key, withdraw: () => held.delete(processId) }
    },
    async present(processId, key) {
      if (among !== undefined && workerOf(processId) !== among.number) {
        if (key.length === KEY_BYTES) among.elsewhere(processId, key)
        return
      }
      const holder = held.get(processId)
      if (holder === undefined || holder.key.length !== key.length) return
      if (timingSafeEqual(holder.key, key)) await holder.cancel()
    },
  }
}
