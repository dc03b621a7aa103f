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
})
