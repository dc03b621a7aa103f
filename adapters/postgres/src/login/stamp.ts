/** The identity stamp in application_name: what the database's own views show of who asks (R13). */
import { identityStamp } from '@gatehouse/adapter-kit'
import type { Identity } from '@gatehouse/core'

const LONGEST = 63

/** Of application_name, as the server would cut it. */
export function stamp(identity: Identity, application: string | undefined): string {
  return identityStamp(identity, application, LONGEST)
}

/** Whether a name that the server reports still says who asks. */
export function isStamped(identity: Identity, name: string): boolean {
  const own = stamp(identity, undefined)
  return name === own || name.startsWith(`${own}/`.slice(0, LONGEST))
}

/** What the client called itself, of a stamped name. */
export function unstamped(identity: Identity, name: string): string {
  return name.slice(stamp(identity, undefined).length + 1)
}

/** SET application_name with the stamp before the name that the client chose. */
export function stampedSet(identity: Identity, value: string | null, local: boolean): string {
  return `SET ${local ? 'LOCAL' : 'SESSION'} application_name TO ${stamped(identity, value)}`
}

/** SELECT set_config of application_name alike; its one column is called `column`. */
export function stampedSetConfig(
  identity: Identity,
  value: string | null,
  local: boolean,
  column: string,
): string {
  const call = `pg_catalog.set_config('application_name', ${stamped(identity, value)}, ${local})`
  return `SELECT ${call} AS "${column.replaceAll('"', '""')}"`
}

function stamped(identity: Identity, value: string | null): string {
  return `'${stamp(identity, value ?? undefined).replaceAll("'", "''")}'`
}
