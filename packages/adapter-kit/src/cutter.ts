/** Cuts a byte stream into frames; every declared length meets a ceiling before anything is gathered. */
import { type Loan, unlent } from './loans.js'

/** A view: valid until the next frame is cut. */
export interface Frame {
  type: number
  buffer: Uint8Array
  /** The header's first byte. */
  start: number
  /** One past the last byte. */
  end: number
  /** The frame was over `gather` and only its header, and what tells its type, remain; the rest was thrown away unread. */
  oversize: boolean
}

export interface FrameLayout {
  /** Bytes of a header: the length, and the type unless it stands in the payload. */
  readonly header: number
  /** Bytes of the payload that `type` reads too, where a frame has so many; left out: none. */
  readonly lead?: number
  type(buffer: Uint8Array, at: number): number
  /** Whole length, header included, as declared; below `header` when nonsense. */
  length(buffer: Uint8Array, at: number): number
  /** The most bytes that a whole frame of this type may declare; over it the connection ends. */
  ceiling(type: number): number
  /** The most bytes that are gathered to be read; over it the rest is thrown away and the frame is `oversize`. */
  gather(type: number): number
}

export type Glance = (type: number, length: number) => 'pass' | 'whole'

export interface Cut {
  /** A whole frame. `false` stops the cutting; go on with `resume`. */
  frame(frame: Frame): boolean
  /** Bytes of a frame that need not be read, as they come. */
  bytes(buffer: Uint8Array, start: number, end: number): void
}

export interface Cutter {
  /** Returns false when it stopped: the rest of the chunk is kept. */
  push(chunk: Uint8Array): boolean
  /** Where the next bytes of a frame that is gathered belong, at most those to its end: whoever reads them there pushes them from there. */
  room(): Uint8Array | undefined
  resume(): boolean
  /** Set when a declared length is impossible or over its ceiling. */
  broken(): string | undefined
  /** Part of a frame has been passed on as it came, and the rest has not come yet. */
  midFrame(): boolean
  /** Bytes kept: what the ceilings bound. */
  kept(): number
}

/** Where frames that straddle chunks are gathered. */
export interface Stores {
  /** At least `size` bytes; `wanted`: of the whole frame, as declared and not yet believed. */
  take(size: number, wanted: number): Loan
  /** It was outgrown. */
  giveBack(store: Loan): void
  /** The frame that stands in it was told. */
  told(store: Loan): void
}

const NOTHING = new Uint8Array(0)
/** Bytes of the first store of a frame. */
const LEAST = 1024
/** A store has room for as many times what has come: half a megabyte that comes in chunks of 64 KB is stored once, not in five sizes. */
const GROWTH = 16

/** Bytes of a new store where so many have come. */
export function storeSize(size: number, wanted: number): number {
  return Math.min(wanted, Math.max(GROWTH * size, LEAST))
}

/** Not filled with zeros: what was not written is never shown. */
const OWN: Stores = {
  take: (size, wanted) => unlent(storeSize(size, wanted)),
  giveBack() {},
  told() {},
}

/** Invariant: memory kept is at most twice one frame's `gather` plus one chunk, in whatever portions it comes (R30). */
export function createCutter(layout: FrameLayout, glance: Glance, out: Cut, stores: Stores = OWN): Cutter {
  const { header, lead = 0 } = layout
  const frame: Frame = { type: 0, buffer: new Uint8Array(0), start: 0, end: 0, oversize: false }
  let chunk: Uint8Array | undefined
  let at = 0
  let store: Uint8Array = NOTHING
  /** What it is; of no header. */
  let loan: Loan | undefined
  let gathered = 0
  let wanted = 0
  /** The next bytes may stand where they belong. */
  let offered = false
  /** What is wanted is a header and what tells the type. */
  let heading = false
  let passing = 0
  let skipping = 0
  let broken: string | undefined

  const emit = (buffer: Uint8Array, start: number, end: number, oversize: boolean): boolean => {
    frame.type = layout.type(buffer, start)
    frame.buffer = buffer
    frame.start = start
    frame.end = end
    frame.oversize = oversize
    return out.frame(frame)
  }

  /** Whether a frame of this type may declare this length; `broken` says why not. */
  const mayDeclare = (length: number, type: number): boolean => {
    if (length < header) broken = `declared length ${length} is impossible`
    else if (length > layout.ceiling(type)) broken = `declared length ${length} is over the ceiling`
    return broken === undefined
  }

  const take = (count: number): Uint8Array => {
    const current = chunk as Uint8Array
    const size = Math.min(count, current.length - at)
    const part = current.subarray(at, at + size)
    at += size
    return part
  }

  /** A store grows with what comes, so that no portion is too small to be kept and no length is believed in advance. */
  const makeRoom = (size: number) => {
    if (size <= store.length) return
    // A header's is left behind unsaid.
    const larger = (heading ? OWN : stores).take(size, wanted)
    larger.bytes.set(store.subarray(0, gathered))
    if (loan !== undefined) stores.giveBack(loan)
    loan = heading ? undefined : larger
    store = larger.bytes
  }

  const keep = (part: Uint8Array) => {
    makeRoom(gathered + part.length)
    // To ask any small chunk for its buffer would make one for it.
    const isThere = offered && part.buffer === store.buffer && part.byteOffset === store.byteOffset + gathered
    if (!isThere) store.set(part, gathered)
    offered = false
    gathered += part.length
  }

  /** What must be seen of a frame of this length before its type is known. */
  const telling = (length: number) => (length > header ? Math.min(length, header + lead) : header)

  /** Goes on with a frame that straddles chunks. Returns false to stop. */
  const gather = (): boolean => {
    keep(take(wanted - gathered))
    if (gathered < wanted) return true
    if (!heading) return finish()
    const length = layout.length(store, 0)
    wanted = telling(length)
    if (gathered < wanted) return true
    heading = false
    const type = layout.type(store, 0)
    return mayDeclare(length, type) && begin(store, 0, gathered, type, length)
  }

  const finish = (): boolean => {
    const whole = store.length === gathered ? store : store.subarray(0, gathered)
    const stood = loan
    store = NOTHING
    loan = undefined
    gathered = wanted = 0
    const goesOn = emit(whole, 0, whole.length, false)
    if (stood !== undefined) stores.told(stood)
    return goesOn
  }

  /** Chooses how a frame whose type is known goes on; `have` bytes of it stand at `start`. */
  const begin = (buffer: Uint8Array, start: number, end: number, type: number, length: number): boolean => {
    store = NOTHING
    gathered = wanted = 0
    if (glance(type, length) === 'pass') {
      out.bytes(buffer, start, end)
      passing = length - (end - start)
      return true
    }
    if (length > layout.gather(type)) {
      skipping = length - (end - start)
      return emit(buffer.slice(start, start + telling(length)), 0, telling(length), true)
    }
    wanted = length
    keep(buffer.subarray(start, end))
    return gathered < wanted || finish()
  }

  /** Rows come in runs: what passes unread goes on as one piece, from `start`. Returns false to stop. */
  const passOn = (buffer: Uint8Array, start: number): boolean => {
    while (buffer.length - at >= header) {
      const length = layout.length(buffer, at)
      if (length < header || length > buffer.length - at) break
      const type = layout.type(buffer, at)
      if (length > layout.gather(type) || !mayDeclare(length, type)) break
      if (glance(type, length) === 'whole') {
        const from = at
        at += length
        out.bytes(buffer, start, from)
        return emit(buffer, from, at, false)
      }
      at += length
    }
    out.bytes(buffer, start, at)
    return true
  }

  const run = (): boolean => {
    while (chunk !== undefined && broken === undefined) {
      const left = chunk.length - at
      if (left === 0) break
      if (passing > 0) {
        const size = Math.min(passing, left)
        out.bytes(chunk, at, at + size)
        passing -= size
        at += size
      } else if (skipping > 0) {
        const size = Math.min(skipping, left)
        skipping -= size
        at += size
      } else if (wanted > 0) {
        if (!gather()) return false
      } else if (left < header || left < telling(layout.length(chunk, at))) {
        wanted = left < header ? header : telling(layout.length(chunk, at))
        heading = true
      } else {
        const length = layout.length(chunk, at)
        const start = at
        const type = layout.type(chunk, start)
        if (!mayDeclare(length, type)) break
        if (length <= left && length <= layout.gather(type)) {
          at += length
          if (glance(type, length) === 'whole') {
            if (!emit(chunk, start, at, false)) return false
          } else if (!passOn(chunk, start)) return false
        } else {
          const have = Math.min(left, length)
          at += have
          if (!begin(chunk, start, start + have, type, length)) return false
        }
      }
    }
    if (broken !== undefined) return false
    chunk = undefined
    return true
  }

  return {
    push(next) {
      chunk = next
      at = 0
      return run()
    },
    room() {
      if (chunk !== undefined || heading || broken !== undefined || gathered >= wanted) return undefined
      makeRoom(gathered + 1)
      offered = true
      return store.subarray(gathered, Math.min(store.length, wanted))
    },
    resume: run,
    broken: () => broken,
    midFrame: () => passing > 0,
    kept: () => gathered + (chunk === undefined ? 0 : chunk.length - at),
  }
}
