/** Replies owed by the upstream, in order: a ring that grows by doubling and never shrinks below its use. */

export interface Ledger<Entry> {
  readonly size: number
  push(entry: Entry): void
  /** The entry that the next reply belongs to. */
  readonly head: Entry | undefined
  pop(): Entry | undefined
  /** 0 is the head. */
  at(index: number): Entry | undefined
  /** Takes out one entry that was never owed after all. */
  remove(index: number): void
}

export function createLedger<Entry>(): Ledger<Entry> {
  let ring: (Entry | undefined)[] = new Array(16)
  let first = 0
  let size = 0

  const grow = () => {
    const bigger: (Entry | undefined)[] = new Array(ring.length * 2)
    for (let index = 0; index < size; index += 1) bigger[index] = ring[(first + index) & (ring.length - 1)]
    ring = bigger
    first = 0
  }

  return {
    get size() {
      return size
    },
    push(entry) {
      if (size === ring.length) grow()
      ring[(first + size) & (ring.length - 1)] = entry
      size += 1
    },
    get head() {
      return size === 0 ? undefined : ring[first]
    },
    pop() {
      if (size === 0) return undefined
      const entry = ring[first]
      ring[first] = undefined
      first = (first + 1) & (ring.length - 1)
      size -= 1
      return entry
    },
    at(index) {
      return index < 0 || index >= size ? undefined : ring[(first + index) & (ring.length - 1)]
    },
    remove(index) {
      if (index < 0 || index >= size) return
      const mask = ring.length - 1
      for (let slot = index; slot + 1 < size; slot += 1)
        ring[(first + slot) & mask] = ring[(first + slot + 1) & mask]
      ring[(first + size - 1) & mask] = undefined
      size -= 1
    },
  }
}
