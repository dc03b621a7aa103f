/** Clients that misbehave, all at once, while others work: nobody else notices, and every record stands. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from '../end-to-end/home.js'
import { eventually } from '../end-to-end/stage.js'
import { type Guest, overEach } from './database.js'
import { DATABASES, often } from './databases.js'
import { type House, openHouse } from './house.js'
import { allowTime, LONG, rounds, said, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** What is written from now on arrives but for its last bytes, and those one at a time, a second apart. */
function dribble({ socket }: Guest): void {
  const write = socket.write.bind(socket)
  socket.write = (chunk: Uint8Array) => {
    const bytes = Buffer.from(chunk)
    write(bytes.subarray(0, -4))
    for (let left = 4; left > 0; left -= 1)
      setTimeout(() => write(bytes.subarray(-left, bytes.length - left + 1)), (5 - left) * 1000)
    return true
  }
}

overEach(DATABASES, (database) => {
  let house: House
  let serving: Served

  beforeAll(async () => {
    house = await openHouse(database, { connections: LONG ? 2100 : 400 })
    await house.upstream.give('inbox')
    serving = await house.serve()
  })
  afterAll(() => house?.stop())

  const comes = () => house.enter(serving, 'ben')

  async function dribbles(): Promise<void> {
    const guest = await comes()
    dribble(guest)
    expect(await house.book.note((name) => guest.ask(`select city as ${name} from customers`))).toBe('done')
    guest.socket.destroy()
  }

  /** Says that it is done, and stays to hear the answer. */
  async function halfCloses(): Promise<void> {
    const guest = await comes()
    const gone = new Promise((resolve) => guest.socket.once('close', resolve))
    const asked = house.book.note((name) =>
      guest.ask(`select ${database.sleep(0.2)}, city as ${name} from customers`),
    )
    setImmediate(() => guest.socket.end())
    await asked
    await within('a half-open one is let go', gone)
  }

  async function neverReads(): Promise<void> {
    const guest = await comes()
    guest.socket.pause()
    const asked = house.book.note((name) =>
      guest.ask(`select repeat('x', 10000) as ${name} from customers one, customers two, customers three`),
    )
    await pause(1500)
    guest.socket.destroy()
    await asked
  }

  async function vanishesInResult(): Promise<void> {
    const guest = await comes()
    guest.socket.once('data', () => guest.socket.resetAndDestroy())
    const ending = await house.book.note((name) =>
      guest.ask(`select repeat('x', 10000) as ${name} from customers one, customers two, customers three`),
    )
    expect(ending).toBe('cut')
  }

  async function vanishesInSending(): Promise<void> {
    const guest = await comes()
    database.beginToWrite(guest, 'inbox')
    await pause(100)
    guest.socket.resetAndDestroy()
  }

  /** Its own statements are cancelled, as fast as it can; whatever becomes of each is recorded. */
  async function cancels(): Promise<void> {
    const guest = await comes()
    for (let round = 0; round < 5; round += 1) {
      const asked = house.book.note((name) =>
        guest.ask(`select ${database.sleep(0.05)}, city as ${name} from customers where id < 3`),
      )
      await within(
        'cancel requests end',
        Promise.all(Array.from({ length: 5 }, () => database.cancel(serving.port, guest))),
      )
      await asked
    }
    await guest.end()
  }

  async function guesses(): Promise<void> {
    const guest = await comes()
    const asked = house.book.note((name) =>
      guest.ask(`select ${database.sleep(1)}, city as ${name} from customers where id = 1`),
    )
    for (let guess = 1; guess <= 20; guess += 1)
      await within('a cancel request ends', database.cancel(serving.port, guest, guess))
    expect(await asked).toBe('done')
    await guest.end()
  }

  test('half-open, one byte a second, never reading, vanishing, cancel storms, guessed keys: all at once', async () => {
    await rounds(`clients that misbehave all at once, ${database.name}`, { short: 1, long: 20 }, async () => {
      const traffic = startTraffic(serving, house.book, 3)
      const each = [
        ...[dribbles, halfCloses, neverReads, vanishesInResult, vanishesInSending],
        ...[cancels, guesses],
      ]
      await Promise.all(each.flatMap((one) => [one(), one()]))
      const asked = traffic.count
      await within(
        'calls are answered',
        eventually(() => traffic.count >= asked + 20 && traffic.seen.size >= 3),
      )
      await traffic.end()
      // Those who worked had their own failing statement, and nobody cut or cancelled them.
      expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
      expect([...traffic.codes].sort()).toEqual([database.codes.failing, database.codes.forbidden].sort())
      await house.quiet(serving)
      await house.gone()
      await house.agree()
      const [inbox] = await house.upstream.ask('select count(*) as n from inbox')
      expect(Number(inbox?.n)).toBe(0)
    })
  })

  test('many at once: each is answered, each has its records', async () => {
    const many = LONG ? 2000 : often(database, 300)
    const guests = await Promise.all(Array.from({ length: many }, () => house.enter(serving, 'ann')))
    const endings = await Promise.all(
      guests.map((guest) =>
        house.book.note((name) => guest.ask(`select city as ${name} from customers where id = 1`)),
      ),
    )
    // What the others heard says why.
    const told = endings.includes('refused') ? [...new Set([...house.book.heard.values()].slice(-many))] : []
    expect([...new Set(endings), ...told]).toEqual(['done'])
    await Promise.all(guests.map((guest) => guest.end()))
    await house.quiet(serving)
    await house.agree()
    expect(await serving.program.stop()).toBe(0)
    said(`${many} clients at once, ${database.name}`, 1)
  })
})
