/**
 * Clients on their way from the primary's doors to a worker. Each worker is sent one at a time and says when it has it:
 * whoever was not sent yet goes to another worker when that one dies, and nobody is left hanging between two processes.
 */
import type { Socket } from 'node:net'

export interface Taker {
  /** False once nothing reaches it any more. */
  readonly open: boolean
  /** The client is sent; the taker's `took` is heard later. */
  give(listener: string, socket: Socket): void
}

export interface Handover<T extends Taker> {
  offer(listener: string, socket: Socket): void
  join(taker: T): void
  /** It has died or is no longer for newcomers: what was sent to it and is unanswered ends. */
  leave(taker: T): void
  /** The client that it was sent is with it. */
  took(taker: T): void
  /** It takes nobody any more: the client that it was sent goes to another. */
  declined(taker: T): void
  /** The client that it was sent did not come through: it is let be for a while, and the client goes to another. */
  missed(taker: T): void
  /** One of its clients has gone. */
  left(taker: T): void
  /** Whoever still waits is let go. */
  close(): void
}

interface Client {
  readonly listener: string
  readonly socket: Socket
}

interface Seen {
  /** Clients that it was given and that have not left. */
  clients: number
  sent: Client | undefined
  /** When it was last given one. */
  turn: number
  /** It could not be given one just now. */
  resting: boolean
}

/** Clients that may wait while every worker is busy or being replaced. */
const MOST_WAITING = 1024

/** Milliseconds that a worker without descriptors is let be. */
const REST = 1_000

/** `dropped` is told of each client that finds no room to wait, or no worker that can open its socket. */
export function createHandover<T extends Taker>(dropped: (listener: string) => void): Handover<T> {
  const takers = new Map<T, Seen>()
  const waiting = new Set<Client>()
  let turns = 0

  /** The one with the fewest clients; among equals whose turn was longest ago. */
  const free = (): [T, Seen] | undefined => {
    let best: [T, Seen] | undefined
    for (const each of takers) {
      const [taker, seen] = each
      if (seen.sent !== undefined || seen.resting || !taker.open) continue
      const than = best?.[1]
      if (
        than === undefined ||
        seen.clients < than.clients ||
        (seen.clients === than.clients && seen.turn < than.turn)
      )
        best = each
    }
    return best
  }

  const pump = () => {
    for (const client of waiting) {
      const found = free()
      if (found === undefined) return
      const [taker, seen] = found
      waiting.delete(client)
      turns += 1
      seen.turn = turns
      seen.clients += 1
      seen.sent = client
      taker.give(client.listener, client.socket)
    }
  }

  /** The other process has its own hold on it by now, or never will. */
  const letGo = (seen: Seen) => {
    seen.sent?.socket.destroy()
    seen.sent = undefined
  }

  const queue = (client: Client) => {
    waiting.add(client)
    client.socket.once('close', () => waiting.delete(client))
    pump()
  }

  return {
    offer(listener, socket) {
      socket.on('error', () => {})
      if (waiting.size < MOST_WAITING) return queue({ listener, socket })
      dropped(listener)
      socket.destroy()
    },
    join(taker) {
      takers.set(taker, { clients: 0, sent: undefined, turn: 0, resting: false })
      pump()
    },
    leave(taker) {
      const seen = takers.get(taker)
      if (seen === undefined) return
      takers.delete(taker)
      letGo(seen)
    },
    took(taker) {
      const seen = takers.get(taker)
      if (seen === undefined) return
      letGo(seen)
      pump()
    },
    declined(taker) {
      const sent = takers.get(taker)?.sent
      takers.delete(taker)
      if (sent !== undefined) queue(sent)
    },
    missed(taker) {
      const seen = takers.get(taker)
      const client = seen?.sent
      if (seen === undefined || client === undefined) return
      seen.sent = undefined
      seen.clients -= 1
      seen.resting = true
      setTimeout(() => {
        seen.resting = false
        pump()
      }, REST).unref()
      // Where nobody can take it, it hears the same as before one process without descriptors: its connection ends.
      if ([...takers.values()].some(({ resting }) => !resting)) return queue(client)
      dropped(client.listener)
      client.socket.destroy()
    },
    left(taker) {
      const seen = takers.get(taker)
      if (seen !== undefined) seen.clients -= 1
    },
    close() {
      takers.clear()
      for (const { socket } of [...waiting]) socket.destroy()
    },
  }
}
