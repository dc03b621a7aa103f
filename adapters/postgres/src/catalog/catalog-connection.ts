/** Connections of the gateway's own: which host serves, and what its accounts may do there (R2, R12). */
import {
  type Account,
  accountsOf,
  type Host,
  judgeRights,
  openServingHost,
  type Site,
} from '@gatehouse/adapter-kit'
import type { ClientConfig } from 'pg'
import { type CatalogClient, connectCatalog, readAccountRights } from './index.js'

export async function openCatalogConnection(
  site: Site,
  database: string,
  last: Host | undefined,
  account: Account = site.upstream.catalogAccount,
): Promise<{ readonly client: CatalogClient; readonly host: Host }> {
  const { connection, host } = await openServingHost<CatalogClient>(site.upstream, last, {
    open: (candidate) => connectCatalog(connectionTo(site, candidate, account, database)),
    takesWrites: async (client) => !(await isInRecovery(client)),
    close: (client) => client.end(),
    reasonOf: plainReason,
    what: `database \`${database}\``,
    passedOver: 'it is in recovery and not a primary',
  })
  return { client: connection, host }
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
  for (const account of accountsOf(site.upstream)) {
    const { client } = await openCatalogConnection(site, database, undefined, account)
    const rights = await readAccountRights(client).finally(() => client.end())
    judgeRights(site, account, [
      ...(['superuser', 'bypassrls', 'replication', 'createrole'] as const).filter((right) => rights[right]),
      ...rights.memberOf.filter((role) => DANGEROUS.has(role)),
    ])
  }
}

/** The server's text may name the account or quote what was sent; its code and a connection's are enough. */
function plainReason(reason: unknown): string {
  if (reason instanceof Error) {
    const { code } = reason as { code?: unknown }
    return typeof code === 'string' ? code : reason.message
  }
  return 'unknown'
}
