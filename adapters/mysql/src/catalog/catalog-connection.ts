/** Connections of the gateway's own: which host serves, and what its accounts may do there (R2, R12). */
import type { Account, Site } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import type { ConnectionOptions } from 'mysql2'
import { readAllGrants } from './account-rights.js'
import { connectClient, QUERY_MS } from './client.js'
import { dangerousRights } from './grants.js'
import { sessionSettings } from './queries.js'
import type { CatalogSource } from './read-catalog.js'
import { readServerFacts } from './server-facts.js'

export interface Host {
  readonly host: string
  readonly port: number
}

export interface CatalogConnection extends CatalogSource {
  readonly host: Host
}

/** The host that answered last is tried first; with `role: primary` one that is read-only is passed over. */
export async function openCatalogConnection(
  site: Site,
  last: Host | undefined,
  account: Account = site.upstream.catalogAccount,
): Promise<CatalogConnection> {
  const { hosts, role } = site.upstream
  const order =
    last === undefined
      ? hosts
      : [last, ...hosts.filter((host) => host.host !== last.host || host.port !== last.port)]
  let reason: unknown
  for (const host of order) {
    try {
      const opened = await openHost(site, host, account)
      if (role === 'any' || hosts.length === 1 || !opened.facts.readOnly) return opened
      await opened.client.end()
      reason = 'it is read-only and not a primary'
    } catch (fault) {
      if (fault instanceof GatehouseError) throw fault
      reason = fault
    }
  }
  throw new GatehouseError(
    'GH_CATALOG',
    `no host of listener \`${site.listener}\` could be read: ${plainReason(reason)}`,
    { cause: reason },
  )
}

async function openHost(site: Site, host: Host, account: Account): Promise<CatalogConnection> {
  const client = await connectClient(connectionTo(site, host, account))
  try {
    const facts = await readServerFacts(client)
    for (const text of sessionSettings(facts.flavour, QUERY_MS)) await client.rows(text)
    return { client, facts, host }
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
  const { accounts, catalogAccount, privileged } = site.upstream
  for (const account of new Map([...accounts, catalogAccount].map((each) => [each.user, each])).values()) {
    const { client, facts } = await openCatalogConnection(site, undefined, account)
    const grants = await readAllGrants(client, facts.flavour).finally(() => client.end())
    const too = dangerousRights(grants)
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

/** The server's text may name the account or quote what was sent; its code and a connection's are enough. */
export function plainReason(reason: unknown): string {
  if (typeof reason === 'string') return reason
  if (reason instanceof Error) {
    const { code } = reason as { code?: unknown }
    // Of a certificate the driver's own words say what is wrong.
    return typeof code === 'string' && code !== 'HANDSHAKE_SSL_ERROR' ? code : reason.message
  }
  return 'unknown'
}
