/** MySQL's KILL where several workers hold the sessions of one person, and where a reload has replaced the adapter that they came in by. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describePart, startProgram } from '@gatehouse/workbench'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { mysqlUpstream } from '../demo/mysql-upstream.js'
import { type Shop, startShop } from '../demo/shop.js'
import { eventually, MAIN } from './stage.js'

const WORKERS = 3
const SLEEPS = 'select sleep(300)'

/** As it stands in the number of the greeting. */
const workerOf = (client: Connection) => client.threadId & 63

describePart('mariadbd', 'KILL', () => {
  let shop: Shop
  let program: Awaited<ReturnType<typeof startProgram>>
  let port = 0
  const clients: Connection[] = []
  beforeAll(async () => {
    shop = await startShop({
      upstream: mysqlUpstream,
      port: 0,
      env: {},
      now: Date.now,
      random: (size) => randomBytes(size),
      step: () => {},
    })
  }, 300_000)
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    await program?.stop()
  })
  afterAll(() => shop?.stop())

  const config = () => join(shop.folder, 'crew.yaml')
  function write(workers: number, refresh: string) {
    const text = readFileSync(join(shop.folder, 'gatehouse.yaml'), 'utf8')
      .replace('dataDir: ./var', `workers: ${workers}\ndataDir: ./crew`)
      .replace(/^policies: .*$/m, 'policies: ["pack:observe"]')
      .replace(/^( +)upstream:\n/m, `$1upstream:\n$1  catalog: {refresh: ${refresh}}\n`)
    writeFileSync(config(), text)
  }
  async function serve(workers: number) {
    write(workers, '1s')
    const args = [MAIN, 'serve', '--config', config()]
    program = await startProgram({
      command: process.execPath,
      args,
      ready: /"event":"metrics"/,
      readyWithin: 120_000,
      stopWithin: 90_000,
    })
    port = JSON.parse(/^.*"listening".*$/m.exec(program.output())?.[0] ?? '{}').port
  }
  async function client(user: 'ann' | 'adam' = 'ann') {
    const password = shop.passwords[user]
    const made = await createConnection({ host: '127.0.0.1', port, user, password, database: 'shop' })
    made.on('error', () => {})
    clients.push(made)
    return made
  }
  const sleeping = (victim: Connection) =>
    victim.query(SLEEPS).then(
      () => 0,
      (fault: { errno?: number }) => fault.errno ?? -1,
    )
  const numbers = async (victim: Connection): Promise<readonly number[]> => {
    const [[row]] = (await victim.query('select connection_id() as id')) as unknown as [RowDataPacket[]]
    return [victim.threadId, Number(row?.id)]
  }
  /** So many sleep in the server by now: what it has not begun yet cannot be stopped. */
  const asleep = async (count: number) => {
    const direct = await createConnection({
      host: '127.0.0.1',
      port: Number(/upstream:[\s\S]*?port: (\d+)/.exec(readFileSync(config(), 'utf8'))?.[1]),
      user: 'gatehouse',
      password: readFileSync(join(shop.folder, 'secrets', 'gatehouse'), 'utf8'),
    })
    try {
      await eventually(async () => {
        const [rows] = await direct.query<RowDataPacket[]>('show processlist')
        return rows.filter(({ Info }) => String(Info).startsWith('select sleep')).length === count
      })
    } finally {
      await direct.end()
    }
  }

  test('finds sessions in other workers by either number, stops one alone, and tells of none that is not there', async () => {
    await serve(WORKERS)
    const all = [await client(), await client(), await client()]
    expect(new Set(all.map(workerOf)).size).toBe(WORKERS)
    const [killer, victim, neighbour] = all as [Connection, Connection, Connection]
    const ids = await numbers(victim)
    for (const id of ids) {
      const endings = [sleeping(victim), sleeping(neighbour)]
      await asleep(2)
      await killer.query(`kill query ${id}`)
      expect(await endings[0]).toBe(1317)
      await killer.query(`kill query ${neighbour.threadId}`)
      expect(await endings[1]).toBe(1317)
    }
    const adam = [await client('adam'), await client('adam'), await client('adam')]
    for (const each of adam)
      for (const id of ids) await expect(each.query(`kill ${id}`)).rejects.toMatchObject({ errno: 1094 })
    await expect(killer.query('kill query 2147483000')).rejects.toMatchObject({ errno: 1094 })
    await killer.query(`kill ${victim.threadId}`)
    await eventually(() =>
      victim.query('select 1').then(
        () => false,
        () => true,
      ),
    )
    await expect(killer.query(`kill ${victim.threadId}`)).rejects.toMatchObject({ errno: 1094 })
    expect((await neighbour.query('select 1 as one'))[0]).toEqual([{ one: 1 }])
  }, 300_000)

  test('finds a session that came in before a reload', async () => {
    await serve(1)
    const before = await client()
    write(1, '2s')
    process.kill(program.pid, 'SIGHUP')
    await eventually(() => program.output().includes('reloaded'))
    const after = await client()
    const ending = sleeping(before)
    await asleep(1)
    await after.query(`kill query ${before.threadId}`)
    expect(await ending).toBe(1317)
  }, 300_000)
})
