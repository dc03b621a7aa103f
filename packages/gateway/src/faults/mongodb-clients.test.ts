/** MongoDB: clients that misbehave, messages over every ceiling, lost connections, a disk without room and a sink that is away. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from '../end-to-end/home.js'
import { CONFIG, eventually } from '../end-to-end/stage.js'
import { type Cutting, type Direction, startCutting } from './cutting.js'
import { type Guest, overEach } from './database.js'
import { type House, openHouse } from './house.js'
import { FLAGGED_WRITES, loadedFirst } from './injection.js'
import { mongodb, readsOne } from './mongodb.js'
import { allowTime, LONG, rounds, said, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const furnished = (port: number) =>
  CONFIG(port)
    .replace(
      'connections: 8, perUser: 3, greeting: 8s',
      'connections: 3000, perUser: 3000, greeting: 60s, statement: 1MiB, message: 2MiB',
    )
    .replace('tls: disable', 'tls: disable, privileged: accept')
const all = (name: string, more: object = {}) =>
  JSON.stringify({ find: 'customers', filter: { [name]: { $exists: false } }, ...more })

overEach([mongodb], (database) => {
  let house: House
  let cutting: Cutting
  let serving: Served

  beforeAll(async () => {
    cutting = await startCutting(database.boundaries, () => house.upstream.port)
    house = await openHouse(database, { configuration: () => furnished(cutting.port) })
    await house.upstream.give('inbox')
    serving = await house.serve()
  })
  afterAll(async () => {
    await house?.stop()
    await cutting?.close()
  })

  const comes = () => house.enter(serving, 'ben')
  const settles = async () => {
    await house.quiet(serving)
    await house.gone()
    return house.agree()
  }

  async function vanishesInCursor(): Promise<void> {
    const guest = await comes()
    guest.socket.once('data', () => guest.socket.resetAndDestroy())
    expect(await house.book.note((name) => guest.ask(all(name, { batchSize: 2 })))).toBe('cut')
  }
  async function vanishesInSending(): Promise<void> {
    const guest = await comes()
    database.beginToWrite(guest, 'inbox')
    await pause(100)
    guest.socket.resetAndDestroy()
  }
  async function neverReads(): Promise<void> {
    const guest = await comes()
    guest.socket.pause()
    const asked = house.book.note((name) => guest.ask(all(name)))
    await pause(1000)
    guest.socket.destroy()
    await asked
  }
  async function halfCloses(): Promise<void> {
    const guest = await comes()
    const gone = new Promise((resolve) => guest.socket.once('close', resolve))
    const asked = house.book.note((name) => guest.ask(all(name)))
    setImmediate(() => guest.socket.end())
    await asked
    await within('a half-open one is let go', gone)
  }
  async function dribbles(): Promise<void> {
    const guest = await comes()
    const { socket } = guest
    const write = socket.write.bind(socket)
    socket.write = (chunk: Uint8Array) => {
      const bytes = Buffer.from(chunk)
      write(bytes.subarray(0, -4))
      for (let left = 4; left > 0; left -= 1)
        setTimeout(() => write(bytes.subarray(-left, bytes.length - left + 1)), (5 - left) * 1000)
      return true
    }
    expect(await house.book.note((name) => guest.ask(readsOne(name)))).toBe('done')
    socket.destroy()
  }

  test('vanishing mid-cursor and mid-message, never reading, half-open, one byte a second: all at once', async () => {
    await rounds('clients that misbehave all at once, MongoDB', { short: 1, long: 20 }, async () => {
      const traffic = startTraffic(serving, house.book, 3)
      const each = [vanishesInCursor, vanishesInSending, neverReads, halfCloses, dribbles]
      await Promise.all(each.flatMap((one) => [one(), one()]))
      const asked = traffic.count
      await within(
        'calls are answered',
        eventually(() => traffic.count >= asked + 20 && traffic.seen.size >= 3),
      )
      await traffic.end()
      expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
      await settles()
    })
  })

  test('R30 over limits.statement, over limits.message, over what a header can say: refused or closed, nothing of it runs', async () => {
    const long = (name: string, size: number) =>
      JSON.stringify({ insert: 'inbox', documents: [{ [name]: 1, x: 'x'.repeat(size) }] })
    for (const [size, expected] of [
      [1_500_000, 'refused'],
      [3_000_000, 'cut'],
      [60_000_000, 'cut'],
    ] as const) {
      const guest = await comes()
      const ending = await house.book.note((name) => guest.ask(long(name, size)))
      // What passes a ceiling of messages is answered on the way out, or not.
      expect([size, expected === 'refused' ? ending : ending === 'done']).toEqual([
        size,
        expected === 'refused' ? expected : false,
      ])
      await within('goodbye', guest.end())
    }
    for (const length of [-1, 0, 15, 0x7fff_ffff]) {
      const guest = await comes()
      const gone = new Promise((resolve) => guest.socket.once('close', resolve))
      const header = Buffer.alloc(16)
      header.writeInt32LE(length, 0)
      header.writeInt32LE(2013, 12)
      guest.socket.write(header)
      await within('a length that lies ends it', gone)
    }
    await settles()
    const [inbox] = await house.upstream.ask(JSON.stringify({ count: 'inbox' }))
    expect(Number(inbox?.n)).toBe(0)
    said('messages over every ceiling, MongoDB', 7)
  })

  test('200 clients at once: each is answered, each has its records', async () => {
    const many = LONG ? 2000 : 200
    const guests = await Promise.all(Array.from({ length: many }, () => house.enter(serving, 'ann')))
    const endings = await Promise.all(
      guests.map((guest) => house.book.note((name) => guest.ask(readsOne(name)))),
    )
    expect([...new Set(endings)]).toEqual(['done'])
    await Promise.all(guests.map((guest: Guest) => guest.end()))
    await settles()
    said(`${many} clients at once, MongoDB`, 1)
  })

  async function play(): Promise<void> {
    const guest = await house.enter(serving, 'ann').catch(() => undefined)
    if (guest === undefined) return
    for (const kind of database.kinds)
      if ((await house.book.note((name) => kind(guest, name))) === 'cut') break
    await within(
      'goodbye',
      guest.end().catch(() => {}),
    )
  }

  test.each(['up', 'down'] as const)(
    'W50 the upstream is lost after each message %s: nothing hangs, nothing is lost',
    async (direction: Direction) => {
      cutting.cut = undefined
      await play()
      await house.quiet(serving)
      const messages = cutting.counted[direction]
      expect(messages).toBeGreaterThan(8)
      const before = new Set(house.book.endings.keys())
      let tried = 0
      for (const torn of LONG ? [0, 1, 5, 17] : [0, 9])
        for (let after = 0; after < messages; after += 1) {
          cutting.cut = { direction, after, how: after % 2 === 0 ? 'reset' : 'end', torn }
          await play()
          await within(
            'the connection is cut',
            eventually(() => cutting.wasCut),
          )
          tried += 1
        }
      cutting.cut = undefined
      await play()
      const { outcomes } = await settles()
      // What was on its way up when the connection was lost is answered by nobody: it reads so, and never as done.
      const lost = [...house.book.endings].filter(([number, how]) => how === 'cut' && !before.has(number))
      const decided = lost.map(([number]) => outcomes(number)).filter(({ length }) => length > 0)
      if (direction === 'up') {
        expect(decided.length).toBeGreaterThan(4)
        for (const found of decided) expect(found).toContain('cut')
      }
      said(`the upstream's connection cut after each message ${direction}, MongoDB`, tried)
      expect(serving.program.output()).not.toContain('GH_INVARIANT')
    },
  )

  test('R24 a disk without room under load refuses, executes nothing unrecorded, and heals', async () => {
    await serving.program.stop()
    const flag = join(house.folder, 'fails')
    rmSync(flag, { force: true })
    const env = loadedFirst(house.folder, flag, FLAGGED_WRITES)
    serving = await house.serve({ env })
    await rounds('a disk without room under load, MongoDB', { short: 1, long: 20 }, async () => {
      const inside = await comes()
      const traffic = startTraffic(serving, house.book, 4)
      await within(
        'calls are answered',
        eventually(() => traffic.count >= 20),
      )
      writeFileSync(flag, '')
      await house.turns(serving, 'red')
      expect(await house.book.note((name) => inside.ask(readsOne(name)))).toBe('unwritten')
      rmSync(flag)
      await house.turns(serving, 'green')
      await traffic.end()
      expect(await house.book.note((name) => inside.ask(readsOne(name)))).toBe('done')
      await inside.end()
      await settles()
    })
    expect(await serving.program.stop()).toBe(0)
  })

  test('a sink that nobody answers at: commands run, and every record waits in the spool', async () => {
    house.configure(
      furnished(cutting.port).replace(
        'audit: {spool: {durability: write}}',
        'audit: {spool: {durability: write}, kafka: {brokers: ["127.0.0.1:1"]}}',
      ),
    )
    serving = await house.serve()
    const traffic = startTraffic(serving, house.book, 4)
    await within(
      'calls are answered',
      eventually(() => traffic.count >= 40 && traffic.seen.size >= 3),
    )
    await traffic.end()
    expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
    await settles()
    said('a sink that is down under load, MongoDB', 1)
    await serving.program.kill9()
  })
})
