import { Long, UUID } from 'bson'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from './commands-table.js'
import { actions, read, sayAction, statement } from './fixture.js'

const REFERENCE =
  `hello isMaster saslStart saslContinue authenticate logout getnonce ping whatsmyuri connectionStatus buildInfo
  listCommands atlasVersion find getMore killCursors releaseMemory aggregate count distinct mapReduce explain insert update
  delete findAndModify bulkWrite startSession refreshSessions endSessions killSessions killAllSessions
  killAllSessionsByPattern commitTransaction abortTransaction prepareTransaction listDatabases listCollections listIndexes
  create collMod drop dropDatabase renameCollection convertToCapped cloneCollectionAsCapped createIndexes dropIndexes
  deleteIndexes reIndex compact validate collStats dbStats dataSize dbHash filemd5 planCacheClear planCacheListFilters
  setQuerySettings currentOp killOp getLog getCmdLineOpts hostInfo top serverStatus getParameter setParameter fsync shutdown
  profile logRotate createUser updateUser grantRolesToUser usersInfo rolesInfo createRole applyOps doTxn appendOplogNote
  replSetGetStatus replSetReconfig isdbgrid listShards addShard shardCollection analyzeShardKey eval $eval group geoNear
  copydb configureFailPoint createStreamProcessor customAction`.split(/\s+/)

describe('commands', () => {
  test('a transaction is ended on `admin`, and no rule that permits it need name that', () => {
    for (const name of ['commitTransaction', 'abortTransaction'])
      expect(statement({ [name]: 1 }, 'admin').actions).toMatchObject([
        { verb: 'transaction', resource: { path: ['admin'], system: false } },
      ])
    expect(statement({ dropDatabase: 1 }, 'admin').actions).toMatchObject([{ resource: { system: true } }])
  })

  test('65 the table has every command of the reference', () => {
    expect(REFERENCE.filter((name) => !COMMANDS.has(name))).toEqual([])
  })

  test.each<[object, readonly string[]]>([
    [{ find: 'orders', filter: { _id: 1 } }, ['read shop.orders (_id: lookup)']],
    [{ count: 'orders' }, ['read shop.orders unfiltered']],
    [{ insert: 'orders', documents: [{ note: 'x' }] }, ['insert shop.orders (note: written)']],
    [{ drop: 'orders' }, ['drop shop.orders unfiltered']],
    [{ dropDatabase: 1 }, ['drop shop unfiltered']],
    [{ create: 'new' }, ['create shop.new']],
    [{ createIndexes: 'orders', indexes: [{ key: { note: 1 }, name: 'n' }] }, ['create shop.orders']],
    [
      { createIndexes: 'orders', indexes: [{ key: { note: 1 }, name: 'n', unique: true }] },
      ['create shop.orders', 'read shop.orders (note: group)'],
    ],
    [
      { collMod: 'customers', index: { keyPattern: { ssn: 1 }, unique: true, dryRun: true } },
      ['alter shop.customers', 'read shop.customers (ssn: group)'],
    ],
    [
      { collMod: 'customers', index: { name: 'ssn_1', prepareUnique: true } },
      ['alter shop.customers', 'read shop.customers (ssn: group)'],
    ],
    [
      { collMod: 'customers', index: { name: 'ssn_1', expireAfterSeconds: 1 } },
      ['alter shop.customers', 'read shop.customers (ssn: filter)', 'delete shop.customers unfiltered'],
    ],
    [{ collMod: 'customers', index: { name: 'ssn_1', hidden: true } }, ['alter shop.customers']],
    [
      { collMod: 'people', pipeline: [{ $project: { x: '$ssn' } }] },
      [
        'alter shop.people (_id: written <customers._id · x: written <customers.ssn)',
        'read shop.customers (_id: flow >people._id · ssn: flow >people.x) unfiltered',
      ],
    ],
    [{ dropIndexes: 'orders', index: '*' }, ['drop shop.orders unfiltered']],
    [{ collStats: 'orders' }, ['read shop.orders unfiltered']],
    [{ dbStats: 1 }, ['read shop unfiltered']],
    [{ currentOp: 1 }, ['admin currentOp unfiltered']],
    [{ killOp: 1, op: 4 }, ['admin killOp unfiltered']],
    [{ validate: 'orders' }, ['admin shop.orders unfiltered']],
    [{ serverStatus: 1 }, []],
    [{ getParameter: 1, featureCompatibilityVersion: 1 }, []],
    [{ getParameter: '*' }, ['admin getParameter unfiltered']],
    [{ getLog: 'startupWarnings' }, []],
    [{ getLog: 'global' }, ['admin getLog unfiltered']],
    [{ usersInfo: 1 }, ['admin usersInfo unfiltered']],
    [{ commitTransaction: 1 }, ['transaction shop']],
    [{ listCollections: 1 }, []],
  ])('65 %j does %j', (body, expected) => {
    expect(actions(body)).toEqual(expected)
  })

  test('65 what the gateway answers by itself never becomes a statement to send on', () => {
    for (const name of [
      'hello',
      'isMaster',
      'ping',
      'buildInfo',
      'buildinfo',
      'connectionStatus',
      'hostInfo',
      'startSession',
    ])
      expect(read({ [name]: 1 }).kind).toBe('own')
  })

  test.each([
    ['nosuch', { nosuch: 1 }, 59],
    ['Find', { Find: 'orders' }, 59],
    ['eval', { eval: 'x' }, 59],
    ['getLastError', { getLastError: 1 }, 59],
  ])('66 %s is no command: 59, and the record names it', (name, body, code) => {
    const found = read(body)
    expect(found).toMatchObject({ kind: 'unreadable', native: { code } })
    expect(found.statement.command).toBe(name)
  })

  test.each([
    ['unknown', { find: 'orders', sqlMode: 1 }],
    ['internal', { find: 'orders', fromMongos: true }],
    ['raw buckets (81)', { find: 'orders', rawData: true }],
    ['in an update', { update: 'orders', updates: [{ q: {}, u: {}, sampleId: 1 }] }],
    ['in bulkWrite', { bulkWrite: 1, ops: [], nsInfo: [{ ns: 'shop.orders', collectionUUID: 1 }] }],
  ])('66 an argument that is %s is refused', (_, body) => {
    expect(read(body).kind).toBe('unreadable')
  })

  test.each([
    'applyOps',
    'doTxn',
    'createUser',
    'updateUser',
    'grantRolesToUser',
    'shutdown',
    'fsync',
    'replSetReconfig',
    'addShard',
    'killAllSessions',
    'configureFailPoint',
    'createStreamProcessor',
  ])('67 no rule permits %s', (name) => {
    const found = read({ [name]: 1, pwd: 'secret' })
    expect(found.statement.never ?? '').not.toBe('')
    expect(found.statement.text).not.toContain('secret')
  })

  test('61 an empty list ends the sessions of everybody who comes through the gateway', () => {
    expect(statement({ killSessions: [] }).never).toContain('other people')
    expect(statement({ endSessions: [] }).never).toBeUndefined()
    const own = { id: new UUID() }
    expect(statement({ killSessions: [own] })).toMatchObject({ actions: [] })
    expect(statement({ killSessions: [own] }).never).toBeUndefined()
  })

  test('67 credentials are shown to nobody; a collection is not named by a UUID', () => {
    expect(statement({ usersInfo: 1, showCredentials: true }).never).toContain('prove')
    expect(read({ find: Buffer.alloc(16) }).kind).toBe('unreadable')
  })

  test.each([
    ['admin', 'system.users'],
    ['local', 'oplog.rs'],
    ['config', 'system.preimages'],
    ['config', 'transactions'],
    ['shop', 'system.profile'],
    ['shop', 'system.buckets.weather'],
  ])('81 nobody reads %s.%s, by whatever command', (database, name) => {
    const bodies = [
      { find: name },
      { aggregate: name, pipeline: [] },
      { distinct: name, key: 'x' },
      { explain: { find: name } },
      {
        aggregate: 'orders',
        pipeline: [{ $lookup: { from: { db: database, coll: name }, as: 'x', pipeline: [] } }],
      },
      { aggregate: 'orders', pipeline: [{ $unionWith: { db: database, coll: name } }] },
    ]
    for (const body of bodies)
      expect(read(body, {}, database)).toMatchObject({ kind: 'unreadable', code: 'GH_NEVER' })
  })

  test('the rest of the server is its own: only a rule that names it permits', () => {
    expect(statement({ find: 'system.js' }).actions[0]?.resource.system).toBe(true)
    expect(statement({ find: 'atlascli' }, 'admin').actions[0]?.resource.system).toBe(true)
    expect(statement({ find: 'orders' }).actions[0]?.resource.system).toBe(false)
    expect(read({ insert: 'system.js', documents: [{ _id: 'f' }] }).kind).toBe('unreadable')
  })

  test('68 renameCollection across databases needs rights over both', () => {
    expect(
      actions({ renameCollection: 'shop.customers', to: 'other.people', dropTarget: true }, 'admin'),
    ).toEqual([
      'alter shop.customers',
      'read shop.customers (unknown) unfiltered',
      'create other.people',
      'insert other.people (unknown) unfiltered',
      'drop other.people unfiltered',
    ])
  })

  test('69 lists leave out what the viewer may not know of', () => {
    expect(read({ listDatabases: 1 })).toMatchObject({ reply: { filtered: 'databases' } })
    expect(read({ listCollections: 1 })).toMatchObject({ reply: { filtered: 'collections' } })
  })

  test('71 making a view reads what it reads, and puts it into another place', () => {
    const pipeline = [{ $project: { x: '$ssn' } }]
    expect(actions({ create: 'v', viewOn: 'customers', pipeline })).toEqual([
      'create shop.v (_id: written <customers._id · x: written <customers.ssn)',
      'read shop.customers (_id: flow >v._id · ssn: flow >v.x) unfiltered',
    ])
    expect(actions({ collMod: 'v', viewOn: 'customers', pipeline })[0]).toContain('alter shop.v')
    expect(actions({ create: 'v', viewOn: 'customers' })).toContain(
      'read shop.customers (unknown) unfiltered',
    )
  })

  test.each([
    { createIndexes: 'orders', indexes: [{ key: { at: 1 }, name: 'n', expireAfterSeconds: 1 }] },
    { collMod: 'orders', index: { name: 'n', expireAfterSeconds: 1 } },
    { collMod: 'orders', expireAfterSeconds: 1 },
    { collMod: 'orders', cappedSize: 4096 },
    { create: 'orders', capped: true, size: 4096 },
    { convertToCapped: 'orders', size: 1 },
  ])('72 %j deletes documents, later and without a filter', (body) => {
    expect(actions(body)).toContain('delete shop.orders unfiltered')
    expect(statement(body).uncounted).toBeDefined()
  })

  test('what a definition asks of documents is asked: whether one is written, kept or held by an index tells', () => {
    const asked = { ssn: { $gt: '4' }, note: 1 }
    const uses = 'read shop.customers (ssn: filter · note: filter)'
    expect(actions({ collMod: 'customers', validator: asked })).toEqual(['alter shop.customers', uses])
    expect(actions({ create: 'customers', validator: asked })).toEqual(['create shop.customers', uses])
    const index = { key: { age: 1 }, name: 'n', partialFilterExpression: { $and: [asked] } }
    expect(actions({ createIndexes: 'customers', indexes: [index] })).toEqual(['create shop.customers', uses])
    expect(actions({ collMod: 'customers', validator: { $expr: { $gt: ['$ssn', 1] } } })[1]).toContain('ssn')
    const ages = { key: { ssn: 1 }, name: 'n', expireAfterSeconds: 1 }
    expect(actions({ createIndexes: 'customers', indexes: [ages] })[2]).toBe(
      'read shop.customers (ssn: filter)',
    )
    expect(actions({ collMod: 'customers', validator: {} })).toEqual(['alter shop.customers'])
  })

  // It fails where a value lies outside the bounds, or is no language: by halves they tell where and what it is.
  test.each<[object, string | undefined]>([
    [{ key: { ssn: '2d' }, min: 0, max: 3 }, 'read shop.customers (ssn: argument)'],
    [{ key: { age: 1, 'address.city': '2dsphere' } }, 'read shop.customers (address:city: argument)'],
    [{ key: { age: 'text' }, language_override: 'ssn' }, 'read shop.customers (ssn: argument)'],
    [{ key: { _fts: 'text', _ftsx: 1 } }, 'read shop.customers (language: argument)'],
    [{ key: { ssn: 'hashed' } }, undefined],
    [{ key: { ssn: -1 } }, undefined],
    [{ key: { age: 1 }, storageEngine: {} }, 'admin shop.customers'],
  ])('R16 an index %j tells of values by failing', (index, uses) => {
    const command = { createIndexes: 'customers', indexes: [{ ...index, name: 'n' }] }
    expect(actions(command).slice(1)).toEqual(uses === undefined ? [] : [uses])
  })

  test('82 cursors and sessions are named, and answered by what is known of them', () => {
    expect(read({ getMore: Long.fromNumber(7), collection: 'orders' })).toMatchObject({
      kind: 'cursor',
      name: 'getMore',
      collection: 'orders',
      cursors: [7n],
    })
    expect(read({ killCursors: 'orders', cursors: [Long.fromNumber(7), Long.fromNumber(8)] })).toMatchObject({
      cursors: [7n, 8n],
    })
    expect(read({ getMore: 7, collection: 'orders' }).kind).toBe('unreadable')
    expect(read({ endSessions: [{ id: Buffer.alloc(16), uid: Buffer.alloc(32) }] }).kind).toBe('unreadable')
  })

  test('14 documents in the body and in a section of their own are the same', () => {
    const body = read({ insert: 'orders', documents: [{ note: 'x' }] })
    const section = read({ insert: 'orders' }, { documents: [{ note: 'x' }] })
    expect(section.statement.actions.map(sayAction)).toEqual(body.statement.actions.map(sayAction))
    expect(section.statement.text).toBe(body.statement.text)
    expect(read({ insert: 'orders' }, { updates: [{}] }).kind).toBe('unreadable')
    expect(read({ find: 'orders' }, { documents: [{}] }).kind).toBe('unreadable')
    expect(read({ insert: 'orders', documents: [] }, { documents: [{}] }).kind).toBe('unreadable')
  })

  test('78 explain does what its command asks, and writes nothing', () => {
    expect(actions({ explain: { find: 'customers', filter: { ssn: 'x' } } })).toEqual([
      'read shop.customers (ssn: lookup)',
    ])
    expect(actions({ explain: { delete: 'orders', deletes: [{ q: { note: 1 }, limit: 0 }] } })).toEqual([
      'read shop.orders',
      'read shop.orders (note: lookup)',
    ])
    expect(read({ explain: { explain: { find: 'x' } } }).kind).toBe('unreadable')
    expect(read({ explain: { dropDatabase: 1 } }).kind).toBe('unreadable')
    expect(statement({ explain: { find: 'shown' } }).outputs).toBe('unknown')
  })
})
