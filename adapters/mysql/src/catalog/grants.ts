/** What an account was granted, from the lines of SHOW GRANTS. Pure; never repeats a line, which may hold a password's hash. */

export interface Grant {
  /** Upper case, without column lists: `SELECT`, `ALL PRIVILEGES`, `BACKUP_ADMIN`. */
  readonly privileges: readonly string[]
  /** Undefined: everywhere. May hold wildcards where no table is named (MySQL manual, GRANT). */
  readonly schema: string | undefined
  readonly object: string | undefined
  /** WITH GRANT OPTION or ADMIN OPTION. */
  readonly grantable: boolean
  /** A partial revoke (MySQL 8.0.16): taken away again there. */
  readonly revoked: boolean
}

export type Grants = readonly Grant[]

const NAME = '(\\*|`(?:[^`]|``)*`)'
const SCOPED = new RegExp(
  `^(GRANT|REVOKE) (.+?) ON (?:PROCEDURE |FUNCTION |PACKAGE BODY |PACKAGE |TABLE |LIBRARY )?${NAME}\\.${NAME} (?:TO|FROM) `,
)
const GRANTABLE = / WITH (?:GRANT|ADMIN) OPTION\b/

/** Lines that say nothing of rights yield nothing; one that is not understood counts as a right that nobody knows. */
export function readGrants(lines: readonly string[]): Grants {
  return lines.flatMap((line) => grantOf(line) ?? [])
}

function grantOf(line: string): Grant | undefined {
  if (/^SET DEFAULT ROLE /.test(line)) return undefined
  const grantable = GRANTABLE.test(line)
  const everywhere = { schema: undefined, object: undefined, grantable, revoked: false }
  // Roles: what they hold is asked for in its own right.
  if (/^GRANT ['`]/.test(line)) return grantable ? { ...everywhere, privileges: [] } : undefined
  if (/^GRANT PROXY ON /.test(line)) return { ...everywhere, privileges: ['PROXY'] }
  const [, verb, privileges, schema, object] = SCOPED.exec(line) ?? []
  if (privileges === undefined) return { ...everywhere, privileges: ['UNKNOWN'] }
  return {
    privileges: privileges
      .replace(/ ?\((?:`(?:[^`]|``)*`|[^`)])*\)/g, '')
      .split(',')
      .map((each) => each.trim().toUpperCase()),
    schema: nameOf(schema),
    object: nameOf(object),
    grantable,
    revoked: verb === 'REVOKE',
  }
}

function nameOf(text: string | undefined): string | undefined {
  return text === undefined || text === '*' ? undefined : text.slice(1, -1).replaceAll('``', '`')
}

/** Whether the grant says something of this schema; a wildcard fits where the whole schema is meant. */
function covers({ schema, object }: Grant, name: string): boolean {
  if (schema === undefined) return true
  const wanted = name.toLowerCase()
  if (object !== undefined) return schema.toLowerCase() === wanted
  const pattern = schema
    .toLowerCase()
    .replace(/\\?[\s\S]/g, (each) =>
      each === '%' ? '[\\s\\S]*' : each === '_' ? '[\\s\\S]' : (each.at(-1) ?? '').replace(/[^\w]/, '\\$&'),
    )
  return new RegExp(`^${pattern}$`).test(wanted)
}

function gives({ privileges }: Grant, privilege: string): boolean {
  return privileges.some((each) => each === privilege || each === 'ALL PRIVILEGES' || each === 'ALL')
}

/** Triggers show to those who hold TRIGGER on their table, and to nobody else. */
export function mayShowTriggers(grants: Grants, schema: string, relation: string): boolean {
  const about = grants.filter((grant) => covers(grant, schema) && gives(grant, 'TRIGGER'))
  if (about.some(({ revoked }) => revoked)) return false
  return about.some(({ object }) => object === undefined || object.toLowerCase() === relation.toLowerCase())
}

/** Rights that reach nothing which the same account could not reach otherwise, wherever they are given. */
const HARMLESS = new Set(
  [
    'USAGE|SHOW DATABASES|SHOW VIEW|TRIGGER|EXECUTE|CREATE TEMPORARY TABLES|LOCK TABLES|REFERENCES|EVENT',
    'SHOW_ROUTINE|SHOW CREATE ROUTINE|REPLICATION CLIENT|BINLOG MONITOR',
  ].flatMap((words) => words.split('|')),
)

/** Rights over data: dangerous only where they reach the server's own. */
const OVER_DATA = new Set(
  [
    'SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|INDEX|CREATE VIEW|CREATE ROUTINE|ALTER ROUTINE|DELETE HISTORY',
    'DELETE VERSIONING ROWS|OPTIMIZE_LOCAL_TABLE',
  ].flatMap((words) => words.split('|')),
)

/** What lets an account undo the gateway's work (R12); a privilege that is not known is one of them. */
export function dangerousRights(grants: Grants): readonly string[] {
  const found = new Set<string>()
  const taken = grants.filter((grant) => grant.revoked && covers(grant, 'mysql'))
  for (const grant of grants) {
    if (grant.revoked) continue
    if (grant.grantable) found.add('GRANT OPTION')
    for (const privilege of grant.privileges) {
      if (HARMLESS.has(privilege)) continue
      const all = privilege === 'ALL PRIVILEGES' || privilege === 'ALL'
      if (!OVER_DATA.has(privilege) && !all) found.add(privilege)
      else if (all && grant.schema === undefined) found.add('ALL PRIVILEGES')
      else if (covers(grant, 'mysql') && !taken.some((each) => gives(each, privilege)))
        found.add(`${privilege} on mysql.*`)
    }
  }
  return [...found].sort()
}
