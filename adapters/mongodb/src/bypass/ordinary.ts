/** Table of ordinary commands that must work for who sees values masked, as they work at the server but for the masks. */
import type { Document } from 'bson'
import { agg, aggregate, compute, find, project } from './attack.js'

const id = { $sort: { _id: 1 } } as const
const orders = (...stages: readonly Document[]): Document => aggregate('orders', ...stages)

/** Nothing in their answers is masked: they come back as they are. */
export const CLEAN: readonly Document[] = [
  project({ city: 1 }),
  project({ city: 1, tier: 1, _id: 0 }),
  project({ points: 1 }, { city: 'Leeds' }),
  project({ points: 1 }, { points: { $gt: 10 } }),
  project({ points: 1 }, { $or: [{ tier: 'gold' }, { points: 20 }] }),
  project({ points: 1 }, { tier: { $in: ['gold', 'plain'] } }),
  project({ points: 1 }, { tier: { $regex: '^g' } }),
  project({ points: 1 }, { $expr: { $gt: ['$points', 15] } }),
  project({ points: 1 }, { email: 'quokka7391zeta@walnut.example' }),
  project({ points: 1 }, { email: { $exists: true } }),
  project({ points: 1 }, { 'lines.sku': 'A1' }),
  project({ points: 1 }, { lines: { $elemMatch: { sku: 'A1' } } }),
  project({ points: 1 }, { notes: { $all: [1, 2] } }),
  project({ notes: { $elemMatch: { $gt: 1 } } }),
  project({ points: 1 }, { $jsonSchema: { required: ['points'], properties: { points: { minimum: 15 } } } }),
  project({ points: 1 }, { notes: { $size: 3 } }),
  project({ 'lines.sku': 1 }),
  project({ x: { $add: ['$points', 1] } }),
  project({ x: { $cond: [{ $gt: ['$points', 15] }, 'many', 'few'] } }),
  find('customers', { projection: { city: 1 }, sort: { points: -1 }, skip: 1, limit: 1 }),
  find('customers', { projection: { city: 1 }, batchSize: 1 }),
  find('customers', { projection: { city: 1 }, hint: '_id_' }),
  find('notes'),
  find('notes', { filter: { refs: 2 } }),
  find('orders', { projection: { ship: 0 } }),
  find('visits', { filter: { page: 'p3' } }),
  find('visits', { filter: { _id: { $lt: 40 } }, batchSize: 7 }),
  find('visits', { filter: { backup_email: { $exists: false } }, limit: 5 }),
  find('nothing'),
  { count: 'customers' },
  { count: 'customers', query: { tier: 'gold' } },
  { count: 'customers', query: { email: 'quokka7391zeta@walnut.example' } },
  { count: 'visits', query: { _id: { $gte: 10 } }, skip: 1, limit: 50 },
  { distinct: 'customers', key: 'tier' },
  { distinct: 'customers', key: 'lines.sku' },
  { distinct: 'customers', key: 'notes', query: { points: 10 } },
  agg({ $match: { tier: 'gold' } }, id, { $project: { city: 1 } }),
  agg({ $group: { _id: '$tier', n: { $sum: 1 } } }, id),
  agg({ $group: { _id: '$tier', n: { $sum: '$points' }, most: { $max: '$points' } } }, id),
  agg({ $group: { _id: { t: '$tier', c: '$city' }, n: { $avg: '$points' } } }, id),
  agg(id, { $group: { _id: null, all: { $push: '$city' } } }),
  agg({ $group: { _id: '$tier', n: { $first: '$tier' } } }, id),
  agg({ $count: 'n' }),
  agg({ $sortByCount: '$tier' }),
  agg({ $bucket: { groupBy: '$points', boundaries: [0, 15, 50] } }),
  agg({ $unwind: '$lines' }, { $sort: { 'lines.sku': 1 } }, { $project: { s: '$lines.sku' } }),
  agg({ $unwind: '$notes' }, { $group: { _id: '$notes', n: { $sum: 1 } } }, id),
  agg({ $addFields: { double: { $multiply: ['$points', 2] } } }, id, { $project: { double: 1 } }),
  agg({ $facet: { n: [{ $count: 'n' }], c: [id, { $project: { city: 1 } }] } }),
  agg(id, { $limit: 2 }, { $skip: 1 }, { $project: { tier: 1 } }),
  agg(
    {
      $setWindowFields: {
        sortBy: { points: 1 },
        output: { sum: { $sum: '$points', window: { documents: ['unbounded', 'current'] } } },
      },
    },
    { $project: { sum: 1 } },
  ),
  agg(id, { $project: { x: { $map: { input: '$notes', in: { $add: ['$$this', 1] } } } } }),
  agg(id, { $project: { x: { $filter: { input: '$notes', cond: { $gt: ['$$this', 1] } } } } }),
  agg(id, {
    $project: { x: { $reduce: { input: '$notes', initialValue: 0, in: { $add: ['$$value', '$$this'] } } } },
  }),
  agg(id, { $project: { x: { $setUnion: ['$notes', [9]] } } }),
  agg(id, { $project: { x: { $max: ['$points', 15] } } }),
  agg(id, { $project: { x: { $concat: ['$city', '/', '$tier'] } } }),
  agg(id, { $project: { x: { $toUpper: '$city' }, y: { $size: '$notes' } } }),
  agg(id, { $project: { x: { $literal: { a: [1, { b: 2 }] } } } }),
  agg({ $group: { _id: 1, x: { $addToSet: '$tier' } } }, { $project: { n: { $size: '$x' } } }),
  agg({ $match: { $expr: { $eq: ['$city', 'Lyon'] } } }, { $project: { points: 1 } }),
  compute({ $ifNull: ['$nothing', 5] }),
  compute({ $in: ['$tier', ['gold']] }),
  compute({ $eq: ['$points', 10] }),
  orders({ $group: { _id: '$status', n: { $sum: '$total' } } }),
  orders({ $lookup: { from: 'customers', localField: 'customer_id', foreignField: '_id', as: 'c' } }, id, {
    $project: { total: 1, city: { $arrayElemAt: ['$c.city', 0] } },
  }),
  orders(
    {
      $lookup: {
        from: 'customers',
        let: { c: '$customer_id' },
        pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$c'] } } }, { $project: { tier: 1 } }],
        as: 'c',
      },
    },
    id,
    { $project: { c: 1 } },
  ),
  orders(
    { $project: { total: 1 } },
    { $unionWith: { coll: 'notes', pipeline: [{ $project: { subject: 1 } }] } },
    { $sort: { _id: 1, total: 1 } },
  ),
  { insert: 'notes', documents: [{ _id: 70, subject: 'new' }, { _id: 71 }] },
  { insert: 'notes', documents: [{ _id: 70 }, { _id: 72 }], ordered: false },
  { update: 'notes', updates: [{ q: { _id: 70 }, u: { $set: { subject: 'changed' }, $inc: { n: 1 } } }] },
  { update: 'notes', updates: [{ q: { _id: 73 }, u: { $set: { subject: 'upserted' } }, upsert: true }] },
  { update: 'notes', updates: [{ q: { _id: { $gte: 70 } }, u: [{ $set: { seen: true } }], multi: true }] },
  { findAndModify: 'notes', query: { _id: 70 }, update: { $push: { refs: 3 } }, new: true },
  find('notes', { sort: { _id: 1 } }),
  aggregate('notes', { $match: { _id: 70 } }, { $project: { subject: 1 } }, { $merge: 'notes' }),
  { update: 'customers', updates: [{ q: { _id: 1 }, u: { $set: { points: 10 } } }] },
  { delete: 'notes', deletes: [{ q: { _id: { $gte: 70 } }, limit: 0 }] },
  { listIndexes: 'notes' },
]

/** Personal values are masked in them; whatever else they hold is as it is. */
export const MASKED: readonly Document[] = [
  find('customers', { sort: { _id: 1 } }),
  find('customers', { filter: { _id: 2 } }),
  project({ notes: { $slice: 2 } }),
  find('orders', { sort: { _id: 1 } }),
  agg(id),
  agg(id, { $project: { city: 1, email: 1 } }),
  orders({ $lookup: { from: 'customers', localField: 'customer_id', foreignField: '_id', as: 'c' } }, id),
  find('visits', { filter: { _id: 50 } }),
  { findAndModify: 'customers', query: { _id: 1 }, update: { $set: { points: 10 } }, new: true },
]

/** Names that hold what is not personal, in every document that has them. */
export const PLAIN_NAMES: ReadonlySet<string> = new Set([
  ...['_id', 'tier', 'points', 'sku', 'notes', 'status', 'total', 'customer_id', 'page'],
])
