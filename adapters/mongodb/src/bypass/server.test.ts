/** Bypasses 35 and 15 to 29 of peers over bytes of one's own making: cursors, sessions and messages that no driver sends. */
import { compilePolicy, readDocuments, readPack } from '@gatehouse/core'
import { describePart } from '@gatehouse/workbench'
import { Binary, type Document, type Long, serialize } from 'bson'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { framed, int32, message, query } from '../wire/raw-client.js'
import { agg, find, project } from './attack.js'
import type { Attacker } from './attacker.js'
import { createScene, policyOf, type Scene } from './scene.js'
import { findTraces } from './traces.js'

const EMAILS = project({ email: 1 })
const lsid = { id: new Binary(Buffer.alloc(16, 9), 4) }

/** A document of elements as they are given: names twice, names that drivers would put in another order. */
function documentOf(...parts: readonly Document[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(serialize(part)).subarray(4, -1)))
  return Buffer.concat([int32(content.length + 5), content, Buffer.of(0)])
}

const body = (bytes: Uint8Array, flags = 0, more: readonly Uint8Array[] = []): Buffer =>
  framed(1, 2013, Buffer.concat([int32(flags), Buffer.of(0), bytes, ...more]))

function sequence(name: string, ...documents: readonly Document[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((each) => serialize(each))])
  return Buffer.concat([Buffer.of(1), int32(content.length + 4), content])
}

/** With names that are no UTF-8, in the place of `<1>` and `<2>`: of a length, and shown alike by who replaces what he cannot read. */
function ill(document: Document): Buffer {
  const bytes = Buffer.from(serialize(document))
  for (const [sign, last] of [
    ['<1>', 0xff],
    ['<2>', 0xfe],
  ] as const)
    for (let at = bytes.indexOf(sign); at >= 0; at = bytes.indexOf(sign)) bytes.set([0x78, 0x79, last], at)
  return bytes
}

/** The second name is written over, not the first. */
const ILL_FORMED: readonly (readonly [string, Document])[] = [
  ['added', agg({ $addFields: { '<1>': '$email' } }, { $addFields: { '<2>': 1 } })],
  ['projected', agg({ $project: { '<1>': '$ssn' } }, { $set: { '<2>': { $literal: 1 } } })],
  ['grouped', agg({ $group: { _id: '$_id', '<1>': { $first: '$email' } } }, { $set: { '<2>': 1 } })],
  ['deeper', agg({ $set: { 'a.<1>': '$email' } }, { $set: { 'a.<2>': 1 } }, { $project: { a: 1 } })],
  ['in a facet', agg({ $facet: { '<1>': [{ $project: { x: '$email' } }], b: [] } }, { $set: { '<2>': 1 } })],
  ['of a constant', agg({ $project: { x: { '<1>': '$email' } } }, { $set: { x: { '<2>': 1 } } })],
  ['in find', find('customers', { projection: { '<1>': '$email', '<2>': { $literal: 1 } } })],
]

function nested(depth: number): Document {
  let inner: Document = { email: 1 }
  for (let level = 0; level < depth; level++) inner = { a: inner }
  return inner
}

const SHOP = { $db: 'shop' }
const MESSAGES: readonly (readonly [string, Buffer])[] = [
  ['find twice', body(documentOf({ find: 'notes' }, { find: 'customers' }, SHOP))],
  [
    'projection twice',
    body(documentOf({ find: 'customers' }, { projection: { city: 1 } }, { projection: { email: 1 } }, SHOP)),
  ],
  ['$db twice', body(documentOf({ find: 'customers' }, { $db: 'admin' }, SHOP))],
  ['no $db', body(documentOf({ find: 'customers' }))],
  ['find in the second place', body(documentOf({ comment: 'x' }, { find: 'customers' }, SHOP))],
  ['$db first', body(documentOf(SHOP, { find: 'customers' }))],
  ['a document for a comment', body(documentOf({ find: 'customers' }, { comment: { a: [1] } }, SHOP))],
  ['a comment of ours', body(documentOf({ find: 'customers' }, { comment: { gatehouse: 'x' } }, SHOP))],
  [
    'a pipeline whose places are not in order',
    body(
      documentOf(
        { aggregate: 'customers' },
        { pipeline: Object.assign([], [{ $project: { x: '$email' } }]) },
        { cursor: {} },
        SHOP,
      ),
    ),
  ],
  [
    'a pipeline as a document',
    body(
      documentOf(
        { aggregate: 'customers' },
        { pipeline: { 0: { $project: { x: '$email' } } } },
        { cursor: {} },
        SHOP,
      ),
    ),
  ],
  [
    'names of digits',
    body(documentOf({ find: 'customers' }, { projection: { 1: '$email', 0: '$ssn' } }, SHOP)),
  ],
  [
    'an operator twice',
    body(
      documentOf(
        { aggregate: 'customers' },
        { pipeline: [{ $project: { x: { $first: '$emails' } } }] },
        { pipeline: [] },
        { cursor: {} },
        SHOP,
      ),
    ),
  ],
  ['an unknown field', body(documentOf({ find: 'customers' }, { nothing: 1 }, SHOP))],
  [
    'a sequence with a name of the body',
    body(documentOf({ insert: 'notes' }, { documents: [{ a: 1 }] }, SHOP), 0, [
      sequence('documents', { a: 2 }),
    ]),
  ],
  [
    'two sequences of one name',
    body(documentOf({ insert: 'notes' }, SHOP), 0, [
      sequence('documents', { a: 1 }),
      sequence('documents', { a: 2 }),
    ]),
  ],
  [
    'a sequence for a pipeline',
    body(documentOf({ aggregate: 'customers' }, { cursor: {} }, SHOP), 0, [
      sequence('pipeline', { $project: { x: '$email' } }),
    ]),
  ],
  ['a sequence called find', body(documentOf({ ping: 1 }, SHOP), 0, [sequence('find', { customers: 1 })])],
  [
    'two bodies',
    framed(
      1,
      2013,
      Buffer.concat([
        int32(0),
        Buffer.of(0),
        documentOf({ ping: 1 }, SHOP),
        Buffer.of(0),
        documentOf({ find: 'customers' }, SHOP),
      ]),
    ),
  ],
  ...ILL_FORMED.map(
    ([name, command]) => [`an ill-formed name, ${name}`, body(ill({ ...command, ...SHOP }))] as const,
  ),
  ['a NUL in a name', body(documentOf({ find: 'customers\0x' }, SHOP))],
  ['200 levels', body(documentOf({ find: 'customers' }, { filter: nested(250) }, SHOP))],
  ['199 levels of projection', body(documentOf({ find: 'customers' }, { projection: nested(190) }, SHOP))],
  ['a checksum that is none', body(documentOf({ find: 'customers' }, SHOP), 1, [int32(12345)])],
  ['unknown flags that must be known', body(documentOf({ find: 'customers' }, SHOP), 1 << 7)],
  ['exhaust', body(documentOf({ find: 'customers' }, SHOP), 1 << 16)],
  [
    'compressed without agreement',
    framed(
      1,
      2012,
      Buffer.concat([
        int32(2013),
        int32(64),
        Buffer.of(0),
        body(documentOf({ find: 'customers' }, SHOP)).subarray(16),
      ]),
    ),
  ],
  ['OP_QUERY of a collection', query('shop.customers', {})],
  ['OP_QUERY of a command', query('shop.$cmd', { find: 'customers' })],
  ['OP_QUERY with $query', query('shop.$cmd', { $query: { find: 'customers' } })],
  [
    'OP_GET_MORE',
    framed(1, 2005, Buffer.concat([int32(0), Buffer.from('shop.customers\0'), int32(0), Buffer.alloc(8)])),
  ],
  ['OP_INSERT', framed(1, 2002, Buffer.concat([int32(0), Buffer.from('shop.notes\0'), serialize({ a: 1 })]))],
  [
    'OP_DELETE',
    framed(1, 2006, Buffer.concat([int32(0), Buffer.from('shop.notes\0'), int32(0), serialize({})])),
  ],
  ['OP_MSG that ends early', message({ find: 'customers', $db: 'shop' }).subarray(0, -1)],
]

describePart('ferretdb', 'over bytes of one’s own', () => {
  let scene: Scene
  let viewer: Attacker
  let calm: string
  beforeAll(async () => {
    scene = await createScene()
    calm = await scene.state('shop')
  })
  afterAll(() => scene?.close())
  beforeEach(async () => {
    viewer = await scene.open('masked')
  })
  afterEach(async () => {
    viewer.close()
    expect(await scene.state('shop')).toBe(calm)
  })

  const nothingSeen = (...attackers: readonly Attacker[]) => {
    for (const each of attackers) expect(findTraces(each.received(), [])).toEqual([])
  }
  const open = async (attacker: Attacker, more: Document = {}): Promise<Long> => {
    const { cursor } = await attacker.raw.ask({ ...EMAILS, batchSize: 1, ...more, ...SHOP })
    return cursor.id
  }

  test('what is tried below does show values where nobody is masked', async () => {
    const other = await scene.open('unmasked')
    other.raw.write(body(documentOf({ find: 'customers' }, { comment: { a: [1] } }, SHOP)))
    await other.raw.next()
    expect(findTraces(other.received(), []).length).toBeGreaterThan(0)
    other.close()
  })

  describe('messages', () => {
    test.each(MESSAGES)('%s', async (name, bytes) => {
      viewer.raw.write(bytes)
      // One that ends early waits for its end: what comes next is that.
      if (name === 'OP_MSG that ends early') viewer.raw.write(message({ ping: 1, $db: 'shop' }))
      await viewer.raw.next()
      nothingSeen(viewer)
    })
  })

  describe('cursors', () => {
    test('of another person are not there, and stay open', async () => {
      const owner = await scene.open('unmasked', 'bea')
      const id = await open(owner)
      owner.forget()
      expect(await viewer.raw.ask({ getMore: id, collection: 'customers', ...SHOP })).toMatchObject({
        code: 43,
      })
      expect(await viewer.raw.ask({ killCursors: 'customers', cursors: [id], ...SHOP })).toMatchObject({
        cursorsNotFound: [id],
      })
      const { cursor } = await owner.raw.ask({ getMore: id, collection: 'customers', ...SHOP })
      expect(cursor.nextBatch).toHaveLength(2)
      nothingSeen(viewer)
      owner.close()
    })

    test('of another session, collection or database are not there', async () => {
      const id = await open(viewer, { lsid })
      expect(await viewer.raw.ask({ getMore: id, collection: 'customers', ...SHOP })).toMatchObject({ ok: 0 })
      expect(await viewer.raw.ask({ getMore: id, collection: 'notes', lsid, ...SHOP })).toMatchObject({
        code: 43,
      })
      expect(await viewer.raw.ask({ getMore: id, collection: 'customers', lsid, $db: 'shep' })).toMatchObject(
        { code: 43 },
      )
      nothingSeen(viewer)
    })

    test('that were opened unmasked give masked batches after the policy has changed', async () => {
      const stage = scene.stages.unmasked
      const owner = await scene.open('unmasked')
      const id = await open(owner)
      expect(findTraces(owner.received(), []).length).toBeGreaterThan(0)
      owner.forget()
      stage.usePolicy(policyOf('masked'))
      const { cursor } = await owner.raw.ask({ getMore: id, collection: 'customers', ...SHOP })
      stage.usePolicy(policyOf('unmasked'))
      expect(cursor.nextBatch).toHaveLength(2)
      nothingSeen(owner)
      owner.close()
    })

    test('end when the collection is forbidden meanwhile', async () => {
      const stage = scene.stages.unmasked
      const owner = await scene.open('unmasked')
      const id = await open(owner)
      owner.forget()
      const { documents } = readDocuments({
        file: 'forbid.yaml',
        text: 'apiVersion: gatehouse/v1\nkind: Policy\nmetadata: {name: t, owner: t}\ndefault: forbid\nrules:\n  - {name: no, effect: forbid, verbs: [read], resources: ["shop.customers"]}\n',
      })
      stage.usePolicy(compilePolicy([readPack('observe'), ...documents]))
      const answer = await owner.raw.ask({ getMore: id, collection: 'customers', ...SHOP })
      stage.usePolicy(policyOf('unmasked'))
      expect(answer).toMatchObject({ ok: 0, code: 13 })
      nothingSeen(owner)
      owner.close()
    })
  })

  test('a session id of another person is another session', async () => {
    const owner = await scene.open('unmasked', 'bea')
    const id = await open(owner, { lsid })
    expect(await viewer.raw.ask({ getMore: id, collection: 'customers', lsid, ...SHOP })).toMatchObject({
      code: 43,
    })
    await viewer.raw.ask({ killSessions: [lsid], ...SHOP })
    await viewer.raw.ask({ endSessions: [lsid], ...SHOP })
    owner.forget()
    const { cursor } = await owner.raw.ask({ getMore: id, collection: 'customers', lsid, ...SHOP })
    expect(cursor.nextBatch).toHaveLength(2)
    nothingSeen(viewer)
    owner.close()
  })

  test('what follows a refused command on the connection is answered for itself', async () => {
    expect(await viewer.raw.ask({ ...find('customers', { sort: { email: 1 } }), ...SHOP })).toMatchObject({
      code: 13,
    })
    const { cursor } = await viewer.raw.ask({ ...find('notes'), ...SHOP })
    expect(cursor.firstBatch).toHaveLength(1)
    nothingSeen(viewer)
  })
})
