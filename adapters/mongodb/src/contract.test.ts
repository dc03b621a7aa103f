/** MongoDB keeps the contract, over the speaker's actor and over a real server; the card says how. */

import { randomBytes } from 'node:crypto'
import {
  contractCard,
  type Place,
  type RealUpstream,
  runContract,
  type Verdict,
} from '@gatehouse/adapter-contract'
import type { OpenAdapter, Site } from '@gatehouse/adapter-kit'
import { compileDocuments } from '@gatehouse/masking'
import { describePart, startFerretdb } from '@gatehouse/workbench'
import { type Document, MongoClient } from 'mongodb'
import { afterAll, describe, expect, test } from 'vitest'
import { createCatalog } from './catalog/description.js'
import { mongodb, openOver } from './index.js'
import { manifest } from './manifest.js'
import { createReader } from './reading/reader.js'
import { ACCOUNT } from './speaker/actor.js'
import { description, documents } from './speaker/catalog.js'
import { speaker } from './speaker/index.js'

/** Milliseconds; a busy machine is no broken clause. */
const PATIENCE = 20_000

const siteAt = ({ host, port, limits }: Place): Site => ({
  listener: 'contract',
  upstream: {
    hosts: [{ host, port }],
    role: 'any',
    accounts: [ACCOUNT],
    catalogAccount: ACCOUNT,
    tls: 'disable',
    databases: ['shop'],
    privileged: 'accept',
  },
  knowledge: { classes: [], functions: [] },
  maskingKey: Buffer.alloc(32, 7),
  limits,
  catalogRefresh: 60_000,
  log: { info() {}, warn() {}, error() {} },
  now: () => Date.now(),
  tick: () => performance.now(),
  random: (size) => randomBytes(size),
  version: '0',
})

const catalog = createCatalog(description, compileDocuments([]))

/** The static catalog as the one server. */
function openScripted(place: Place): OpenAdapter {
  return openOver(siteAt(place), {
    server: {
      upstream: {
        version: description.version,
        minWireVersion: 0,
        maxWireVersion: 21,
        kind: 'replica set',
        writable: true,
        logicalSessionTimeoutMinutes: 30,
        maxBsonObjectSize: 16_777_216,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
      },
      current: true,
      epoch: 1,
      catalog: () => catalog,
      refresh: async () => {},
      serves: (database) => database === 'shop',
      target: () => ({ host: place.host, port: place.port }),
    },
    reader: createReader(),
    revise: async () => {},
    describe: () => description,
    close: async () => {},
  })
}

/** A server whose database `shop` holds the world, with an account for the gateway. */
async function startWorld(): Promise<RealUpstream> {
  const server = await startFerretdb()
  stops.push(() => server.stop())
  const client = new MongoClient(server.url)
  const { user, password } = ACCOUNT
  await client.db('admin').command({
    createUser: user,
    pwd: password,
    roles: ['clusterAdmin', 'readWriteAnyDatabase'].map((role) => ({ role, db: 'admin' })),
  })
  for (const [name, stored] of Object.entries(documents))
    await client
      .db('shop')
      .collection<Document>(name)
      .insertMany([...stored])
  await client.close()
  return { host: server.host, port: server.port, without: 'transactions' }
}

const verdicts: { scripted: readonly Verdict[]; ferretdb: readonly Verdict[] } = {
  scripted: [],
  ferretdb: [],
}
const stops: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const stop of stops) await stop()
})

verdicts.scripted = runContract({
  manifest,
  speaker,
  patience: PATIENCE,
  open: async (place) => openScripted(place),
  describe,
  test,
})

describePart('ferretdb', 'FerretDB', () => {
  verdicts.ferretdb = runContract({
    manifest,
    speaker,
    patience: PATIENCE,
    open: async (place) => mongodb.open(siteAt(place)),
    real: startWorld,
    describe,
    test,
  })
})

test('docs/adapters/mongodb.md says what the contract showed', async ({ skip }) => {
  const { scripted, ferretdb } = verdicts
  skip(scripted.length !== ferretdb.length, 'some clauses were not played')
  const card = contractCard({
    title: 'MongoDB',
    manifest,
    speaker,
    scripted,
    real: [{ name: 'FerretDB 2', verdicts: ferretdb }],
    notes: [NOTE],
  })
  await expect(card).toMatchFileSnapshot('../../../docs/adapters/mongodb.md')
})

const NOTE = [
  "Clients see a router (`msg: isdbgrid`), or a lone server where the upstream is one, and no address of the upstream's. They sign in by",
  'SCRAM-SHA-256 (speculatively too) and, under TLS, by PLAIN or MONGODB-OIDC (one step or two, renewed after 391) with a token, by MONGODB-X509 with a certificate. OP_QUERY is answered for legacy hello alone. Not',
  'offered: SCRAM-SHA-1, compression by snappy or zstd, compressed replies, hello as a stream, exhaust cursors. What runs JavaScript on the',
  'server is opaque; an unknown command, field, stage or operator is refused, or its output is masked. A server says nothing unasked: where no',
  'answer is waited for, a connection ends without a word. A transaction is begun by fields of its commands (`lsid`, `txnNumber`), by no text of',
  "its own: it is its session's, and one that is lost is ended by whoever has the session, or by the server's time limit. FerretDB has no",
  'transactions, change streams, OP_COMPRESSED or `w: 0`: what needs them is played over a scripted upstream. Under a limit',
  "on changed rows an update or delete of many documents runs inside a transaction of the gateway's own, which a lone server does not have: there,",
  'and for what a pipeline or one `bulkWrite` stores, it is refused.',
].join('\n')
