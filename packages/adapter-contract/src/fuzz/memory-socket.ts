/** A socket without a network: what it is told to deliver it delivers at once, and what is written it keeps. */
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'

export interface MemorySocket {
  /** As the kit sees it. */
  readonly socket: Socket
  readonly paused: boolean
  /** Bytes from the peer. False: it is paused, and nothing was delivered. */
  deliver(chunk: Uint8Array): boolean
  /** The peer half-closes. */
  finish(): void
  /** The connection is reset. */
  reset(): void
  /** What was written since the last time; makes room. */
  take(): Uint8Array[]
  /** Bytes that wait to be taken. */
  readonly waiting: number
  readonly most: number
  /** The kit has half-closed, or destroyed it. */
  readonly ended: boolean
  readonly closed: boolean
  close(): void
}

const HIGH_WATER = 16 * 1024

export function createMemorySocket(): MemorySocket {
  const events = new EventEmitter()
  const state = {
    paused: false,
    ended: false,
    destroyed: false,
    readableEnded: false,
    waiting: 0,
    most: 0,
    needsDrain: false,
  }
  let written: Uint8Array[] = []

  const close = () => {
    if (state.destroyed) return
    state.destroyed = true
    events.emit('close')
  }
  const write = (bytes: Uint8Array) => {
    if (state.ended || state.destroyed) throw new Error('a write after the end')
    written.push(bytes)
    state.waiting += bytes.length
    state.most = Math.max(state.most, state.waiting)
    state.needsDrain = state.waiting > HIGH_WATER
    return !state.needsDrain
  }
  const members = {
    remoteAddress: '127.0.0.1',
    remotePort: 1,
    localAddress: '127.0.0.1',
    localPort: 2,
    setNoDelay: () => {},
    cork: () => {},
    uncork: () => {},
    pause: () => {
      state.paused = true
    },
    resume: () => {
      state.paused = false
    },
    write,
    end: (last?: Uint8Array) => {
      if (state.ended || state.destroyed) return
      if (last !== undefined) write(last)
      state.ended = true
    },
    destroy: close,
  }
  const socket = Object.defineProperties(Object.assign(events, members), {
    destroyed: { get: () => state.destroyed },
    writable: { get: () => !state.ended && !state.destroyed },
    writableLength: { get: () => state.waiting },
    readableEnded: { get: () => state.readableEnded },
  })

  return {
    socket: socket as unknown as Socket,
    get paused() {
      return state.paused
    },
    deliver(chunk) {
      if (state.destroyed) return true
      if (state.paused) return false
      events.emit('data', chunk)
      return true
    },
    finish() {
      if (state.readableEnded || state.destroyed) return
      state.readableEnded = true
      events.emit('end')
    },
    reset() {
      if (state.destroyed) return
      events.emit('error', new Error('reset'))
      close()
    },
    take() {
      const taken = written
      written = []
      state.waiting = 0
      if (state.needsDrain && !state.destroyed) {
        state.needsDrain = false
        events.emit('drain')
      }
      return taken
    },
    get waiting() {
      return state.waiting
    },
    get most() {
      return state.most
    },
    get ended() {
      return state.ended || state.destroyed
    },
    get closed() {
      return state.destroyed
    },
    close,
  }
}
