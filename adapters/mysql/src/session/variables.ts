/** Which user variables hold what this session put there, and not what code of the database did (R19). */
import type { MysqlStatement, VariableNames } from '@gatehouse/sql'

/**
 * Invariant: a masked value comes into no variable by a statement that was read; by a trigger, a routine, a message or a
 * plan it may. What these may have assigned is doubted until it is assigned anew.
 */
export interface VariableTrust {
  readonly doubted: VariableNames
  /** Since then; of use where any is doubted. */
  readonly assigned: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()
export const EVERY_VARIABLE: VariableTrust = { doubted: [], assigned: NONE }
const NO_VARIABLE: VariableTrust = { doubted: 'unknown', assigned: NONE }
/** Names that are remembered; of others nothing is known. */
const MOST = 1000

/** `done`: it has not failed. `unread`: code ran that nobody has read. */
export function trustAfter(
  trust: VariableTrust,
  { codeVariables = [], effects }: MysqlStatement,
  unread: boolean,
  done: boolean,
): VariableTrust {
  const untold = effects.some((effect) => effect.kind === 'variables' && effect.untold === true)
  if (unread || untold || codeVariables === 'unknown') return NO_VARIABLE
  const { doubted, assigned } = trust
  if (codeVariables.length > 0) {
    const kept = new Set([...assigned].filter((name) => !isAmong(name, codeVariables)))
    if (doubted === 'unknown') return { doubted, assigned: kept }
    const names = new Set([...doubted, ...codeVariables])
    return names.size > MOST ? NO_VARIABLE : { doubted: [...names], assigned: kept }
  }
  if (doubted.length === 0 || !done) return trust
  const names = effects.flatMap((effect) => (effect.kind === 'variables' ? effect.names : []))
  if (names.length === 0 || assigned.size + names.length > MOST) return trust
  return { doubted, assigned: new Set([...assigned, ...names]) }
}

/** A variable that it depends on and that may have been assigned so, before it or while it runs. */
export function doubtful(
  { doubted, assigned }: VariableTrust,
  { variables = [], codeVariables = [] }: MysqlStatement,
): string | undefined {
  return variables.find(
    (name) => isAmong(name, codeVariables) || (isAmong(name, doubted) && !assigned.has(name)),
  )
}

/** The server takes names for one whose letters differ by an accent, or that end in blanks. */
const PLAIN = /^[a-z0-9_.$]+$/

const isAmong = (name: string, names: VariableNames): boolean =>
  names === 'unknown' || (names.length > 0 && (!PLAIN.test(name) || names.includes(name)))
