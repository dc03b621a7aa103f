/** Table: calls of MongoClient. */
import { type Calls, type Exceptions, firstChange } from './calls.js'

export const CLIENT: Calls = {
  appendMetadata: ({ another }) => {
    const client = another()
    client.appendMetadata({ name: 'a library', version: '1' })
    return client
      .db('shop')
      .command({ ping: 1 })
      .finally(() => client.close())
  },
  serverApi: ({ client }) => client.serverApi,
  readConcern: ({ client }) => client.readConcern,
  writeConcern: ({ client }) => client.writeConcern,
  readPreference: ({ client }) => client.readPreference,
  bsonOptions: ({ client }) => client.bsonOptions,
  timeoutMS: ({ client }) => client.timeoutMS,
  bulkWrite: ({ client }) =>
    client.bulkWrite([{ name: 'insertOne', namespace: 'shop.items', document: { label: 'new' } }]),
  connect: async ({ another }) => {
    const client = await another().connect()
    await client.close()
    return 'connected'
  },
  close: async ({ another }) => {
    const client = another()
    await client.db('shop').command({ ping: 1 })
    await client.close()
    return client
      .db('shop')
      .command({ ping: 1 })
      .finally(() => client.close())
  },
  db: ({ client }) => client.db('shop').databaseName,
  startSession: async ({ client, items }) => {
    const session = client.startSession({ causalConsistency: true })
    try {
      await items.insertOne({ _id: 60 }, { session })
      return [await items.findOne({ _id: 60 }, { session }), session.hasEnded, session.inTransaction()]
    } finally {
      await session.endSession()
    }
  },
  withSession: ({ client, items }) =>
    client.withSession((session) => items.find({}, { session, batchSize: 2 }).sort({ _id: 1 }).toArray()),
  watch: ({ client }) => firstChange(client.watch([], { maxAwaitTimeMS: 50 })),
}

export const CLIENT_EXCEPTIONS: Exceptions = {
  checkForNonGenuineHosts: 'the driver’s own: it reads the address',
  monitorCommands: 'a flag of the driver’s own',
  autoEncrypter: 'the driver’s own, for encryption by a library that is not here',
  hostAddressList: 'the driver’s own',
  asyncDispose: 'closes, where the language has it',
  options: 'holds the address and the credentials',
}
