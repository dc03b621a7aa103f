/** The suite's intents as MongoDB's commands, and what its language can do to hide them. */
import { type Intent, type RelationName, WORLD } from '@gatehouse/adapter-contract'
import { type Document, EJSON } from 'bson'
import { textOf } from './texts.js'

/** The world's key is the document's. */
export const fieldOf = (name: string): string => (name === 'id' ? '_id' : name)

const joinBy = (other: string, rest: Document = {}) => ({
  $lookup: { from: other, localField: '_id', foreignField: '_id', ...rest, as: 'o' },
})

/** Stages that bring a second collection into a read. */
const WAYS: Readonly<Record<string, (other: string) => readonly Document[]>> = {
  lookup: (other) => [joinBy(other)],
  'lookup with a pipeline': (other) => [joinBy(other, { pipeline: [{ $limit: 1 }] })],
  'lookup with a condition': (other) => [
    {
      $lookup: {
        from: other,
        let: { i: '$_id' },
        pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$i'] } } }],
        as: 'o',
      },
    },
  ],
  'lookup inside a lookup': (other) => [
    { $lookup: { from: 'orders', pipeline: [joinBy(other), { $limit: 1 }], as: 'p' } },
  ],
  graphLookup: (other) => [
    {
      $graphLookup: {
        from: other,
        startWith: '$_id',
        connectFromField: '_id',
        connectToField: '_id',
        as: 'o',
      },
    },
  ],
  union: (other) => [{ $unionWith: other }],
  'union with a pipeline': (other) => [{ $unionWith: { coll: other, pipeline: [{ $limit: 1 }] } }],
  'lookup inside a union': (other) => [{ $unionWith: { coll: 'orders', pipeline: [joinBy(other)] } }],
  'lookup inside a facet': (other) => [
    { $facet: { all: [joinBy(other)] } },
    { $unwind: '$all' },
    { $replaceRoot: { newRoot: '$all' } },
  ],
}

export const ways = Object.keys(WAYS)

const NUMBER = 7
const kindOf = (relation: RelationName, field: string) =>
  WORLD.relations[relation].columns.find(({ name }) => name === field)?.kind ?? 'text'

/** In the order in which they were asked for; a server keeps its own. */
function projection(fields: readonly string[]): Document {
  const shown = Object.fromEntries(fields.map((field) => [fieldOf(field), 1]))
  return fields.includes('id') ? shown : { ...shown, _id: 0 }
}

export function say({ verb, relation, fields, id, other, value = 'value' }: Intent): string {
  const filter = id === undefined ? {} : { _id: id }
  const stored = Object.fromEntries(
    fields.map((field) => [fieldOf(field), kindOf(relation, field) === 'integer' ? NUMBER : value]),
  )
  switch (verb) {
    case 'read': {
      const shown = projection(fields)
      if (other === undefined) return textOf({ find: relation, filter, projection: shown })
      const brought = WAYS[other.way]?.(other.relation) ?? []
      const bound = id === undefined ? [] : [{ $match: filter }]
      return textOf({
        aggregate: relation,
        pipeline: [...bound, ...brought, { $project: shown }],
        cursor: {},
      })
    }
    case 'insert':
      return textOf({ insert: relation, documents: [stored] })
    case 'update':
      return textOf({
        update: relation,
        updates: [{ q: filter, u: { $set: stored }, multi: id === undefined }],
      })
    case 'delete':
      return textOf({ delete: relation, deletes: [{ q: filter, limit: 0 }] })
  }
}

/** What a driver adds by itself, other types of the same numbers, other orders of the same fields. */
export function disguise(text: string): readonly string[] {
  const command = EJSON.parse(text) as Document
  const [[name, target] = ['', ''], ...rest] = Object.entries(command)
  const withRest = (fields: Document) => textOf({ [name]: target, ...fields })
  return [
    withRest(Object.fromEntries([...rest].reverse())),
    withRest({ $readPreference: { mode: 'primary' }, ...Object.fromEntries(rest) }),
    withRest({ maxTimeMS: 5000, ...Object.fromEntries(rest) }),
    withRest({ comment: { find: 'payments' }, ...Object.fromEntries(rest) }),
    withRest({
      lsid: { id: { $uuid: '00112233-4455-4677-8899-aabbccddeeff' } },
      ...Object.fromEntries(rest),
    }),
    text.replace(/("_id":)(\d+)/, '$1{"$numberLong":"$2"}'),
    text.replace(/("_id":)(\d+)/, '$1{"$numberDouble":"$2.0"}'),
    text.replace('"_id":1', '"_id":true').replace('"note":1', '"note":true'),
    text.replaceAll(/[:,]/g, '$& \n'),
  ]
}

/** Each shows the field under the name `shown`, or by values alone. */
export function wrapped(relation: RelationName, field: string): readonly string[] {
  const own = `$${field}`
  const pipeline = (from: string, ...stages: readonly Document[]) =>
    textOf({ aggregate: from, pipeline: stages, cursor: {} })
  const stages = (...list: readonly Document[]) => pipeline(relation, ...list)
  const shown = (expression: unknown) => ({ $project: { _id: 0, shown: expression } })
  const computed = [
    own,
    `$$ROOT.${field}`,
    `$$CURRENT.${field}`,
    { $toLower: own },
    { $concat: [own, ''] },
    { $substrCP: [own, 0, 99] },
    { $cond: [true, own, ''] },
    { $ifNull: [null, own] },
    { $toString: own },
    { $let: { vars: { x: own }, in: '$$x' } },
    { $arrayElemAt: [[own], 0] },
    { $map: { input: [own], as: 'x', in: '$$x' } },
    { $reduce: { input: [own], initialValue: '', in: { $concat: ['$$value', '$$this'] } } },
    { $getField: field },
    { $getField: { field, input: { $mergeObjects: ['$$ROOT', {}] } } },
    { $arrayElemAt: [{ $map: { input: { $objectToArray: '$$ROOT' }, as: 'x', in: '$$x.v' } }, 1] },
    { $split: [own, '@'] },
  ]
  const gathered = [{ $max: own }, { $first: own }, { $push: own }, { $addToSet: own }]
  return [
    ...computed.map((expression) => stages(shown(expression))),
    ...gathered.map((expression) => stages({ $group: { _id: null, shown: expression } }, shown('$shown'))),
    stages(shown('$$ROOT'), shown(`$shown.${field}`)),
    stages({ $group: { _id: null, all: { $push: '$$ROOT' } } }, shown(`$all.${field}`)),
    stages({ $group: { _id: own } }, shown('$_id')),
    stages({ $sortByCount: own }, shown('$_id')),
    stages({ $addFields: { shown: own } }, { $unset: field }, shown('$shown')),
    stages({ $replaceRoot: { newRoot: { shown: own } } }),
    stages({ $replaceWith: { shown: own } }),
    stages({ $facet: { all: [{ $project: { shown: own } }] } }, { $unwind: '$all' }, shown('$all.shown')),
    pipeline('orders', { $unionWith: relation }, shown(own)),
    pipeline('orders', joinBy(relation), { $unwind: '$o' }, shown(`$o.${field}`)),
    textOf({ find: relation, projection: { shown: own, _id: 0 } }),
    textOf({ distinct: relation, key: field }),
    textOf({ aggregate: relation, pipeline: [{ $sort: { [field]: 1 } }, shown(own)], cursor: {} }),
  ]
}

export const opaque: readonly string[] = [
  textOf({ find: 'customers', filter: { $where: 'true' } }),
  textOf({ find: 'customers', filter: { $or: [{ $where: 'true' }] } }),
  textOf({ count: 'customers', query: { $where: 'true' } }),
  textOf({
    find: 'customers',
    filter: { $expr: { $function: { body: 'function () { return true }', args: [], lang: 'js' } } },
  }),
  textOf({
    aggregate: 'customers',
    pipeline: [
      {
        $group: {
          _id: null,
          shown: {
            $accumulator: {
              init: 'function () {}',
              accumulate: 'function () {}',
              accumulateArgs: [],
              merge: 'function () {}',
              lang: 'js',
            },
          },
        },
      },
    ],
    cursor: {},
  }),
  textOf({ mapReduce: 'customers', map: 'function () {}', reduce: 'function () {}', out: { inline: 1 } }),
  textOf({ eval: 'db.payments.find()' }),
]

export const unreadable: readonly string[] = [
  'dance',
  '?',
  'FIND customers',
  'aggregate customers',
  '{"find":"customers","dance":1}',
  '{"find":["customers"]}',
  '{"find":"customers"} {"find":"payments"}',
  '{"dance":1} {"find":"customers"}',
  '{"delete":"customers","deletes":[{"q":{}}]}',
]
