/** Whether what ran upstream was permitted: each command by its own decision, once. */
import type { Decided } from '@gatehouse/core'
import type { Ran } from './server.js'
import type { FuzzSession } from './session.js'

/** By the name under which it is recorded. */
export interface Permits {
  /** `limited`: cursors are ended by the gateway itself. */
  use(ran: Ran, limited: boolean): void
}

export function createPermits(
  { decided }: Pick<FuzzSession, 'decided'>,
  asked: readonly string[],
  wrong: string[],
): Permits {
  const used = new Set<string>()
  const isPermit = ({ decision }: Decided) => decision.effect === 'permit'
  const named = (name: string) =>
    decided.filter((each) => isPermit(each) && each.statement.command === name).length
  const byName = new Map<string, number>()
  return {
    use({ name, id }, limited) {
      if (id !== undefined) {
        const found = decided.find((each) => each.id === id)
        if (found === undefined || !isPermit(found)) wrong.push(`${name} ran without a permit`)
        else if (found.statement.command !== name) wrong.push(`${name} ran as ${found.statement.command}`)
        if (used.has(id)) wrong.push(`${name} ran twice by one permit`)
        used.add(id)
        return
      }
      const count = (byName.get(name) ?? 0) + 1
      byName.set(name, count)
      // Of the gateway's own: one for each refusal within a transaction, recorded or not, and one for each cursor over a limit.
      const isOwn = name === 'abortTransaction' || (name === 'killCursors' && limited)
      const own = isOwn ? asked.length : 0
      if (count > named(name) + own) wrong.push(`${name} ran without a permit`)
    },
  }
}
