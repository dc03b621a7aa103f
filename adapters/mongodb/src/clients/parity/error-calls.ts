/** Table: what the server refuses, each kind once, and what a program looks at. */
import type { Calls } from './calls.js'

export const ERRORS: Calls = {
  'a duplicate key': ({ items }) => items.insertOne({ _id: 1 }),
  'a duplicate key in an ordered batch': ({ items }) =>
    items.insertMany([{ _id: 30 }, { _id: 1 }, { _id: 31 }]),
  'duplicate keys in an unordered batch': ({ items }) =>
    items.insertMany([{ _id: 1 }, { _id: 32 }, { _id: 2 }], { ordered: false }),
  'a duplicate key of an index': async ({ items }) => {
    await items.createIndex({ label: 1 }, { unique: true })
    return items.updateOne({ _id: 1 }, { $set: { label: 'two' } })
  },
  'a batch of several kinds': ({ items }) =>
    items.bulkWrite([
      { insertOne: { document: { _id: 33 } } },
      { updateOne: { filter: { _id: 1 }, update: { $set: { _id: 2 } } } },
      { deleteOne: { filter: { _id: 2 } } },
    ]),
  'an _id that changes': ({ items }) => items.updateOne({ _id: 1 }, { $set: { _id: 9 } }),
  'an update of two minds': ({ items }) => items.updateOne({ _id: 1 }, { $set: { n: 1 }, $inc: { n: 1 } }),
  'an increment of a text': ({ items }) => items.updateOne({ _id: 1 }, { $inc: { label: 1 } }),
  'a filter of the wrong type': ({ items }) => items.find({ n: { $in: 1 } } as never).toArray(),
  'a regular expression that is none': ({ items }) => items.find({ label: { $regex: '(' } }).toArray(),
  'a projection of two minds': ({ items }) => items.find({}, { projection: { n: 1, label: 0 } }).toArray(),
  'a negative limit': ({ db }) => db.command({ find: 'items', skip: -1 }),
  'a division by zero': ({ items }) =>
    items.aggregate([{ $project: { x: { $divide: ['$n', 0] } } }]).toArray(),
  'a conversion that fails': ({ items }) =>
    items.aggregate([{ $project: { x: { $toInt: '$label' } } }]).toArray(),
  'a collection that is there': ({ db }) => db.createCollection('items'),
  'an index under another name': async ({ items }) => {
    await items.createIndex({ label: 1 })
    return items.createIndex({ label: 1 }, { name: 'other' })
  },
  'an index that is not there': ({ items }) => items.dropIndex('nosuch'),
  'a rename of nothing': ({ db }) => db.renameCollection('nosuch', 'other'),
  'a namespace that is none': ({ db }) => db.command({ find: '' }),
  'a cursor that is not there': ({ db }) => db.command({ getMore: 12345n, collection: 'items' }),
  'a validator': async ({ db }) => {
    await db.createCollection('strict', { validator: { n: { $gt: 0 } } })
    return db.collection('strict').insertOne({ n: -1 })
  },
  'a document of 17 MB': ({ items }) => items.insertOne({ _id: 99, big: 'x'.repeat(17_000_000) }),
}
