/** What accounts sign in by: the server keeps it in tables of its own, and no rule lets a statement touch it. */
import type { Action } from '@gatehouse/core'

/** Relation → columns that hold a password's digest, or a password (MySQL manual, "Grant Tables"; MariaDB, "The mysql Database Tables"). */
const SECRETS: ReadonlyMap<string, readonly string[]> = new Map([
  ['mysql.user', ['password', 'authentication_string', 'user_attributes']],
  ['mysql.global_priv', ['priv']],
  ['mysql.password_history', ['password']],
  ['mysql.password_reuse_check_history', ['hash']],
  ['mysql.slave_master_info', ['user_password']],
])

const WHY =
  'it reads what the accounts of the database sign in by: name the columns that you need, without those'

/** Logs hold the statements that made the accounts, digests among them. */
export const SECRET_LOGS: ReadonlySet<string> = new Set(['binlog events', 'relaylog events'])
export const WHY_LOGS = 'a log shows what the accounts of the database sign in by'

/** Whether a column of a result comes from there. */
export function isAccountSecret(schema: string, relation: string, column: string): boolean {
  return SECRETS.get(`${schema}.${relation}`.toLowerCase())?.includes(column.toLowerCase()) === true
}

/** The gateway's own account stands in the same rows. */
export function neverOfSecrets(actions: readonly Action[]): string | undefined {
  const found = actions.some(({ resource: { kind, path }, fields }) => {
    const secrets = kind === 'relation' ? SECRETS.get(path.join('.').toLowerCase()) : undefined
    if (secrets === undefined) return false
    return (
      fields === 'unknown' ||
      fields.some(({ name }) => secrets.includes((name.split(':')[0] ?? '').toLowerCase()))
    )
  })
  return found ? WHY : undefined
}
