import { describe, expect, test } from 'vitest'
import { actions, outputs, read, showing, statement } from './fixture.js'

const find = (more: object, collection = 'customers') => ({ find: collection, filter: { _id: 1 }, ...more })

describe('find', () => {
  test('shows what is known of the documents, and says that there may be more', () => {
    const found = statement(find({}, 'orders'))
    expect(outputs(find({}, 'orders'))).toEqual([
      '_id < orders._id',
      'customer < orders.customer',
      'total < orders.total',
      'note < orders.note',
      'items < orders.items',
      'items.sku < orders.items:sku',
      'items.qty < orders.items:qty',
    ])
    const fields = found.actions[0]?.fields
    expect(fields !== 'unknown' && fields?.map(({ name }) => name)).toEqual([
      '_id',
      'customer',
      'total',
      'note',
      'items',
      'items:sku',
      'items:qty',
      '*',
    ])
  })

  test('classes come along, of fields that nobody sampled too', () => {
    const found = statement({ find: 'unheardof', filter: { email: 'x' }, projection: { 'deep.ssn': 1 } })
    expect(found.actions[0]?.fields).toMatchObject([
      { name: 'email', uses: ['lookup'], classes: expect.arrayContaining(['pii']) },
      { name: '_id', uses: ['output'] },
      { name: 'deep:ssn', uses: ['output'], classes: expect.arrayContaining(['national-id']) },
    ])
  })

  test('a reply of documents as they are stored is open, and each place has its output', () => {
    const found = read(find({}))
    if (found.kind !== 'statement') throw new Error(found.kind)
    const [place] = found.reply.places
    expect(place).toMatchObject({ path: ['cursor', 'firstBatch'], each: true })
    expect(place?.shape.origins).toEqual([{ resource: ['shop', 'customers'], path: [], how: 'copied' }])
    const city = place?.shape.children?.get('address')?.children?.get('city')
    expect(found.statement.outputs[city?.output ?? -1]).toMatchObject({ name: 'address.city' })
  })

  test('a reply of named fields is closed', () => {
    const found = read(find({ projection: { name: 1 } }))
    if (found.kind !== 'statement') throw new Error(found.kind)
    const shape = found.reply.places[0]?.shape
    expect(shape?.origins).toBeUndefined()
    expect(shape?.free).toBeUndefined()
    expect([...(shape?.children?.keys() ?? [])]).toEqual(['_id', 'name'])
  })

  test.each<[object, readonly string[]]>([
    [{ name: 1, ssn: true }, ['_id', 'name', 'ssn']],
    [{ _id: 1 }, ['_id']],
    [{ _id: 0, name: 1 }, ['name']],
    [{ _id: 0, x: '$ssn' }, ['x']],
    [{ _id: 0, x: { $substrCP: ['$ssn', 0, 4] } }, ['x']],
    [{ _id: 0, 'cards.$': 1 }, ['cards', 'cards.iban']],
    [{ _id: 0, cards: { $elemMatch: { iban: 'x' } } }, ['cards', 'cards.iban']],
    [{ _id: 0, name: 1, cards: { $slice: 1 } }, ['name', 'cards', 'cards.iban']],
    [{ _id: 0, address: { city: 1 } }, ['address.city']],
  ])('projecting %j shows %j', (projection, names) => {
    expect(statement(find({ projection })).outputs).toMatchObject(names.map((name) => ({ name })))
  })

  test.each<[object]>([[{ ssn: 0 }], [{ ssn: 0, name: 0 }], [{ _id: 0, ssn: false }], [{ 'cards.iban': 0 }]])(
    'what %j excludes is gone, and the rest is there',
    (projection) => {
      const gone = Object.keys(projection).at(-1) ?? ''
      const names = statement(find({ projection })).outputs
      expect(names).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'email' })]))
      expect(names).not.toEqual(expect.arrayContaining([expect.objectContaining({ name: gone })]))
    },
  )

  test.each([{ cards: { $slice: 1 } }, { _id: 0 }, {}])('%j leaves the others', (projection) => {
    expect(showing(find({ projection }), 'ssn')).toEqual(['ssn'])
  })

  test.each([{ a: 1, b: 0 }, { a: {} }, { '': 1 }, { 'a..b': 1 }, { $x: 1 }, { a: { $nope: 1 } }])(
    'a projection %j is refused',
    (projection) => {
      expect(read(find({ projection })).kind).toBe('unreadable')
    },
  )

  test.each<[object, string]>([
    [{ sort: { ssn: 1 } }, 'ssn: order'],
    [{ min: { ssn: '1' }, hint: { name: 1 } }, 'ssn: filter'],
    [{ max: { ssn: '1' }, hint: 'ssn_1' }, 'ssn: filter'],
    [{ hint: { ssn: 1 } }, 'ssn: order'],
    [{ hint: 'ssn_1' }, 'ssn: order'],
    [{ hint: 'by_tags' }, 'tags: order'],
    [{ hint: '_id_' }, '_id: lookup order'],
    [{ projection: { cards: { $elemMatch: { iban: 'x' } } } }, 'cards:iban: filter'],
    [{ projection: { tags: { $elemMatch: { $gt: 1, $lt: 3 } } } }, 'tags: filter'],
    [{ let: { s: 'x' }, filter: { $expr: { $eq: ['$ssn', '$$s'] } } }, 'ssn: filter'],
  ])('%j is a use', (more, expected) => {
    expect(actions(find(more))[0]).toContain(expected)
  })

  test.each(['all', 'words', 'of yesterday', 'constructor'])(
    'the order of the index `%s` may be that of any field',
    (hint) => {
      for (const body of [
        find({ hint }),
        { findAndModify: 'customers', query: {}, hint, update: { $set: { tags: 1 } } },
        { aggregate: 'customers', pipeline: [], hint, cursor: {} },
      ])
        expect(actions(body).join()).toContain('read shop.customers (unknown)')
    },
  )

  test('the number of a record can be the key that its collection is clustered by', () => {
    const ids = ['_id < customers._id', 'x < computed customers._id']
    expect(outputs(find({ projection: { x: { $meta: 'recordId' } } }))).toEqual(ids)
    expect(outputs(find({ projection: { name: 1 }, showRecordId: true }))).toContain(
      '$recordId < computed customers._id',
    )
  })

  test('returnKey shows keys of whatever index', () => {
    expect(statement(find({ returnKey: true })).outputs).toMatchObject([{ unprovable: expect.any(String) }])
  })

  test('74 metadata that holds values is unprovable', () => {
    for (const kind of ['indexKey', 'sortKey', 'searchHighlights', 'geoNearPoint'])
      expect(statement(find({ projection: { _id: 0, x: { $meta: kind } } })).outputs).toMatchObject([
        { name: 'x', unprovable: expect.any(String) },
      ])
  })

  test('76 distinct shows the values of a path in lists, and groups by it', () => {
    const body = { distinct: 'customers', key: 'cards.iban' }
    expect(actions(body)).toEqual(['read shop.customers (cards:iban: group) unfiltered'])
    expect(outputs(body)).toEqual(['cards.iban < customers.cards:iban'])
    expect(read(body)).toMatchObject({ reply: { places: [{ path: ['values'], each: true }] } })
  })

  test('mapReduce runs code over everything and may replace a collection', () => {
    const body = { mapReduce: 'customers', map: 'f', reduce: 'f', out: { replace: 'copies', db: 'other' } }
    expect(actions(body)).toEqual([
      'opaque server (unknown) unfiltered',
      'read shop.customers (unknown) unfiltered',
      'insert other.copies (unknown) unfiltered',
      'truncate other.copies (unknown) unfiltered',
      'create other.copies (unknown) unfiltered',
      'export other.copies unfiltered',
    ])
    expect(statement(body).outputs).toBe('unknown')
  })
})

describe('views', () => {
  test('75 three deep: the view is read, its bases count, and their fields show', () => {
    const body = { find: 'shown', filter: { m: 'x' } }
    expect(actions(body)).toEqual([
      'read shop.shown (m: lookup)',
      'read shop.reachable (mail: lookup) unfiltered derived',
      'read shop.people (mail: definition lookup) unfiltered derived',
      'read shop.customers (email: definition lookup) unfiltered derived',
    ])
    expect(showing(body, 'email')).toEqual(['m'])
  })

  test('75 a view whose definition is not known is unprovable', () => {
    const found = read({
      aggregate: 'shown',
      pipeline: [{ $lookup: { from: 'people', as: 'p', localField: 'm', foreignField: 'mail' } }],
    })
    expect(
      found.statement.actions.map(({ resource, derived }) => `${resource.path[1]}${derived ? '*' : ''}`),
    ).toEqual(['shown', 'reachable*', 'people*', 'customers*', 'people'])
  })
})

describe('79 change streams', () => {
  test('events show what documents hold, under every name they have there', () => {
    const shown = showing({ aggregate: 'customers', pipeline: [{ $changeStream: {} }] }, 'ssn')
    for (const name of [
      'fullDocument.ssn',
      'fullDocumentBeforeChange.ssn',
      'updateDescription.updatedFields.ssn',
    ])
      expect(shown).toContain(name)
  })

  test('updated fields are named by dotted paths; tokens hold the key', () => {
    const found = read({ aggregate: 'customers', pipeline: [{ $changeStream: {} }] })
    if (found.kind !== 'statement') throw new Error(found.kind)
    const [events, token] = found.reply.places
    expect(token?.path).toEqual(['cursor', 'postBatchResumeToken'])
    expect(found.statement.outputs[token?.shape.output ?? -1]).toMatchObject({ sources: [{ field: '_id' }] })
    expect(events?.shape.children?.get('updateDescription')?.children?.get('updatedFields')).toMatchObject({
      dotted: true,
    })
  })

  test.each(['resumeAfter', 'startAfter'])('79 %s asks for a document by its key', (name) => {
    const stream = (more: object) => ({ aggregate: 'customers', pipeline: [{ $changeStream: more }] })
    const keys = (more: object) =>
      statement(stream(more)).actions.flatMap(({ fields }) =>
        fields === 'unknown'
          ? []
          : fields.filter(({ name: field, uses }) => field === '_id' && uses.includes('filter')),
      )
    expect(keys({ [name]: { _data: '82' } })).toHaveLength(1)
    expect(keys({})).toHaveLength(0)
  })

  test('of a whole database nobody can say whose', () => {
    const found = statement({ aggregate: 1, pipeline: [{ $changeStream: {} }] })
    expect(found.actions).toMatchObject([{ verb: 'read', resource: { path: ['shop'] }, fields: 'unknown' }])
    expect(found.outputs).toEqual(
      expect.arrayContaining([expect.objectContaining({ unprovable: expect.any(String) })]),
    )
    const all = { aggregate: 1, pipeline: [{ $changeStream: { allChangesForCluster: true } }] }
    expect(actions(all, 'admin')).toEqual(['admin server (unknown) unfiltered'])
  })
})
