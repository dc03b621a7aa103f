/** A saboteur: the toy adapter, wrong in one way, and the clauses that must notice. */
import type { Conversation } from '@gatehouse/adapter-kit'
import type { ClauseNumber } from '../clause.js'
import type { Sabotage } from './toy/adapter.js'

export interface Saboteur {
  /** What it does wrong. */
  readonly name: string
  readonly breaks: readonly ClauseNumber[]
  /** Made anew for each opening, so that what one remembers is no other's. */
  readonly sabotage: () => Sabotage
}

/** The right conversation with some members of another's; its getters stay live. */
export function around(right: Conversation, changes: Partial<Conversation>): Conversation {
  const changed = Object.create(right) as Conversation
  for (const [name, value] of Object.entries(changes))
    Object.defineProperty(changed, name, { value, writable: true })
  return changed
}
