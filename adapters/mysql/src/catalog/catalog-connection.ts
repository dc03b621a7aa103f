/** Connections of the gateway's own: which host serves, and what its accounts may do there (R2, R12). */
import {
  type Account,
  accountsOf,
  type Host,
  judgeRights,
  openServingHost,
  type Site,
} from '@gatehouse/adapter-kit'
import type { ConnectionOptions } from 'mysql2'
import { readAllGrants } from './account-rights.js'
import { connectClient, QUERY_MS } from './client.js'
import { dangerousRights } from './grants.js'
import { sessionSettings } from './queries.js'
import type { CatalogSource } from './read-catalog.js'
import { readServerFacts } from './server-facts.js'

export interface CatalogConnection extends CatalogSource {
  readonly host: Host
}

export async function openCatalogConnection(
  site: Site,
  last: Host | undefined,
  account: Account = site.upstream.catalogAccount,
): Promise<CatalogConnection> {
  const { connection, host } = await openServingHost<CatalogSource>(site.upstream, last, {
    open: (candidate) => openHost(site, candidate, account),
    takesWrites: ({ facts }) => !facts.readOnly,
    close: ({ client }) => client.end(),
    reasonOf: plainReason,
    what: `listener \`${site.listener}\``,
    passedOver: 'it is read-only and not a primary',
  })
  return { ...connection, host }
}

async function openHost(site: Site, host: Host, account: Account): Promise<CatalogSource> {
  const client = await connectClient(connectionTo(site, host, account))
  try {
    const facts = await readServerFacts(client)
    for (const text of sessionSettings(facts.flavour, QUERY_MS)) await client.rows(text)
    return { client, facts }
  } catch (fault) {
    await client.end()
    throw fault
  }
}

function connectionTo(site: Site, { host, port }: Host, account: Account): ConnectionOptions {
  const { tls, ca } = site.upstream
  return {
    host,
    port,
    user: account.user,
    password: account.password ?? '',
    ...(tls === 'disable'
      ? {}
      : {
          ssl: {
            rejectUnauthorized: true,
            verifyIdentity: true,
            ...(ca === undefined ? {} : { ca: ca as string | Buffer }),
          },
        }),
  }
}

/** Refuses a start with an account that could undo the gateway's work, unless `privileged: accept` says so (R12). */
export async function checkAccounts(site: Site): Promise<void> {
  for (const account of accountsOf(site.upstream)) {
    const { client, facts } = await openCatalogConnection(site, undefined, account)
    const grants = await readAllGrants(client, facts.flavour).finally(() => client.end())
    judgeRights(site, account, dangerousRights(grants))
  }
}

/** The server's text may name the account or quote what was sent; its code and a connection's are enough. */
export function plainReason(reason: unknown): string {
  if (reason instanceof Error) {
    const { code } = reason as { code?: unknown }
    // Of a certificate the driver's own words say what is wrong.
    return typeof code === 'string' && code !== 'HANDSHAKE_SSL_ERROR' ? code : reason.message
  }
  return 'unknown'
}
