/** What must be answered before anything later can be read: changes of names, and ends of transactions that undo them. */
import type { PostgresStatement } from '@gatehouse/sql'
import type { Held } from '../session/limiting.js'
import type { Memory } from '../session/memory.js'

const NAMING: ReadonlySet<string> = new Set(['search_path', 'role', 'session_authorization'])

/** Names may mean something else once this has run. */
export function changesNames({ effects, actions }: PostgresStatement): boolean {
  return (
    effects.some((effect) => {
      if (effect.kind === 'set') return NAMING.has(effect.name)
      if (effect.kind === 'transaction') return !BEGINS.has(effect.what)
      return effect.kind === 'define' || effect.kind === 'reset-all' || effect.kind === 'discard'
    }) || setsNaming(actions)
  )
}

const BEGINS: ReadonlySet<string> = new Set(['begin', 'savepoint', 'release'])

function setsNaming(actions: PostgresStatement['actions']): boolean {
  return actions.some(({ verb, resource }) => verb === 'set' && NAMING.has(resource.path[0] ?? ''))
}

/** Statements whose answer changes how later ones are read. */
export function unsettles(memory: Memory, { effects, actions }: PostgresStatement): boolean {
  return (
    effects.some((effect) => {
      if (effect.kind === 'transaction') {
        if (effect.what === 'commit') return isPathPending(memory)
        return effect.what === 'rollback' || effect.what === 'rollback-to'
      }
      return effect.kind !== 'set' || NAMING.has(effect.name)
    }) || setsNaming(actions)
  )
}

/** The end of the transaction, or of SET LOCAL's reach, would change search_path. */
function isPathPending({ context, committed, lastingPath }: Memory): boolean {
  return context.searchPath !== committed.searchPath || lastingPath !== committed.searchPath
}

/**
 * Invariant: a Sync or a Query that may end a transaction in which names were changed is awaited before anything behind
 * it is read. True when it must be; `settle` then takes it back.
 */
export function awaitEnd(memory: Memory): boolean {
  const awaited = memory.unsettled > 0 || isPathPending(memory)
  if (awaited) memory.unsettled += 1
  return awaited
}

export function settle(memory: Memory, entry: { readonly awaited: boolean }): void {
  if (entry.awaited) memory.unsettled -= 1
}

export function pushSync(memory: Memory, held?: Held): void {
  memory.ledger.push({ kind: 'sync', segment: memory.segment, awaited: awaitEnd(memory), held })
  memory.segment += 1
  memory.unsynced = memory.unflushed = false
}
