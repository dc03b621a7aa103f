/** Where an adapter stands, from the configuration. */
import type {
  Account,
  Knowledge,
  Siblings,
  Site,
  SiteLimits,
  StopRequest,
  Upstream,
} from '@gatehouse/adapter-kit'
import type { ListenerSettings } from './configuration/listener-keys.js'
import type { Configuration } from './configuration/read-configuration.js'
import type { UpstreamSettings } from './configuration/upstream-keys.js'
import type { Log } from './log.js'
import { VERSION } from './version.js'

export interface SiteSources {
  readonly log: Log
  readonly now: () => number
  readonly random: (size: number) => Uint8Array
  readonly stopElsewhere?: (listener: string, request: StopRequest) => Promise<boolean>
  readonly siblings?: Siblings
  readonly secret?: Uint8Array
}

export function siteFor(
  configuration: Configuration,
  settings: ListenerSettings,
  knowledge: Knowledge,
  { log, now, random, stopElsewhere, siblings, secret }: SiteSources,
): Site {
  const key = configuration.masking?.key
  return {
    listener: settings.name,
    upstream: upstreamFor(settings.upstream),
    knowledge,
    ...(key !== undefined && { maskingKey: key }),
    limits: siteLimits(settings),
    catalogRefresh: settings.upstream.catalog.refresh,
    log,
    now,
    tick: () => performance.now(),
    random,
    ...(stopElsewhere && { stopElsewhere: (request) => stopElsewhere(settings.name, request) }),
    ...(siblings && { siblings }),
    ...(secret && { secret }),
    version: VERSION,
  }
}

function siteLimits({ limits }: Pick<ListenerSettings, 'limits'>): SiteLimits {
  const { statement, message, statementTime, lockTime, idleInTransaction } = limits
  return { statement, message, statementTime, lockTime, idleInTransaction }
}

function upstreamFor(upstream: UpstreamSettings): Upstream {
  const own = accountFor(upstream)
  const { user, password } = upstream.catalog
  return {
    hosts: upstream.hosts,
    role: upstream.role,
    accounts: [
      ...upstream.accounts.map((account) => ({ ...accountFor(account), groups: account.groups })),
      own,
    ],
    catalogAccount: user === undefined ? own : accountFor({ user, password }),
    tls: upstream.tls,
    ...(upstream.ca !== undefined && { ca: upstream.ca }),
    ...(upstream.databases !== undefined && { databases: upstream.databases }),
    privileged: upstream.privileged,
    ...(upstream.grammar !== undefined && { nearestGrammar: upstream.grammar }),
  }
}

function accountFor({ user, password }: { user: string; password?: string | undefined }): Account {
  return { user, ...(password !== undefined && { password }) }
}

/** Two listeners' settings with the same mark can go on with the same open adapter. */
export function siteMark(
  configuration: Configuration,
  { protocol, upstream, limits }: ListenerSettings,
): string {
  const key = configuration.masking?.key
  return JSON.stringify([protocol, upstream, siteLimits({ limits }), key && Buffer.from(key).toString('hex')])
}
