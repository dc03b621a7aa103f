/** One direction's ordered way out: bytes leave when what they wait for stands in the spool, never out of turn. */
import type { Socket } from 'node:net'
import { concatBytes } from './bytes.js'
import { giveBack, type Loan } from './loans.js'

export interface Lane {
  /**
   * Sends in order; a batch that needs the spool says so by `gate`, and holds back all that comes after it. `loans`: what its bytes stand
   * in, given back once the kernel has them, and forgotten when it never gets them.
   */
  send(batch: readonly Uint8Array[], gate?: Gating, loans?: readonly Loan[]): void
  /** More is waiting than should be: whoever produces must pause until `onRoom`. */
  full(): boolean
  /** All that was sent has been taken by the kernel: none of its bytes are read any more. */
  clear(): boolean
  /** What still waits never leaves, nor does what is sent from now on. */
  drop(): void
  /** Closes once everything that was sent has left. */
  end(last?: Uint8Array): void
  /** Lets go of the socket, which stays open, once everything that was sent has left; `whole` is false when some of it never will. */
  release(then: (whole: boolean) => void): void
}

/** Calls back once the spool has what the batch waits for. */
export type Gating = (then: (result: 'written' | 'failed') => void) => void

export interface LaneEvents {
  onRoom(): void
  /** The spool could not take what these bytes waited for: they never leave. */
  onFailed(): void
}

interface Batch {
  readonly bytes: readonly Uint8Array[]
  readonly size: number
  readonly loans: readonly Loan[] | undefined
  ready: boolean
}

/** Bytes that may wait before the other side is asked to pause. */
const HIGH_WATER = 256 * 1024
/** Bytes in several parts up to which copying them into one costs less than a vectored write. */
const JOINED = 16 * 1024

function sizeOf(parts: readonly Uint8Array[]): number {
  let size = 0
  for (const part of parts) size += part.length
  return size
}

export function createLane(socket: Socket, events: LaneEvents): Lane {
  const queue: Batch[] = []
  let queued = 0
  let blocked = false
  let failed = false
  let dropped = false
  let ending: { readonly last: Uint8Array | undefined } | undefined
  let releasing: (() => void) | undefined

  const onDrain = () => {
    if (!blocked) return
    blocked = false
    events.onRoom()
  }
  socket.on('drain', onDrain)

  /** `loans`: of this and all that was written before it in one go. */
  const write = (part: Uint8Array, loans: readonly Loan[] | undefined): boolean =>
    loans === undefined
      ? socket.write(part)
      : socket.write(part, (fault) => {
          if (fault === null || fault === undefined) for (const loan of loans) giveBack(loan)
        })

  const put = (bytes: readonly Uint8Array[], loans: readonly Loan[] | undefined) => {
    if (!socket.writable) return
    let room = true
    const small = bytes.length > 1 && sizeOf(bytes) <= JOINED
    if (small) room = socket.write(concatBytes(bytes))
    else if (bytes.length === 1) room = write(bytes[0] as Uint8Array, loans)
    else {
      socket.cork()
      for (const [index, part] of bytes.entries())
        room = write(part, index === bytes.length - 1 ? loans : undefined) && room
      socket.uncork()
    }
    if (small && loans !== undefined) for (const loan of loans) giveBack(loan)
    // What the kernel took at once is gone: to pause for it would cost a turn of the loop per chunk.
    if (!room && socket.writableLength > HIGH_WATER) blocked = true
  }

  const finish = () => {
    releasing?.()
    releasing = undefined
    if (ending === undefined || socket.destroyed) return
    // Invariant: what was lost may be the rest of a message that has begun, and no word is put in its place.
    if (ending.last === undefined || failed) socket.end()
    else socket.end(ending.last)
    ending = undefined
  }

  const flush = () => {
    const wasFull = queued > HIGH_WATER
    while (queue.length > 0 && (queue[0] as Batch).ready && !failed) {
      const batch = queue.shift() as Batch
      queued -= batch.size
      put(batch.bytes, batch.loans)
    }
    if (queue.length === 0) finish()
    if (wasFull && queued <= HIGH_WATER && !blocked) events.onRoom()
  }

  return {
    send(bytes, gate, loans) {
      // Invariant: what comes behind bytes that never leave does not leave either: it would mean something else there.
      if (failed || dropped || ending !== undefined || bytes.length === 0) return
      if (gate === undefined && queue.length === 0) {
        put(bytes, loans)
        return
      }
      const batch: Batch = { bytes, size: sizeOf(bytes), loans, ready: gate === undefined }
      queue.push(batch)
      queued += batch.size
      gate?.((result) => {
        if (result === 'failed') {
          failed = true
          queue.length = 0
          queued = 0
          finish()
          events.onFailed()
          return
        }
        batch.ready = true
        flush()
      })
    },
    full: () => blocked || queued > HIGH_WATER,
    clear: () => queue.length === 0 && socket.writableLength === 0,
    drop() {
      dropped = true
      queue.length = 0
      queued = 0
    },
    end(last) {
      ending = { last }
      if (queue.length === 0) finish()
    },
    release(then) {
      releasing = () => {
        socket.off('drain', onDrain)
        then(!failed)
      }
      if (queue.length === 0) finish()
    },
  }
}
