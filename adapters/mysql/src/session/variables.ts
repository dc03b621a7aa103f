/** Which user variables hold what this session put there, and not what code of the database did (R19). */
import type { MysqlStatement } from '@gatehouse/sql'

/**
 * Invariant: a masked value comes into no variable by a statement that was read; by a trigger or a routine it may. After
 * such code only what was assigned since is known.
 */
export interface VariableTrust {
  /** Code that may set variables has run. */
  readonly code: boolean
  /** Names assigned since. */
  readonly assigned: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()
export const EVERY_VARIABLE: VariableTrust = { code: false, assigned: NONE }
const NO_VARIABLE: VariableTrust = { code: true, assigned: NONE }
/** Names that are remembered; of others nothing is known. */
const MOST = 1000

/** `done`: it has not failed. `unread`: code ran that nobody has read. */
export function trustAfter(
  trust: VariableTrust,
  { runsCode, effects }: MysqlStatement,
  unread: boolean,
  done: boolean,
): VariableTrust {
  const untold = effects.some((effect) => effect.kind === 'variables' && effect.untold === true)
  if (unread || runsCode === true || untold) return NO_VARIABLE
  if (!trust.code || !done) return trust
  const names = effects.flatMap((effect) => (effect.kind === 'variables' ? effect.names : []))
  if (names.length === 0 || trust.assigned.size + names.length > MOST) return trust
  return { code: true, assigned: new Set([...trust.assigned, ...names]) }
}

/** A variable that it depends on and that code may have set, before it or while it runs. */
export function doubtful(
  trust: VariableTrust,
  { variables = [], runsCode }: MysqlStatement,
): string | undefined {
  if (runsCode === true) return variables[0]
  return trust.code ? variables.find((name) => !trust.assigned.has(name)) : undefined
}
