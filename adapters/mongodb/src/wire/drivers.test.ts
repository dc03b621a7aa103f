import { MongoClient } from 'mongodb'
import { MongoClient as Driver4 } from 'mongodb-4'
import { MongoClient as Driver5 } from 'mongodb-5'
import { MongoClient as Driver6 } from 'mongodb-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, outcomes, startFixture } from './fixture.js'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())

/** Their types differ; what is called of them does not. */
const drivers = {
  '7.x': MongoClient,
  '6.x': Driver6 as unknown as typeof MongoClient,
  '5.x': Driver5 as unknown as typeof MongoClient,
  '4.x': Driver4 as unknown as typeof MongoClient,
}

describe.each(Object.entries(drivers))('the Node driver %s', (_version, Client) => {
  test('35 connects, writes, and reads back over several batches', async () => {
    const client = new Client(fixture.url())
    try {
      const items = client.db('shop').collection(`items${_version}`)
      await items.insertMany(Array.from({ length: 25 }, (_, index) => ({ index, label: `label ${index}` })))
      const found = await items.find({}, { batchSize: 10 }).toArray()
      expect(found.map(({ index }) => index)).toEqual(Array.from({ length: 25 }, (_, index) => index))
      expect(outcomes(fixture.stage).filter((line) => line.startsWith('getMore'))).toContain('getMore done')
    } finally {
      await client.close()
    }
  })

  test('a pool of connections, each with its own answers', async () => {
    const client = new Client(fixture.url('adam', 'maxPoolSize=10'))
    try {
      const items = client.db('shop').collection(`pool${_version}`)
      await items.insertMany(Array.from({ length: 60 }, (_, index) => ({ index })))
      const asked = Array.from({ length: 60 }, (_, index) => index)
      const found = await Promise.all(asked.map((index) => items.find({ index }, { batchSize: 1 }).toArray()))
      expect(found.map(([first]) => first?.index)).toEqual(asked)
      const whole = await Promise.all(
        asked.slice(0, 10).map(() => items.find({}, { batchSize: 7 }).toArray()),
      )
      for (const each of whole) expect(each).toHaveLength(60)
    } finally {
      await client.close()
    }
  })

  test('62 a transaction that commits, and one that is taken back', async () => {
    const client = new Client(fixture.url())
    try {
      const items = client.db('shop').collection(`moved${_version}`)
      const session = client.startSession()
      await session.withTransaction(async () => {
        await items.insertOne({ a: 1 }, { session })
      })
      session.startTransaction()
      await items.insertOne({ a: 2 }, { session })
      await session.abortTransaction()
      await session.endSession()
      const names = fixture.upstream.names()
      expect(names.slice(-5)).toEqual(expect.arrayContaining(['commitTransaction', 'abortTransaction']))
    } finally {
      await client.close()
    }
  })

  test('a wrong password is told once', async () => {
    const client = new Client(fixture.url('adam').replace('adam', 'gil'), { serverSelectionTimeoutMS: 3000 })
    await expect(client.db('shop').collection('items').findOne({})).rejects.toMatchObject({ code: 18 })
    await client.close()
  })
})
