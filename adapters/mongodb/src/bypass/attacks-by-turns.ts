/** Table of attacks by forms that servers take differently, or that names and places make ambiguous. */
import { type Attack, agg, aggregate, compute, find, idle, project, reveals, update } from './attack.js'

const NOBODY = 'nobody@nowhere.example'
const window = (output: object, more: object = { sortBy: { _id: 1 } }) =>
  agg({ $setWindowFields: { ...more, output } })
const pairs = { $objectToArray: '$$ROOT' }

export const ATTACKS_BY_TURNS: readonly Attack[] = [
  // What is written over must be gone, and what is put beside it must not bring it back.
  ...reveals('what is written over', [
    agg({ $unwind: { path: '$emails', includeArrayIndex: 'email' } }),
    agg({ $unwind: { path: '$emails', includeArrayIndex: 'lines.email' } }),
    agg({ $unwind: { path: '$emails', includeArrayIndex: 'address.email' } }),
    agg({ $unwind: { path: '$emails', includeArrayIndex: 'emails' } }),
    agg({ $unwind: { path: '$nothing', includeArrayIndex: 'email', preserveNullAndEmptyArrays: true } }),
    agg({ $unwind: { path: '$city', includeArrayIndex: 'ssn' } }),
    agg({ $addFields: { email: 'x' } }),
    agg({ $addFields: { address: {} } }),
    // FerretDB works out what is added before it takes away what was to go.
    agg({ $project: { email: 0 } }, { $addFields: { x: { $concat: ['$email', '!'] } } }),
    agg({ $unset: ['email', 'address.email'] }, { $set: { x: '$$ROOT.email', 'y.z': '$address.email' } }),
    agg({ $unset: 'email' }, { $fill: { output: { x: { value: '$email' } } } }),
    // FerretDB cuts the keys of what it merges so at their dots.
    agg({ $group: { _id: 1, x: { $mergeObjects: '$contacts' } } }),
    agg({ $set: { lines: {}, contacts: {}, emails: {} } }),
    agg({ $addFields: { 'address.geo': {}, email: {} } }),
    agg({ $addFields: { 'lines.email': 'x' } }),
    agg({ $addFields: { 'emails.x': 1 } }),
    agg({ $addFields: { 'emails.0': 'x' } }),
    agg({ $addFields: { 'email.x': 1 } }),
    agg({ $addFields: { 'address.email.x': 1, 'lines.0.email': 2 } }),
    agg({ $addFields: { email: '$$REMOVE', ssn: { $literal: '$email' } } }),
    agg({ $addFields: { email: { $cond: [{ $gt: ['$_id', 1] }, '$$REMOVE', '$$ROOT.email'] } } }),
    agg({ $addFields: { contacts: { $literal: { email: 1 } } } }),
    agg({ $unset: 'lines.0.email' }),
    agg({ $unset: ['emails.0', 'address.0.email'] }),
    agg({ $project: { 'lines.0.email': 0, 'emails.0': 0 } }),
    project({ 'lines.0.email': 0 }),
    project({ 'emails.1': 0, 'address.email.x': 0 }),
    agg({ $lookup: { from: 'notes', pipeline: [{ $limit: 1 }], as: 'email' } }),
    agg({ $lookup: { from: 'notes', pipeline: [{ $limit: 1 }], as: 'lines.email' } }),
    agg({ $lookup: { from: 'notes', pipeline: [{ $limit: 1 }], as: 'emails.x' } }),
    aggregate('orders', {
      $graphLookup: {
        from: 'customers',
        startWith: '$customer_id',
        connectFromField: '_id',
        connectToField: '_id',
        depthField: 'email',
        as: 'g',
      },
    }),
    aggregate('orders', {
      $graphLookup: {
        from: 'customers',
        startWith: '$customer_id',
        connectFromField: '_id',
        connectToField: '_id',
        depthField: 'lines.email',
        restrictSearchWithMatch: { city: { $exists: true } },
        as: 'status.g',
      },
    }),
    window({ email: { $sum: 1 } }),
    window({ 'lines.email': { $count: {} } }),
    window({ 'address.email': { $rank: {} } }),
    window({ 'emails.x': { $documentNumber: {} } }),
    window({ email: { $last: '$city.x' }, 'address.email': { $first: '$nothing' } }),
    agg({ $fill: { output: { 'address.nothing': { value: 'x' }, email: { value: 'x' } } } }),
    agg({ $fill: { sortBy: { _id: 1 }, output: { 'lines.email': { value: 1 }, ssn: { method: 'locf' } } } }),
    agg({ $densify: { field: '_id', range: { step: 1, bounds: 'full' } } }),
    agg({ $densify: { field: 'salary', range: { step: 100_000, bounds: 'full' } } }),
    agg({ $densify: { field: '_id', partitionByFields: ['email'], range: { step: 1, bounds: [0, 5] } } }),
  ]),
  ...idle('what is written over', [
    agg({ $unwind: { path: '$emails', includeArrayIndex: 'emails.x' } }),
    agg({ $project: { email: { $literal: 1 }, 'address.email': { $literal: 1 } } }),
    agg({ $project: { 'lines.email': { $literal: 1 } } }),
    agg({ $project: { lines: { email: { $literal: 1 } }, emails: { x: { $literal: 2 } } } }),
    agg({ $lookup: { from: 'notes', pipeline: [{ $limit: 0 }], as: 'address.email' } }),
  ]),
  // One name twice, or one beneath the other: whichever the server takes.
  ...reveals('names that collide', [agg({ $addFields: { city: { x: '$email' }, 'city.x': 1 } })]),
  ...idle('names that collide', [
    agg({ $project: { 'a.b': '$email', a: { $literal: 1 } } }),
    agg({ $project: { a: '$email', 'a.b': { $literal: 1 } } }),
    agg({ $addFields: { 'city.x': '$email', city: 1 } }),
    agg({ $addFields: { city: '$email', 'city.x': 1 } }),
    project({ 'a.b': '$email', a: { $literal: 1 } }),
    project({ email: 1, 'email.x': 0 }),
    window({ 'x.y': { $first: '$ssn' }, x: { $sum: 1 } }),
    window({ x: { $first: '$ssn' }, 'x.y': { $sum: 1 } }),
    agg({ $fill: { output: { 'x.y': { value: '$ssn' }, x: { value: 1 } } } }),
    agg({ $bucket: { groupBy: '$_id', boundaries: [0, 9], output: { _id: { $push: '$email' } } } }),
    agg({ $bucket: { groupBy: '$email', boundaries: ['', 'zzzz'], output: { _id: { $sum: 1 } } } }),
    agg({ $bucketAuto: { groupBy: '$email', buckets: 3, output: { _id: { $sum: 1 } } } }),
    agg({ $bucketAuto: { groupBy: '$salary', buckets: 2, granularity: 'R5' } }),
    agg({ $bucketAuto: { groupBy: { $strLenCP: '$email' }, buckets: 2 } }),
    update('customers', { _id: 1 }, [{ $set: { 'city.x': '$email', city: 1 } }]),
    update('customers', { _id: 1 }, { $rename: { 'lines.0.email': 'city' } }),
    {
      findAndModify: 'customers',
      query: { _id: 1 },
      update: { $set: { points: 1 } },
      fields: { 'a.b': '$email', a: 1 },
    },
  ]),
  ...reveals('expressions', [
    compute({ $getField: { $concat: ['em', 'ail'] } }),
    compute({ $getField: { field: { $concat: ['em', 'ail'] }, input: '$$CURRENT' } }),
    compute({ $getField: { field: { $const: 'email' }, input: '$$ROOT' } }),
    compute({ $let: { vars: { email: '$city' }, in: '$email' } }),
    compute({
      $let: { vars: { this: '$$ROOT' }, in: { $let: { vars: { this: '$$this.email' }, in: '$$this' } } },
    }),
    compute({ $let: { vars: { CURRENT: '$$ROOT.lines' }, in: { $first: '$email' } } }),
    compute({ $let: { vars: { CURRENT: { $literal: 1 } }, in: '$$ROOT.email' } }),
    compute({
      $map: {
        input: ['$$ROOT'],
        as: 'this',
        in: { $map: { input: ['$$this'], as: 'this', in: '$$this.ssn' } },
      },
    }),
    compute({ $map: { input: pairs, as: 'p', in: { $cond: [{ $eq: ['$$p.k', 'email'] }, '$$p.v', null] } } }),
    compute({
      $reduce: {
        input: pairs,
        initialValue: '',
        in: { $cond: [{ $eq: ['$$this.k', 'ssn'] }, '$$this.v', '$$value'] },
      },
    }),
    compute({
      $reduce: {
        input: [{ a: '$email' }],
        initialValue: { b: 1 },
        in: { $mergeObjects: ['$$value', '$$this'] },
      },
    }),
    compute({
      $reduce: { input: ['$email'], initialValue: [], in: { $concatArrays: ['$$value', [['$$this']]] } },
    }),
    compute({ $arrayToObject: { $map: { input: pairs, in: ['$$this.k', '$$this.v'] } } }),
    compute({
      $arrayToObject: [
        [
          ['a', { $literal: 1 }],
          ['a', '$email'],
        ],
      ],
    }),
    compute({ $setField: { field: { $literal: 'a.b' }, input: '$$ROOT', value: '$email' } }),
    compute({ $setField: { field: { $literal: 'email' }, input: '$$ROOT', value: '$$REMOVE' } }),
    compute({ $unsetField: { field: 'email', input: '$$ROOT' } }),
    compute({ $mergeObjects: [{ email: 1 }, '$$ROOT'] }),
    compute({ $mergeObjects: ['$$ROOT', { email: 1 }] }),
    compute({ $mergeObjects: ['$lines', { sku: 1 }] }),
    compute({ $filter: { input: [{ $toString: '$salary' }], cond: true, limit: 1 } }),
    compute({
      $sortArray: { input: { $map: { input: ['$email'], in: { a: '$$this' } } }, sortBy: { a: 1 } },
    }),
    compute({
      $zip: { inputs: [['a', 'b'], ['$email']], useLongestLength: true, defaults: ['$ssn', '$iban'] },
    }),
    compute([['$email', { a: ['$ssn'] }]]),
    compute({ $ifNull: ['$$REMOVE', '$email'] }),
    // What stands for a result that there is none of is no result: a document with keys and fields that nobody has seen.
    compute({ $convert: { input: 'x', to: 'int', onError: '$contacts' } }),
    compute({ $convert: { input: null, to: 'int', onNull: { a: '$contacts' } } }),
    compute({ $dateToString: { date: null, onNull: ['$contacts'] } }),
    compute({ $dateFromString: { dateString: null, onNull: '$contacts' } }),
    compute({ $dateFromString: { dateString: 'x', onError: '$contacts' } }),
    compute({ $reduce: { input: ['$contacts'], initialValue: {}, in: { a: '$$value', b: '$$this' } } }),
    aggregate('visits', { $project: { x: { $convert: { input: 'x', to: 'int', onError: '$extra' } } } }),
    aggregate('visits', {
      $project: {
        x: { $reduce: { input: ['$extra'], initialValue: {}, in: { a: '$$value', b: '$$this' } } },
      },
    }),
    compute({ $setUnion: [['$email'], ['$ssn']] }),
  ]),
  ...idle('expressions', [
    compute({ $getField: { field: { $literal: 'email' } } }),
    compute({ $getField: { field: 'v', input: { $first: [pairs] } } }),
    compute({ $cond: [{ $regexMatch: { input: '$email', regex: '^q' } }, 'q', 'other'] }),
    // biome-ignore lint/suspicious/noThenProperty: the operator's own argument
    compute({ $switch: { branches: [{ case: { $gt: ['$salary', 7e5] }, then: 'rich' }], default: 'poor' } }),
    compute({ $type: '$contacts' }),
    compute('$lines.0.email'),
    compute('$emails.0'),
    compute({
      $first: { $map: { input: { $range: [0, 3] }, as: 'i', in: { $substrCP: ['$email', '$$i', 9] } } },
    }),
    compute({ $concat: [{ $toString: { $literal: '$email' } }, '$api_token'] }),
    compute({ $toHashedIndexKey: '$email' }),
    compute({ $dateToParts: { date: '$birth_date' } }),
    compute({ $tsSecond: '$birth_date' }),
    compute({ $bsonSize: '$$ROOT' }),
  ]),
  ...reveals('finds', [
    project({ 'lines.$': 1 }, { lines: { $elemMatch: { sku: 'A0' } } }),
    project({ lines: { $elemMatch: { email: { $exists: true } } } }),
    project({ lines: { $slice: [0, 1] }, _id: 0 }),
    // FerretDB gives all of the document then.
    project({ 'emails.x': { $slice: 1 }, contacts: { $elemMatch: { sku: 'A0' } } }),
    project({ x: { $first: [['$email']] } }, { 'emails.0': { $exists: true } }),
    find('customers', { filter: { $expr: { $eq: [{ $substrCP: ['$email', 0, 1] }, 'q'] } } }),
    find('customers', { filter: { $expr: { $in: ['quokka7391zeta@walnut.example', '$emails'] } } }),
    find('customers', { filter: { email: { $not: { $lt: 'n' } } } }),
    find('customers', { hint: { email: 1 }, min: { email: 'n' } }),
    find('customers', { hint: { email: 1 }, max: { email: 'n' } }),
    find('customers', { filter: { $and: [{ $or: [{ ssn: { $regex: '^6' } }, { _id: 99 }] }] } }),
    find('customers', { filter: { $comment: 'x', $nor: [{ salary: { $gt: 700_000 } }] } }),
    { ...find('customers', { filter: { _id: 1 } }), tailable: true, awaitData: true },
    { distinct: 'customers', key: 'lines.0.email' },
    { distinct: 'customers', key: 'emails.0' },
  ]),
  ...idle('finds', [
    project({ 'lines.$.email': 1 }, { 'lines.sku': 'A0' }),
    project({ x: { $slice: ['$emails', 0, 1] } }),
    project({ 'emails.0': 1, 'lines.0.email': 1 }),
    find('customers', { filter: { 'lines.0.email': 'quokka7391zeta@walnut.example' } }),
    find('customers', { filter: { emails: { $size: 1 } }, projection: { emails: 1 } }),
    find('customers', {
      filter: { email: { $eq: 'QUOKKA7391ZETA@WALNUT.EXAMPLE' } },
      collation: { locale: 'en', strength: 1 },
    }),
    find('customers', { filter: { _id: { $gt: 0 } }, collation: { locale: 'en' }, sort: { email: 1 } }),
    find('customers', { hint: 'by_email', min: { email: 'a' }, max: { email: 'z' }, returnKey: true }),
    find('customers', { hint: { $natural: -1 }, showRecordId: true }),
    find('customers', { projection: { email: 1 }, returnKey: false, showRecordId: true, let: { x: 1 } }),
    find('customers', { filter: { '': 1, 'a..b': 1 } }),
    find('customers', { filter: { $email: 1 } }),
    project({ '': 1, 'a..b': '$email' }),
    project({ $email: 1 }),
    { distinct: 'customers', key: '' },
    { distinct: 'customers', key: 'email', collation: { locale: 'en', strength: 1 } },
    { count: 'customers', query: { email: { $gt: 'n' } }, hint: { email: 1 } },
  ]),
  ...reveals('joins', [
    aggregate('orders', {
      $lookup: {
        from: 'customers',
        let: { id: '$customer_id' },
        pipeline: [
          {
            $lookup: {
              from: 'notes',
              let: { mail: '$email' },
              pipeline: [{ $project: { body: '$$mail', id: '$$id' } }],
              as: 'n',
            },
          },
          { $project: { n: 1 } },
        ],
        as: 'c',
      },
    }),
    aggregate('notes', {
      $unionWith: { coll: 'customers', pipeline: [{ $facet: { a: [{ $project: { z: '$ssn' } }] } }] },
    }),
    aggregate('notes', {
      $facet: {
        a: [{ $unionWith: 'customers' }],
        b: [{ $unionWith: { coll: 'customers', pipeline: [{ $sortByCount: '$email' }] } }],
      },
    }),
    aggregate('orders', {
      $graphLookup: {
        from: 'customers',
        startWith: 'quokka7391zeta@walnut.example',
        connectFromField: 'email',
        connectToField: 'email',
        as: 'g',
      },
    }),
    aggregate('orders', {
      $graphLookup: {
        from: 'customers',
        startWith: '$customer_id',
        connectFromField: '_id',
        connectToField: '_id',
        restrictSearchWithMatch: { email: { $regex: '^q' } },
        as: 'g',
      },
    }),
    {
      aggregate: 1,
      pipeline: [
        { $documents: [{ _id: 1 }] },
        { $lookup: { from: 'customers', localField: '_id', foreignField: '_id', as: 'c' } },
      ],
      cursor: {},
    },
  ]),
  ...idle('joins', [
    aggregate('orders', {
      $lookup: {
        from: 'customers',
        let: { id: '$customer_id', ROOTS: 1 },
        pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$id'] } } }, { $replaceWith: { x: pairs } }],
        as: 'c',
      },
    }),
    aggregate(
      'notes',
      { $unionWith: { coll: 'customers', pipeline: [{ $project: { subject: '$city' } }] } },
      { $addFields: { x: '$$ROOT' } },
    ),
    aggregate('notes', {
      $lookup: {
        from: 'customers',
        as: 'subject',
        pipeline: [{ $match: { email: { $gt: 'n' } } }, { $count: 'n' }],
      },
    }),
    aggregate('notes', {
      $lookup: {
        from: 'customers',
        as: 'c',
        pipeline: [{ $sort: { salary: -1 } }, { $limit: 1 }, { $project: { _id: 1 } }],
      },
    }),
    agg({
      $merge: {
        into: 'notes',
        on: '_id',
        whenMatched: [{ $set: { body: '$$new.email' } }],
        whenNotMatched: 'discard',
      },
    }),
    agg({ $merge: { into: 'notes', let: { e: '$email' }, whenMatched: [{ $set: { body: '$$e' } }] } }),
    agg({
      $merge: { into: 'notes', let: { new: { body: '$ssn' } }, whenMatched: [{ $replaceWith: '$$new' }] },
    }),
    aggregate('notes', {
      $merge: { into: 'customers', on: '_id', whenMatched: [{ $set: { city: '$email' } }] },
    }),
    aggregate('notes', {
      $merge: { into: 'customers', on: 'email', whenMatched: 'fail', whenNotMatched: 'fail' },
    }),
  ]),
  ...idle('writes', [
    update(
      'customers',
      { _id: 1 },
      { $set: { 'lines.$[l].sku': 'Z' } },
      { arrayFilters: [{ 'l.email': 'quokka7391zeta@walnut.example' }] },
    ),
    update('customers', { emails: { $elemMatch: { $gt: 'n' } } }, { $set: { city: 'found' } }),
    update('customers', { 'emails.0': { $gt: 'n' } }, { $set: { city: 'found' } }),
    update('customers', { _id: 1 }, { $min: { email: 'n' } }),
    update('customers', { _id: 1 }, { $push: { lines: { $each: [], $sort: { email: 1 } } } }),
    update('customers', { _id: 1 }, { $pull: { lines: { email: { $gt: 'a' } } } }),
    update('customers', { _id: 1 }, [{ $set: { city: { $cond: [{ $gt: ['$email', 'n'] }, 'a', 'b'] } } }]),
    update('customers', { _id: 1 }, [{ $set: { city: { $getField: { $concat: ['em', 'ail'] } } } }]),
    update('customers', { _id: 1 }, [{ $replaceWith: { $mergeObjects: ['$$ROOT', { city: '$ssn' }] } }]),
    update('customers', { _id: 1 }, [{ $unset: 'city' }, { $set: { city: { $first: '$emails' } } }]),
    update('customers', { _id: 1 }, [{ $set: { city: '$$c' } }], { c: { c: '$email' } }),
    update('customers', { email: NOBODY }, { $setOnInsert: { city: 'x' } }, { upsert: true }),
    {
      bulkWrite: 1,
      ops: [
        { update: 0, filter: { _id: 1 }, updateMods: [{ $set: { city: '$email' } }] },
        { insert: 0, document: { _id: 1 } },
      ],
      nsInfo: [{ ns: 'shop.customers' }],
      $db: 'admin',
    },
    { create: 'peek', viewOn: 'customers', pipeline: [{ $project: { x: '$email' } }] },
  ]),
]
