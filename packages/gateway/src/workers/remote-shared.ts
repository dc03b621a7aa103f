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
  }
}

function remotePlaces(link: Link<WorkerSide>): Places {
  return {
    async take({ listener, person, limits: { connections, perUser } }): Promise<Place> {
      const wanted = { listener, person, limits: { connections, perUser } }
      const answer = await link.ask('take', wanted, ANSWER).catch(() => 'gateway' as const)
      if (typeof answer !== 'number') return { kind: 'full', of: answer }
      return { kind: 'taken', giveBack: () => link.tell('give-back', answer) }
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
