/** The catalog over a real server: what is listed, sampled, classified and noticed when it changes. */

import type { Site } from '@gatehouse/adapter-kit'
import { compileDocuments } from '@gatehouse/masking'
import { describePart, type FerretdbServer, startFerretdb } from '@gatehouse/workbench'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCatalog } from './description.js'
import { isCatalog } from './is-catalog.js'
import { openServer, type Server } from './server.js'

const quiet = { info() {}, warn() {}, error() {} }

function siteOver(upstream: FerretdbServer, more: Partial<Site['upstream']> = {}): Site {
  const account = { user: upstream.user, password: upstream.password }
  return {
    listener: 'shop',
    upstream: {
      hosts: [{ host: upstream.host, port: upstream.port }],
      role: 'primary',
      accounts: [account],
      catalogAccount: account,
      tls: 'disable',
      privileged: 'accept',
      ...more,
    },
    knowledge: { classes: [{ fields: { 'shop.customers.notes:private': ['confidential'] } }], functions: [] },
    limits: { statement: 1 << 20, message: 48_000_000 },
    catalogRefresh: 50,
    log: quiet,
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => new Uint8Array(size),
    version: '0.0.0',
  }
}

describePart('ferretdb', 'the catalog', () => {
  let upstream: FerretdbServer
  let client: MongoClient
  let server: Server

  beforeAll(async () => {
    upstream = await startFerretdb()
    client = new MongoClient(upstream.url)
    const shop = client.db('shop')
    await shop.collection('customers').insertMany([
      { email: 'ada@x.example', name: 'Ada', address: { city: 'London', geo: [{ lat: 1 }] }, tags: ['a'] },
      {
        email: 'grace@x.example',
        name: 'Grace',
        phones: [{ number: '1' }, { number: 2, kind: 'home' }],
        notes: {},
        reached: { 'ada@x.example': true, fax: [{ 'ada@x.example': 1 }] },
      },
    ])
    await shop.collection('customers').createIndex({ email: 1 }, { unique: true })
    server = await openServer(siteOver(upstream))
  })
  afterAll(async () => {
    await server?.close()
    await client?.close()
    await upstream?.stop()
  })

  const eventually = async (holds: () => boolean) => {
    for (const end = Date.now() + 20_000; !holds(); await new Promise((done) => setTimeout(done, 20)))
      if (Date.now() > end) throw new Error('it did not come to hold')
  }

  test('it knows collections, fields at any depth with their types, and indexes', () => {
    const customers = server.catalog().collection('shop', 'customers')
    expect(customers).toMatchObject({ kind: 'collection', system: false, indexes: expect.any(Map) })
    expect(Object.fromEntries(customers?.indexes ?? [])).toEqual({ _id_: ['_id'], email_1: ['email'] })
    const types = Object.fromEntries([...(customers?.fields ?? [])].map(([name, { types }]) => [name, types]))
    expect(types).toMatchObject({
      _id: ['objectId'],
      email: ['string'],
      'address:city': ['string'],
      'address:geo': ['array', 'object'],
      'address:geo.lat': ['int'],
      'phones:number': ['string', 'int'],
      'phones:kind': ['string'],
      tags: ['array', 'string'],
    })
    expect(server.upstream.kind).toBe('standalone')
    expect(server.catalog().databases()).toContain('shop')
  })

  test('R6 classes come by names, of nested paths and of paths that no sample has; a document has the last word', () => {
    const classes = (...path: string[]) => server.catalog().classesOf(['shop', 'customers'], path)
    expect(classes('email')).toContain('email')
    expect(classes('address', 'zip', 'iban').length).toBeGreaterThan(0)
    expect(classes('billing', 'card_number').length).toBeGreaterThan(0)
    expect(classes('notes', 'private')).toContain('confidential')
    expect(classes('notes', 'private', 'deeper')).toContain('confidential')
    expect(classes('tags')).toEqual([])
    expect(server.catalog().classesOf(['shop', 'unheard'], ['email'])).toContain('email')
  })

  test('R6 keys that are data are no fields, and their map knows of what', () => {
    const fields = server.catalog().collection('shop', 'customers')?.fields
    const reached = [...(fields ?? [])].filter(([name]) => name.startsWith('reached'))
    expect(reached.map(([name, { classes }]) => [name, classes.includes('email')])).toEqual([
      ['reached', false],
      ['reached:*', true],
      ['reached:fax', false],
      ['reached:fax.*', true],
    ])
  })

  test('R2 what is created, dropped and stored meanwhile is noticed, at once by whoever asks', async () => {
    const shop = client.db('shop')
    await shop.collection('orders').insertOne({ amount: 3 })
    await server.refresh()
    expect(server.catalog().collection('shop', 'orders')?.fields.has('amount')).toBe(true)
    await shop.collection('orders').insertOne({ card: { pan: '4111' } })
    await eventually(() => server.catalog().collection('shop', 'orders')?.fields.has('card:pan') ?? false)
    await shop.collection('orders').drop()
    await eventually(() => server.catalog().collection('shop', 'orders') === undefined)
    expect(server.current).toBe(true)
  })

  test('a catalog file says the same', () => {
    const kept: unknown = JSON.parse(JSON.stringify(server.describe()))
    if (!isCatalog(kept)) throw new Error('what was described is no catalog')
    const again = createCatalog(kept, compileDocuments([]))
    expect([...(again.collection('shop', 'customers')?.fields.keys() ?? [])]).toEqual([
      ...(server.catalog().collection('shop', 'customers')?.fields.keys() ?? []),
    ])
    expect(isCatalog({ ...kept, engine: 'mysql' })).toBe(false)
  })

  test('R12 an account whose rights are too wide, or not told, is refused', async () => {
    await expect(openServer(siteOver(upstream, { privileged: 'refuse' }))).rejects.toThrow(
      /privileged: accept/,
    )
  })

  test('a server that is not there is told as that', async () => {
    const nowhere = siteOver(upstream, { hosts: [{ host: '127.0.0.1', port: 1 }] })
    await expect(openServer(nowhere)).rejects.toMatchObject({ code: 'GH_CATALOG' })
  })
})
