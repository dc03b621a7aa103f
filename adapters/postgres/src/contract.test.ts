/** Postgres keeps the contract, over the speaker's actor and over a real server; the card says how. */
import { randomBytes } from 'node:crypto'
import { contractCard, type Place, type RealUpstream, runContract } from '@gatehouse/adapter-contract'
import { Defining, type Site } from '@gatehouse/adapter-kit'
import { createPostgresReader } from '@gatehouse/sql'
import { startPostgres } from '@gatehouse/workbench'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { type Databases, openOver, postgres } from './index.js'
import { manifest } from './manifest.js'
import { catalog, relations, schema } from './speaker/catalog.js'
import { speaker } from './speaker/index.js'

const account = { user: 'gatehouse', password: 'the account signs in with this' }

const siteAt = ({ host, port, limits }: Place): Site => ({
  listener: 'contract',
  upstream: {
    hosts: [{ host, port }],
    role: 'any',
    accounts: [account],
    catalogAccount: account,
    tls: 'disable',
    databases: ['shop'],
    privileged: 'refuse',
  },
  knowledge: { classes: [], functions: [] },
  maskingKey: Buffer.alloc(32, 7),
  limits,
  catalogRefresh: 1_000,
  log: { info() {}, warn() {}, error() {} },
  now: () => Date.now(),
  tick: () => performance.now(),
  random: (size) => randomBytes(size),
  version: '0',
})

const reader = await createPostgresReader({
  major: 18,
  catalog,
  accounts: [account.user],
  limits: { bytes: 8 * 1024 },
})
afterAll(() => reader.close())

/** The static catalog as the one database. */
function databasesAt({ host, port }: Place): Databases {
  const find = <Value>(map: ReadonlyMap<unknown, Value>, key: unknown) => map.get(key)
  const byOid = new Map(relations.map((relation) => [relation.oid, relation]))
  return {
    serves: (name) => name === 'shop',
    current: true,
    revise: async () => {},
    answer: () => false,
    close: async () => {},
    get: async () => ({
      name: 'shop',
      reader,
      current: true,
      epoch: 0,
      refreshing: undefined,
      defining: new Defining(),
      relation: (oid) => find(byOid, oid),
      named: (resource: string) =>
        relations.find(({ schema, name }) => `shop.${schema}.${name}` === resource),
      type: () => undefined,
      document: undefined,
      catalog: () => catalog,
      refresh: async () => {},
      revise: async () => {},
      target: () => ({ host, port }),
      close: async () => {},
    }),
  }
}

const scripted = runContract({
  manifest,
  speaker,
  open: async (place) => openOver(siteAt(place), databasesAt(place)),
  describe,
  test,
})

let stop = async () => {}
afterAll(() => stop())

/** A database `shop` that holds the world, owned by the gateway's account. */
async function startWorld(): Promise<RealUpstream> {
  const server = await startPostgres()
  stop = () => server.stop()
  const run = async (connectionString: string, ...texts: readonly string[]) => {
    const client = new pg.Client({ connectionString })
    await client.connect()
    for (const text of texts) await client.query(text)
    await client.end()
  }
  const { user, password } = account
  await run(
    server.url,
    `create role ${user} login password '${password}'`,
    `create database shop owner ${user}`,
  )
  await run(`postgres://${user}:${encodeURIComponent(password)}@${server.host}:${server.port}/shop`, schema)
  return { host: server.host, port: server.port }
}

const real = runContract({
  manifest,
  speaker,
  open: async (place) => postgres.open(siteAt(place)),
  real: startWorld,
  afterAll,
  describe,
  test,
})

test('docs/adapters/postgres.md says what the contract showed', async ({ skip }) => {
  skip(scripted.length !== real.length, 'some clauses were not played')
  const card = contractCard({
    title: 'Postgres',
    manifest,
    speaker,
    scripted,
    real: [{ name: 'Postgres 18', verdicts: real }],
    notes: [
      [
        'Protocol 3.0, and 3.2 by negotiation; servers of the majors 15 to 18. Clients sign in by SCRAM-SHA-256, with channel binding',
        'under TLS, or by a token as cleartext password under TLS. Replication, GSSAPI encryption and the fast-path function call are',
        'refused.',
      ].join('\n'),
    ],
  })
  await expect(card).toMatchFileSnapshot('../../../docs/adapters/postgres.md')
})
