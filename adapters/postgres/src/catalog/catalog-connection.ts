/** Connections of the gateway's own: which host serves, and what its accounts may do there (R2, R12). */
import type { Account, Site } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import type { ClientConfig } from 'pg'
import { type CatalogClient, connectCatalog, readAccountRights } from './index.js'

export interface Host {
  readonly host: string
  readonly port: number
}

/** The host that answered last is tried first; with `role: primary` one in recovery is passed over. */
export async function openCatalogConnection(
  site: Site,
  database: string,
  last: Host | undefined,
): Promise<{ readonly client: CatalogClient; readonly host: Host }> {
  const { hosts, role, catalogAccount } = site.upstream
  const order =
    last === undefined
      ? hosts
      : [last, ...hosts.filter((host) => host.host !== last.host || host.port !== last.port)]
  let reason: unknown
  for (const host of order) {
    try {
      const client = await connectCatalog(connectionTo(site, host, catalogAccount, database))
      if (role === 'any' || hosts.length === 1 || !(await isInRecovery(client))) return { client, host }
      await client.end()
      reason = 'it is in recovery and not a primary'
    } catch (fault) {
      reason = fault
    }
  }
  throw new GatehouseError(
    'GH_CATALOG',
    `no host of database \`${database}\` could be read: ${plainReason(reason)}`,
    { cause: reason },
  )
}

function connectionTo(site: Site, { host, port }: Host, account: Account, database: string): ClientConfig {
  const { tls, ca } = site.upstream
  return {
    host,
    port,
    user: account.user,
    database,
    ...(account.password === undefined ? {} : { password: account.password }),
    // `host` makes an address, not only a name, be checked against the certificate.
    ...(tls === 'disable'
      ? {}
      : {
          ssl: { rejectUnauthorized: true, host, ...(ca === undefined ? {} : { ca }) } as ClientConfig['ssl'],
        }),
  }
}

async function isInRecovery(client: CatalogClient): Promise<boolean> {
  const { rows } = await client.query('select pg_catalog.pg_is_in_recovery() as recovering')
  return rows[0]?.recovering !== false
}

/** Roles whose members read or run what no grant would show. */
const DANGEROUS = new Set([
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_execute_server_program',
  'pg_signal_backend',
  'pg_signal_autovacuum_worker',
])

/** Refuses a start with an account that could undo the gateway's work, unless `privileged: accept` says so (R12). */
export async function checkAccounts(site: Site, database: string): Promise<void> {
  const { accounts, catalogAccount, privileged } = site.upstream
  const [host] = site.upstream.hosts
  if (host === undefined) return
  for (const account of new Map([...accounts, catalogAccount].map((each) => [each.user, each])).values()) {
    const client = await openAs(site, account, database)
    const rights = await readAccountRights(client).finally(() => client.end())
    const too = [
      ...(['superuser', 'bypassrls', 'replication', 'createrole'] as const).filter((right) => rights[right]),
      ...rights.memberOf.filter((role) => DANGEROUS.has(role)),
    ]
    if (too.length === 0) continue
    const what = `upstream account \`${account.user}\` of listener \`${site.listener}\` has ${too.join(', ')}`
    if (privileged === 'refuse') {
      throw new GatehouseError(
        'GH_CONFIGURATION',
        `${what}; give it less, or accept it by \`upstream.privileged: accept\``,
      )
    }
    site.log.warn({ account: account.user, rights: too }, `${what}, accepted by upstream.privileged`)
  }
}

async function openAs(site: Site, account: Account, database: string): Promise<CatalogClient> {
  const { client } = await openCatalogConnection(
    { ...site, upstream: { ...site.upstream, catalogAccount: account } },
    database,
    undefined,
  )
  return client
}

/** The server's text may name the account or quote what was sent; its code and a connection's are enough. */
function plainReason(reason: unknown): string {
  if (typeof reason === 'string') return reason
  if (reason instanceof Error) {
    const { code } = reason as { code?: unknown }
    return typeof code === 'string' ? code : reason.message
  }
  return 'unknown'
}
