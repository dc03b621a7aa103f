/** What a worker shares with the others, asked of the primary. */
import { type CancelKeys, createCancelKeys } from '../cancel-keys.js'
import type { OpenDoor } from '../door.js'
import type { Link } from './link.js'
import type { WorkerSide } from './messages.js'
import type { Place, Places } from './places.js'
import type { Delays, Shared } from './shared.js'
import type { Station } from './station.js'

/** Milliseconds; the primary answers from memory. */
const ANSWER = 10_000
/** Where the primary does not answer, a failed sign-in waits as long as any. */
const LONGEST = 5_000

export interface RemoteSources {
  readonly station: Station
  readonly link: Link<WorkerSide>
  readonly openDoor: OpenDoor
  readonly random: (size: number) => Uint8Array
}

export function remoteShared({ station, link, openDoor, random }: RemoteSources): Shared {
  return {
    station,
    openDoor,
    places: remotePlaces(link),
    delays: remoteDelays(link),
    cancelKeys: remoteCancelKeys(station, link, random),
    stopElsewhere: (listener, request) =>
      link.ask('stop-session', { from: station.number, listener, request }, ANSWER).catch(() => false),
    askSibling: (to, call) => link.ask('sibling', { from: station.number, to, ...call }, ANSWER),
  }
}

function remotePlaces(link: Link<WorkerSide>): Places {
  let next = 1
  return {
    async take({ listener, person, limits: { connections, perUser } }): Promise<Place> {
      const number = next++
      const giveBack = () => link.tell('give-back', number)
      try {
        const wanted = { number, listener, person, limits: { connections, perUser } }
        const answer = await link.ask('take', wanted, ANSWER)
        return answer === 'taken' ? { kind: 'taken', giveBack } : { kind: 'full', of: answer }
      } catch {
        // Should it be granted yet, nobody would sit there.
        giveBack()
        return { kind: 'full', of: 'gateway' }
      }
    },
  }
}

function remoteDelays(link: Link<WorkerSide>): Delays {
  return {
    failed: (source, login) => link.ask('failed', { source, login }, ANSWER).catch(() => LONGEST),
    succeeded: (source, login) => link.tell('succeeded', { source, login }),
  }
}

function remoteCancelKeys(
  { number }: Station,
  link: Link<WorkerSide>,
  random: (size: number) => Uint8Array,
): CancelKeys {
  return createCancelKeys(random, {
    number,
    elsewhere: (processId, key) => link.tell('cancel', { processId, key }),
  })
}
