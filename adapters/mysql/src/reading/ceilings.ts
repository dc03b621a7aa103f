/** Times that a client may shorten and never lengthen: one statement, waiting for a lock, idling in a transaction (R14). */
import type { MysqlStatement } from '@gatehouse/sql'

/** Session variable → its ceiling, in the variable's own unit. */
export type Ceilings = ReadonlyMap<string, number>

/** Every time that a statement sets is shown by its text and within the ceiling; else why not. */
export function overCeilings(ceilings: Ceilings, { actions, effects }: MysqlStatement): string | undefined {
  if (ceilings.size === 0) return undefined
  for (const { verb, resource } of actions) {
    const name = verb === 'set' ? resource.path.join('.').toLowerCase() : ''
    const most = ceilings.get(name)
    if (most === undefined) continue
    const given = effects.filter((effect) => effect.kind === 'set' && effect.name === name)
    const within = given.length > 0 && given.every((effect) => isWithin(effect, most))
    if (!within) return `\`${name}\` is ${most} here and can only be lowered: give a number from 1 to ${most}`
  }
  return undefined
}

/** Zero means no limit to the server. */
function isWithin(effect: MysqlStatement['effects'][number], most: number): boolean {
  const value = effect.kind === 'set' ? (effect.value ?? '') : ''
  return /^\d{1,15}(?:\.\d{1,6})?$/.test(value) && Number(value) > 0 && Number(value) <= most
}
