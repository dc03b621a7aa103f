/** Table: calls of the cursors. */
import type { Document, FindCursor } from 'mongodb'
import type { Row } from '../shop.js'
import type { Calls, Exceptions, Place } from './calls.js'

const sorted = ({ items }: Place): FindCursor<Row> =>
  items.find().sort({ _id: 1 }).batchSize(2) as FindCursor<Row>

/** What FindCursor and AggregationCursor have of AbstractCursor. */
export const CURSOR: Calls = {
  id: async (place) => {
    const cursor = sorted(place)
    await cursor.next()
    const [open] = [cursor.id !== undefined && cursor.id?.toString() !== '0']
    await cursor.toArray()
    return [open, cursor.id]
  },
  namespace: (place) => sorted(place).namespace,
  readPreference: (place) => sorted(place).readPreference,
  readConcern: (place) => sorted(place).readConcern,
  closed: async (place) => {
    const cursor = sorted(place)
    const before = cursor.closed
    await cursor.close()
    return [before, cursor.closed]
  },
  killed: async (place) => {
    const cursor = sorted(place)
    await cursor.next()
    await cursor.close()
    return cursor.killed
  },
  loadBalanced: (place) => sorted(place).loadBalanced,
  bufferedCount: async (place) => {
    const cursor = sorted(place)
    await cursor.hasNext()
    return cursor.bufferedCount()
  },
  readBufferedDocuments: async (place) => {
    const cursor = sorted(place)
    await cursor.hasNext()
    return cursor.readBufferedDocuments(5)
  },
  stream: async (place) => {
    const read: unknown[] = []
    for await (const row of sorted(place).stream()) read.push(row)
    return read
  },
  hasNext: async (place) => {
    const cursor = sorted(place)
    const found = []
    while (await cursor.hasNext()) found.push(await cursor.next())
    return found
  },
  next: async (place) => {
    const cursor = sorted(place)
    return [await cursor.next(), await cursor.next(), await cursor.next()]
  },
  tryNext: (place) => sorted(place).tryNext(),
  forEach: async (place) => {
    const read: unknown[] = []
    await sorted(place).forEach((row) => void read.push(row))
    return read
  },
  close: async (place) => {
    const cursor = sorted(place)
    await cursor.next()
    await cursor.close()
    return cursor.next()
  },
  toArray: (place) => sorted(place).toArray(),
  addCursorFlag: (place) => sorted(place).addCursorFlag('noCursorTimeout', true).toArray(),
  map: (place) =>
    sorted(place)
      .map(({ n }) => n)
      .toArray(),
  withReadPreference: (place) => sorted(place).withReadPreference('secondaryPreferred').toArray(),
  withReadConcern: (place) => sorted(place).withReadConcern({ level: 'local' }).toArray(),
  maxTimeMS: (place) => sorted(place).maxTimeMS(60_000).toArray(),
  batchSize: (place) => sorted(place).batchSize(1).toArray(),
  rewind: async (place) => {
    const cursor = sorted(place)
    const first = await cursor.next()
    cursor.rewind()
    return [first, await cursor.toArray()]
  },
}

const OWN = 'the driver’s own, not in its types'
export const CURSOR_EXCEPTIONS: Exceptions = {
  isDead: OWN,
  client: OWN,
  server: OWN,
  session: OWN,
  trackCursor: OWN,
  getMore: `${OWN}: each call that reads several batches makes it`,
  cursorInit: OWN,
  fetchBatch: OWN,
  cleanup: OWN,
  emitClose: OWN,
  transformDocument: OWN,
  throwIfInitialized: OWN,
  resolveExplainTimeoutOptions: OWN,
  asyncDispose: 'closes, where the language has it',
}

export const FIND_CURSOR: Calls = {
  clone: (place) => sorted(place).clone().toArray(),
  map: (place) =>
    sorted(place)
      .map(({ label }) => label)
      .toArray(),
  count: (place) => sorted(place).count(),
  explain: async (place) =>
    Object.keys((await sorted(place).explain('queryPlanner')) as Document).includes('queryPlanner'),
  filter: (place) =>
    sorted(place)
      .filter({ n: { $mod: [2, 1] } })
      .toArray(),
  hint: (place) => sorted(place).hint({ _id: 1 }).toArray(),
  min: (place) => sorted(place).hint({ _id: 1 }).min({ _id: 3 }).toArray(),
  max: (place) => sorted(place).hint({ _id: 1 }).max({ _id: 3 }).toArray(),
  returnKey: (place) => sorted(place).returnKey(true).toArray(),
  showRecordId: (place) => sorted(place).showRecordId(true).toArray(),
  comment: (place) => sorted(place).comment('a remark').toArray(),
  maxAwaitTimeMS: (place) => sorted(place).maxAwaitTimeMS(10).toArray(),
  maxTimeMS: (place) => sorted(place).maxTimeMS(60_000).toArray(),
  project: (place) =>
    sorted(place)
      .project({ label: 1, 'box.kind': 1, half: { $divide: ['$n', 2] } })
      .toArray(),
  sort: ({ items }) => items.find().sort({ n: -1 }).toArray(),
  allowDiskUse: (place) => sorted(place).allowDiskUse(true).toArray(),
  collation: (place) => sorted(place).collation({ locale: 'en', strength: 2 }).toArray(),
  limit: (place) => sorted(place).limit(3).toArray(),
  skip: (place) => sorted(place).skip(3).toArray(),
}

export const FIND_CURSOR_EXCEPTIONS: Exceptions = {
  getMore: CURSOR_EXCEPTIONS.getMore ?? '',
  addQueryModifier: 'gone from servers: it says by other names what the other methods say',
}

const staged = ({ items }: Place) => items.aggregate([{ $match: { n: { $gt: 1 } } }, { $sort: { _id: 1 } }])

export const AGGREGATION_CURSOR: Calls = {
  clone: (place) => staged(place).clone().toArray(),
  map: (place) =>
    staged(place)
      .map(({ n }) => n)
      .toArray(),
  explain: async (place) => typeof (await staged(place).explain('queryPlanner')),
  addStage: (place) =>
    staged(place)
      .addStage({ $set: { more: { $add: ['$n', 1] } } })
      .toArray(),
  group: (place) =>
    staged(place)
      .group({ _id: null, sum: { $sum: '$n' } })
      .toArray(),
  limit: (place) => staged(place).limit(2).toArray(),
  match: (place) => staged(place).match({ tags: 'b' }).toArray(),
  out: (place) => staged(place).out('copied').toArray(),
  project: (place) =>
    staged(place)
      .project({ label: { $toUpper: '$label' } })
      .toArray(),
  lookup: (place) =>
    staged(place)
      .lookup({ from: 'orders', localField: '_id', foreignField: 'customer', as: 'orders' })
      .toArray(),
  redact: (place) =>
    staged(place)
      .redact({ $cond: [{ $eq: ['$kind', 'x'] }, '$$PRUNE', '$$DESCEND'] })
      .toArray(),
  skip: (place) => staged(place).skip(2).toArray(),
  sort: (place) => staged(place).sort({ n: -1 }).toArray(),
  unwind: (place) => staged(place).unwind('$box.parts').toArray(),
  geoNear: (place) =>
    place.items
      .aggregate()
      .geoNear({ near: { type: 'Point', coordinates: [1, 2] }, distanceField: 'far' })
      .toArray(),
}

export const LIST_COLLECTIONS: Calls = {
  clone: async ({ db }) =>
    (await db.listCollections({}, { nameOnly: true }).clone().toArray()).map(({ name }) => name).sort(),
}

export const LIST_INDEXES: Calls = {
  clone: ({ items }) => items.listIndexes().clone().toArray(),
}

export const RUN_CURSOR: Calls = {
  setComment: ({ db }) =>
    db
      .runCursorCommand({ find: 'items', sort: { _id: 1 }, batchSize: 2 })
      .setComment('x')
      .toArray(),
  setMaxTimeMS: ({ db }) =>
    db
      .runCursorCommand({ find: 'items', sort: { _id: 1 } })
      .setMaxTimeMS(10)
      .toArray(),
  setBatchSize: ({ db }) =>
    db
      .runCursorCommand({ find: 'items', sort: { _id: 1 }, batchSize: 1 })
      .setBatchSize(3)
      .toArray(),
}
export const RUN_CURSOR_EXCEPTIONS: Exceptions = {
  clone: 'throws at once',
  getMore: CURSOR_EXCEPTIONS.getMore ?? '',
  addCursorFlag: 'throws at once',
  maxTimeMS: 'throws at once',
  batchSize: 'throws at once',
  withReadConcern: 'throws at once',
}
