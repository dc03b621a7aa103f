/** What FerretDB lacks, over an upstream that answers as MongoDB does: options of find, windows of change, merges, bulk errors. */
import { type Document, Long } from 'bson'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture, wirePolicy } from '../wire/fixture.js'
import { connectRaw, type RawClient, signIn } from '../wire/raw-client.js'
import { agg, aggregate, find, title, update } from './attack.js'
import { QUESTIONS, SECRET } from './questions.js'

let fixture: Fixture
let client: RawClient
beforeAll(async () => {
  fixture = await startFixture({ maskingKey: Buffer.alloc(32, 3) })
  client = await connectRaw({ port: fixture.stage.port })
  await signIn(client, 'ann')
})
afterAll(async () => {
  client?.close()
  await fixture?.close()
})
afterEach(() => {
  fixture.upstream.answer = undefined
})

const batch = (...firstBatch: Document[]): Document => ({
  cursor: { firstBatch, id: Long.ZERO, ns: 'shop.customers' },
  ok: 1,
})
const person = { _id: 1, email: SECRET, city: 'Berlin', lines: [{ sku: 'A0', email: SECRET }] }
const failed = (code: number, more: Document): Document => ({ ok: 0, code, codeName: 'Failed', ...more })
const change = (more: Document): Document => ({
  _id: { _data: '82' },
  operationType: 'update',
  ns: { db: 'shop', coll: 'customers' },
  documentKey: { _id: 1 },
  ...more,
})
const watch = (more: Document = {}) => agg({ $changeStream: more })

/** What is asked, and what MongoDB's own documentation says that a server answers. */
const FORMS: readonly (readonly [Document, Document])[] = [
  [find('customers', { returnKey: true, hint: { email: 1 } }), batch({ email: SECRET })],
  [find('customers', { returnKey: true, hint: { 'lines.email': 1 } }), batch({ 'lines.email': SECRET })],
  [find('customers', { showRecordId: true }), batch({ ...person, $recordId: Long.ONE })],
  [find('customers', { projection: { k: { $meta: 'indexKey' } } }), batch({ _id: 1, k: { email: SECRET } })],
  [
    find('customers', { projection: { k: { $meta: 'sortKey' } }, sort: { city: 1 } }),
    batch({ _id: 1, k: [SECRET] }),
  ],
  [
    find('customers', { projection: { 'lines.$': 1 }, filter: { 'lines.sku': 'A0' } }),
    batch({ _id: 1, lines: person.lines }),
  ],
  [
    agg({ $searchMeta: { facet: {} } }),
    batch({ count: 1, facet: { e: { buckets: [{ _id: SECRET, count: 1 }] } } }),
  ],
  [
    agg(
      { $search: { text: { query: 'x', path: 'city' }, highlight: { path: 'email' } } },
      { $project: { h: { $meta: 'searchHighlights' } } },
    ),
    batch({ _id: 1, h: [{ path: 'email', texts: [{ value: SECRET, type: 'hit' }] }] }),
  ],
  [agg({ $project: { m: '$$SEARCH_META' } }), batch({ _id: 1, m: { e: SECRET } })],
  [agg({ $rankFusion: { input: { pipelines: { a: [{ $limit: 1 }] } } } }), batch(person)],
  [agg({ $project: { x: { $getField: { $concat: ['em', 'ail'] } } } }), batch({ _id: 1, x: SECRET })],
  [
    agg({ $group: { _id: 1, x: { $topN: { n: 2, sortBy: { _id: 1 }, output: ['$email', '$city'] } } } }),
    batch({ _id: 1, x: [[SECRET, 'Berlin']] }),
  ],
  [agg({ $group: { _id: 1, x: { $concatArrays: '$lines' } } }), batch({ _id: 1, x: person.lines })],
  [
    agg(
      { $setWindowFields: { sortBy: { _id: 1 }, output: { x: { $locf: '$email' } } } },
      { $project: { x: 1 } },
    ),
    batch({ _id: 1, x: SECRET }),
  ],
  [
    agg(
      { $setWindowFields: { output: { x: { $minN: { n: 2, input: '$email' } } } } },
      { $project: { x: 1 } },
    ),
    batch({ _id: 1, x: [SECRET] }),
  ],
  [
    agg({ $project: { x: { $percentile: { input: ['$email'], p: [0.5], method: 'approximate' } } } }),
    batch({ _id: 1, x: [SECRET] }),
  ],
  [
    agg({ $geoNear: { near: [0, 0], key: 'email', distanceField: 'd', includeLocs: 'l' } }),
    batch({ _id: 1, d: 1, l: SECRET }),
  ],
  [
    agg(
      {
        $lookup: { from: 'copies', let: { e: '$email' }, pipeline: [{ $project: { body: '$$e' } }], as: 'n' },
      },
      { $project: { n: 1 } },
    ),
    batch({ _id: 1, n: [{ _id: 5, body: SECRET }] }),
  ],
  [
    aggregate('notes', { $unionWith: { coll: 'customers', pipeline: [{ $project: { body: '$email' } }] } }),
    batch({ _id: 1, body: SECRET }),
  ],
  [watch({ fullDocument: 'updateLookup' }), batch(change({ fullDocument: person }))],
  [watch({ fullDocumentBeforeChange: 'required' }), batch(change({ fullDocumentBeforeChange: person }))],
  [
    watch(),
    batch(change({ updateDescription: { updatedFields: { email: SECRET, 'lines.0.email': SECRET } } })),
  ],
  [watch(), batch(change({ updateDescription: { updatedFields: { lines: [{ email: SECRET }] } } }))],
  [watch(), batch(change({ updateDescription: { updatedFields: { [`contacts.${SECRET}`]: true } } }))],
  [
    watch(),
    batch(
      change({ updateDescription: { removedFields: ['city', SECRET, `a.b.${SECRET}`, `email.${SECRET}`] } }),
    ),
  ],
  [
    watch(),
    batch(change({ updateDescription: { removedFields: ['email.quokka7391zeta', 'email.a.quokka'] } })),
  ],
  [
    watch(),
    batch(
      change({
        updateDescription: {
          truncatedArrays: [{ field: `contacts.${SECRET}`, newSize: 1 }],
          disambiguatedPaths: { [`contacts.${SECRET}`]: ['contacts', SECRET], x: [SECRET] },
        },
      }),
    ),
  ],
  [
    { distinct: 'customers', key: 'lines.0.email', collation: { locale: 'en', strength: 1 } },
    { values: [SECRET], ok: 1 },
  ],
  [
    {
      findAndModify: 'customers',
      query: { _id: 1 },
      update: { $set: { city: 'x' } },
      fields: { 'lines.$': 1 },
    },
    { value: { _id: 1, lines: person.lines }, ok: 1 },
  ],
  [
    { findAndModify: 'customers', query: { _id: 1 }, remove: true },
    { value: person, lastErrorObject: { n: 1 }, ok: 1 },
  ],
  [
    { insert: 'customers', documents: [{ _id: 1 }] },
    {
      n: 0,
      writeErrors: [
        {
          index: 0,
          code: 11000,
          errmsg: `E11000 duplicate key error collection: shop.customers index: email_1 dup key: { email: "${SECRET}" }`,
          keyPattern: { email: 1 },
          keyValue: { email: SECRET },
        },
      ],
      ok: 1,
    },
  ],
  [
    update('customers', { _id: 1 }, { $set: { city: 'x' } }),
    {
      n: 0,
      writeErrors: [
        {
          index: 0,
          code: 121,
          errmsg: 'Document failed validation',
          errInfo: { failingDocumentId: SECRET, details: { consideredValue: SECRET } },
        },
      ],
      ok: 1,
    },
  ],
  [
    {
      bulkWrite: 1,
      ops: [{ insert: 0, document: { _id: 1 } }],
      nsInfo: [{ ns: 'shop.customers' }],
      $db: 'admin',
    },
    {
      cursor: {
        id: Long.ZERO,
        ns: 'admin.$cmd.bulkWrite',
        firstBatch: [
          {
            ok: 0,
            idx: 0,
            code: 11000,
            errmsg: `E11000 dup key: { email: "${SECRET}" }`,
            keyPattern: { email: 1 },
            keyValue: { email: SECRET },
          },
        ],
      },
      nErrors: 1,
      ok: 1,
    },
  ],
  [
    find('customers', { filter: { city: 'x' } }),
    failed(2, { errmsg: `cannot compare to "${SECRET}"`, errInfo: { email: SECRET } }),
  ],
  [
    agg({ $project: { x: { $toInt: '$email' } } }),
    failed(241, { errmsg: `Failed to parse number '${SECRET}' in $convert with no onError value` }),
  ],
  [
    agg({ $merge: { into: 'customers', on: 'city' } }),
    failed(11000, {
      errmsg: `PlanExecutor error :: E11000 dup key: { email: "${SECRET}" }`,
      keyValue: { email: SECRET },
    }),
  ],
  [
    { listIndexes: 'customers' },
    batch({ v: 2, key: { email: 1 }, name: 'e', partialFilterExpression: { email: SECRET } }),
  ],
  [agg({ $indexStats: {} }), batch({ name: 'e', spec: { partialFilterExpression: { email: SECRET } } })],
  [
    { listCollections: 1 },
    batch({ name: 'customers', type: 'collection', options: { validator: { email: SECRET } } }),
  ],
]

describe('over an upstream that answers as MongoDB does', () => {
  test.each(FORMS.map(([command, reply]) => [title({ steps: [command] }), command, reply] as const))(
    '%s',
    async (_, command, reply) => {
      const [name = ''] = Object.keys(command)
      fixture.upstream.answer = (document) => (Object.keys(document)[0] === name ? reply : undefined)
      const heard = await client.ask({ ...command, $db: command.$db ?? 'shop' })
      expect(JSON.stringify(heard)).not.toMatch(/quokka|7391zeta/)
    },
  )
})

/** Without them a driver says that nothing was done. */
const COUNTS = { nInserted: 1, nMatched: 2, nModified: 3, nUpserted: 4, nDeleted: 5 }

test('errors of bulkWrite are without values in later batches too', async () => {
  const bulk = {
    bulkWrite: 1,
    ops: [{ insert: 0, document: { _id: 1 } }],
    nsInfo: [{ ns: 'shop.customers' }],
  }
  const id = Long.fromNumber(77)
  fixture.upstream.answer = () => ({
    cursor: { firstBatch: [], id, ns: 'admin.$cmd.bulkWrite' },
    nErrors: 2,
    ...COUNTS,
    ok: 1,
  })
  const first = await client.ask({ ...bulk, cursor: { batchSize: 0 }, $db: 'admin' })
  expect(first).toMatchObject({ nErrors: 2, ...COUNTS })
  const { cursor } = first
  const nextBatch = [
    { ok: 1, idx: 0, n: 1 },
    { ok: 0, idx: 1, code: 11000, errmsg: `dup key: { email: "${SECRET}" }`, keyValue: { email: SECRET } },
    { ok: 0, idx: 2, code: 121, errmsg: 'failed', errInfo: { details: { consideredValue: SECRET } } },
  ]
  fixture.upstream.answer = () => ({
    cursor: { nextBatch, id: Long.ZERO, ns: 'admin.$cmd.bulkWrite' },
    ok: 1,
  })
  const more = await client.ask({ getMore: cursor.id, collection: '$cmd.bulkWrite', $db: 'admin' })
  expect(more.cursor.nextBatch).toMatchObject([
    { idx: 0, n: 1 },
    { idx: 1, code: 11000 },
    { idx: 2, code: 121 },
  ])
  expect(JSON.stringify(more)).not.toMatch(/quokka|7391zeta/)
})

test('names of fields that a change event tells are shown, and what stands in it as data is not', async () => {
  const updateDescription = {
    updatedFields: { city: 'Lyon', [`contacts.${SECRET}`]: true, 'contacts.x': true },
    removedFields: ['email', 'lines.0.sku', SECRET, `contacts.${SECRET}`, 'a.b'],
    truncatedArrays: [{ field: 'lines', newSize: 2 }],
    disambiguatedPaths: {},
  }
  fixture.upstream.answer = () => batch(change({ updateDescription }))
  const { cursor } = await client.ask({ ...watch(), $db: 'shop' })
  expect(cursor.firstBatch[0].updateDescription).toEqual({
    updatedFields: { city: 'Lyon', 'contacts.x': true },
    removedFields: ['email', 'lines.0.sku', 'a.b'],
    truncatedArrays: [{ field: 'lines', newSize: 2 }],
    disambiguatedPaths: {},
  })
})

describe('what asks about masked values', () => {
  const RULES = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: forms}
rules:
  - {name: personal, effect: mask, classes: [pii, email], with: partial, unless: '"admins" in identity.groups'}
`
  test.each(QUESTIONS.map((command) => [title({ steps: [command] }), command] as const))(
    '%s is refused, and nothing of it goes upstream',
    async (_, command) => {
      fixture.stage.usePolicy(wirePolicy(RULES))
      const before = fixture.upstream.received.length
      const heard = await client.ask({ ...command, $db: command.$db ?? 'shop' })
      fixture.stage.usePolicy(wirePolicy())
      expect(heard, JSON.stringify(heard)).toMatchObject({ ok: 0 })
      expect(fixture.upstream.received.length).toBe(before)
    },
  )
})
