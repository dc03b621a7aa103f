/** Table of mongosh's methods and the commands that they send (manual, mongosh Methods). */

type Fields = Record<string, unknown>
type Args = readonly unknown[]

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}
const given = (name: string, value: unknown): Fields => (value === undefined ? {} : { [name]: value })

function update(collection: string, [q = {}, u, options]: Args, multi: boolean): Fields {
  const { upsert, arrayFilters, collation, hint } = fields(options)
  const each = { q, u, multi, ...given('upsert', upsert), ...given('arrayFilters', arrayFilters) }
  return {
    update: collection,
    updates: [{ ...each, ...given('collation', collation), ...given('hint', hint) }],
  }
}

function remove(collection: string, [q = {}]: Args, limit: 0 | 1): Fields {
  return { delete: collection, deletes: [{ q, limit }] }
}

function findAndModify(collection: string, query: unknown, change: Fields, options: unknown): Fields {
  const { projection, sort, upsert, returnDocument, returnNewDocument } = fields(options)
  const after = returnDocument === 'after' || returnNewDocument === true
  return {
    findAndModify: collection,
    query: query ?? {},
    ...change,
    ...(after && { new: true }),
    ...given('fields', projection),
    ...given('sort', sort),
    ...given('upsert', upsert),
  }
}

const group = (expression: Fields) => ({ $group: { _id: 1, n: expression } })

export const collectionMethods: Readonly<Record<string, (collection: string, args: Args) => Fields>> = {
  find: (collection, [filter = {}, projection, options]) => ({
    find: collection,
    filter,
    ...given('projection', projection),
    ...fields(options),
  }),
  findOne: (collection, [filter = {}, projection, options]) => ({
    find: collection,
    filter,
    ...given('projection', projection),
    limit: 1,
    singleBatch: true,
    ...fields(options),
  }),
  aggregate: (collection, [pipeline = [], options]) => ({
    aggregate: collection,
    pipeline: Array.isArray(pipeline) ? pipeline : [pipeline],
    cursor: {},
    ...fields(options),
  }),
  countDocuments: (collection, [filter = {}]) => ({
    aggregate: collection,
    pipeline: [{ $match: filter }, group({ $sum: 1 })],
    cursor: {},
  }),
  count: (collection, [query = {}]) => ({ count: collection, query }),
  estimatedDocumentCount: (collection) => ({ count: collection }),
  distinct: (collection, [key, query = {}]) => ({ distinct: collection, key, query }),
  insertOne: (collection, [document]) => ({ insert: collection, documents: [document] }),
  insertMany: (collection, [documents]) => ({ insert: collection, documents }),
  updateOne: (collection, args) => update(collection, args, false),
  updateMany: (collection, args) => update(collection, args, true),
  replaceOne: (collection, args) => update(collection, args, false),
  deleteOne: (collection, args) => remove(collection, args, 1),
  deleteMany: (collection, args) => remove(collection, args, 0),
  findOneAndUpdate: (collection, [query, change, options]) =>
    findAndModify(collection, query, { update: change }, options),
  findOneAndReplace: (collection, [query, change, options]) =>
    findAndModify(collection, query, { update: change }, options),
  findOneAndDelete: (collection, [query, options]) =>
    findAndModify(collection, query, { remove: true }, options),
  findAndModify: (collection, [options]) => ({ findAndModify: collection, ...fields(options) }),
  mapReduce: (collection, [map, reduce, options]) => ({
    mapReduce: collection,
    map,
    reduce,
    ...fields(options),
  }),
  createIndex: (collection, [key, options]) => ({
    createIndexes: collection,
    indexes: [{ key, name: Object.entries(fields(key)).flat().join('_'), ...fields(options) }],
  }),
  dropIndex: (collection, [index]) => ({ dropIndexes: collection, index }),
  dropIndexes: (collection, [index = '*']) => ({ dropIndexes: collection, index }),
  getIndexes: (collection) => ({ listIndexes: collection }),
  drop: (collection) => ({ drop: collection }),
  stats: (collection) => ({ collStats: collection }),
}

export const databaseMethods: Readonly<Record<string, (args: Args) => Fields>> = {
  runCommand: ([command]) => (typeof command === 'string' ? { [command]: 1 } : fields(command)),
  adminCommand: ([command]) => ({
    ...(typeof command === 'string' ? { [command]: 1 } : fields(command)),
    $db: 'admin',
  }),
  aggregate: ([pipeline = []]) => ({ aggregate: 1, pipeline, cursor: {} }),
  createCollection: ([name, options]) => ({ create: name, ...fields(options) }),
  createView: ([name, viewOn, pipeline]) => ({ create: name, viewOn, pipeline }),
  getCollectionNames: () => ({ listCollections: 1, nameOnly: true }),
  getCollectionInfos: () => ({ listCollections: 1 }),
  dropDatabase: () => ({ dropDatabase: 1 }),
  createUser: ([user]) => {
    const { user: name, ...rest } = fields(user)
    return { createUser: name, ...rest }
  },
  stats: () => ({ dbStats: 1 }),
}

const sets =
  (name: string) =>
  (command: Fields, [value]: Args): Fields => ({ ...command, [name]: value })
const same = (command: Fields): Fields => command

export const modifiers: Readonly<Record<string, (command: Fields, args: Args) => Fields>> = {
  sort: sets('sort'),
  limit: sets('limit'),
  skip: sets('skip'),
  projection: sets('projection'),
  hint: sets('hint'),
  min: sets('min'),
  max: sets('max'),
  collation: sets('collation'),
  batchSize: sets('batchSize'),
  maxTimeMS: sets('maxTimeMS'),
  comment: sets('comment'),
  toArray: same,
  pretty: same,
  explain: (command, [verbosity = 'queryPlanner']) => ({ explain: command, verbosity }),
  count: ({ find, filter }) => ({ count: find, query: filter ?? {} }),
}
