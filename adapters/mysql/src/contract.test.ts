/** MySQL and MariaDB keep the contract, over the speaker's actor and over real servers; the card says how. */

import { randomBytes } from 'node:crypto'
import {
  contractCard,
  type Place,
  type RealUpstream,
  runContract,
  type Verdict,
} from '@gatehouse/adapter-contract'
import type { Site } from '@gatehouse/adapter-kit'
import { Defining } from '@gatehouse/adapter-kit'
import { createMysqlReader, type MysqlFlavour } from '@gatehouse/sql'
import { describePart, startMariadb, startMysql } from '@gatehouse/workbench'
import { afterAll, describe, expect, test } from 'vitest'
import type { Server } from './catalog/server.js'
import { mysql, openOver } from './index.js'
import { manifest } from './manifest.js'
import { ACCOUNT } from './speaker/actor.js'
import { catalogOf, relations, schema } from './speaker/catalog.js'
import { speakerOf } from './speaker/index.js'
import { signIn } from './wire/raw-client.js'

const siteAt = ({ host, port, limits }: Place): Site => ({
  listener: 'contract',
  upstream: {
    hosts: [{ host, port }],
    role: 'any',
    accounts: [ACCOUNT],
    catalogAccount: ACCOUNT,
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

/** The static catalog as the one server. */
async function serverOf(flavour: MysqlFlavour): Promise<(place: Place) => Server> {
  const catalog = catalogOf(flavour)
  const reader = await createMysqlReader({
    flavour,
    version: catalog.version,
    catalog,
    accounts: [ACCOUNT.user],
    limits: { bytes: 8 * 1024 },
  })
  afterAll(() => reader.close())
  const relation = (schemaName: string, name: string) =>
    relations.find((one) => one.schema === schemaName && one.name === name)
  return ({ host, port }) => ({
    flavour,
    version: catalog.version,
    takesFiles: false,
    serverVersion: catalog.serverVersion,
    reader,
    current: true,
    epoch: 0,
    refreshing: undefined,
    defining: new Defining(),
    document: undefined,
    relation,
    column: (schemaName, name, column) =>
      relation(schemaName, name)?.columns.find((one) => one.name === column.toLowerCase()),
    serves: (database) => database === undefined || database === 'shop',
    refresh: async () => {},
    revise: async () => {},
    catalog: () => catalog,
    target: () => ({ host, port }),
    close: async () => {},
  })
}

/** A server whose database `shop` holds the world and belongs to the gateway's account. */
async function startWorld(
  flavour: MysqlFlavour,
  stopLater: (stop: () => Promise<void>) => void,
): Promise<RealUpstream> {
  const server = await (flavour === 'mysql' ? startMysql : startMariadb)()
  stopLater(() => server.stop())
  const root = await signIn({ port: server.port, user: server.user, password: server.password, database: '' })
  const { user, password } = ACCOUNT
  for (const text of [
    'create database shop character set utf8mb4',
    'use shop',
    ...schema,
    `create user ${user}@'127.0.0.1' identified by '${password}'`,
    `grant all on shop.* to ${user}@'127.0.0.1'`,
  ])
    await root.query(text)
  await root.close()
  // The first sign-in of caching_sha2 is the full one; from then on the server knows the password without TLS.
  await (await signIn({ port: server.port, user, password })).close()
  return { host: server.host, port: server.port }
}

const verdicts: { scripted: readonly Verdict[]; mariadb: readonly Verdict[]; mysql: readonly Verdict[] } = {
  scripted: [],
  mariadb: [],
  mysql: [],
}
const stops: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const stop of stops) await stop()
})

const scriptedServer = await serverOf('mariadb')
verdicts.scripted = runContract({
  manifest,
  speaker: speakerOf('mariadb'),
  open: async (place) => openOver(siteAt(place), scriptedServer(place)),
  describe,
  test,
})

const actedServer = await serverOf('mysql')
describe("MySQL's own ways", () => {
  runContract({
    manifest,
    speaker: speakerOf('mysql'),
    open: async (place) => openOver(siteAt(place), actedServer(place)),
    describe,
    test,
  })
})

for (const [flavour, part] of [
  ['mariadb', 'mariadbd'],
  ['mysql', 'mysql'],
] as const) {
  describePart(part, flavour, () => {
    verdicts[flavour] = runContract({
      manifest,
      speaker: speakerOf(flavour),
      open: async (place) => mysql.open(siteAt(place)),
      real: () => startWorld(flavour, (stop) => stops.push(stop)),
      afterAll,
      describe,
      test,
    })
  })
}

test('docs/adapters/mysql.md says what the contract showed', async ({ skip }) => {
  const { scripted, mariadb, mysql: oracle } = verdicts
  skip(
    new Set([scripted, mariadb, oracle].map(({ length }) => length)).size > 1,
    'some clauses were not played',
  )
  const card = contractCard({
    title: 'MySQL and MariaDB',
    manifest,
    speaker: speakerOf('mariadb'),
    scripted,
    real: [
      { name: 'MariaDB 10.11', verdicts: mariadb },
      { name: 'MySQL 9', verdicts: oracle },
    ],
    notes: [NOTE],
  })
  await expect(card).toMatchFileSnapshot('../../../docs/adapters/mysql.md')
})

const NOTE = [
  "Handshake v10 with the upstream's own version in the greeting; clients sign in by caching_sha2_password, in full under TLS, by a",
  'token as mysql_clear_password under TLS, and by mysql_native_password where the listener allows it. LOCAL INFILE is offered',
  'where the server takes files; what a permitted statement names is relayed, and nothing else is ever asked for. Not offered: compression,',
  'attributes of queries, bulk execution, progress reports and definitions that are left out. An OK tells a client of its database, its',
  'autocommit, character sets and time zone, and of nothing else. Replication and whatever else is not listed is refused. A statement that is executed',
  "at once by the id of the last prepared one is MariaDB's own and played there alone. What stands in BEGIN NOT ATOMIC, in a package and in the",
  'body of ALTER EVENT is not read: it is `opaque`, and a block of theirs is refused where the client has agreed to several statements in one',
  'text. SHOW GRANTS and SHOW CREATE USER come without the digests of passwords, and no statement reads those.',
].join('\n')
