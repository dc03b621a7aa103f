/** Reads a socket into one buffer that all connections share, past the stream: no slab of 64 KB and no event per read. */
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import { TLSSocket } from 'node:tls'
import { giveBack, type Loan, lend } from './loans.js'

export interface Reading {
  /** Writes and ends; what reads it is here alone. */
  readonly socket: Socket
  /** While it may not, chunks wait, and the peer is held back once enough do: until then its end is noticed, and its reset. */
  flow(may: boolean): void
  /** Reads no more; whoever has the socket next gets what comes, and what waits, as its `data` once it resumes it. */
  release(): void
}

export interface ReadingEvents {
  /** Whoever is told may keep the bytes. */
  bytes(chunk: Uint8Array): void
  /** Where the next bytes belong, if somebody has a place for them: they are told from there. */
  room?(): Uint8Array | undefined
  /**
   * Told in place of `bytes` where much comes; the loan that they stand in is for whoever is told to give back. False: somebody may have them
   * for long, or for good.
   */
  borrow?(part: Uint8Array, loan: Loan): boolean
  /** The peer says no more, and all that it said was told. */
  end(): void
}

const SIZE = 64 * 1024
/** Every read is over before the next begins: one buffer does for all. */
const SHARED = Buffer.allocUnsafeSlow(SIZE)
/** Up to this, bytes are copied here: to call the buffer costs more. */
const SHORT = 128
/** From this on a place of somebody's own is worth reading to. */
const LONG = 4096
/** From this on bytes are read into a buffer that is lent: no copy, and no memory whose release would cost V8 a collection of everything. */
const MUCH = 8 * 1024
/** Bytes that wait while paused before the peer is held back. */
const HIGH_WATER = 16 * 1024

/** What `net.Socket` takes and has, and its types do not tell: the handle that the kernel's socket hangs on. */
type Handled = { _handle?: object | null }
type HandledOptions = SocketConstructorOpts & { readonly handle: object; readonly onread: OnReadOpts }

/**
 * Goes on with a new socket over the same handle, as `onread` can only be had from the beginning; what ends one ends the
 * other. TLS and whatever else has no plain handle, or has bytes on their way, is read by its events.
 */
export function readDirectly(socket: Socket, events: ReadingEvents): Reading {
  const handle = (socket as Handled)._handle
  const plain = socket.constructor === Socket && !(socket instanceof TLSSocket)
  if (!plain || handle === undefined || handle === null || !isQuiet(socket)) {
    socket.on('data', events.bytes)
    socket.on('end', events.end)
    let flowing: boolean | undefined
    return {
      socket,
      flow(may) {
        if (may === flowing) return
        flowing = may
        if (may) socket.resume()
        else socket.pause()
      },
      release() {
        socket.pause()
        socket.off('data', events.bytes)
        socket.off('end', events.end)
      },
    }
  }
  return overHandle(socket, handle, events)
}

function isQuiet(socket: Socket): boolean {
  const { destroyed, connecting, readableEnded, readableLength, writable, writableLength } = socket
  return writable && !destroyed && !connecting && !readableEnded && readableLength + writableLength === 0
}

function copied(from: Uint8Array, length: number): Loan {
  const loan = lend(SIZE)
  loan.bytes.set(from.subarray(0, length))
  return loan
}

function overHandle(socket: Socket, handle: object, events: ReadingEvents): Reading {
  const { end } = events
  let { bytes: tell, room, borrow } = events
  /** Where the next read goes, and whether the handle must be told. */
  let buffer: Uint8Array = SHARED
  let moved = true
  /** What the next read goes to, where that was lent. */
  let loan: Loan | undefined
  /** The next read goes to somebody's own place. */
  let placed = false
  let begun = false
  let paused = false
  let stopped = false
  let ended = false
  let waiting: Uint8Array[] = []
  let size = 0
  /** Long reads that are copied before another is lent, the more of them the more often one was kept. */
  let copies = 0
  let caution = 1

  const readInto = (next: Uint8Array) => {
    if (next === buffer) return
    buffer = next
    moved = true
  }

  const wait = (chunk: Uint8Array): boolean => {
    waiting.push(chunk)
    size += chunk.length
    stopped = size > HIGH_WATER
    return !stopped
  }

  /** What is lent is somebody else's from here on. */
  const tellLent = (lent: Loan, length: number) => {
    const isReturned = borrow?.(lent.bytes.subarray(0, length), lent) === true
    caution = isReturned ? 1 : Math.min(2 * caution, 64)
    copies = isReturned ? 0 : caution
    if (!isReturned) return
    loan = lend(SIZE)
    readInto(loan.bytes)
  }

  const read = (length: number): boolean => {
    const from = buffer
    const lent = loan
    const straight = !paused && waiting.length === 0
    loan = undefined
    readInto(SHARED)
    if (placed) {
      placed = false
      const part = from.subarray(0, length)
      if (!straight) return wait(part)
      tell(part)
      return true
    }
    if (straight && length >= MUCH && borrow !== undefined) {
      if (lent !== undefined || copies === 0) {
        tellLent(lent ?? copied(from, length), length)
        return true
      }
      copies -= 1
    }
    const chunk = Buffer.allocUnsafe(length)
    if (length > SHORT) chunk.set(from.subarray(0, length))
    else for (let at = 0; at < length; at += 1) chunk[at] = from[at] as number
    if (lent !== undefined) giveBack(lent)
    if (!straight) return wait(chunk)
    tell(chunk)
    return true
  }

  const deliver = () => {
    while (!paused && waiting.length > 0) {
      const [chunk] = waiting
      waiting = waiting.slice(1)
      size -= chunk?.length ?? 0
      if (chunk !== undefined) tell(chunk)
    }
    if (paused) return
    if (ended) {
      ended = false
      end()
    } else if (stopped) {
      stopped = false
      direct.resume()
    }
  }

  /** Asked at the beginning, when nobody has a place yet, and after each read; undefined: the same again. */
  const next = (): Uint8Array | undefined => {
    const place = begun && !paused && waiting.length === 0 ? room?.() : undefined
    begun = true
    if (place !== undefined && place.length >= LONG) {
      if (loan !== undefined) giveBack(loan)
      loan = undefined
      placed = true
      readInto(place)
    }
    if (!moved) return undefined
    moved = false
    return buffer
  }

  const options: HandledOptions = {
    handle,
    // What waits is told before the end is, and only then may the other half close.
    allowHalfOpen: true,
    onread: { buffer: next as () => Uint8Array, callback: read },
  }
  ;(socket as Handled)._handle = null
  const direct = new Socket(options)
  direct.once('close', () => socket.destroy())
  socket.once('close', () => direct.destroy())
  const onEnd = () => {
    ended = true
    if (!paused && waiting.length === 0) deliver()
  }
  direct.once('end', onEnd)
  return {
    socket: direct,
    flow(may) {
      if (may !== paused) return
      paused = !may
      if (may && (waiting.length > 0 || stopped || ended)) process.nextTick(deliver)
    },
    release() {
      paused = true
      room = borrow = undefined
      direct.pause()
      direct.off('end', onEnd)
      tell = (chunk) => void direct.emit('data', chunk)
      direct.once('resume', () => {
        paused = false
        deliver()
      })
    },
  }
}
