import { setTimeout as sleep } from 'node:timers/promises'
import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import type { Connection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCatalogConnection } from './catalog-connection.js'
import { connectRoot, fillShop, siteBefore } from './catalog-fixture.js'
import { createCatalogWatch } from './catalog-watch.js'
import { createClassify } from './classify.js'
import type { CatalogSource } from './read-catalog.js'
import { openServer } from './server.js'

const context = { database: 'shop', sqlMode: [], charset: 'utf8mb4', overlay: [], account: 'gatehouse' }

async function eventually(holds: () => boolean, within = 20_000): Promise<void> {
  const deadline = performance.now() + within
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('it did not come about')
    await sleep(20)
  }
}

for (const [part, start] of [
  ['mariadbd', startMariadb],
  ['mysql', startMysql],
] as const) {
  describePart(part, `R2 the catalog of ${part} is watched`, () => {
    let upstream: MysqlServer
    let root: Connection
    beforeAll(async () => {
      upstream = await start()
      root = await fillShop(upstream)
    })
    afterAll(async () => {
      await root?.end().catch(() => {})
      await upstream?.stop()
    })

    test('sees changes, survives its connection and says when it is stale', async () => {
      let now = 0
      const seen: number[] = []
      const sources: CatalogSource[] = []
      const watch = await createCatalogWatch({
        connect: async () => {
          const source = await openCatalogConnection(siteBefore(upstream), undefined)
          sources.push(source)
          return source
        },
        classify: createClassify([]),
        refreshMs: 3_600_000,
        staleAfterMs: 1000,
        onChange: (catalog) => void seen.push(catalog.epoch),
        onError: () => {},
        now: () => now,
      })
      expect([watch.current, watch.catalog.epoch]).toEqual([true, 1])
      expect([await watch.refresh('glance'), await watch.refresh('look')]).toEqual([false, false])
      await root.query('create table shop.fresh_one (a int)')
      const both = [watch.refresh('glance'), watch.refresh('look')]
      expect(await Promise.all(both)).toEqual([true, false])
      expect(watch.catalog.relations.some(({ name }) => name === 'fresh_one')).toBe(true)
      now = 5000
      expect(watch.current).toBe(false)
      const [sessions] = await root.query('show processlist')
      for (const { Id, User } of sessions as { Id: number; User: string }[])
        if (User === 'gatehouse') await root.query(`kill ${Id}`)
      await expect(watch.refresh('look')).rejects.toThrow()
      expect(watch.current).toBe(false)
      expect(await watch.refresh('look')).toBe(false)
      expect([watch.current, sources.length, seen]).toEqual([true, 2, [1, 2]])
      await watch.close()
      await expect(watch.refresh('force')).rejects.toThrow('closed')
    })

    test('by itself, also a view that is made anew and a definition that took long to make', async () => {
      const server = await openServer(siteBefore(upstream, {}, { catalogRefresh: 100 }))
      const definition = () => server.relation('shop', 'names')?.definition ?? ''
      const epoch = server.epoch
      await root.query('create or replace view shop.names as select id, name as code from shop.people')
      await eventually(() => definition().includes('`name` AS `code`'))
      expect(server.epoch).toBeGreaterThan(epoch)
      const long = root.query('create table shop.long_one as select sleep(2) as took')
      await long
      await root.query('select * from shop.long_one')
      await eventually(() => server.relation('shop', 'long_one')?.columns[0]?.name === 'took')
      await server.close()
    })

    test('before an unknown name is refused', async () => {
      const server = await openServer(siteBefore(upstream))
      await root.query('create table shop.unheard_of (a int)')
      const { plan } = await server.reader.read('select a from unheard_of', context)
      expect(plan.kind === 'read' && plan.statements[0]?.missing).toBeFalsy()
      expect(server.column('shop', 'unheard_of', 'a')?.name).toBe('a')
      await server.close()
    })

    test('is not current while nobody answers, and is again by itself', async () => {
      let ahead = 0
      const server = await openServer(
        siteBefore(upstream, {}, { catalogRefresh: 100, tick: () => performance.now() + ahead }),
      )
      await root.end()
      await upstream.kill9()
      await expect(server.refresh()).rejects.toThrow()
      expect(server.refreshing).toBeUndefined()
      ahead = 20_000
      await eventually(() => !server.current)
      await upstream.restart()
      root = await connectRoot(upstream)
      await eventually(() => server.current)
      await server.close()
    })
  })
}
