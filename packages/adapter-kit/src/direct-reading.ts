/** Reads a socket into one buffer that all connections share, past the stream: no slab of 64 KB and no event per read. */
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import { TLSSocket } from 'node:tls'

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
  /** Asked first, with bytes that must be copied at once: true when they were, and nobody need be told of them. */
  add?(part: Uint8Array): boolean
  /** Told in place of `bytes` where much comes: true when nobody has the bytes any more, and they may be written over. */
  lend?(part: Uint8Array): boolean
  /** The peer says no more, and all that it said was told. */
  end(): void
}

const SIZE = 64 * 1024
/** Every read is over before the next begins: one buffer does for all. */
const SHARED = Buffer.allocUnsafeSlow(SIZE)
/** Up to this, bytes are copied here: to call the buffer costs more. */
const SHORT = 128
/** From this on it is worth asking whether they are stored elsewhere. */
const LONG = 4096
/**
 * From this on a connection reads into a buffer of its own, which is lent: what the kernel takes at once needs no copy, and
 * no memory whose release would cost V8 a collection of everything.
 */
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

function overHandle(socket: Socket, handle: object, events: ReadingEvents): Reading {
  const { end } = events
  let { bytes: tell, add, lend } = events
  /** Where the next read goes, and whether the handle must be told. */
  let buffer: Uint8Array = SHARED
  let moved = true
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

  const read = (length: number): boolean => {
    const from = buffer
    const straight = length > LONG && !paused && waiting.length === 0
    if (straight && add?.(from.subarray(0, length)) === true) return true
    if (straight && length >= MUCH && lend !== undefined) {
      if (from !== SHARED) {
        const free = lend(from.subarray(0, length))
        caution = free ? 1 : Math.min(2 * caution, 64)
        copies = free ? 0 : caution
        // Whoever has it keeps it.
        if (!free) readInto(SHARED)
        return true
      }
      if (copies > 0) copies -= 1
      else readInto(Buffer.allocUnsafeSlow(SIZE))
    } else readInto(SHARED)
    const chunk = Buffer.allocUnsafe(length)
    if (length > SHORT) chunk.set(from.subarray(0, length))
    else for (let at = 0; at < length; at += 1) chunk[at] = from[at] as number
    if (!paused && waiting.length === 0) {
      tell(chunk)
      return true
    }
    waiting.push(chunk)
    size += length
    stopped = size > HIGH_WATER
    return !stopped
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

  /** Asked after each read; undefined: the same again. */
  const next = (): Uint8Array | undefined => {
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
      add = lend = undefined
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
