/** From a text to the statements that are put to the gate: plans taken once, names resolved to what they run. */
import type { Action, RefusalCode, Statement } from '@gatehouse/core'
import { flowing, type Plan, type PostgresReader, type PostgresStatement } from '@gatehouse/sql'
import { hasRoomFor, TOO_MANY_KEPT } from '../session/keeping.js'
import type { Memory, Moment, Portal, Prepared } from '../session/memory.js'
import { isStrange } from '../session/names.js'
import { overCeilings } from './ceilings.js'
import { mayBeThere } from './dropped.js'
import { storingIssued } from './issued.js'
import { mayMeanAnother, remember, SHADOWED } from './replanning.js'
import { isOutdated } from './settling.js'

/** Stands in records for what could not be read: nothing of its text is repeated. */
export const unreadableStatement: Statement = {
  command: 'UNREADABLE',
  actions: [],
  outputs: [],
  collects: false,
  text: '',
  bytes: 0,
}

export interface PlanParts {
  readonly memory: Memory
  readonly reader: () => PostgresReader
  /** The catalog can be trusted now. */
  readonly current: () => boolean
  /** Grows when the catalog or the reader changes. */
  readonly epoch: () => number
  /** Whether a relation is there, by its joined path. */
  readonly stands: (relation: string) => boolean
}

interface Taken extends Moment {
  readonly text: string
  readonly types: string
  readonly plan: Plan
}

const taken = new WeakMap<Memory, Taken[]>()
/** Texts that one frame can ask for: its own, and what it executes. */
const TAKEN = 4

/**
 * The plan of a text. When it is not at hand, a promise that resolves once it is: the frame is read again then, and
 * finds the plan here even if the reader does not keep it.
 */
export function takePlan(parts: PlanParts, text: string, types: readonly number[]): Plan | Promise<void> {
  const { memory } = parts
  const { context } = memory
  const epoch = parts.epoch()
  const kept = taken.get(memory)?.findIndex((each) => each.text === text && each.types === types.join()) ?? -1
  if (kept >= 0) {
    const [found] = taken.get(memory)?.splice(kept, 1) ?? []
    // Invariant: what was read against an older catalog is read again (R5).
    if (found?.context === context && found.epoch === epoch) return found.plan
  }
  if (!parts.current()) {
    return {
      kind: 'unreadable',
      why: 'the catalog of the database cannot be read now',
      statement: unreadableStatement,
    }
  }
  const plan = parts.reader().read(text, types, context)
  if (!(plan instanceof Promise)) return plan
  return plan.then((read) => {
    const list = taken.get(memory) ?? []
    taken.set(memory, [...list.slice(1 - TAKEN), { text, context, epoch, types: types.join(), plan: read }])
  })
}

/** The present, as a prepared statement remembers it. */
export function momentOf({ memory, epoch }: PlanParts): Moment {
  return { context: memory.context, epoch: epoch() }
}

/**
 * Reads a prepared statement again when names may mean something else by now, as the server does (plancache.c).
 * Undefined: it is current.
 */
export function renew(parts: PlanParts, prepared: Prepared): Promise<void> | RefusedPlan | undefined {
  const { memory } = parts
  const { read, source } = prepared
  if (read?.context === memory.context && read.epoch === parts.epoch()) return undefined
  if (read !== undefined) remember(prepared, prepared.statement, read.context)
  const plan = takePlan(parts, source.text, source.types)
  if (plan instanceof Promise || plan.kind === 'unreadable') return plan
  const [statement] = plan.statements
  const effect = statement?.effects[0]
  const meant = !source.inner ? statement : effect?.kind === 'prepare' ? effect.statement : undefined
  if (meant !== undefined) {
    if (mayMeanAnother(prepared, meant, memory.context, parts.stands))
      return { kind: 'unreadable', why: SHADOWED, statement: meant }
    prepared.statement = meant
  }
  // Its columns may have other origins now.
  prepared.shape = undefined
  prepared.read = momentOf(parts)
  return undefined
}

export type RefusedPlan = Extract<Plan, { kind: 'unreadable' }>

export type Effective =
  | { readonly kind: 'statement'; readonly statement: PostgresStatement }
  | {
      readonly kind: 'refused'
      readonly code: RefusalCode
      readonly why: string
      /** SQLSTATE that the server would answer with. */
      readonly native?: string
    }
  | { readonly kind: 'plan'; readonly plan: RefusedPlan }
  | { readonly kind: 'wait'; readonly ready: Promise<void> }
  /** Known at the server's next answer. */
  | { readonly kind: 'doubt' }

/**
 * Invariant: a name that was redefined in an earlier, unanswered segment is not believed: had that Parse failed, the
 * server would still hold the old statement under it.
 */
export function isInDoubt(
  memory: Memory,
  named: { readonly state: string; readonly segment: number },
): boolean {
  return named.state === 'sent' && named.segment !== memory.segment
}

/** Names that stand for names: the server itself ends in an error where they go round in a circle. */
const DEEPEST = 8
const TOO_DEEP = 'what this runs is named by what names it, too many times over'
const CHANGED = 'what this portal runs was redefined after it was bound'

/**
 * Puts in what EXECUTE and FETCH run, and refuses what this session cannot carry. `siblings`: statements in the text;
 * `depth`: of names that stand for names.
 */
export function effective(
  parts: PlanParts,
  statement: PostgresStatement,
  siblings: number,
  depth = 0,
): Effective {
  const { memory } = parts
  if (setsApplicationName(statement) && (siblings > 1 || applicationName(statement) === undefined)) {
    return {
      kind: 'refused',
      code: 'GH_NEVER',
      why: 'application_name carries the identity upstream: set it by a SET statement of its own',
    }
  }
  if (!hasRoomFor(memory, statement)) return { kind: 'refused', code: 'GH_TOO_LARGE', why: TOO_MANY_KEPT }
  const why = overCeilings(memory.ceilings, statement)
  if (why !== undefined) return { kind: 'refused', code: 'GH_NEVER', why }
  const { refersTo } = statement
  if (refersTo === undefined) return { kind: 'statement', statement }
  if (depth > DEEPEST) return { kind: 'refused', code: 'GH_TOO_LARGE', why: TOO_DEEP }
  const inner = meantBy(parts, refersTo, depth + 1)
  if (inner === undefined) {
    const what = refersTo.kind === 'prepared' ? 'statement' : 'portal'
    return mayBeThere(memory, what, refersTo.name) ? { kind: 'doubt' } : unseen(memory, statement, refersTo)
  }
  if (inner.kind !== 'statement') return inner
  return { kind: 'statement', statement: merge(statement, inner.statement) }
}

/** Undefined: nothing that this session knows has the name. */
function meantBy(
  parts: PlanParts,
  { kind, name }: NonNullable<PostgresStatement['refersTo']>,
  depth: number,
): Effective | undefined {
  const { memory } = parts
  if (kind === 'cursor') {
    const portal = memory.portals.get(name)
    if (portal !== undefined) return boundTo(parts, portal, depth)
    const cursor = memory.cursors.get(name)
    return cursor === undefined ? undefined : effective(parts, cursor.statement, 1, depth)
  }
  const prepared = memory.prepared.get(name)
  if (prepared === undefined) return undefined
  if (isInDoubt(memory, prepared)) return { kind: 'doubt' }
  const renewed = renew(parts, prepared)
  if (renewed instanceof Promise) return { kind: 'wait', ready: renewed }
  if (renewed !== undefined) return { kind: 'plan', plan: renewed }
  return effective(parts, prepared.statement, 1, depth)
}

/**
 * What a portal runs. Invariant: the server looks the names in it up when it runs, by Execute or FETCH, not when it was
 * bound; what they mean by then must be what was permitted.
 */
export function boundTo(parts: PlanParts, portal: Portal, depth = 0): Effective {
  const { memory } = parts
  const { run } = portal
  if (isInDoubt(memory, portal)) return { kind: 'doubt' }
  const bound = portal.prepared?.statement
  const refused = { kind: 'refused', code: 'GH_UNREADABLE', why: CHANGED } as const
  if (bound?.refersTo === undefined)
    return isOutdated(memory, run) ? refused : { kind: 'statement', statement: run.statement }
  const now = effective(parts, bound, 1, depth)
  return now.kind === 'statement' && now.statement !== run.statement ? refused : now
}

/** Code that nobody has read may have prepared or opened what this session did not see. */
function unseen(
  memory: Memory,
  statement: PostgresStatement,
  { kind, name }: NonNullable<PostgresStatement['refersTo']>,
): Effective {
  const what = kind === 'prepared' ? 'prepared statement' : 'cursor'
  if (!isStrange(memory)) {
    const native = kind === 'prepared' ? '26000' : '34000'
    return { kind: 'refused', code: 'GH_UNREADABLE', why: `${what} "${name}" does not exist`, native }
  }
  const known = strangers.get(statement)
  if (known !== undefined) return { kind: 'statement', statement: known }
  const opaque: Action = {
    verb: 'opaque',
    resource: { kind: 'server', path: [memory.gate.session.database], system: false },
    fields: 'unknown',
    unfiltered: true,
    certainty: 'opaque',
    command: statement.command,
    functions: [],
    derived: false,
    why: `the ${what} was made by code that cannot be read`,
  }
  const made: PostgresStatement = {
    ...statement,
    actions: [...statement.actions, opaque],
    outputs: statement.command === 'MOVE' ? [] : 'unknown',
  }
  strangers.set(statement, made)
  return { kind: 'statement', statement: made }
}

/** One object per statement, so that a decision on it can be remembered. */
const strangers = new WeakMap<PostgresStatement, PostgresStatement>()

const merged = new WeakMap<PostgresStatement, WeakMap<PostgresStatement, PostgresStatement>>()

/** One object per pair, so that a decision on it can be remembered. */
export function merge(outer: PostgresStatement, inner: PostgresStatement): PostgresStatement {
  const known = merged.get(outer)?.get(inner)
  if (known !== undefined) return known
  const stores = outer.refersTo?.stores === true
  const hidden = stores || outer.command === 'MOVE'
  const { actions } = outer.refersTo?.issued === true ? storingIssued(inner) : inner
  const statement: PostgresStatement = {
    ...outer,
    actions: [...outer.actions, ...(stores ? actions.map(flowing) : actions)],
    outputs: hidden ? [] : outer.outputs === 'unknown' ? inner.outputs : outer.outputs,
    effects: RUNS.has(outer.command) ? [...outer.effects, ...inner.effects] : outer.effects,
    collects: outer.collects || inner.collects,
    ...strictest(outer, inner),
    // A COPY that was prepared by the protocol runs by EXECUTE, too.
    ...(outer.command === 'EXECUTE' && inner.copy !== undefined ? { copy: inner.copy } : {}),
    ...(inner.never === undefined ? {} : { never: inner.never }),
  }
  const inners = merged.get(outer) ?? new WeakMap<PostgresStatement, PostgresStatement>()
  inners.set(inner, statement)
  merged.set(outer, inners)
  return statement
}

/** What limits must know of either: nothing of it is lost by running it under another name (R21). */
function strictest(outer: PostgresStatement, inner: PostgresStatement): Partial<PostgresStatement> {
  const uncounted = outer.uncounted ?? inner.uncounted
  const streams = outer.streams ?? inner.streams
  return { ...(uncounted === undefined ? {} : { uncounted }), ...(streams === undefined ? {} : { streams }) }
}

/** What carries out the effects of what it refers to; a cursor has none. */
const RUNS: ReadonlySet<string> = new Set(['EXECUTE', 'EXPLAIN ANALYZE'])

function setsApplicationName(statement: PostgresStatement): boolean {
  return statement.actions.some(
    ({ verb, resource }) => verb === 'set' && resource.path[0]?.toLowerCase() === 'application_name',
  )
}

/** The name that a SET application_name gives; null for DEFAULT, undefined when it is set some other way. */
export function applicationName(
  statement: PostgresStatement,
): { readonly value: string | null; readonly local: boolean } | undefined {
  const [effect] = statement.effects
  if (statement.effects.length !== 1 || effect?.kind !== 'set' || effect.name !== 'application_name')
    return undefined
  return { value: effect.value === undefined ? null : (effect.value[0] ?? ''), local: effect.local }
}
