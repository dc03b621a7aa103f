/** From a text to the statements that are put to the gate: plans taken once, names resolved to what they run. */
import type { RefusalCode, Statement } from '@gatehouse/core'
import type { Plan, PostgresReader, PostgresStatement, ReadingContext } from '@gatehouse/sql'
import type { Memory } from './memory.js'

/** Stands in records for what could not be read: nothing of its text is repeated. */
export const unreadableStatement: Statement = {
  command: 'UNREADABLE',
  actions: [],
  outputs: [],
  collects: false,
  text: '',
  bytes: 0,
}

interface Taken {
  readonly text: string
  readonly context: ReadingContext
  readonly types: string
  readonly plan: Plan
}

const taken = new WeakMap<Memory, Taken>()

/**
 * The plan of a text. When it is not at hand, a promise that resolves once it is: the frame is read again then, and
 * finds the plan here even if the reader does not keep it.
 */
export function takePlan(
  parts: { readonly memory: Memory; readonly reader: PostgresReader; readonly current: () => boolean },
  text: string,
  types: readonly number[],
): Plan | Promise<void> {
  const { memory, reader } = parts
  const { context } = memory
  const kept = taken.get(memory)
  if (kept !== undefined) {
    taken.delete(memory)
    if (kept.text === text && kept.context === context && kept.types === types.join()) return kept.plan
  }
  if (!parts.current()) {
    return {
      kind: 'unreadable',
      why: 'the catalog of the database cannot be read now',
      statement: unreadableStatement,
    }
  }
  const plan = reader.read(text, types, context)
  if (!(plan instanceof Promise)) return plan
  return plan.then((read) => {
    taken.set(memory, { text, context, types: types.join(), plan: read })
  })
}

export type Effective =
  | { readonly kind: 'statement'; readonly statement: PostgresStatement }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly why: string }

/** Puts in what EXECUTE and FETCH run, and refuses what this session cannot carry. `siblings`: statements in the text. */
export function effective(memory: Memory, statement: PostgresStatement, siblings: number): Effective {
  if (setsApplicationName(statement) && (siblings > 1 || applicationName(statement) === undefined)) {
    return {
      kind: 'refused',
      code: 'GH_NEVER',
      why: 'application_name carries the identity upstream: set it by a SET statement of its own',
    }
  }
  const { refersTo } = statement
  if (refersTo === undefined) return { kind: 'statement', statement }
  const found =
    refersTo.kind === 'prepared'
      ? memory.prepared.get(refersTo.name)?.statement
      : (memory.cursors.get(refersTo.name)?.statement ?? memory.portals.get(refersTo.name)?.run.statement)
  if (found === undefined) {
    const what = refersTo.kind === 'prepared' ? 'prepared statement' : 'cursor'
    return {
      kind: 'refused',
      code: 'GH_UNREADABLE',
      why: `${what} "${refersTo.name}" is not known to this session`,
    }
  }
  const inner = effective(memory, found, 1)
  if (inner.kind === 'refused') return inner
  return { kind: 'statement', statement: merge(statement, inner.statement) }
}

const merged = new WeakMap<PostgresStatement, WeakMap<PostgresStatement, PostgresStatement>>()

/** One object per pair, so that a decision on it can be remembered. */
function merge(outer: PostgresStatement, inner: PostgresStatement): PostgresStatement {
  const known = merged.get(outer)?.get(inner)
  if (known !== undefined) return known
  const moves = outer.command === 'MOVE'
  const statement: PostgresStatement = {
    ...outer,
    actions: [...outer.actions, ...inner.actions],
    outputs: moves ? [] : inner.outputs,
    collects: inner.collects,
    ...(inner.never === undefined ? {} : { never: inner.never }),
  }
  const inners = merged.get(outer) ?? new WeakMap<PostgresStatement, PostgresStatement>()
  inners.set(inner, statement)
  merged.set(outer, inners)
  return statement
}

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
