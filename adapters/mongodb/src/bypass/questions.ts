/** Table of questions about masked values that FerretDB does not take, or answers otherwise than MongoDB. */
import type { Document } from 'bson'
import { agg, find, update } from './attack.js'

export const SECRET = 'quokka7391zeta@walnut.example'
const OTHER = 'narwhal2846omega@walnut.example'

/** Each would answer a question about a value that is masked: nothing of it goes upstream. */
export const QUESTIONS: readonly Document[] = [
  find('customers', { filter: { email: SECRET }, collation: { locale: 'en', strength: 1 } }),
  find('customers', { filter: { _id: 1 }, sort: { email: 1 }, collation: { locale: 'en' } }),
  find('customers', { hint: { email: 1 }, min: { email: 'n' }, max: { email: 'p' } }),
  find('customers', { hint: { city: 1, email: 1 }, min: { city: 'a', email: 'n' } }),
  find('customers', { hint: { email: -1 }, limit: 1, projection: { _id: 1 } }),
  find('customers', { hint: 'email_1', limit: 1, projection: { _id: 1 } }),
  {
    findAndModify: 'customers',
    query: {},
    hint: 'email_1',
    update: { $set: { city: 'y' } },
    fields: { _id: 1 },
  },
  { ...agg({ $limit: 1 }, { $project: { _id: 1 } }), hint: 'email_1' },
  { ...agg({ $limit: 1 }, { $project: { _id: 1 } }), hint: { email: 1 } },
  { distinct: 'customers', key: '_id', hint: { email: 1 } },
  { collMod: 'customers', validator: { email: { $gt: 'n' } } },
  { collMod: 'customers', validator: { $expr: { $lt: [{ $strLenCP: '$email' }, 20] } } },
  { create: 'customers', validator: { $jsonSchema: { properties: { email: { pattern: '^q' } } } } },
  {
    createIndexes: 'customers',
    indexes: [
      { key: { city: 1 }, name: 'c', unique: true, partialFilterExpression: { email: { $gt: 'n' } } },
    ],
  },
  find('customers', { filter: { email: { $elemMatch: { $eq: SECRET } } } }),
  find('customers', { projection: { lines: { $elemMatch: { email: { $gt: 'n' } } } } }),
  find('customers', {
    projection: { x: { $gt: ['$email', 'n'] } },
    filter: { $expr: { $gt: ['$email', 'n'] } },
  }),
  { distinct: 'customers', key: 'city', query: { email: { $gt: 'n' } } },
  { count: 'customers', query: { 'lines.0.email': { $gt: 'n' } } },
  { findAndModify: 'customers', query: { city: 'x' }, sort: { email: -1 }, update: { $set: { city: 'y' } } },
  update(
    'customers',
    { _id: 1 },
    { $set: { 'lines.$[l].sku': 'Z' } },
    { arrayFilters: [{ 'l.email': SECRET }] },
  ),
  update('customers', { _id: 1 }, [{ $set: { city: { $cond: [{ $eq: ['$email', '$$c'] }, 'y', 'n'] } } }], {
    c: { c: SECRET },
  }),
  update('customers', { _id: 1 }, { $set: { city: 'x' } }, { sort: { email: 1 } }),
  { delete: 'customers', deletes: [{ q: { email: { $lt: OTHER } }, limit: 1 }] },
  {
    bulkWrite: 1,
    ops: [{ update: 0, filter: { email: { $gt: 'n' } }, updateMods: { $set: { city: 'x' } } }],
    nsInfo: [{ ns: 'shop.customers' }],
    $db: 'admin',
  },
  agg({ $bucket: { groupBy: '$email', boundaries: ['a', SECRET, 'z'] } }),
  agg({ $densify: { field: 'email', range: { step: 1, bounds: 'full' } } }),
  agg({ $fill: { sortBy: { email: 1 }, output: { city: { method: 'locf' } } } }),
  agg({ $setWindowFields: { sortBy: { email: 1 }, output: { r: { $rank: {} } } } }),
  agg({ $setWindowFields: { partitionBy: '$email', output: { n: { $sum: 1 } } } }),
  agg({
    $graphLookup: {
      from: 'customers',
      startWith: SECRET,
      connectFromField: 'email',
      connectToField: 'email',
      as: 'g',
    },
  }),
  agg({
    $graphLookup: {
      from: 'customers',
      startWith: 1,
      connectFromField: '_id',
      connectToField: '_id',
      as: 'g',
      restrictSearchWithMatch: { email: { $regex: '^q' } },
    },
  }),
  agg({
    $lookup: {
      from: 'customers',
      let: { e: SECRET },
      pipeline: [{ $match: { $expr: { $gt: ['$email', '$$e'] } } }],
      as: 'c',
    },
  }),
  agg({ $merge: { into: 'notes', whenMatched: [{ $set: { body: '$$new.email' } }] } }),
  agg({
    $merge: { into: 'notes', let: { new: { body: '$email' } }, whenMatched: [{ $replaceWith: '$$new' }] },
  }),
  agg({ $match: { $text: { $search: SECRET } } }),
  agg({ $search: { text: { query: SECRET, path: 'email' } } }),
  agg({ $vectorSearch: { path: 'email', index: 'v', queryVector: [1], limit: 1, numCandidates: 1 } }),
  agg({ $redact: { $cond: [{ $gt: ['$email', 'n'] }, '$$PRUNE', '$$KEEP'] } }),
  find('customers', { filter: { $jsonSchema: { properties: { email: { pattern: '^q' } } } } }),
  find('customers', { filter: { email: { $bitsAllSet: 1 } } }),
]
