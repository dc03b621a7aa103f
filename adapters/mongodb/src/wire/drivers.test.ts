import { MongoClient } from 'mongodb'
import { MongoClient as OlderClient } from 'mongodb-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, outcomes, startFixture } from './fixture.js'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())

const drivers = { '7.x': MongoClient, '6.x': OlderClient as unknown as typeof MongoClient }

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
})
