/** What a session begins with: tracking, ceilings (R14), the client's character set; and what the server says of it (mysql-wire §2.7). */
import type { SiteLimits } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import type { MysqlFlavour } from '@gatehouse/sql'
import type { Dialogue } from '../messages/index.js'
import { command, query } from './asking.js'

/** Session variable → its ceiling, in the variable's own unit. MySQL has none for idling in a transaction. */
export function startCeilings(flavour: MysqlFlavour, limits: SiteLimits): ReadonlyMap<string, number> {
  const { statementTime = 0, lockTime = 0, idleInTransaction = 0 } = limits
  const seconds = (milliseconds: number) => Math.ceil(milliseconds / 1000)
  const all: readonly (readonly [string, number])[] = [
    flavour === 'mysql'
      ? ['max_execution_time', statementTime]
      : ['max_statement_time', statementTime / 1000],
    ['innodb_lock_wait_timeout', seconds(lockTime)],
    ['lock_wait_timeout', seconds(lockTime)],
    ['idle_transaction_timeout', flavour === 'mariadb' ? seconds(idleInTransaction) : 0],
  ]
  return new Map(all.filter(([, most]) => most > 0))
}

/** One statement, to be sent after the sign-in and again after whatever makes the server forget (COM_RESET_CONNECTION). */
export function beginning(flavour: MysqlFlavour, limits: SiteLimits): string {
  const tracking = [
    'session_track_schema = 1',
    'session_track_state_change = 1',
    "session_track_system_variables = '*'",
    "session_track_transaction_info = 'CHARACTERISTICS'",
  ]
  const ceilings = [...startCeilings(flavour, limits)].map(([name, most]) => `${name} = ${most}`)
  return `SET ${[...tracking, ...ceilings].join(', ')}`
}

const ASKED = [
  'sql_mode',
  'character_set_client',
  'character_set_connection',
  'character_set_results',
  'collation_connection',
  'time_zone',
  'autocommit',
  'max_allowed_packet',
  'lower_case_table_names',
  'wait_timeout',
]

export interface Begun {
  readonly status: number
  readonly database: string | undefined
  /** By name in lower case; a variable that is NULL is left out. */
  readonly settings: ReadonlyMap<string, string>
}

/**
 * The first command runs `init_connect` too: where that fails, so does the sign-in. Servers may be told to take no
 * notice of a client's character set; then it is set. Throws `GH_WIRE`.
 */
export async function begin(
  upstream: Dialogue,
  flavour: MysqlFlavour,
  {
    limits,
    charset,
    short,
  }: { readonly limits: SiteLimits; readonly charset: string; readonly short: boolean },
): Promise<Begun> {
  await command(upstream, beginning(flavour, limits))
  const begun = await ask(upstream, short)
  const names = ['character_set_client', 'character_set_connection', 'character_set_results']
  if (names.every((name) => sameCharset(begun.settings.get(name), charset))) return begun
  await command(upstream, `SET NAMES ${charset}`)
  const again = await ask(upstream, short)
  if (sameCharset(again.settings.get('character_set_client'), charset)) return again
  throw new GatehouseError('GH_WIRE', `the upstream does not take the character set \`${charset}\``)
}

async function ask(upstream: Dialogue, short: boolean): Promise<Begun> {
  const variables = ASKED.map((name) => `@@${name}`)
  const { row, status } = await query(upstream, `SELECT DATABASE(), ${variables.join(', ')}`, short)
  const [database, ...values] = row
  const known = values.flatMap((value, index) => {
    const name = ASKED[index]
    return value === undefined || name === undefined ? [] : [[name, value] as const]
  })
  return { status, database, settings: new Map(known) }
}

/** MySQL before 8.0.30 and MariaDB before 10.6 call utf8mb3 `utf8`. */
export function sameCharset(said: string | undefined, wanted: string): boolean {
  const name = said?.toLowerCase()
  return name === wanted || (name === 'utf8' && wanted === 'utf8mb3')
}
