/** What a statement that was done changes of the session: names, cursors, and how texts are read from then on. */
import type { Effect } from '@gatehouse/sql'
import { forget, type Memory, type Run } from './memory.js'

/** `tag` is what CommandComplete said: a COMMIT that the server turned into ROLLBACK says so there. */
export function applyEffects(memory: Memory, run: Run, tag: string): void {
  const { effects, actions } = run.statement
  for (const effect of effects) applyEffect(memory, effect, tag)
  // Set by other means than SET: what it is now is known to nobody here.
  const other = actions.some(({ verb, resource }) => verb === 'set' && resource.path[0] === 'search_path')
  if (other && !effects.some((effect) => effect.kind === 'set' && effect.name === 'search_path')) {
    setPath(memory, 'unknown', false)
  }
  if (actions.some(({ verb, resource }) => verb === 'set' && ROLES.has(resource.path[0] ?? ''))) {
    anotherRole.add(memory)
    setPath(memory, memory.context.searchPath, false)
  }
}

const ROLES: ReadonlySet<string> = new Set(['role', 'session_authorization'])

function applyEffect(memory: Memory, effect: Effect, tag: string): void {
  switch (effect.kind) {
    case 'set':
      if (effect.name === 'search_path')
        setPath(memory, effect.value ?? memory.initial.searchPath, effect.local)
      return
    case 'reset-all':
      setPath(memory, memory.initial.searchPath, false)
      return
    case 'prepare':
      memory.prepared.set(effect.name, {
        name: effect.name,
        statement: effect.statement,
        source: { text: effect.source, types: [], inner: true },
        read: undefined,
        segment: memory.segment,
        state: 'known',
        shape: undefined,
        foreseen: undefined,
      })
      return
    case 'deallocate':
      for (const name of effect.name === undefined ? [...memory.prepared.keys()] : [effect.name]) {
        forget(memory, memory.prepared.get(name))
        memory.prepared.delete(name)
      }
      return
    case 'declare':
      memory.cursors.set(effect.name, {
        statement: effect.statement,
        hold: effect.hold,
        returned: 0,
        bytes: 0,
      })
      return
    case 'close':
      if (effect.name === undefined) memory.cursors.clear()
      else memory.cursors.delete(effect.name)
      return
    case 'discard':
      if (effect.what !== 'all') return
      for (const prepared of memory.prepared.values()) forget(memory, prepared)
      memory.prepared.clear()
      memory.cursors.clear()
      setPath(memory, memory.initial.searchPath, false)
      return
    case 'transaction':
      endTransaction(memory, effect.what, tag)
      return
    case 'define':
      define(memory, effect.names, effect.temporary)
  }
}

type TransactionVerb = Extract<Effect, { kind: 'transaction' }>['what']

function endTransaction(memory: Memory, what: TransactionVerb, tag: string): void {
  if (what === 'commit' && tag !== 'ROLLBACK') keepPath(memory)
  else if (what === 'commit' || what === 'rollback') undoPath(memory)
  // Savepoints may lie on either side of a SET.
  else if (what === 'rollback-to' && memory.context.searchPath !== memory.committed.searchPath) {
    setPath(memory, 'unknown', false)
  }
}

/** Sessions that have run under another role than their account: which schema $user is, nobody follows there. */
const anotherRole = new WeakSet<Memory>()

function setPath(memory: Memory, given: readonly string[] | 'unknown', local: boolean): void {
  const searchPath = anotherRole.has(memory) && given.includes('$user') ? 'unknown' : given
  memory.context = { ...memory.context, searchPath }
  if (!local) memory.lastingPath = searchPath
}

function keepPath(memory: Memory): void {
  const searchPath = memory.lastingPath
  if (memory.committed.searchPath !== searchPath) memory.committed = { ...memory.committed, searchPath }
  if (memory.context.searchPath !== searchPath) memory.context = { ...memory.context, searchPath }
}

function undoPath(memory: Memory): void {
  const { searchPath } = memory.committed
  memory.lastingPath = searchPath
  if (memory.context.searchPath !== searchPath) memory.context = { ...memory.context, searchPath }
}

/** Invariant: what this session defines is opaque to it until the catalog holds it; temporary things stay so (R2). */
function define(memory: Memory, names: readonly string[], temporary: boolean): void {
  const add = (known: readonly string[]) => [...new Set([...known, ...names])]
  memory.context = { ...memory.context, overlay: add(memory.context.overlay) }
  if (temporary) memory.committed = { ...memory.committed, overlay: add(memory.committed.overlay) }
  else memory.defined = true
}

const reported = new WeakMap<Memory, readonly string[] | 'unknown'>()

/**
 * The server says what search_path is (from version 18 on, before a ReadyForQuery). When it is not what was expected, it
 * was changed out of sight, and what the end of the transaction leaves of it is not known.
 */
export function reportPath(memory: Memory, path: readonly string[] | 'unknown'): void {
  reported.set(memory, path)
  if (same(path, memory.context.searchPath)) return
  setPath(memory, path, true)
  memory.lastingPath = 'unknown'
}

function same(one: readonly string[] | 'unknown', other: readonly string[] | 'unknown'): boolean {
  return one !== 'unknown' && other !== 'unknown' && one.join('\0') === other.join('\0')
}

/** An idle ReadyForQuery: what was begun is committed, or undone when the exchange failed; the server's own word counts most. */
export function settleTransaction(memory: Memory, failed: boolean): void {
  if (failed) undoPath(memory)
  else keepPath(memory)
  const path = reported.get(memory)
  if (path === undefined || same(path, memory.context.searchPath)) return
  setPath(memory, path, false)
  keepPath(memory)
}

/** The catalog holds now what this session defined; only what is temporary stays opaque. */
export function forgetDefined(memory: Memory): void {
  memory.defined = false
  memory.context = { ...memory.context, overlay: memory.committed.overlay }
}
