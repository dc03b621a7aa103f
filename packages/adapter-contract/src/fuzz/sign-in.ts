/** One sign-in with somebody in between: whoever knows a password comes in as that person alone, faults are named, and all of it ends. */
import { GatehouseError } from '@gatehouse/core'
import type { Dice } from './dice.js'
import type { Interception } from './intercept.js'
import { KNOWN } from './porch.js'

/** `outside`: the client's side of the gateway. Comes to whom the gateway takes it for, or whether the gateway takes the server for its own. */
export type SignInAttack = (dice: Dice, outside: boolean) => Promise<Interception<string | undefined>>

export interface SignInPlayed {
  /** What is wrong; empty when nothing is. */
  readonly wrong: readonly string[]
  readonly frames: number
  readonly heard: readonly string[]
  /** What was spoiled, on which side. */
  readonly says: string
}

export async function judgeSignIn(dice: Dice, attack: SignInAttack): Promise<SignInPlayed> {
  for (let warm = 0; warm < 3; warm += 1) dice(2)
  const outside = dice(2) === 0
  const { result, fault, spoiled, frames, settled } = await attack(dice, outside)
  const wrong: string[] = []
  if (outside && result !== undefined && result !== KNOWN)
    wrong.push(`${result} came in by the password of ${KNOWN}`)
  if (spoiled === undefined && result === undefined)
    wrong.push(`nothing was spoiled, and nobody came in: ${fault}`)
  if (!settled) wrong.push('it never ends')
  if (fault !== undefined && !(fault instanceof GatehouseError))
    wrong.push(`fault: ${fault instanceof Error ? fault.stack : String(fault)}`)
  const heard = [result ?? String(fault)]
  return { wrong, frames, heard, says: `${outside ? 'client' : 'server'}: ${spoiled}` }
}
