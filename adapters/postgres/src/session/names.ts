/** What names mean in a session, as its transactions make and undo it: search_path, its own definitions, and doubt (R2, R5). */
import {
  atCommit,
  type Effect,
  inDoubt,
  mayDoAnything,
  onlyTemporary,
  type PostgresStatement,
  type ReadingContext,
  type SessionNames,
  sameNames,
  withDefined,
  withGrown,
  withoutTemporary,
} from '@gatehouse/sql'
import type { Memory } from './memory.js'

/** Everything that a rollback takes back. */
interface Standing {
  readonly names: SessionNames
  /** As far as statements tell. */
  readonly path: readonly string[] | 'unknown'
  /** As it is once SET LOCAL has ended. */
  readonly lasting: readonly string[] | 'unknown'
  /** Code that nobody has read may have set search_path. */
  readonly pathInDoubt: boolean
  /** It may have made, changed or dropped temporary objects, which come before all others. */
  readonly shadowsInDoubt: boolean
  /** Another role or session user than the account is in force: which schema $user is, nobody follows there. */
  readonly otherRole: boolean
  readonly otherUser: boolean
}

interface State {
  now: Standing
  committed: Standing
  savepoints: { readonly name: string; readonly standing: Standing }[]
  /** Code that nobody has read was sent since the last ReadyForQuery. */
  strangers: boolean
  /** It ran at all: there may be cursors and prepared statements that nobody saw. */
  strange: boolean
  /** The server reports search_path, from version 18 on; what it said last. */
  reported: readonly string[] | 'unknown' | undefined
}

const states = new WeakMap<Memory, State>()

function stateOf(memory: Memory): State {
  const known = states.get(memory)
  if (known) return known
  const { searchPath } = memory.context
  const standing: Standing = {
    names: namesOf(memory.context),
    path: searchPath,
    lasting: searchPath,
    pathInDoubt: false,
    shadowsInDoubt: false,
    otherRole: false,
    otherUser: false,
  }
  const state: State = {
    now: standing,
    committed: standing,
    savepoints: [],
    strangers: false,
    strange: false,
    reported: undefined,
  }
  states.set(memory, state)
  return state
}

function namesOf({ overlay, temporary, definitions }: ReadingContext): SessionNames {
  return {
    overlay,
    ...(temporary === undefined ? {} : { temporary }),
    ...(definitions === undefined ? {} : { definitions }),
  }
}

/** Texts are read by this; the same object for as long as it says the same. */
function contextOf(memory: Memory, standing: Standing, settled: boolean): ReadingContext {
  const { names, path, pathInDoubt, shadowsInDoubt, otherRole, otherUser } = standing
  const userless = (otherRole || otherUser) && path.includes('$user')
  const unknown = pathInDoubt || shadowsInDoubt || path === 'unknown' || userless
  return {
    account: memory.context.account,
    searchPath: unknown ? 'unknown' : path,
    ...((pathInDoubt || shadowsInDoubt) && path !== 'unknown' ? { likely: path } : {}),
    ...names,
    ...(settled ? { settled: true as const } : {}),
  }
}

function move(memory: Memory, change: Partial<Standing>): void {
  const state = stateOf(memory)
  state.now = { ...state.now, ...change }
  memory.context = contextOf(memory, state.now, false)
}

/** The transaction has done something to names that its end may undo. */
export function areNamesPending(memory: Memory): boolean {
  const { now, committed } = stateOf(memory)
  return now !== committed
}

export function keepNames(memory: Memory): void {
  const state = stateOf(memory)
  state.savepoints = []
  if (state.now === state.committed) return
  const names = atCommit(state.now.names)
  state.now = { ...state.now, names, path: state.now.lasting }
  state.committed = state.now
  memory.context = memory.committed = contextOf(memory, state.now, true)
}

export function undoNames(memory: Memory): void {
  const state = stateOf(memory)
  state.savepoints = []
  if (state.now === state.committed) return
  state.now = state.committed
  memory.context = memory.committed
}

export function setPath(memory: Memory, path: readonly string[] | 'unknown', local: boolean): void {
  const { now } = stateOf(memory)
  const pathInDoubt = now.pathInDoubt && (local || path === 'unknown')
  move(memory, { path, pathInDoubt, ...(local ? {} : { lasting: path }) })
}

/** `effect` undefined: by other means than SET. What ends with the transaction leaves in doubt what it hides. */
export function setRole(memory: Memory, effect: Extract<Effect, { kind: 'set' }> | undefined): void {
  move(memory, effect === undefined ? { otherRole: true, otherUser: true } : afterRole(effect))
}

function afterRole({ name, value, local }: Extract<Effect, { kind: 'set' }>): Partial<Standing> {
  if (name === 'role') return { otherRole: (value !== undefined && value[0] !== 'none') || local }
  // SET SESSION AUTHORIZATION resets the role (manual).
  return { otherUser: value !== undefined || local, ...(local ? {} : { otherRole: false }) }
}

/** DISCARD ALL. */
export function resetRole(memory: Memory): void {
  move(memory, { otherRole: false, otherUser: false })
}

/** Invariant: after code that nobody has read no bare name is believed, and none of the session's definitions (R2). */
export function doubtNames(memory: Memory): void {
  const state = stateOf(memory)
  state.strange = true
  const { names, pathInDoubt, shadowsInDoubt } = state.now
  const doubted = inDoubt(names)
  if (pathInDoubt && shadowsInDoubt && sameNames(doubted, names)) return
  move(memory, { names: doubted, pathInDoubt: true, shadowsInDoubt: true })
}

/** Whether anything more can come to be in doubt by it. */
export function mayConfuse(memory: Memory, statement: PostgresStatement): boolean {
  const state = stateOf(memory)
  if (!mayDoAnything(statement)) return false
  state.strangers = true
  const { pathInDoubt, shadowsInDoubt, names } = state.now
  return !pathInDoubt || !shadowsInDoubt || (names.definitions?.length ?? 0) > 0
}

export function isStrange(memory: Memory): boolean {
  return stateOf(memory).strange
}

export function defineNames(memory: Memory, effect: Extract<Effect, { kind: 'define' | 'grow' }>): void {
  const { names } = stateOf(memory).now
  if (effect.kind === 'grow') {
    move(memory, { names: withGrown(names, effect) })
    return
  }
  const { relations = [], temporary } = effect
  if (relations.some(({ schema }) => schema !== 'pg_temp') || (!temporary && relations.length === 0))
    memory.defined = true
  if (relations.length === 0 && effect.names.length === 0) return
  move(memory, { names: withDefined(names, effect) })
}

export function discardTemporary(memory: Memory): void {
  const { names } = stateOf(memory).now
  // What is opaque may be lasting too: the catalog tells.
  if (names.overlay.length > 0) memory.defined = true
  move(memory, { names: withoutTemporary(names), shadowsInDoubt: false })
}

export function takeSavepoint(memory: Memory, name: string): void {
  const state = stateOf(memory)
  state.savepoints.push({ name, standing: state.now })
}

export function releaseSavepoint(memory: Memory, name: string): void {
  const { savepoints } = stateOf(memory)
  const at = savepoints.findLastIndex((each) => each.name === name)
  if (at >= 0) savepoints.splice(at)
}

export function rollBackTo(memory: Memory, name: string): void {
  const state = stateOf(memory)
  const at = state.savepoints.findLastIndex((each) => each.name === name)
  const found = state.savepoints[at]
  if (found === undefined) {
    doubtNames(memory)
    return
  }
  state.savepoints.splice(at + 1)
  if (found.standing === state.now) return
  if (found.standing === state.committed) {
    state.now = state.committed
    memory.context = memory.committed
  } else move(memory, found.standing)
}

/**
 * The server says what search_path is (from version 18 on, before a ReadyForQuery). When it is not what was expected, it
 * was changed out of sight, and what the end of the transaction leaves of it is not known.
 */
export function reportPath(memory: Memory, path: readonly string[] | 'unknown'): void {
  const state = stateOf(memory)
  state.reported = path
  if (same(path, state.now.path)) return
  move(memory, { path, lasting: 'unknown' })
}

/** The server tells of every change: without a word there was none. */
export function expectReports(memory: Memory, path: readonly string[] | 'unknown'): void {
  stateOf(memory).reported = path
}

function same(one: readonly string[] | 'unknown', other: readonly string[] | 'unknown'): boolean {
  if (one === other) return one !== 'unknown'
  return one !== 'unknown' && other !== 'unknown' && one.join('\0') === other.join('\0')
}

/** ReadyForQuery: the server's own word on search_path counts most. */
export function settleNames(memory: Memory, idle: boolean, failed: boolean): void {
  const state = stateOf(memory)
  if (idle) {
    if (failed) undoNames(memory)
    else keepNames(memory)
    // A procedure may commit before it fails.
    if (failed && state.strangers) doubtNames(memory)
  }
  const { reported } = state
  const trusted = reported !== undefined && reported !== 'unknown'
  if (trusted && (state.now.pathInDoubt || !same(reported, state.now.path)))
    move(memory, { path: reported, pathInDoubt: false, ...(idle ? { lasting: reported } : {}) })
  if (!idle) return
  state.strangers = false
  keepNames(memory)
}

/** The catalog holds now what this session defined; only what is temporary is left to the session. */
export function forgetDefined(
  memory: Memory,
  lasting: (schema: string, name: string) => number | undefined,
): void {
  memory.defined = false
  const state = stateOf(memory)
  move(memory, { names: onlyTemporary(state.now.names, lasting) })
  keepNames(memory)
}
