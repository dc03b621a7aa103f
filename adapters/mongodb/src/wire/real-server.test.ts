/** A real server behind the gateway, and the driver before it. */
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import process from 'node:process'
import { promisify } from 'node:util'
import { describePart, findMongosh } from '@gatehouse/workbench'
import { MongoClient } from 'mongodb'
import { MongoClient as OlderClient } from 'mongodb-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTown, PEOPLE, type Row, type Town } from './town.js'

describePart('ferretdb', 'a real server', () => {
  let town: Town
  beforeAll(async () => {
    town = await openTown()
  })
  afterAll(() => town?.close())

  describe.each([
    ['7.x', MongoClient],
    ['6.x', OlderClient as unknown as typeof MongoClient],
  ] as const)('the driver %s', (version, Client) => {
    const as = async <Result>(
      user: string,
      work: (client: MongoClient) => Promise<Result>,
    ): Promise<Result> => {
      const client = new Client(town.url(user))
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

    test('85 masks every way out: distinct, findAndModify, groups, sorted and by many batches', async () => {
      await as('ann', async (client) => {
        const people = client.db('shop').collection<Row>('people')
        const shown = [
          await people.distinct('email', { _id: { $lt: 5 } }),
          await people.findOneAndUpdate({ _id: 7 }, { $set: { note: version } }),
          await people
            .find({}, { projection: { email: 1 } })
            .sort({ _id: 1 })
            .batchSize(3)
            .limit(10)
            .toArray(),
          await people.aggregate([{ $group: { _id: '$box.kind', all: { $push: '$$ROOT' } } }]).toArray(),
          await people
            .aggregate([{ $replaceRoot: { newRoot: { x: { y: '$email' } } } }, { $limit: 3 }])
            .toArray(),
          await people.aggregate([{ $sort: { _id: 1 } }, { $facet: { a: [{ $limit: 2 }] } }]).toArray(),
        ]
        for (const each of shown) expect(JSON.stringify(each)).not.toMatch(/user\d+@/)
        await people.updateOne({ _id: 7 }, { $unset: { note: 1 } })
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

  describePart('mongosh', '102 mongosh', () => {
    const run = promisify(execFile)
    const shell = async (user: string, ...lines: readonly string[]) => {
      const given = [
        town.url(user),
        '--quiet',
        '--norc',
        '--eval',
        lines.map((line) => `print(EJSON.stringify(${line}))`).join(';'),
      ]
      const { stdout } = await run(process.execPath, [findMongosh() ?? '', ...given], {
        env: { ...process.env, HOME: tmpdir() },
      })
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    }
    test('reads, counts and lists', async () => {
      const shop = "db.getSiblingDB('shop')"
      expect(
        await shell(
          'adam',
          `${shop}.people.findOne({_id: 7})`,
          `${shop}.people.countDocuments({})`,
          `${shop}.getCollectionNames().sort()`,
          `${shop}.people.find().sort({_id: 1}).toArray().length`,
          'db.adminCommand({connectionStatus: 1}).authInfo.authenticatedUsers',
        ),
      ).toEqual([PEOPLE[7], 250, ['people', 'vault'], 250, [{ user: 'adam', db: 'shop' }]])
    })
    test('shows nothing masked, and says why not', async () => {
      const shop = "db.getSiblingDB('shop')"
      const [found] = await shell('ann', `${shop}.people.findOne({_id: 7})`)
      expect(found).toMatchObject({ _id: 7, box: { kind: 'odd' } })
      expect(found.email).not.toContain('user7')
      await expect(shell('ann', `${shop}.vault.findOne()`)).rejects.toThrow(
        /not authorized on shop to execute command find/,
      )
    })
  })
})
