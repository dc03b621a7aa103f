/** Table: calls of Collection. */
import { type Calls, type Exceptions, firstChange } from './calls.js'

export const COLLECTION: Calls = {
  dbName: ({ items }) => items.dbName,
  collectionName: ({ items }) => items.collectionName,
  namespace: ({ items }) => items.namespace,
  readConcern: ({ items }) => items.readConcern,
  readPreference: ({ items }) => items.readPreference,
  bsonOptions: ({ items }) => items.bsonOptions,
  writeConcern: ({ items }) => items.writeConcern,
  hint: ({ items }) => items.hint,
  timeoutMS: ({ items }) => items.timeoutMS,
  insertOne: async ({ items }) => [
    await items.insertOne({ _id: 10, label: 'ten' }),
    await items.findOne({ _id: 10 }),
  ],
  insertMany: async ({ items }) => [
    await items.insertMany([{ _id: 11 }, { _id: 12, deep: { a: [{ b: [1, [2]] }] } }]),
    await items
      .find({ _id: { $gt: 10 } })
      .sort({ _id: 1 })
      .toArray(),
  ],
  bulkWrite: async ({ items }) => [
    await items.bulkWrite([
      { insertOne: { document: { _id: 13, n: 0 } } },
      { updateOne: { filter: { _id: 1 }, update: { $set: { n: 10 } } } },
      { updateMany: { filter: { n: { $lt: 3 } }, update: { $inc: { n: 100 } } } },
      { replaceOne: { filter: { _id: 14 }, replacement: { n: 14 }, upsert: true } },
      { deleteOne: { filter: { _id: 3 } } },
      { deleteMany: { filter: { n: { $gt: 100 } } } },
    ]),
    await items.find().sort({ _id: 1 }).toArray(),
  ],
  updateOne: async ({ items }) => [
    await items.updateOne(
      { _id: 2 },
      { $set: { 'box.parts.$[part].size': 9 } },
      { arrayFilters: [{ 'part.size': 2 }] },
    ),
    await items.updateOne({ _id: 1 }, [{ $set: { twice: { $multiply: ['$n', 2] } } }]),
    await items.updateOne({ _id: 77 }, { $set: { label: 'new' } }, { upsert: true }),
    await items.find().sort({ _id: 1 }).toArray(),
  ],
  replaceOne: async ({ items }) => [
    await items.replaceOne({ _id: 1 }, { label: 'replaced' }),
    await items.findOne({ _id: 1 }),
  ],
  updateMany: async ({ items }) => [
    await items.updateMany({ tags: 'b' }, { $push: { tags: 'c' } as never, $unset: { label: '' } }),
    await items.find().sort({ _id: 1 }).toArray(),
  ],
  deleteOne: ({ items }) => items.deleteOne({ n: { $gte: 2 } }),
  deleteMany: async ({ items }) => [
    await items.deleteMany({ n: { $gte: 3 } }),
    await items.countDocuments(),
    await items.deleteMany({}),
  ],
  rename: async ({ items }) => (await items.rename('goods')).namespace,
  drop: ({ items }) => items.drop(),
  findOne: async ({ items }) => [
    await items.findOne({ label: 'two' }),
    await items.findOne({ label: 'two' }, { projection: { box: 1, _id: 0 } }),
    await items.findOne({ label: 'nosuch' }),
    await items.findOne({ n: { $gt: 0 } }, { sort: { n: -1 }, skip: 1 }),
  ],
  find: ({ items }) => items.find({ 'box.parts.size': 2 }).toArray(),
  options: ({ items }) => items.options(),
  isCapped: ({ items }) => items.isCapped(),
  createIndex: async ({ items }) => [
    await items.createIndex({ label: 1 }, { unique: true, name: 'by label' }),
    await items.createIndex({ n: -1 }, { partialFilterExpression: { n: { $gt: 0 } } }),
    await items.createIndex({ placed: 1 }, { expireAfterSeconds: 1000 }),
  ],
  createIndexes: ({ items }) =>
    items.createIndexes([{ key: { label: 1 } }, { key: { n: 1, label: -1 }, name: 'both' }]),
  dropIndex: async ({ items }) => {
    await items.createIndex({ label: 1 })
    return [await items.dropIndex('label_1'), await items.dropIndex('label_1').catch(({ code }) => code)]
  },
  dropIndexes: async ({ items }) => {
    await items.createIndex({ label: 1 })
    return [await items.dropIndexes(), await items.indexes()]
  },
  listIndexes: ({ items }) => items.listIndexes().toArray(),
  indexExists: async ({ items }) => [await items.indexExists('_id_'), await items.indexExists(['_id_', 'x'])],
  indexInformation: ({ items }) => items.indexInformation(),
  estimatedDocumentCount: ({ items }) => items.estimatedDocumentCount(),
  countDocuments: async ({ items }) => [
    await items.countDocuments(),
    await items.countDocuments({ n: { $gt: 2 } }, { skip: 1, limit: 5 }),
  ],
  distinct: async ({ items }) => [
    await items.distinct('tags'),
    await items.distinct('box.kind', { n: { $lt: 5 } }),
  ],
  indexes: ({ items }) => items.indexes(),
  findOneAndDelete: async ({ items }) => [
    await items.findOneAndDelete({ _id: 1 }),
    await items.findOneAndDelete({ _id: 1 }, { includeResultMetadata: true }),
  ],
  findOneAndReplace: ({ items }) =>
    items.findOneAndReplace({ _id: 1 }, { label: 'x' }, { returnDocument: 'after' }),
  findOneAndUpdate: async ({ items }) => [
    await items.findOneAndUpdate({ n: { $gt: 1 } }, { $inc: { n: 1 } }, { sort: { n: -1 } }),
    await items.findOneAndUpdate(
      { _id: 2 },
      { $set: { label: 'x' } },
      { includeResultMetadata: true, projection: { label: 1 } },
    ),
    await items.findOneAndUpdate({ _id: 88 }, { $set: { n: 1 } }, { upsert: true, returnDocument: 'after' }),
  ],
  aggregate: async ({ db, items }) => [
    await items
      .aggregate([
        { $match: { tags: { $exists: true } } },
        { $unwind: '$tags' },
        { $group: { _id: '$tags', n: { $sum: '$n' } } },
        { $sort: { _id: 1 } },
      ])
      .toArray(),
    await items
      .aggregate([
        { $sort: { _id: 1 } },
        { $lookup: { from: 'orders', localField: '_id', foreignField: 'customer', as: 'orders' } },
        { $project: { label: 1, spent: { $sum: '$orders.total' }, first: { $arrayElemAt: ['$orders', 0] } } },
      ])
      .toArray(),
    await items
      .aggregate([{ $facet: { few: [{ $limit: 2 }, { $count: 'n' }], all: [{ $count: 'n' }] } }])
      .toArray(),
    await items.aggregate([{ $match: { n: 1 } }, { $out: 'copied' }]).toArray(),
    await items.aggregate([{ $match: { n: 2 } }, { $merge: { into: 'copied' } }]).toArray(),
    await db.collection('copied').find().sort({ _id: 1 }).toArray(),
  ],
  watch: ({ items }) => firstChange(items.watch([], { maxAwaitTimeMS: 50 })),
  initializeUnorderedBulkOp: ({ items }) => {
    const bulk = items.initializeUnorderedBulkOp()
    bulk.insert({ _id: 1 })
    bulk.insert({ _id: 20 })
    bulk.find({ n: 2 }).updateOne({ $set: { n: 22 } })
    return bulk.execute()
  },
  initializeOrderedBulkOp: ({ items }) => {
    const bulk = items.initializeOrderedBulkOp()
    bulk.insert({ _id: 21 })
    bulk.find({ n: 2 }).upsert().replaceOne({ n: 22 })
    bulk.find({ n: 4 }).deleteOne()
    return bulk.execute()
  },
  count: ({ items }) => items.count({ n: { $gt: 1 } }),
  listSearchIndexes: ({ items }) => items.listSearchIndexes().toArray(),
  createSearchIndex: ({ items }) =>
    items.createSearchIndex({ name: 's', definition: { mappings: { dynamic: true } } }),
  createSearchIndexes: ({ items }) =>
    items.createSearchIndexes([{ definition: { mappings: { dynamic: true } } }]),
  dropSearchIndex: ({ items }) => items.dropSearchIndex('s'),
  updateSearchIndex: ({ items }) => items.updateSearchIndex('s', { mappings: { dynamic: true } }),
}

export const COLLECTION_EXCEPTIONS: Exceptions = {
  fullNamespace: 'the driver’s own',
}
