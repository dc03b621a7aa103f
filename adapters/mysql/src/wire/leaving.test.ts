/** mysql-wire §8: ends of sessions, and clients that read slowly or not at all. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { CLIENT, MARIADB_CLIENT, readErr } from '../messages/index.js'
import { describeFlavours, type Fixture, openDecisions, startFixture } from './fixture.js'
import * as send from './requests.js'
import { describeReply, errorOf, rowsOf } from './transcript.js'

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const MEGABYTES = process.env.GATEHOUSE_LONG === '1' ? 1024 : 128

describeFlavours('leaving', (flavour) => {
  let world: Fixture
  beforeAll(async () => {
    world = await startFixture(flavour)
  })
  afterEach(() => world.settled())
  afterAll(() => world?.close())

  test('W60 who is killed hears an end, and nobody else does', async () => {
    const [victim, neighbour, killer] = [await world.client(), await world.client(), await world.client()]
    victim.command(send.query('select sleep(50)'))
    const looking = await world.direct()
    const asleep = async () =>
      rowsOf(
        await looking.query(
          "select count(*) from information_schema.processlist where info like 'select sleep%'",
        ),
      )
    // What the server has not begun yet is not interrupted.
    while (String(await asleep()) !== '1') await pause(20)
    expect(await killer.hears(`kill connection ${victim.greeting.threadId}`)).toBe('OK:0')
    // MariaDB's sleep is interrupted, MySQL's returns 1.
    expect(describeReply(await victim.reply())).toMatch(/ERR:1317$|^RS\(sleep\(50\)\):1$/)
    victim.command(send.query('select 1'))
    const [last] = await victim.rest()
    expect(readErr(last?.payload ?? Buffer.alloc(3)).code).toBe(1927)
    expect(victim.closed).toBe(true)
    expect(await neighbour.hears('select id from items')).toBe('RS(id):20')
    expect(await killer.hears('select id from items')).toBe('RS(id):20')
    expect(errorOf(await killer.query(`kill ${victim.greeting.threadId}`))).toMatchObject({ code: 1094 })
  })

  test('W61 an upstream that was tired of waiting is told of, and the session is over', async () => {
    const client = await world.client()
    expect(await client.hears('set session wait_timeout = 1')).toBe('OK:0')
    const passage = world.between.session('adam')
    while (!passage.closed) await pause(100)
    client.command(send.query('select 1'))
    const found = await client.rest()
    expect(found.map(({ payload }) => readErr(payload).code)).toMatchObject([
      flavour === 'mysql' ? 4031 : 2013,
    ])
  })

  test('W63 a slow reader holds the server back, and loses nothing', async () => {
    const client = await world.client()
    const before = process.memoryUsage()
    const text = `select repeat('x', 1048576) from items a, items b, items c limit ${MEGABYTES}`
    client.socket.pause()
    client.command(send.query(text))
    let most = 0
    for (let tries = 0; tries < 10; tries += 1) {
      await pause(50)
      const now = process.memoryUsage()
      most = Math.max(most, now.arrayBuffers + now.external - before.arrayBuffers - before.external)
    }
    // Both sides of the wire and what stands between are this process.
    expect(most).toBeLessThan(64 << 20)
    client.socket.resume()
    let bytes = 0
    for (let row = 0; row < MEGABYTES + 3; row += 1) bytes += (await client.next()).payload.length
    expect(bytes).toBeGreaterThan(MEGABYTES * 1048576)
    expect((await client.next()).payload[0]).toBe(0xfe)
  }, 300_000)

  test('W65 many executions at once are not offered, and are refused', async () => {
    const client = await world.client('adam', { extended: MARIADB_CLIENT.STMT_BULK_OPERATIONS })
    expect(client.agreed.extended & MARIADB_CLIENT.STMT_BULK_OPERATIONS).toBe(0)
    const { id } = await client.prepare('insert into notes values (?, ?)')
    const head = [id & 255, id >>> 8, 0, 0, 0x80, 0]
    // Types, then rows of values that are there, NULL, left to the default, and left as they are.
    const rows = [3, 0, 253, 0, 0, 1, 0, 0, 0, 0, 1, 120, 1, 2, 3, 1]
    client.command(send.command(0xfa, head, rows))
    expect(describeReply(await client.reply())).toBe('ERR:1235')
    expect(rowsOf(await client.query('select count(*) from notes'))).toEqual([['0']])
  })

  test('W74 two goodbyes, and one amid a result', async () => {
    const twice = await world.client()
    twice.send(send.sent(send.quit), send.sent(send.quit))
    expect(await twice.rest()).toEqual([])
    const amid = await world.client('adam', { more: CLIENT.MULTI_STATEMENTS })
    amid.command(send.query(`select repeat('x', 100000) from items a, items b`))
    await amid.next()
    amid.send(send.sent(send.quit))
    for (const { payload } of await amid.rest()) expect(payload[0]).not.toBe(0xff)
    expect(amid.closed).toBe(true)
    const before = await world.client()
    before.send(send.sent(send.query('select id from items')), send.sent(send.quit))
    expect((await before.rest()).at(-1)?.payload[0]).toBe(0xfe)
  })

  test('every decision has its outcome', async () => {
    await world.settled()
    expect(openDecisions(world.stage)).toEqual([])
    expect(world.stage.faults.map(String)).toEqual([])
  })
})
