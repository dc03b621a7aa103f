/** Table: calls of Db and Admin. */
import { type Calls, type Exceptions, firstChange } from './calls.js'

export const DB: Calls = {
  databaseName: ({ db }) => db.databaseName,
  secondaryOk: ({ db }) => db.secondaryOk,
  readConcern: ({ db }) => db.readConcern,
  readPreference: ({ db }) => db.readPreference,
  bsonOptions: ({ db }) => db.bsonOptions,
  writeConcern: ({ db }) => db.writeConcern,
  namespace: ({ db }) => db.namespace,
  timeoutMS: ({ db }) => db.timeoutMS,
  createCollection: async ({ db }) => {
    const made = await db.createCollection('made')
    const again = await db.createCollection('made').catch(({ code, codeName }) => [code, codeName])
    await db.createCollection('seen', { viewOn: 'items', pipeline: [{ $match: { n: { $gt: 3 } } }] })
    return [made.namespace, again, await db.collection('seen').find().sort({ n: 1 }).toArray()]
  },
  command: async ({ db }) => [
    await db.command({ ping: 1 }),
    await db.command({ count: 'items', query: { n: { $gt: 2 } } }),
    await db.command({ nosuch: 1 }).catch(() => 'no such command'),
  ],
  aggregate: ({ db }) => db.aggregate([{ $documents: [{ a: 1 }, { a: 2 }] }]).toArray(),
  admin: ({ db }) => db.admin().ping(),
  collection: ({ db }) => db.collection('items').collectionName,
  stats: async ({ db }) => {
    const { db: name, collections, objects, ok } = await db.stats()
    return { name, collections, objects, ok }
  },
  listCollections: async ({ db }) => [
    await byName(db.listCollections().toArray()),
    await byName(db.listCollections({ name: 'items' }, { nameOnly: true }).toArray()),
  ],
  renameCollection: async ({ db }) => {
    await db.renameCollection('items', 'goods')
    return [
      await db.collection('goods').countDocuments(),
      await db.renameCollection('items', 'goods').catch(({ code, codeName }) => [code, codeName]),
    ]
  },
  dropCollection: async ({ db }) => [await db.dropCollection('items'), await db.dropCollection('nosuch')],
  dropDatabase: async ({ client }) => {
    await client.db('restored').collection('made').insertOne({})
    return client.db('restored').dropDatabase()
  },
  collections: async ({ db }) => (await db.collections()).map(({ namespace }) => namespace).sort(),
  createIndex: ({ db }) => db.createIndex('items', { label: 1 }),
  removeUser: ({ db }) => db.removeUser('nobody'),
  setProfilingLevel: ({ db }) => db.setProfilingLevel('off'),
  profilingLevel: ({ db }) => db.profilingLevel(),
  indexInformation: ({ db }) => db.indexInformation('orders', { full: true }),
  watch: ({ db }) => firstChange(db.watch([], { maxAwaitTimeMS: 50 })),
  runCursorCommand: ({ db }) =>
    db.runCursorCommand({ find: 'items', sort: { _id: 1 }, batchSize: 2 }).toArray(),
}

export const DB_EXCEPTIONS: Exceptions = {
  options: 'the driver’s own',
}

export const ADMIN: Calls = {
  command: ({ db }) => db.admin().command({ ping: 1 }),
  buildInfo: async ({ db }) => {
    const { version, maxBsonObjectSize, ok } = await db.admin().buildInfo()
    return { version, maxBsonObjectSize, ok }
  },
  serverInfo: async ({ db }) => Object.keys(await db.admin().serverInfo()).includes('version'),
  serverStatus: async ({ db }) => {
    const { version, ok } = await db.admin().serverStatus()
    return { version, ok }
  },
  ping: ({ db }) => db.admin().ping(),
  removeUser: ({ db }) => db.admin().removeUser('nobody'),
  validateCollection: ({ db }) => db.admin().validateCollection('items'),
  listDatabases: async ({ db }) =>
    (await db.admin().listDatabases()).databases.map(({ name }) => name).sort(),
  replSetGetStatus: ({ db }) => db.admin().replSetGetStatus(),
}

async function byName<Named extends { readonly name: string }>(listed: Promise<readonly Named[]>) {
  return [...(await listed)].sort((a, b) => (a.name < b.name ? -1 : 1))
}
