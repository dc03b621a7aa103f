/** Connections of the gateway's own, by MongoDB's driver: which host serves, and what its accounts may do there (R2, R12). */
import {
  type Account,
  accountsOf,
  type Host,
  judgeRights,
  openServingHost,
  type Site,
} from '@gatehouse/adapter-kit'
import { type Document, MongoClient, type MongoClientOptions } from 'mongodb'
import { dangerousRights } from './account-rights.js'

/** What the server says of itself. */
export interface ServerFacts {
  /** As buildInfo says it. */
  readonly version: string
  readonly maxWireVersion: number
  readonly minWireVersion: number
  readonly kind: 'standalone' | 'replica set' | 'mongos'
  readonly writable: boolean
  readonly maxBsonObjectSize: number
  readonly maxMessageSizeBytes: number
  readonly maxWriteBatchSize: number
  /** Undefined: no sessions. */
  readonly logicalSessionTimeoutMinutes: number | undefined
}

export interface CatalogConnection {
  readonly client: MongoClient
  readonly host: Host
  readonly facts: ServerFacts
}

const PATIENCE = 5_000

export async function openCatalogConnection(
  site: Site,
  last: Host | undefined,
  account: Account = site.upstream.catalogAccount,
): Promise<CatalogConnection> {
  const { connection } = await openServingHost<CatalogConnection>(site.upstream, last, {
    open: (candidate) => openHost(site, candidate, account),
    takesWrites: ({ facts }) => facts.writable,
    close: ({ client }) => client.close(),
    reasonOf: plainReason,
    what: `listener \`${site.listener}\``,
    passedOver: 'it takes no writes and is not a primary',
  })
  return connection
}

async function openHost(site: Site, host: Host, account: Account): Promise<CatalogConnection> {
  const client = new MongoClient(`mongodb://${bracketed(host.host)}:${host.port}/`, optionsFor(site, account))
  // Its monitor reports a server that has gone; the next question fails by itself.
  client.on('error', () => {})
  try {
    await client.connect()
    const admin = client.db('admin')
    const hello = await admin.command({ hello: 1 })
    const { version } = await admin.command({ buildInfo: 1 })
    return { client, host, facts: factsOf(hello, version) }
  } catch (fault) {
    await client.close()
    throw fault
  }
}

function optionsFor({ upstream }: Site, { user, password }: Account): MongoClientOptions {
  const { tls, ca } = upstream
  return {
    directConnection: true,
    appName: 'gatehouse catalog',
    auth: { username: user, password: password ?? '' },
    authSource: 'admin',
    authMechanism: 'SCRAM-SHA-256',
    maxPoolSize: 4,
    serverSelectionTimeoutMS: PATIENCE,
    connectTimeoutMS: PATIENCE,
    socketTimeoutMS: 60_000,
    ...(tls === 'disable' ? {} : { tls: true, ...(ca === undefined ? {} : { ca: ca as string | Buffer }) }),
  }
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host)

function factsOf(hello: Document, version: unknown): ServerFacts {
  const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise)
  return {
    version: typeof version === 'string' ? version : 'unknown',
    maxWireVersion: number(hello.maxWireVersion, 0),
    minWireVersion: number(hello.minWireVersion, 0),
    kind:
      hello.msg === 'isdbgrid' ? 'mongos' : typeof hello.setName === 'string' ? 'replica set' : 'standalone',
    writable: hello.isWritablePrimary === true || hello.ismaster === true,
    maxBsonObjectSize: number(hello.maxBsonObjectSize, 16_777_216),
    maxMessageSizeBytes: number(hello.maxMessageSizeBytes, 48_000_000),
    maxWriteBatchSize: number(hello.maxWriteBatchSize, 100_000),
    logicalSessionTimeoutMinutes:
      typeof hello.logicalSessionTimeoutMinutes === 'number' ? hello.logicalSessionTimeoutMinutes : undefined,
  }
}

/** Refuses a start with an account that could undo the gateway's work, unless `privileged: accept` says so (R12). */
export async function checkAccounts(site: Site): Promise<void> {
  for (const account of accountsOf(site.upstream)) {
    const { client } = await openCatalogConnection(site, undefined, account)
    const status = await client
      .db('admin')
      .command({ connectionStatus: 1, showPrivileges: true })
      .finally(() => client.close())
    judgeRights(site, account, dangerousRights(status))
  }
}

/** The server's text may name the account or quote what was sent; its code's name is enough. */
export function plainReason(reason: unknown): string {
  if (!(reason instanceof Error)) return 'unknown'
  const { codeName, code } = reason as { codeName?: unknown; code?: unknown }
  if (typeof codeName === 'string') return codeName
  return typeof code === 'number' ? `code ${code}` : reason.message
}
