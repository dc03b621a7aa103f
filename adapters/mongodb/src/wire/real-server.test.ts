/** A real server behind the gateway, and the driver before it. */
import { randomBytes } from 'node:crypto'
import { createStage, type Stage } from '@gatehouse/adapter-contract'
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import { describePart, type FerretdbServer, startFerretdb } from '@gatehouse/workbench'
import { type Document, MongoClient } from 'mongodb'
import { MongoClient as OlderClient } from 'mongodb-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mongodb } from '../index.js'
import { USERS, wirePolicy } from './fixture.js'

interface Row extends Document {
  _id: number
}

describePart('ferretdb', 'a real server', () => {
  let upstream: FerretdbServer
  let adapter: OpenAdapter
  let stage: Stage
  let direct: MongoClient

  const PEOPLE: readonly Row[] = Array.from({ length: 250 }, (_, index) => ({
    _id: index,
    name: `Person ${index}`,
    email: `user${index}@example.com`,
    box: { kind: index % 2 === 0 ? 'even' : 'odd', parts: [{ size: index }] },
    orders: [{ total: index * 1.5 }, { total: 2 }],
  }))

  beforeAll(async () => {
    upstream = await startFerretdb()
    direct = new MongoClient(upstream.url)
    await direct
      .db('shop')
      .collection<Row>('people')
      .insertMany([...PEOPLE])
    await direct.db('shop').collection('vault').insertOne({ a: 1 })
    const account = { user: upstream.user, password: upstream.password }
    adapter = await mongodb.open({
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
      random: (size) => randomBytes(size),
      version: '0.0.0',
    })
    stage = await createStage({ adapter, policy: wirePolicy(), users: USERS })
  }, 60_000)
  afterAll(async () => {
    await stage?.close()
    await adapter?.close()
    await direct?.close()
    await upstream?.stop()
  })

  const url = (user: string) =>
    `mongodb://${user}:${encodeURIComponent(`secret of ${user}`)}@127.0.0.1:${stage.port}/`

  describe.each([
    ['7.x', MongoClient],
    ['6.x', OlderClient as unknown as typeof MongoClient],
  ] as const)('the driver %s', (version, Client) => {
    const as = async <Result>(
      user: string,
      work: (client: MongoClient) => Promise<Result>,
    ): Promise<Result> => {
      const client = new Client(url(user))
      try {
        return await work(client)
      } finally {
        await client.close()
      }
    }

    test('reads what is there, over many batches', async () => {
      await as('adam', async (client) => {
        const people = client.db('shop').collection<Row>('people')
        expect(await people.find({}).sort({ _id: 1 }).batchSize(40).toArray()).toEqual(PEOPLE)
        expect(await people.countDocuments({ 'box.kind': 'even' })).toBe(125)
        expect(await people.estimatedDocumentCount()).toBe(250)
        expect((await people.distinct('box.kind')).sort()).toEqual(['even', 'odd'])
        expect(
          await people
            .aggregate([{ $group: { _id: '$box.kind', n: { $sum: 1 } } }, { $sort: { _id: 1 } }])
            .toArray(),
        ).toEqual([
          { _id: 'even', n: 125 },
          { _id: 'odd', n: 125 },
        ])
      })
    })

    test('masks what is classified, and nothing else', async () => {
      await as('ann', async (client) => {
        const people = client.db('shop').collection<Row>('people')
        const found = await people.find({}).sort({ _id: 1 }).batchSize(40).toArray()
        expect(found).toHaveLength(250)
        for (const [index, { email, name, ...rest }] of found.entries()) {
          const { email: _e, name: _n, ...clean } = (PEOPLE[index] ?? {}) as Row
          expect(rest).toEqual(clean)
          expect(email).not.toContain(`user${index}@`)
        }
        const copied = await people
          .aggregate([{ $project: { x: '$email', y: { $toUpper: '$email' } } }])
          .toArray()
        expect(JSON.stringify(copied)).not.toMatch(/user\d+@/i)
      })
    })

    test('writes, changes and takes away', async () => {
      await as('adam', async (client) => {
        const items = client.db('shop').collection<Row>(`items${version.charAt(0)}`)
        await items.insertMany([
          { _id: 1, a: 1 },
          { _id: 2, a: 2 },
          { _id: 3, a: 3 },
        ])
        expect(await items.updateMany({ a: { $gt: 1 } }, { $inc: { a: 10 } })).toMatchObject({
          modifiedCount: 2,
        })
        expect(
          await items.findOneAndUpdate({ _id: 1 }, { $set: { b: 1 } }, { returnDocument: 'after' }),
        ).toEqual({
          _id: 1,
          a: 1,
          b: 1,
        })
        expect(await items.deleteOne({ _id: 3 })).toMatchObject({ deletedCount: 1 })
        await items.createIndex({ a: 1 }, { unique: true })
        await expect(items.insertOne({ _id: 9, a: 1 })).rejects.toMatchObject({ code: 11000 })
        expect((await items.indexes()).map(({ name }) => name)).toEqual(['_id_', 'a_1'])
        expect(await items.drop()).toBe(true)
      })
    })

    test('69 lists the collections and databases that the viewer may know of', async () => {
      const listed = (user: string) =>
        as(user, async (client) => {
          const { databases, totalSize } = await client.db('admin').admin().listDatabases()
          const collections = await client.db('shop').listCollections({}, { nameOnly: true }).toArray()
          expect(totalSize).toBe(databases.reduce((sum, { sizeOnDisk = 0 }) => sum + sizeOnDisk, 0))
          return [databases.map(({ name }) => name), collections.map(({ name }) => name).sort()]
        })
      expect(await listed('adam')).toEqual([['shop'], ['people', 'vault']])
      expect(await listed('gil')).toEqual([['shop'], ['people']])
    })

    test('refuses what policy forbids, in the server’s words', async () => {
      await as('gil', async (client) => {
        await expect(client.db('shop').collection('vault').findOne({})).rejects.toMatchObject({
          code: 13,
          codeName: 'Unauthorized',
        })
        await expect(
          client
            .db('shop')
            .collection('people')
            .aggregate([{ $lookup: { from: 'vault', localField: 'a', foreignField: 'a', as: 'v' } }])
            .toArray(),
        ).rejects.toMatchObject({ code: 13 })
      })
    })

    test('answers what tools ask at first', async () => {
      await as('adam', async (client) => {
        const admin = client.db('admin')
        for (const command of [
          { buildInfo: 1 },
          { connectionStatus: 1, showPrivileges: true },
          { whatsmyuri: 1 },
          { getParameter: 1, featureCompatibilityVersion: 1 },
          { getLog: 'startupWarnings' },
          { hostInfo: 1 },
          { listCommands: 1 },
          { serverStatus: 1 },
          { ping: 1 },
          { top: 1 },
        ])
          expect(await admin.command(command)).toMatchObject({ ok: 1 })
        const { authInfo } = await admin.command({ connectionStatus: 1, showPrivileges: true })
        expect(authInfo.authenticatedUsers).toEqual([{ user: 'adam', db: 'shop' }])
        expect(authInfo.authenticatedUserPrivileges).toContainEqual({
          resource: { db: 'shop', collection: 'people' },
          actions: ['find', 'insert', 'update', 'remove'],
        })
        await expect(admin.command({ atlasVersion: 1 })).rejects.toMatchObject({ code: 59 })
        expect((await admin.admin().listDatabases()).databases.map(({ name }) => name)).toContain('shop')
        const names = (await client.db('shop').listCollections({}, { nameOnly: true }).toArray()).map(
          ({ name }) => name,
        )
        expect(names).toContain('people')
      })
    })
  })
})
