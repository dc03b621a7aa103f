/** What the primary keeps for all workers: places, back-off, who has which cancel key. */
import { createBackoff } from '@gatehouse/identity'
import { workerOf } from '../cancel-keys.js'
import type { Hears } from './link.js'
import type { CancelRequest, SiblingCall, StopCall, WorkerSide } from './messages.js'
import { createPlaces, type Place } from './places.js'

/** One worker's side of the desk. */
export interface Counter {
  readonly answers: Hears<WorkerSide>['answers']
  readonly hears: Pick<Hears<WorkerSide>['hears'], 'give-back' | 'succeeded' | 'cancel'>
  /** The worker is gone: its places are free. */
  close(): void
}

export interface Desk {
  open(): Counter
}

/** What the desk passes on to workers. */
export interface Onward {
  /** To the worker of that number, if there is one. */
  cancel(worker: number, request: CancelRequest): void
  stopSession(call: StopCall & { readonly from: number }): Promise<boolean>
  /** Rejects when there is no worker of that number. */
  sibling(call: SiblingCall & { readonly from: number; readonly to: number }): Promise<unknown>
}

export function createDesk(now: () => number, onward: Onward): Desk {
  const places = createPlaces()
  const backoff = createBackoff({ now })
  return {
    open() {
      const held = new Map<number, Extract<Place, { kind: 'taken' }>>()
      const giveBack = (number: number) => {
        held.get(number)?.giveBack()
        held.delete(number)
      }
      return {
        answers: {
          take({ number, ...wanted }) {
            const place = places.take(wanted)
            if (place.kind === 'full') return place.of
            held.set(number, place)
            return 'taken'
          },
          failed: ({ source, login }) => backoff.failed(source, login),
          'stop-session': onward.stopSession,
          sibling: onward.sibling,
        },
        hears: {
          'give-back': giveBack,
          succeeded: ({ source, login }) => backoff.succeeded(source, login),
          cancel: (request) => onward.cancel(workerOf(request.processId), request),
        },
        close() {
          for (const number of [...held.keys()]) giveBack(number)
        },
      }
    },
  }
}
