/** What of an account's rights could undo the gateway's work: rights on admin, config, local, or over the whole cluster (R12). */

interface Privilege {
  readonly resource?: {
    readonly db?: string
    readonly collection?: string
    readonly cluster?: boolean
    readonly anyResource?: boolean
  }
  readonly actions?: readonly string[]
}

const SYSTEM: ReadonlySet<string> = new Set(['admin', 'config', 'local'])

/** Actions on the cluster that show or end nothing of others' (manual, Privilege Actions). */
const HARMLESS: ReadonlySet<string> = new Set([
  'listDatabases',
  'listSessions',
  'serverStatus',
  'hostInfo',
  'getDefaultRWConcern',
  'useUUID',
])

const USERS =
  /^(create|drop|grant|revoke|change|view|set)(User|Role|AnyRole|CustomData|Password|AuthenticationRestriction)|^anyAction$/

/** Of the reply to `{connectionStatus: 1, showPrivileges: true}`, as words for a person. */
export function dangerousRights(status: unknown): string[] {
  const { authInfo } = status as { authInfo?: { authenticatedUserPrivileges?: readonly Privilege[] } }
  const privileges = authInfo?.authenticatedUserPrivileges
  // Unread rights may be any.
  if (privileges === undefined || privileges.length === 0) return ['rights that the server does not tell']
  const found = new Set<string>()
  for (const { resource = {}, actions = [] } of privileges) {
    if (resource.anyResource === true) found.add('rights on every resource')
    if (resource.db !== undefined && SYSTEM.has(resource.db)) found.add(`rights on \`${resource.db}\``)
    if (resource.cluster === true)
      for (const action of actions) if (!HARMLESS.has(action)) found.add(`\`${action}\` on the cluster`)
    if (actions.some((action) => USERS.test(action))) found.add('rights over users and roles')
  }
  return [...found].slice(0, 8)
}
