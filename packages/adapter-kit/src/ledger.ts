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
  return new Ring<Entry>()
}

/** A class: getters of an object literal make it a dictionary, and each look at it a search (docs/performance.md). */
class Ring<Entry> implements Ledger<Entry> {
  size = 0
  private ring: (Entry | undefined)[] = new Array(16).fill(undefined)
  private first = 0

  get head(): Entry | undefined {
    return this.size === 0 ? undefined : this.ring[this.first]
  }

  push(entry: Entry): void {
    if (this.size === this.ring.length) this.grow()
    this.ring[(this.first + this.size) & (this.ring.length - 1)] = entry
    this.size += 1
  }

  pop(): Entry | undefined {
    if (this.size === 0) return undefined
    const entry = this.ring[this.first]
    this.ring[this.first] = undefined
    this.first = (this.first + 1) & (this.ring.length - 1)
    this.size -= 1
    return entry
  }

  at(index: number): Entry | undefined {
    return index < 0 || index >= this.size
      ? undefined
      : this.ring[(this.first + index) & (this.ring.length - 1)]
  }

  remove(index: number): void {
    if (index < 0 || index >= this.size) return
    const mask = this.ring.length - 1
    for (let slot = index; slot + 1 < this.size; slot += 1)
      this.ring[(this.first + slot) & mask] = this.ring[(this.first + slot + 1) & mask]
    this.ring[(this.first + this.size - 1) & mask] = undefined
    this.size -= 1
  }

  private grow(): void {
    const bigger: (Entry | undefined)[] = new Array(this.ring.length * 2).fill(undefined)
    for (let index = 0; index < this.size; index += 1) bigger[index] = this.at(index)
    this.ring = bigger
    this.first = 0
  }
}
