/** What a statement that was done changes of the session: names, cursors, and how texts are read from then on. */
import { type Effect, mayDoAnything } from '@gatehouse/sql'
import { remember } from '../reading/replanning.js'
import { end, forget, type Memory, type Prepared, type Run } from './memory.js'
import {
  defineNames,
  discardTemporary,
  doubtNames,
  keepNames,
  releaseSavepoint,
  resetRole,
  rollBackTo,
  setPath,
  setRole,
  takeSavepoint,
  undoNames,
} from './names.js'

/** `tag` is what CommandComplete said: a COMMIT that the server turned into ROLLBACK says so there. */
export function applyEffects(memory: Memory, run: Run, tag: string): void {
  const { effects, actions, refersTo } = run.statement
  if (!run.applied) for (const effect of effects) applyEffect(memory, effect, run, tag)
  run.applied = true
  const fetched = refersTo?.kind === 'cursor' ? memory.portals.get(refersTo.name) : undefined
  if (fetched !== undefined) fetched.run.applied = true
  // Set by other means than SET: what it is now is known to nobody here.
  const other = actions.some(({ verb, resource }) => verb === 'set' && resource.path[0] === 'search_path')
  if (other && !effects.some((effect) => effect.kind === 'set' && effect.name === 'search_path')) {
    setPath(memory, 'unknown', false)
  }
  const role = actions.some(({ verb, resource }) => verb === 'set' && ROLES.has(resource.path[0] ?? ''))
  if (role && !effects.some((effect) => effect.kind === 'set' && ROLES.has(effect.name)))
    setRole(memory, undefined)
  if (mayDoAnything(run.statement)) doubtNames(memory)
}

const ROLES: ReadonlySet<string> = new Set(['role', 'session_authorization'])

/** A portal has paused: what it stored it has stored, what it set is set, and what it called has run. */
export function applySoFar(memory: Memory, run: Run): void {
  applyEffects(memory, run, '')
  if (!run.unsettling) return
  run.unsettling = false
  memory.unsettled -= 1
}

function applyEffect(memory: Memory, effect: Effect, run: Run, tag: string): void {
  switch (effect.kind) {
    case 'set':
      if (effect.name === 'search_path')
        setPath(memory, effect.value ?? memory.initial.searchPath, effect.local)
      else if (ROLES.has(effect.name)) setRole(memory, effect)
      return
    case 'reset-all':
      setPath(memory, memory.initial.searchPath, false)
      return
    case 'prepare': {
      const prepared: Prepared = {
        name: effect.name,
        statement: effect.statement,
        source: { text: effect.source, types: [], inner: true },
        read: undefined,
        segment: memory.segment,
        state: 'known',
        shape: undefined,
        foreseen: undefined,
      }
      memory.prepared.set(effect.name, prepared)
      remember(prepared, effect.statement, memory.context)
      return
    }
    case 'deallocate':
      for (const name of effect.name === undefined ? [...memory.prepared.keys()] : [effect.name]) {
        forget(memory, memory.prepared.get(name))
        memory.prepared.delete(name)
      }
      return
    case 'declare':
      // A portal of this name ended with a savepoint or in the middle of a text: nobody said so.
      closePortal(memory, effect.name, run)
      memory.cursors.set(effect.name, {
        statement: effect.statement,
        hold: effect.hold,
        kept: false,
        returned: 0,
        bytes: 0,
      })
      return
    case 'close':
      for (const name of effect.name === undefined
        ? [...memory.cursors.keys(), ...memory.portals.keys()]
        : [effect.name]) {
        memory.cursors.delete(name)
        closePortal(memory, name, run)
      }
      return
    case 'discard':
      if (effect.what === 'all' || effect.what === 'temp') discardTemporary(memory)
      if (effect.what !== 'all') return
      for (const prepared of memory.prepared.values()) forget(memory, prepared)
      memory.prepared.clear()
      memory.cursors.clear()
      setPath(memory, memory.initial.searchPath, false)
      resetRole(memory)
      return
    case 'transaction':
      endTransaction(memory, effect, tag)
      return
    case 'define':
    case 'grow':
      defineNames(memory, effect)
  }
}

/** CLOSE takes the protocol's portals too, but for the one that it runs in itself (portalmem.c, PortalHashTableDeleteAll). */
function closePortal(memory: Memory, name: string, by: Run): void {
  const portal = memory.portals.get(name)
  if (portal === undefined || portal.run === by) return
  memory.portals.delete(name)
  const { run } = portal
  if (!end(memory, run)) return
  const status = run.started ? 'done' : 'unexecuted'
  memory.forgotten.push({ permit: run.permit, outcome: { status, returned: run.returned, affected: 0 } })
}

/** A transaction has ended: its cursors die with it, but for those WITH HOLD that it has committed. */
export function endCursors({ cursors }: Memory, committed: boolean): void {
  for (const [name, cursor] of cursors) {
    cursor.kept ||= committed && cursor.hold
    if (!cursor.kept) cursors.delete(name)
  }
}

type Turn = Extract<Effect, { kind: 'transaction' }>

function endTransaction(memory: Memory, { what, name = '' }: Turn, tag: string): void {
  const ends = what === 'commit' || what === 'rollback'
  const committed = what === 'commit' && tag !== 'ROLLBACK'
  if (ends) endCursors(memory, committed)
  if (committed) keepNames(memory)
  else if (ends) undoNames(memory)
  else if (what === 'savepoint') takeSavepoint(memory, name)
  else if (what === 'release') releaseSavepoint(memory, name)
  else if (what === 'rollback-to') rollBackTo(memory, name)
}
