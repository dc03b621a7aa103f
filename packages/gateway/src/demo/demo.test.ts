import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describePart, temporaryFolder } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { DemoUpstream } from './demo-upstream.js'
import { mongodbUpstream } from './mongodb-upstream.js'
import { mysqlUpstream } from './mysql-upstream.js'
import { postgresUpstream } from './postgres-upstream.js'
import { resultTable } from './result-table.js'
import { type Shop, startShop } from './shop.js'
import { shopRows } from './shop-rows.js'
import { giveTour, type Seen } from './tour.js'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

function keepsPromises(upstream: DemoUpstream): void {
  let shop: Shop
  let seen: readonly Seen[] = []

  beforeAll(async () => {
    shop = await startShop({
      upstream,
      port: 0,
      env: {},
      now: Date.now,
      random: (size) => randomBytes(size),
      step: () => {},
    })
    seen = await giveTour(shop, { out: () => {}, err: () => {}, colours: false, progress: () => {} })
  })
  afterAll(() => shop.stop())

  test('step by step', () => {
    expect(seen.length).toBeGreaterThan(10)
    for (const { step, error, rows } of seen) {
      if (step.promise === 'rows') {
        expect(error, `${step.title}: ${error?.message}`).toBeUndefined()
        expect(rows.length, step.title).toBeGreaterThan(0)
      } else {
        expect(error, step.title).toMatchObject({
          code: step.promise.code,
          detail: expect.stringContaining(step.promise.says),
        })
      }
    }
  })

  test('what Ann and the agent saw holds no personal value, what Adam saw does', () => {
    const customers = shopRows().find(({ table }) => table === 'customers')
    const column = (name: string) => customers?.columns.indexOf(name) ?? -1
    const values = ['full_name', 'email', 'phone', 'national_id', 'iban'].flatMap(
      (name) => customers?.rows.map((row) => String(row[column(name)])) ?? [],
    )
    const cells = (who: string) =>
      seen.filter(({ step }) => step.as === who).flatMap(({ rows }) => rows.flat().map(String))
    for (const who of ['ann', 'reporter'])
      expect(cells(who).filter((cell) => values.includes(cell))).toEqual([])
    expect(cells('adam').filter((cell) => values.includes(cell)).length).toBeGreaterThan(5)
  })

  test('the accounts are nobody dangerous and the gateway is ready', () => {
    expect(shop.gateway.health()).toMatchObject({ ready: true, colour: 'green' })
  })
}

describe('the tour before Postgres keeps its promises', () => keepsPromises(postgresUpstream))
describePart('mariadbd', 'the tour before MariaDB keeps its promises', () => keepsPromises(mysqlUpstream))
describePart('ferretdb', 'the tour before FerretDB keeps its promises', () => keepsPromises(mongodbUpstream))

function endsWell(database: string, line: RegExp): void {
  test(`demo --with ${database} --tour ends with 0, says what to type next, and leaves nothing behind`, () => {
    // A place of its own for what is temporary: others have theirs beside it.
    const own = temporaryFolder('tour')
    onTestFinished(() => own.remove())
    chmodSync(own.path, 0o711)
    const args = [MAIN, 'demo', '--with', database, '--tour']
    const env = { ...process.env, TMPDIR: own.path }
    const run = spawnSync(process.execPath, args, { encoding: 'utf8', env, timeout: 240_000 })
    expect(run.stderr).toBe('')
    expect(run.status).toBe(0)
    expect(run.stdout).toMatch(line)
    expect(run.stdout).toContain('"class_uid": 6005')
    expect(run.stdout).not.toContain('\u001b')
    expect(readdirSync(own.path)).toEqual([])
  }, 300_000)
}

endsWell('postgres', /psql "host=127\.0\.0\.1 port=\d+ user=ann password=\w+ dbname=shop"/)
describePart('mariadbd', 'the demo before MariaDB', () =>
  endsWell('mysql', /(?:mariadb|mysql) -h 127\.0\.0\.1 -P \d+ -u ann -p\w+ shop/),
)

describePart('ferretdb', 'the demo before FerretDB', () =>
  endsWell('mongodb', /mongosh 'mongodb:\/\/ann:\w+@127\.0\.0\.1:\d+\/shop'/),
)

test('demo --with mysql says in one line what is missing and how to get it', () => {
  // What stands beside the path is found all the same.
  if (existsSync('/usr/sbin/mariadbd') || existsSync('/usr/local/sbin/mariadbd')) return
  const cache = temporaryFolder('empty-cache')
  const env = { ...process.env, PATH: '', GATEHOUSE_CACHE: cache.path }
  const run = spawnSync(process.execPath, [MAIN, 'demo', '--with', 'mysql'], { encoding: 'utf8', env })
  cache.remove()
  expect(run.status).toBe(3)
  expect(run.stderr).toMatch(/^gatehouse: there is no `mariadbd` here: .*apt-get install.*\n$/)
})

describe('the shop', () => {
  test('is the same at every start, and adds up', () => {
    expect(shopRows()).toEqual(shopRows())
    const tables = new Map(shopRows().map((table) => [table.table, table]))
    expect([...tables.values()].reduce((sum, { rows }) => sum + rows.length, 0)).toBeGreaterThan(500)
    for (const { columns, rows } of tables.values())
      for (const row of rows) expect(row).toHaveLength(columns.length)
    const emails = tables.get('customers')?.rows.map((row) => row[2])
    expect(new Set(emails).size).toBe(emails?.length)
  })
})

test('a table cuts what is wide and says what it left out', () => {
  const rows = Array.from({ length: 7 }, (_, index) => [`${index}`, index === 0 ? 'x'.repeat(50) : null])
  const lines = resultTable(['a', 'b\u001b'], rows, 2)
  expect(lines).toHaveLength(5)
  expect(lines[0]).toContain('b\\u001b')
  expect(lines[2]).toMatch(/^0 │ x{29}…$/)
  expect(lines[4]).toBe('… and 5 more (7 rows)')
})
