/** One way round the masks: what to send, and what it does where nobody is masked. */
import type { Flavour } from '../wire/fixture.js'

export interface Attack {
  /** Which of the known bypasses: the number in the list of peers' bypasses, or the way in. */
  readonly row: string
  /** Sent one after the other in one session. */
  readonly steps: readonly string[]
  /**
   * What it does unmasked: `reveals` a personal cell, `harms` data, or neither (`idle`: the account may not, or what it
   * gains comes later); then it must be the gateway that refuses it.
   */
  readonly unmasked: 'reveals' | 'harms' | 'idle'
  /** Where it can be tried; undefined: on both. */
  readonly on: Flavour | undefined
}

type Steps = string | readonly string[]

const attacks =
  (unmasked: Attack['unmasked'], on?: Flavour) =>
  (row: string, list: readonly Steps[]): readonly Attack[] =>
    list.map((steps): Attack => ({ row, steps: typeof steps === 'string' ? [steps] : steps, unmasked, on }))

export const reveals = attacks('reveals')
export const harms = attacks('harms')
export const idle = attacks('idle')
/** On one of the two servers alone. */
export const only = {
  mariadb: {
    reveals: attacks('reveals', 'mariadb'),
    harms: attacks('harms', 'mariadb'),
    idle: attacks('idle', 'mariadb'),
  },
  mysql: {
    reveals: attacks('reveals', 'mysql'),
    harms: attacks('harms', 'mysql'),
    idle: attacks('idle', 'mysql'),
  },
}

export const attacksOn = (flavour: Flavour, attacks: readonly Attack[]) =>
  attacks.filter(({ on }) => on === undefined || on === flavour)
