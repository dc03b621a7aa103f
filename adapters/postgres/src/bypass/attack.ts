/** One way round the masks: what to send, and what it does where nobody is masked. */

export interface Attack {
  /** Of the list of known bypasses. */
  readonly row: number
  /** Sent one after the other in one session. */
  readonly steps: readonly string[]
  /**
   * What it does unmasked: `reveals` a personal cell, `harms` data or roles, or neither (`idle`: the account may not, or
   * what it gains comes later); then it must be the gateway that refuses it.
   */
  readonly unmasked: 'reveals' | 'harms' | 'idle'
}

type Steps = string | readonly string[]

const attacks = (unmasked: Attack['unmasked']) => (row: number, list: readonly Steps[]) =>
  list.map((steps): Attack => ({ row, steps: typeof steps === 'string' ? [steps] : steps, unmasked }))

export const reveals = attacks('reveals')
export const harms = attacks('harms')
export const idle = attacks('idle')
