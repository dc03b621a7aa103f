/** FerretDB over DocumentDB serves MongoDB's own driver, with and without TLS, and comes back on the same data. */
import { readFileSync } from 'node:fs'
import { MongoClient } from 'mongodb'
import { expect, test } from 'vitest'
import { certificates, describePart, startFerretdb } from './index.js'

describePart(['ferretdb', 'openssl'], 'FerretDB', () => {
  test('it serves the driver, and keeps what it was given over a kill and a restart', async () => {
    const server = await startFerretdb()
    try {
      const client = new MongoClient(server.url)
      await client.db('shop').collection('orders').insertOne({ city: 'Turin' })
      const found = await client
        .db('shop')
        .collection('orders')
        .aggregate([{ $group: { _id: '$city' } }])
        .toArray()
      expect(found).toEqual([{ _id: 'Turin' }])
      await client.close()
      await server.kill9()
      await server.restart()
      const again = new MongoClient(server.url)
      expect(await again.db('shop').collection('orders').countDocuments()).toBe(1)
      await again.close()
    } finally {
      await server.stop()
    }
  })

  test('it speaks TLS where it has a certificate', async () => {
    const tls = await certificates()
    const server = await startFerretdb({ tls })
    try {
      const client = new MongoClient(server.url, { tls: true, ca: [readFileSync(tls.ca)] })
      expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 })
      await client.close()
    } finally {
      await server.stop()
      tls.remove()
    }
  })
})
