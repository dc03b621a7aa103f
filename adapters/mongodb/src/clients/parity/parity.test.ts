/** Every method of the driver's classes: directly and through the gateway, with equal results and errors. */
import { describePart } from '@gatehouse/workbench'
import { MongoClient } from 'mongodb'
import { MongoClient as OlderClient } from 'mongodb-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Feature } from '../features.js'
import { keepRows, nodeRow } from '../kept-rows.js'
import type { Row } from '../shop.js'
import { createTown, faultsOf, type Town } from '../town.js'
import type { Calls, Exceptions, Place } from './calls.js'
import { CLIENT, CLIENT_EXCEPTIONS } from './client-calls.js'
import { COLLECTION, COLLECTION_EXCEPTIONS } from './collection-calls.js'
import * as cursors from './cursor-calls.js'
import { ADMIN, DB, DB_EXCEPTIONS } from './db-calls.js'
import { DIFFERENCES } from './differences.js'
import { ERRORS } from './error-calls.js'
import { type Outcome, outcomeOf } from './outcome.js'

interface Class {
  readonly name: string
  readonly calls: Calls
  readonly exceptions: Exceptions
  /** One of it; undefined: no class. */
  readonly one?: (client: MongoClient) => object
}

const items = (client: MongoClient) => client.db('shop').collection<Row>('items')
const find = (client: MongoClient) => items(client).find()

const NODE: readonly Feature[] = ['connect', 'reads', 'writes', 'schema', 'cursors', 'sessions', 'errors']

const CLASSES: readonly Class[] = [
  { name: 'MongoClient', calls: CLIENT, exceptions: CLIENT_EXCEPTIONS, one: (client) => client },
  { name: 'Db', calls: DB, exceptions: DB_EXCEPTIONS, one: (client) => client.db('shop') },
  { name: 'Admin', calls: ADMIN, exceptions: {}, one: (client) => client.db('shop').admin() },
  { name: 'Collection', calls: COLLECTION, exceptions: COLLECTION_EXCEPTIONS, one: items },
  {
    name: 'AbstractCursor',
    calls: cursors.CURSOR,
    exceptions: cursors.CURSOR_EXCEPTIONS,
    one: (client) => Object.getPrototypeOf(find(client)),
  },
  { name: 'FindCursor', calls: cursors.FIND_CURSOR, exceptions: cursors.FIND_CURSOR_EXCEPTIONS, one: find },
  {
    name: 'AggregationCursor',
    calls: cursors.AGGREGATION_CURSOR,
    exceptions: {},
    one: (client) => items(client).aggregate(),
  },
  {
    name: 'ListCollectionsCursor',
    calls: cursors.LIST_COLLECTIONS,
    exceptions: {},
    one: (client) => client.db().listCollections(),
  },
  {
    name: 'ListIndexesCursor',
    calls: cursors.LIST_INDEXES,
    exceptions: {},
    one: (client) => items(client).listIndexes(),
  },
  {
    name: 'RunCommandCursor',
    calls: cursors.RUN_CURSOR,
    exceptions: cursors.RUN_CURSOR_EXCEPTIONS,
    one: (client) => client.db().runCursorCommand({ ping: 1 }),
  },
  { name: 'errors', calls: ERRORS, exceptions: {} },
]

describePart('ferretdb', '103 parity', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown()
  })
  afterAll(async () => {
    await town.close()
    expect(faultsOf(town)).toEqual([])
  })

  test('docs/clients.md says what runs', () =>
    keepRows(['7.x', '6.x'].map((version) => nodeRow(version, NODE))))

  describe.each([
    ['7.x', MongoClient],
    ['6.x', OlderClient as unknown as typeof MongoClient],
  ] as const)('the driver %s', (_version, Client) => {
    const outcomes = async (way: 'direct' | 'observed', calls: Calls, has: (name: string) => boolean) => {
      const client = new Client(town.url(way))
      const another = () => new Client(town.url(way))
      const place: Place = { client, db: client.db('shop'), items: items(client), another }
      const found: Record<string, Outcome> = {}
      try {
        for (const [name, call] of Object.entries(calls)) {
          if (!has(name)) continue
          await town.restockItems()
          found[name] = await outcomeOf(() => call(place))
        }
        return found
      } finally {
        await client.close()
      }
    }

    test.each(CLASSES)('$name', async ({ name, calls, exceptions, one }) => {
      const local = new Client(town.url('direct'))
      const own = one === undefined ? Object.keys(calls) : publicNames(one(local))
      await local.close()
      expect(own.filter((each) => !(each in calls) && !(each in exceptions))).toEqual([])
      const has = (each: string) => own.includes(each)
      const direct = await outcomes('direct', calls, has)
      const through = await outcomes('observed', calls, has)
      for (const call of Object.keys(direct)) {
        const code = DIFFERENCES[`${name}: ${call}`]?.code
        if (code === undefined) expect.soft(through[call], call).toEqual(direct[call])
        else expect.soft(through[call]?.error, call).toMatchObject({ code: { $numberInt: String(code) } })
      }
    })
  })
})

/** What its class itself has: methods, and what can be read like a field. */
function publicNames(one: object): readonly string[] {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(one)).filter(
    (name) => name !== 'constructor' && !name.startsWith('_'),
  )
}
