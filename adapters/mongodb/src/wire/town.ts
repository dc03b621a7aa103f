/** A real server with some people in it, and the gateway before it. */
import { randomBytes } from 'node:crypto'
import { createStage, type Stage } from '@gatehouse/adapter-contract'
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import { type FerretdbServer, startFerretdb } from '@gatehouse/workbench'
import { type Document, MongoClient } from 'mongodb'
import { mongodb } from '../index.js'
import { USERS, wirePolicy } from './fixture.js'

export interface Row extends Document {
  _id: number
}

export const PEOPLE: readonly Row[] = Array.from({ length: 250 }, (_, index) => ({
  _id: index,
  name: `Person ${index}`,
  email: `user${index}@example.com`,
  box: { kind: index % 2 === 0 ? 'even' : 'odd', parts: [{ size: index }] },
  orders: [{ total: index * 1.5 }, { total: 2 }],
}))

export interface Town {
  readonly upstream: FerretdbServer
  readonly adapter: OpenAdapter
  readonly stage: Stage
  url(user: string): string
  close(): Promise<void>
}

export async function openTown(): Promise<Town> {
  const upstream = await startFerretdb()
  const direct = new MongoClient(upstream.url)
  await direct
    .db('shop')
    .collection<Row>('people')
    .insertMany([...PEOPLE])
  await direct.db('shop').collection('vault').insertOne({ a: 1 })
  await direct.close()
  const account = { user: upstream.user, password: upstream.password }
  const adapter = await mongodb.open({
    listener: 'shop',
    upstream: {
      hosts: [{ host: upstream.host, port: upstream.port }],
      role: 'primary',
      accounts: [account],
      catalogAccount: account,
      tls: 'disable',
      databases: ['shop'],
      privileged: 'accept',
    },
    knowledge: { classes: [], functions: [] },
    limits: { statement: 16 << 20, message: 48_000_000 },
    catalogRefresh: 500,
    log: { info() {}, warn() {}, error() {} },
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => randomBytes(size),
    version: '0.0.0',
  })
  const stage = await createStage({ adapter, policy: wirePolicy(), users: USERS })
  return {
    upstream,
    adapter,
    stage,
    url: (user) => `mongodb://${user}:${encodeURIComponent(`secret of ${user}`)}@127.0.0.1:${stage.port}/`,
    async close() {
      await stage.close()
      await adapter.close()
      await upstream.stop()
    },
  }
}
