/** What must be answered before anything later can be read: changes of names, and ends of transactions that undo them. */
import { mayDoAnything, type PostgresStatement } from '@gatehouse/sql'
import type { Held } from '../session/limiting.js'
import type { Memory, Run } from '../session/memory.js'
import { areNamesPending, mayConfuse } from '../session/names.js'

const NAMING: ReadonlySet<string> = new Set(['search_path', 'role', 'session_authorization'])

/** Names may mean something else once this has run. */
export function changesNames(statement: PostgresStatement): boolean {
  const { effects, actions } = statement
  return (
    effects.some((effect) => {
      if (effect.kind === 'set') return NAMING.has(effect.name)
      if (effect.kind === 'transaction') return !BEGINS.has(effect.what)
      return RENAMING.has(effect.kind)
    }) ||
    setsNaming(actions) ||
    mayDoAnything(statement)
  )
}

const RENAMING: ReadonlySet<string> = new Set(['define', 'grow', 'reset-all', 'discard'])
const BEGINS: ReadonlySet<string> = new Set(['begin', 'savepoint', 'release'])

function setsNaming(actions: PostgresStatement['actions']): boolean {
  return actions.some(({ verb, resource }) => verb === 'set' && NAMING.has(resource.path[0] ?? ''))
}

/** Statements whose answer changes how later ones are read. */
export function unsettles(memory: Memory, statement: PostgresStatement): boolean {
  const { effects, actions } = statement
  // Asked first: it keeps book of such code.
  return (
    mayConfuse(memory, statement) ||
    effects.some((effect) => {
      if (effect.kind === 'transaction') {
        if (effect.what === 'commit') return areNamesPending(memory)
        return effect.what === 'rollback' || effect.what === 'rollback-to'
      }
      return effect.kind !== 'set' || NAMING.has(effect.name)
    }) ||
    setsNaming(actions)
  )
}

/**
 * A portal was bound before names came to mean something else. A query's names and rows were taken when it was bound;
 * any other command looks them up, and sees what is there, when it runs.
 */
export function isOutdated(memory: Memory, { read, started, statement }: Run): boolean {
  const { actions, command } = statement
  const query = command === 'SELECT' && actions.every(({ verb }) => verb === 'read' || verb === 'lock')
  return (
    !started &&
    read !== memory.context &&
    !query &&
    actions.some(({ resource }) => resource.kind === 'relation')
  )
}

/**
 * Invariant: a Sync or a Query that may end a transaction in which names were changed is awaited before anything behind
 * it is read. True when it must be; `settle` then takes it back.
 */
export function awaitEnd(memory: Memory): boolean {
  const awaited = memory.unsettled > 0 || areNamesPending(memory)
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
