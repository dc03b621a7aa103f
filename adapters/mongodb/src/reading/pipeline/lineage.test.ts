import { describe, expect, test } from 'vitest'
import { actions, outputs, read, showing, statement } from '../fixture.js'

const pipe = (...stages: readonly object[]) => ({ aggregate: 'customers', pipeline: stages, cursor: {} })
const out = (...stages: readonly object[]) => outputs(pipe(...stages))
const from = (...stages: readonly object[]) => showing(pipe(...stages), 'ssn')
const used = (...stages: readonly object[]) => actions(pipe(...stages))[0] ?? ''

describe('73 stages', () => {
  test.each<[string, object, readonly string[]]>([
    ['inclusion', { $project: { name: 1 } }, ['_id < customers._id', 'name < customers.name']],
    [
      'nested inclusion',
      { $project: { _id: 0, address: { city: 1 } } },
      ['address.city < customers.address:city'],
    ],
    ['renaming', { $project: { _id: 0, x: '$ssn' } }, ['x < customers.ssn']],
    ['computing', { $project: { _id: 0, x: { $toLower: '$ssn' } } }, ['x < computed customers.ssn']],
    ['renaming deep', { $project: { _id: 0, 'a.b': '$cards.iban' } }, ['a.b < customers.cards:iban']],
    [
      'a document of both',
      { $project: { _id: 0, a: { s: '$ssn', k: { $literal: 1 } } } },
      ['a.s < customers.ssn'],
    ],
    ['$count', { $count: 'n' }, ['n < counted']],
    ['$sortByCount', { $sortByCount: '$ssn' }, ['_id < customers.ssn', 'count < counted']],
    [
      '$group keeps keys apart',
      { $group: { _id: { s: '$ssn', n: '$name' } } },
      ['_id.s < customers.ssn', '_id.n < customers.name'],
    ],
    [
      '$bucket',
      { $bucket: { groupBy: '$age', boundaries: [0, 9] } },
      ['_id < computed customers.age', 'count < counted'],
    ],
    [
      '$bucketAuto',
      { $bucketAuto: { groupBy: '$age', buckets: 2 } },
      ['_id.min < customers.age', '_id.max < customers.age', 'count < counted'],
    ],
    [
      '$replaceRoot',
      { $replaceRoot: { newRoot: '$address' } },
      ['$$ROOT < customers.address', 'city < customers.address:city', 'phone < customers.address:phone'],
    ],
    [
      '$facet',
      { $facet: { a: [{ $project: { _id: 0, x: '$ssn' } }], b: [{ $count: 'n' }] } },
      ['a.x < customers.ssn', 'b.n < counted'],
    ],
  ])('%s', (_, stage, expected) => {
    expect(out(stage)).toEqual(expected)
  })

  test.each<[string, readonly object[]]>([
    ['$project', [{ $project: { x: '$ssn' } }]],
    ['twice', [{ $project: { x: '$ssn' } }, { $project: { x: '$x' } }]],
    ['$addFields', [{ $addFields: { x: '$ssn' } }, { $project: { x: 1 } }]],
    // FerretDB works out what is added before it takes away what was to go.
    ['$project without it, then it', [{ $project: { ssn: 0 } }, { $addFields: { x: '$ssn' } }]],
    ['$unset of it, then it', [{ $unset: 'ssn' }, { $set: { x: { $concat: ['$ssn', ''] } } }]],
    ['$unset of it, then it by name', [{ $unset: ['ssn', 'x'] }, { $set: { x: { $getField: 'ssn' } } }]],
    [
      '$unset of what holds it',
      [{ $project: { o: { s: '$ssn' } } }, { $unset: 'o' }, { $set: { x: '$$ROOT.o.s' } }],
    ],
    ['$unset twice', [{ $unset: 'ssn' }, { $unset: 'ssn' }, { $fill: { output: { x: { value: '$ssn' } } } }]],
    ['$unset in one of two', [{ $unset: 'ssn' }, { $set: { x: { $ifNull: ['$ssn', 1] } } }]],
    // An empty document goes into what stands there, and takes nothing away.
    ['$addFields of nothing', [{ $project: { x: '$ssn' } }, { $addFields: { x: {} } }]],
    ['$set of nothing', [{ $set: { x: { y: '$ssn' } } }, { $set: { x: { y: {} } } }, { $project: { x: 1 } }]],
    [
      '$set, then $unset of the original',
      [{ $set: { x: '$ssn' } }, { $unset: 'ssn' }, { $project: { x: 1 } }],
    ],
    [
      '$group $push ROOT',
      [{ $group: { _id: 1, all: { $push: '$$ROOT' } } }, { $project: { x: '$all.ssn' } }],
    ],
    ['$group $first', [{ $group: { _id: 1, x: { $first: '$ssn' } } }]],
    ['$group $max', [{ $group: { _id: 1, x: { $max: '$ssn' } } }]],
    ['$group $top', [{ $group: { _id: 1, x: { $top: { sortBy: { age: 1 }, output: ['$ssn'] } } } }]],
    [
      '$group $mergeObjects',
      [{ $group: { _id: 1, o: { $mergeObjects: '$$ROOT' } } }, { $project: { x: '$o.ssn' } }],
    ],
    ['$group by it', [{ $group: { _id: '$ssn' } }, { $project: { x: '$_id', _id: 0 } }]],
    ['$group by a document', [{ $group: { _id: { k: '$ssn' } } }, { $project: { x: '$_id.k', _id: 0 } }]],
    ['$facet', [{ $facet: { f: [{ $match: {} }] } }, { $project: { x: '$f.ssn' } }]],
    ['$replaceRoot', [{ $replaceRoot: { newRoot: { x: '$ssn' } } }]],
    ['$replaceWith $mergeObjects', [{ $replaceWith: { $mergeObjects: [{ x: '$ssn' }, { y: 1 }] } }]],
    ['$unwind of a list', [{ $set: { x: ['$ssn'] } }, { $unwind: '$x' }, { $project: { x: 1 } }]],
    ['$getField', [{ $project: { x: { $getField: 'ssn' } } }]],
    ['$getField of ROOT', [{ $project: { x: { $getField: { field: 'ssn', input: '$$ROOT' } } } }]],
    ['$getField of a literal', [{ $project: { x: { $getField: { $literal: 'ssn' } } } }]],
    [
      'dynamic $getField',
      [{ $project: { x: { $getField: { field: { $concat: ['s', 'sn'] }, input: '$$ROOT' } } } }],
    ],
    ['$objectToArray', [{ $project: { x: { $objectToArray: '$$ROOT' } } }, { $project: { x: '$x.v' } }]],
    [
      '$objectToArray, unwound',
      [
        { $project: { x: { $objectToArray: '$$ROOT' } } },
        { $unwind: '$x' },
        { $replaceRoot: { newRoot: { x: '$x.v' } } },
      ],
    ],
    ['$arrayToObject', [{ $replaceWith: { $arrayToObject: [[['x', '$ssn']]] } }]],
    [
      '$arrayToObject of unknown names',
      [{ $project: { x: { $arrayToObject: [[{ k: '$name', v: '$ssn' }]] } } }],
    ],
    ['$setField', [{ $replaceWith: { $setField: { field: 'x', input: {}, value: '$ssn' } } }]],
    ['$let', [{ $project: { x: { $let: { vars: { v: '$ssn' }, in: '$$v' } } } }]],
    ['$map', [{ $project: { x: { $map: { input: ['$ssn'], in: '$$this' } } } }]],
    [
      '$map with another name',
      [{ $project: { x: { $map: { input: ['$$ROOT'], as: 'r', in: '$$r.ssn' } } } }],
    ],
    [
      '$reduce',
      [
        {
          $project: {
            x: { $reduce: { input: ['$ssn'], initialValue: '', in: { $concat: ['$$value', '$$this'] } } },
          },
        },
      ],
    ],
    [
      '$reduce that gathers',
      [
        {
          $project: {
            x: {
              $reduce: {
                input: ['$$ROOT'],
                initialValue: [],
                in: { $concatArrays: ['$$value', ['$$this.ssn']] },
              },
            },
          },
        },
      ],
    ],
    ['$filter', [{ $project: { x: { $filter: { input: ['$ssn'], cond: true } } } }]],
    ['$cond', [{ $project: { x: { $cond: [true, '$ssn', 1] } } }]],
    ['$cond on it', [{ $project: { x: { $cond: [{ $gt: ['$ssn', '5'] }, 1, 0] } } }]],
    [
      '$switch',
      [
        {
          $project: {
            x: {
              $switch: {
                branches: [
                  Object.fromEntries([
                    ['case', true],
                    ['then', '$ssn'],
                  ]),
                ],
                default: 1,
              },
            },
          },
        },
      ],
    ],
    ['$ifNull', [{ $project: { x: { $ifNull: ['$nope', '$ssn'] } } }]],
    ['$zip', [{ $project: { x: { $zip: { inputs: [['$ssn'], [1]] } } } }]],
    ['$concat', [{ $project: { x: { $concat: ['a', '$ssn'] } } }]],
    ['$toHashedIndexKey', [{ $project: { x: { $toHashedIndexKey: '$ssn' } } }]],
    ['comparison', [{ $project: { x: { $eq: ['$ssn', '1'] } } }]],
    [
      '$setWindowFields $shift',
      [
        { $setWindowFields: { sortBy: { age: 1 }, output: { x: { $shift: { output: '$ssn', by: 1 } } } } },
        { $project: { x: 1 } },
      ],
    ],
    [
      '$setWindowFields $push',
      [
        { $setWindowFields: { output: { x: { $push: '$ssn', window: { documents: [-1, 1] } } } } },
        { $project: { x: 1 } },
      ],
    ],
    ['$fill', [{ $fill: { output: { x: { value: '$ssn' } } } }, { $project: { x: 1 } }]],
    [
      '$lookup of itself',
      [
        { $lookup: { from: 'customers', localField: '_id', foreignField: '_id', as: 'c' } },
        { $project: { x: '$c.ssn' } },
      ],
    ],
    [
      '$lookup and let',
      [
        { $lookup: { from: 'orders', let: { s: '$ssn' }, pipeline: [{ $project: { y: '$$s' } }], as: 'c' } },
        { $project: { x: '$c.y' } },
      ],
    ],
    [
      '$lookup of documents',
      [
        { $lookup: { let: { s: '$ssn' }, pipeline: [{ $documents: [{ y: '$$s' }] }], as: 'c' } },
        { $project: { x: '$c.y' } },
      ],
    ],
    [
      '$graphLookup',
      [
        {
          $graphLookup: {
            from: 'customers',
            startWith: '$_id',
            connectFromField: '_id',
            connectToField: '_id',
            as: 'g',
          },
        },
        { $project: { x: '$g.ssn' } },
      ],
    ],
    [
      '$unionWith',
      [
        { $project: { x: 1 } },
        { $unionWith: { coll: 'customers', pipeline: [{ $project: { x: '$ssn' } }] } },
        { $project: { x: 1 } },
      ],
    ],
    ['$redact', [{ $redact: '$$KEEP' }, { $project: { x: '$ssn' } }]],
    ['CURRENT', [{ $project: { x: '$$CURRENT.ssn' } }]],
    ['CURRENT bound anew', [{ $project: { x: { $let: { vars: { CURRENT: { y: '$ssn' } }, in: '$y' } } } }]],
    ['$meta of keys', [{ $project: { x: { $meta: 'indexKey' } } }]],
    ['$sortArray', [{ $project: { x: { $sortArray: { input: ['$ssn'], sortBy: 1 } } } }]],
    ['$function', [{ $project: { x: { $function: { body: 'f', args: ['$ssn'], lang: 'js' } } } }]],
    ['$merge of numbers', [{ $project: { x: { $add: [{ $toInt: '$ssn' }, 1] } } }]],
    ['$convert', [{ $project: { x: { $convert: { input: '$ssn', to: 'int', onError: 0 } } } }]],
  ])('laundering by %s shows where it comes from', (_, stages) => {
    const shown = from(...stages)
    expect(shown.some((name) => name === 'x' || name.startsWith('x.') || name === '$$ROOT')).toBe(true)
  })

  test.each<[string, readonly object[]]>([
    ['$project without it', [{ $project: { name: 1 } }]],
    ['$unset', [{ $unset: ['ssn'] }]],
    ['exclusion', [{ $project: { ssn: 0 } }]],
    ['written over', [{ $set: { ssn: 'x' } }]],
    ['$$REMOVE', [{ $set: { ssn: '$$REMOVE' } }]],
    ['$unsetField', [{ $replaceWith: { $unsetField: { field: 'ssn', input: '$$ROOT' } } }]],
    ['$count', [{ $count: 'n' }]],
    ['$group without it', [{ $group: { _id: '$name', n: { $sum: 1 } } }]],
  ])('nothing of it is left after %s', (_, stages) => {
    expect(from(...stages)).toEqual([])
  })

  test.each<[string, readonly object[], string]>([
    ['$match', [{ $match: { ssn: { $gt: '1' } } }], 'ssn: filter'],
    ['$match after a rename', [{ $project: { x: '$ssn' } }, { $match: { x: { $gt: '1' } } }], 'ssn: filter'],
    [
      '$match of a lookup after a rename',
      [{ $project: { x: '$ssn' } }, { $match: { x: '1' } }],
      'ssn: lookup',
    ],
    [
      '$match of something worked out',
      [{ $project: { x: { $toLower: '$ssn' } } }, { $match: { x: '1' } }],
      'ssn: filter',
    ],
    ['$match in a facet', [{ $facet: { f: [{ $match: { ssn: /1/ } }] } }], 'ssn: filter'],
    ['$sort', [{ $sort: { ssn: 1 } }], 'ssn: order'],
    ['$sort after a rename', [{ $set: { x: '$ssn' } }, { $sort: { x: 1 } }, { $limit: 1 }], 'ssn: order'],
    ['$group', [{ $group: { _id: '$ssn' } }], 'ssn: group'],
    ['$sortByCount', [{ $sortByCount: { $toLower: '$ssn' } }], 'ssn: group'],
    ['$bucket', [{ $bucket: { groupBy: '$ssn', boundaries: ['0', '5'], default: 'x' } }], 'ssn: group'],
    ['$cond', [{ $project: { _id: 0, x: { $cond: [{ $gt: ['$ssn', '5'] }, 1, 0] } } }], 'ssn: filter'],
    [
      '$filter',
      [{ $project: { x: { $filter: { input: '$cards', cond: { $gt: ['$ssn', '1'] } } } } }],
      'ssn: filter',
    ],
    ['what can fail', [{ $project: { x: { $divide: [1, '$ssn'] } } }], 'ssn: argument'],
    ['a conversion', [{ $project: { x: { $toInt: '$ssn' } } }], 'ssn: argument'],
    ['a position', [{ $project: { x: { $substrCP: ['abc', '$ssn', 1] } } }], 'ssn: argument'],
    ['a pattern', [{ $project: { x: { $regexMatch: { input: '$ssn', regex: '^1' } } } }], 'ssn: argument'],
    [
      'windows by it',
      [{ $setWindowFields: { partitionBy: '$ssn', output: { n: { $count: {} } } } }],
      'ssn: group',
    ],
    [
      'windows in its order',
      [{ $setWindowFields: { sortBy: { ssn: 1 }, output: { n: { $rank: {} } } } }],
      'ssn: order',
    ],
    ['$densify', [{ $densify: { field: 'ssn', range: { step: 1, bounds: 'full' } } }], 'ssn: order'],
    ['$geoNear', [{ $geoNear: { near: [1, 2], key: 'ssn', distanceField: 'd' } }], 'ssn: filter'],
    [
      '$accumulator sorts',
      [{ $group: { _id: 1, x: { $top: { sortBy: { ssn: 1 }, output: '$name' } } } }],
      'ssn: order',
    ],
  ])('%s is a use', (_, stages, expected) => {
    expect(used(...stages)).toContain(expected)
  })

  test('$lookup joins both, and reads the other', () => {
    const stage = { $lookup: { from: 'orders', localField: 'ssn', foreignField: 'note', as: 'o' } }
    expect(actions(pipe(stage))).toEqual([
      'read shop.customers (ssn: join) unfiltered',
      'read shop.orders (note: join) unfiltered',
    ])
    const joins = statement(pipe(stage)).actions[0]?.fields
    expect(JSON.stringify(joins)).toContain('"theirs":[{"resource":["shop","orders"],"field":"note"')
  })

  test('$lookup by $expr joins as well; with itself it filters', () => {
    const by = (coll: string, path: string) => ({
      $lookup: {
        from: coll,
        let: { s: '$ssn' },
        pipeline: [{ $match: { $expr: { $eq: ['$$s', path] } } }],
        as: 'o',
      },
    })
    expect(actions(pipe(by('orders', '$note')))[1]).toContain('note: join')
    expect(actions(pipe(by('customers', '$name')))[0]).toContain('ssn: filter')
  })

  test.each(['orders', 'customers'])('$unionWith %s reads it', (coll) => {
    expect(actions({ aggregate: 'copies', pipeline: [{ $unionWith: coll }] })).toContain(
      `read shop.${coll} unfiltered`,
    )
  })

  test.each<[object]>([
    [{ $push: '$name' }],
    [{ $addToSet: '$name' }],
    [{ $topN: { n: 9, sortBy: { age: 1 }, output: '$name' } }],
    [{ $mergeObjects: '$$ROOT' }],
  ])('R21 %j gathers documents into one', (accumulator) => {
    expect(statement(pipe({ $group: { _id: 1, x: accumulator } })).collects).toBe(true)
  })

  test.each<[string, object]>([
    ['stage', { $nope: 1 }],
    ['internal stage', { $_internalInhibitOptimization: {} }],
    ['cursor stage', { $mergeCursors: {} }],
    ['backup', { $backupCursor: {} }],
    ['two names', { $match: {}, $limit: 1 }],
    ['operator', { $project: { x: { $nope: 1 } } }],
    ['accumulator', { $group: { _id: 1, x: { $nope: 1 } } }],
    ['option', { $lookup: { from: 'orders', as: 'x', nope: 1 } }],
    ['network', { $https: {} }],
  ])('an unknown %s is refused', (_, stage) => {
    expect(read(pipe(stage)).kind).toBe('unreadable')
  })

  test('80 $function and $accumulator are opaque', () => {
    const code = {
      $accumulator: { init: 'f', accumulate: 'f', accumulateArgs: ['$ssn'], merge: 'f', lang: 'js' },
    }
    expect(actions(pipe({ $group: { _id: 1, x: code } }))).toContain('opaque server (unknown) unfiltered')
  })

  test.each(['$currentOp', '$queryStats', '$listSessions', '$planCacheStats'])(
    '%s is an administrator’s',
    (name) => {
      const body = { aggregate: 1, pipeline: [{ [name]: {} }], cursor: {} }
      expect(actions(body, 'admin')).toContain(`admin ${name.slice(1)} unfiltered`)
      expect(statement(body, 'admin').outputs).toMatchObject([{ unprovable: expect.any(String) }])
    },
  )
})
