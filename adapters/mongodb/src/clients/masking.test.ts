/** Under a masking policy: what is personal is masked, and whatever else there is equals a direct run byte for byte. */
import { describePart } from '@gatehouse/workbench'
import { deserialize } from 'bson'
import { type Document, MongoClient } from 'mongodb'
import { MongoClient as OlderClient } from 'mongodb-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepRows, nodeRow } from './kept-rows.js'
import { withoutMasks } from './masked.js'
import { TRACES } from './shop.js'
import { createTown, faultsOf, type Town, type Way } from './town.js'

type Asking = (client: MongoClient) => Promise<readonly Document[]>

const shop = (client: MongoClient, name: string) => client.db('shop').collection<Document>(name)
const RAW = { raw: true, batchSize: 7 } as const

/** None of it personal. */
const CLEAN: Readonly<Record<string, Asking>> = {
  'find over many batches': (client) => shop(client, 'orders').find({}, RAW).sort({ _id: 1 }).toArray(),
  'find of every type': (client) => shop(client, 'items').find({}, RAW).sort({ _id: 1 }).toArray(),
  'a projection': (client) =>
    shop(client, 'customers')
      .find({}, { ...RAW, projection: { city: 1, level: 1, 'contact.hours': 1 } })
      .sort({ _id: 1 })
      .toArray(),
  'an aggregation': (client) =>
    shop(client, 'orders')
      .aggregate(
        [
          { $unwind: '$items' },
          { $group: { _id: '$items.sku', n: { $sum: '$total' } } },
          { $sort: { _id: 1 } },
        ],
        RAW,
      )
      .toArray(),
  'a count of what is personal': (client) =>
    shop(client, 'customers')
      .aggregate([{ $group: { _id: '$city', n: { $sum: 1 } } }, { $sort: { _id: 1 } }], RAW)
      .toArray(),
}

/** Personal, by one way or another. */
const PERSONAL: Readonly<Record<string, Asking>> = {
  find: (client) => shop(client, 'customers').find({}, RAW).sort({ _id: 1 }).toArray(),
  'find with a projection': (client) =>
    shop(client, 'customers')
      .find({}, { ...RAW, projection: { email: 1, 'contact.email': 1, city: 1 } })
      .sort({ _id: 1 })
      .toArray(),
  'a join': (client) =>
    shop(client, 'orders')
      .aggregate(
        [
          { $sort: { _id: 1 } },
          { $limit: 9 },
          { $lookup: { from: 'customers', localField: 'customer', foreignField: '_id', as: 'who' } },
        ],
        RAW,
      )
      .toArray(),
  'everything at once': (client) =>
    shop(client, 'customers')
      .aggregate(
        [
          { $sort: { _id: 1 } },
          { $group: { _id: '$city', all: { $push: '$$ROOT' } } },
          { $sort: { _id: 1 } },
        ],
        RAW,
      )
      .toArray(),
}

describePart('ferretdb', 'masks', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown()
  })
  afterAll(async () => {
    await town.close()
    expect(faultsOf(town)).toEqual([])
  })

  test('docs/clients.md says what runs', () =>
    keepRows(['7.x', '6.x'].map((version) => nodeRow(version, ['masked']))))

  describe.each([
    ['7.x', MongoClient],
    ['6.x', OlderClient as unknown as typeof MongoClient],
  ] as const)('the driver %s', (_version, Client) => {
    const bytes = async (way: Way, asking: Asking): Promise<readonly Uint8Array[]> => {
      const client = new Client(town.url(way))
      try {
        return (await asking(client)) as unknown as readonly Uint8Array[]
      } finally {
        await client.close()
      }
    }

    test.each(Object.entries(CLEAN))('%s is byte for byte the server’s', async (_name, asking) => {
      const direct = await bytes('direct', asking)
      const masked = await bytes('masked', asking)
      expect(direct.length).toBeGreaterThan(1)
      expect(masked.map(hex)).toEqual(direct.map(hex))
    })

    test.each(Object.entries(PERSONAL))('%s shows masks, and the rest as it is', async (_name, asking) => {
      const direct = await bytes('direct', asking)
      const masked = await bytes('masked', asking)
      expect(text(direct)).toMatch(TRACES)
      expect(text(masked)).not.toMatch(TRACES)
      expect(masked.map(shown).map(withoutMasks)).toEqual(direct.map(shown).map(withoutMasks))
    })
  })
})

const hex = (document: Uint8Array) => Buffer.from(document).toString('hex')
const text = (documents: readonly Uint8Array[]) => Buffer.concat(documents).toString('latin1')
const shown = (document: Uint8Array) => deserialize(document, { promoteValues: false })
