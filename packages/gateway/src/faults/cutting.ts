/** A proxy before a database that counts the messages of a session and drops the connection after a chosen one. */
import { connect, createServer, type Socket } from 'node:net'
import type { Boundaries } from './database.js'

export type Direction = 'up' | 'down'

export interface Cut {
  readonly direction: Direction
  /** Messages of that direction that still pass, whole. */
  readonly after: number
  /** A reset, or an end as a server that stops would say it. */
  readonly how: 'reset' | 'end'
  /** Bytes of the message behind the last that pass, too. */
  readonly torn: number
}

/** What an upstream that cannot serve does to a session. */
export type Mood = 'serves' | 'refuses' | 'silent' | { readonly says: Uint8Array }

export interface Cutting {
  readonly port: number
  /** For sessions that begin from now on; connections of the catalog are left alone. */
  cut: Cut | undefined
  /** For every connection from now on. */
  mood: Mood
  /** Messages of the newest session so far. */
  readonly counted: Readonly<Record<Direction, number>>
  /** True when the newest session's connection was cut as asked. */
  readonly wasCut: boolean
  close(): Promise<void>
}

export async function startCutting(boundaries: Boundaries, target: () => number): Promise<Cutting> {
  const sockets = new Set<Socket>()
  const state: { cut: Cut | undefined; mood: Mood; counted: Record<Direction, number>; wasCut: boolean } = {
    cut: undefined,
    mood: 'serves',
    counted: { up: 0, down: 0 },
    wasCut: false,
  }
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    keep(near)
    const { mood } = state
    if (mood === 'refuses') return near.resetAndDestroy()
    if (mood === 'silent') return near.resume()
    if (typeof mood === 'object' && boundaries.serverFirst) return near.resume().end(mood.says)
    const reach = () => {
      const far = connect(target(), '127.0.0.1')
      keep(far)
      return far
    }
    const greeted = boundaries.serverFirst ? greet(near, reach()) : undefined
    near.once('data', (first: Buffer) => {
      if (typeof mood === 'object') return near.end(mood.says)
      const isSession = first.includes('gh:')
      join(boundaries, near, greeted?.() ?? reach(), first, isSession ? state : undefined)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return Object.assign(state, {
    port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  })
}

interface Shared {
  readonly cut: Cut | undefined
  counted: Record<Direction, number>
  wasCut: boolean
}

/** Passes what a server says before it is asked, which is not counted: whose session it is stands in the answer. */
function greet(near: Socket, far: Socket): () => Socket {
  const pass = (chunk: Buffer) => near.write(chunk)
  const end = () => near.end()
  far.on('data', pass)
  far.once('end', end)
  near.once('close', () => far.destroy())
  return () => {
    far.off('data', pass)
    far.off('end', end)
    return far
  }
}

function join(
  boundaries: Boundaries,
  near: Socket,
  far: Socket,
  first: Buffer,
  shared: Shared | undefined,
): void {
  const cut = shared?.cut
  const counted = { up: 0, down: 0 }
  if (shared !== undefined) {
    shared.counted = counted
    shared.wasCut = false
  }
  let over = false
  const drop = (how: Cut['how']) => {
    over = true
    if (shared !== undefined) shared.wasCut = true
    for (const socket of [near, far]) {
      if (how === 'reset') socket.resetAndDestroy()
      else socket.end()
    }
  }
  const way = (direction: Direction, to: Socket) => {
    let kept = Buffer.alloc(0)
    return (chunk: Buffer) => {
      if (over) return
      if (shared === undefined) {
        to.write(chunk)
        return
      }
      kept = Buffer.concat([kept, chunk])
      const limit = cut?.direction === direction ? cut.after : Number.POSITIVE_INFINITY
      let at = 0
      while (counted[direction] < limit) {
        const end = boundaries.endOf(kept, at, direction === 'up' && counted.up === 0)
        if (end === undefined) break
        at = end
        counted[direction] += 1
      }
      const full = cut !== undefined && counted[direction] >= limit
      const pass = kept.subarray(0, at + (full ? cut.torn : 0))
      kept = kept.subarray(at)
      if (pass.length > 0 && full) to.write(pass, () => drop(cut.how))
      else if (full) drop(cut.how)
      else if (pass.length > 0) to.write(pass)
    }
  }
  const up = way('up', far)
  near.on('data', up)
  far.on('data', way('down', near))
  near.on('end', () => far.end())
  far.on('end', () => near.end())
  near.on('close', () => far.destroy())
  far.on('close', () => near.destroy())
  up(first)
}
