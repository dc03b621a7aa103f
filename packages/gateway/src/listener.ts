/** One listening socket: accepts, counts, hands each client to the adapter-kit, drains. */
import type { Socket } from 'node:net'
import { type Conduct, conduct, type OpenAdapter } from '@gatehouse/adapter-kit'
import type { OpenDoor } from './door.js'
import type { House } from './house.js'
import type { ListenerState } from './listener-state.js'
import { faultFacts } from './log.js'
import { receive } from './reception.js'
import { createTurns } from './turns.js'

export interface Listener {
  readonly address: string
  readonly port: number
  readonly listening: boolean
  /** Connections that use this adapter. */
  using(adapter: OpenAdapter): number
  /** Running exchanges finish; resolves when the last connection has ended. */
  drain(): Promise<void>
  /** Closes the socket and whatever is still connected. */
  close(): Promise<void>
}

/** Connections beyond the sessions: clients that are greeting, or being told that there is no room. */
const SPARE = 64
/** Who sign in at the database at once: it makes each of them slower, and too slow for their deadline when many come at once. */
const SIGNING_IN = 64
/** Every path through the kit closes its socket; this is for the one that does not. */
const LAST_RESORT = 5_000

export async function openListener(
  house: House,
  state: () => ListenerState,
  openDoor: OpenDoor,
): Promise<Listener> {
  const { settings, figures } = state()
  const turns = createTurns(SIGNING_IN)
  const conducts = new Map<Conduct, { readonly socket: Socket; readonly adapter: OpenAdapter }>()

  /** A newcomer takes the room of whoever has been greeting longest: to hang there must not keep others out (R15). */
  const makeRoom = () => {
    if (conducts.size - figures.staying < state().settings.limits.connections + SPARE) return
    for (const [each, { socket }] of conducts) {
      if (each.identity !== undefined || each.stays || socket.destroyed) continue
      figures.dropped += 1
      each.end('GH_TOO_MANY', 'others want to come in')
      return
    }
  }
  const accept = (socket: Socket) => {
    if (figures.connections - figures.staying >= state().settings.limits.connections + 2 * SPARE) {
      figures.dropped += 1
      socket.destroy()
      return
    }
    makeRoom()
    figures.connections += 1
    socket.once('close', () => {
      figures.connections -= 1
    })
    const { adapter } = state()
    const visit = receive(house, state, adapter, turns)
    const running = conduct(socket, adapter, visit.reception)
    conducts.set(running, { socket, adapter })
    const over = () => {
      conducts.delete(running)
      visit.over()
      if (!socket.destroyed) setTimeout(() => socket.destroy(), LAST_RESORT).unref()
    }
    running.done.then(over, (fault: unknown) => {
      house.log.error(faultFacts(fault), 'a connection ended badly')
      socket.destroy()
      over()
    })
  }

  const door = await openDoor(settings, {
    enter: accept,
    failed: (fault) => house.log.error(faultFacts(fault), `listener \`${settings.name}\` could not accept`),
  })
  return {
    address: door.address,
    port: door.port,
    get listening() {
      return door.open
    },
    using: (adapter) => [...conducts.values()].filter((each) => each.adapter === adapter).length,
    async drain() {
      for (const each of conducts.keys()) each.drain()
      while (conducts.size > 0) await Promise.allSettled([...conducts.keys()].map(({ done }) => done))
    },
    async close() {
      const closed = door.close()
      const ending = [...conducts.keys()]
      for (const each of ending) each.end('GH_DRAINING', 'the gateway is stopping')
      await Promise.race([Promise.allSettled(ending.map(({ done }) => done)), patience(LAST_RESORT)])
      for (const { socket } of conducts.values()) socket.destroy()
      await closed
    },
  }
}

function patience(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref()
  })
}
