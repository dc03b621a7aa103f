/** What the processes of one gateway share: alone it is its own, among several the primary keeps it. */
import { createBackoff } from '@gatehouse/identity'
import { type CancelKeys, createCancelKeys } from '../cancel-keys.js'
import { bindDoor, type OpenDoor } from '../door.js'
import type { StopElsewhere } from '../stopping.js'
import type { SiblingCall } from './messages.js'
import { createPlaces, type Places } from './places.js'
import { ALONE, type Station } from './station.js'

/** How long refusals of failed sign-ins are held back, whichever worker they happen at (R15). */
export interface Delays {
  /** Notes a failed sign-in; milliseconds to wait before it is answered. */
  failed(source: string, login: string): number | Promise<number>
  succeeded(source: string, login: string): void
}

export interface Shared {
  readonly station: Station
  readonly openDoor: OpenDoor
  readonly places: Places
  readonly delays: Delays
  readonly cancelKeys: CancelKeys
  /** Left out: there are no other processes. */
  readonly stopElsewhere?: StopElsewhere
  /** Left out: there are no other processes. Rejects when the one that is asked is gone, or has no such adapter. */
  readonly askSibling?: (to: number, call: SiblingCall) => Promise<unknown>
}

export interface SharedSources {
  readonly now: () => number
  readonly random: (size: number) => Uint8Array
}

export function ownShared({ now, random }: SharedSources): Shared {
  return {
    station: ALONE,
    openDoor: bindDoor,
    places: createPlaces(),
    delays: createBackoff({ now }),
    cancelKeys: createCancelKeys(random),
  }
}
