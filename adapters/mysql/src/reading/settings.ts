/** What no session may change or do, whatever the policy says: the gateway could not follow it any more. */
import type { MysqlStatement } from '@gatehouse/sql'
import { hasRoomFor, TOO_MANY_KEPT } from '../session/keeping.js'
import { doubtful, type VariableTrust } from '../session/variables.js'
import { NOT_SUPPORTED, type Unreadable } from './answers.js'
import { overCeilings } from './ceilings.js'
import type { PlanParts } from './plans.js'
import { isTrackedAlready } from './tracking-request.js'

/**
 * Session tracking tells the gateway what a session became; `resultset_metadata` would hide the columns from the masks;
 * redirection would lead the client away; the proxy settings name somebody else.
 */
const NEVER_SET =
  /^(?:session_track_|resultset_metadata$|redirect_url$|pseudo_|proxy_|rand_seed|debug|require_row_format)/

const KILL = 'KILL is carried as a statement of its own, with a connection id that stands in the text'
const LOCAL_FILE =
  'LOAD DATA LOCAL is carried as a statement of its own, neither prepared nor beside others, where database and client have agreed on it and some rule permits copy-in'

export function forbiddenHere(
  { memory, server, ceilings }: PlanParts,
  statement: MysqlStatement,
  files: boolean,
  trust: VariableTrust,
): Unreadable | undefined {
  const { actions, effects, local, command } = statement
  if (local !== undefined && !files)
    return { code: 'GH_FORBIDDEN', why: LOCAL_FILE, native: { code: 1148, state: '42000' } }
  for (const { verb, resource } of actions) {
    if (verb !== 'admin' && verb !== 'set') continue
    const name = resource.path.join('.').toLowerCase()
    if (verb === 'admin' && name === 'kill')
      return { code: 'GH_UNREADABLE', why: KILL, native: NOT_SUPPORTED }
    if (verb === 'set' && NEVER_SET.test(name) && !keepsTracking(name, effects))
      return { code: 'GH_NEVER', why: `the gateway follows the session by \`${name}\`: it cannot be changed` }
  }
  for (const effect of effects) {
    if (effect.kind === 'use' && effect.database !== undefined && !server.serves(effect.database)) {
      const why = `database \`${effect.database}\` is not served here`
      // As a server says it to an account without rights there, whether or not there is such a database.
      return { code: 'GH_CONNECT', why }
    }
  }
  if (command === 'GET DIAGNOSTICS' && memory.diagnostics !== undefined) {
    const why =
      'what was refused last left nothing that GET DIAGNOSTICS could copy: SHOW WARNINGS says what it was'
    return { code: 'GH_UNREADABLE', why, native: NOT_SUPPORTED }
  }
  const doubt = memory.gate.masked ? doubtful(trust, statement) : undefined
  if (doubt !== undefined) return { code: 'GH_FLOW', why: whyDoubtful(doubt) }
  const over = overCeilings(ceilings, statement)
  if (over !== undefined) return { code: 'GH_NEVER', why: over }
  if (!hasRoomFor(memory, statement)) return { code: 'GH_TOO_LARGE', why: TOO_MANY_KEPT, native: TOO_MANY }
  return undefined
}

function whyDoubtful(name: string): string {
  const may = `you see fields masked, and code of the database may put one into \`@${name.slice(0, 64)}\``
  return `${may}: it can only be selected by itself`
}

function keepsTracking(name: string, effects: MysqlStatement['effects']): boolean {
  const given = effects.filter((effect) => effect.kind === 'set' && effect.name === name)
  return (
    given.length > 0 && given.every((effect) => effect.kind === 'set' && isTrackedAlready(name, effect.value))
  )
}

/** ER_MAX_PREPARED_STMT_COUNT_REACHED. */
export const TOO_MANY = { code: 1461, state: '42000' } as const
