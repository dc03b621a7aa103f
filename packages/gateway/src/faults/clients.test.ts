/** Clients that misbehave, all at once, while others work: nobody else notices, and every record stands. */
import type { Socket } from 'node:net'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, rawSocket, type Serving } from '../end-to-end/stage.js'
import { type House, openHouse } from './house.js'
import { allowTime, LONG, rounds, said, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

let house: House
let serving: Serving

beforeAll(async () => {
  house = await openHouse({ postgres: { settings: { max_connections: LONG ? 2100 : 400 } } })
  await house.owner.query('create table inbox (n int)')
  await house.owner.query('grant insert, select on inbox to gatehouse')
  serving = await house.stage.serve()
})
afterAll(() => house?.stop())

interface Inside {
  readonly stream: Socket
}
const streamOf = (client: pg.Client) => (client as unknown as { connection: Inside }).connection.stream
const keyOf = (client: pg.Client) => client as unknown as { processID: number; secretKey: number }
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

function queryMessage(text: string): Buffer {
  const message = Buffer.alloc(6 + Buffer.byteLength(text))
  message.write('Q')
  message.writeUInt32BE(message.length - 1, 1)
  message.write(text, 5)
  return message
}

async function cancelRequest(processId: number, key: number): Promise<void> {
  const socket = await rawSocket(serving.port)
  socket.on('error', () => {})
  const request = Buffer.alloc(16)
  request.writeUInt32BE(16, 0)
  request.writeUInt32BE(80877102, 4)
  request.writeInt32BE(processId, 8)
  request.writeInt32BE(key, 12)
  socket.write(request)
  socket.resume()
  await within('a cancel request ends', new Promise((resolve) => socket.once('close', resolve)))
}

/** Its last bytes come one at a time, a second apart. */
async function dribbles(): Promise<void> {
  const client = await within('sign-in', serving.client('ben'))
  const ending = house.book.note(async (name) => {
    const message = queryMessage(`select city as ${name} from customers`)
    const answered = new Promise<void>((resolve, reject) => {
      streamOf(client).on('data', (chunk: Buffer) => chunk.at(-6) === 0x5a && resolve())
      streamOf(client).once('close', () => reject(new Error('closed')))
    })
    streamOf(client).write(message.subarray(0, -4))
    for (const byte of message.subarray(-4)) {
      await pause(1000)
      streamOf(client).write(Uint8Array.of(byte))
    }
    await answered
  })
  expect(await ending).toBe('done')
  streamOf(client).destroy()
}

/** Says that it is done, and stays to hear the answer. */
async function halfCloses(): Promise<void> {
  const client = await within('sign-in', serving.client('ben'))
  await house.book.note((name) => {
    streamOf(client).write(queryMessage(`select pg_sleep(0.2), city as ${name} from customers`))
    streamOf(client).end()
    return within(
      'a half-open one is let go',
      new Promise((_, reject) => streamOf(client).once('close', reject)),
    )
  })
}

async function neverReads(): Promise<void> {
  const client = await within('sign-in', serving.client('ben'))
  streamOf(client).pause()
  const asked = house.book.note((name) =>
    client.query(`select repeat('x', 10000) as ${name} from generate_series(1, 20000)`),
  )
  await pause(1500)
  streamOf(client).destroy()
  await asked
}

async function vanishesInCopy(): Promise<void> {
  const client = await within('sign-in', serving.client('ben'))
  const stream = client.query(copyFrom('copy inbox from stdin'))
  stream.on('error', () => {})
  stream.write('1\n'.repeat(2000))
  await pause(100)
  streamOf(client).resetAndDestroy()
}

/** Its own statements are cancelled, as fast as it can; whatever becomes of each is recorded. */
async function cancels(): Promise<void> {
  const client = await within('sign-in', serving.client('ben'))
  const { processID, secretKey } = keyOf(client)
  for (let round = 0; round < 5; round += 1) {
    const asked = house.book.note((name) =>
      client.query(`select pg_sleep(0.05), city as ${name} from customers where id < 3`),
    )
    await Promise.all(Array.from({ length: 5 }, () => cancelRequest(processID, secretKey)))
    await asked
  }
  await client.end()
}

async function guesses(): Promise<void> {
  const client = await within('sign-in', serving.client('ben'))
  const { processID, secretKey } = keyOf(client)
  const asked = house.book.note((name) =>
    client.query(`select pg_sleep(1), city as ${name} from customers where id = 1`),
  )
  for (let round = 0; round < 20; round += 1) {
    const wrong = round % 2 === 0 ? [processID, secretKey ^ (1 << round)] : [processID + round, secretKey]
    await cancelRequest(wrong[0] as number, wrong[1] as number)
  }
  expect(await asked).toBe('done')
  await client.end()
}

test('half-open, one byte a second, never reading, vanishing in COPY, cancel storms, guessed keys: all at once', async () => {
  await rounds('clients that misbehave all at once', { short: 1, long: 20 }, async () => {
    const traffic = startTraffic(serving, house.book, 3)
    const each = [dribbles, halfCloses, neverReads, vanishesInCopy, cancels, guesses]
    await Promise.all(each.flatMap((one) => [one(), one()]))
    const asked = traffic.count
    await within(
      'calls are answered',
      eventually(() => traffic.count >= asked + 20),
    )
    await traffic.end()
    // Those who worked had their own failing statement, and nobody cut or cancelled them.
    expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
    expect([...traffic.codes].sort()).toEqual(['22012', '42501'])
    await house.quiet(serving)
    await house.gone()
    await house.agree()
    expect((await house.owner.query('select count(*)::int as n from inbox')).rows).toEqual([{ n: 0 }])
  })
})

test('many at once: each is answered, each has its records', async () => {
  const many = LONG ? 2000 : 300
  const clients = await Promise.all(
    Array.from({ length: many }, () => within('sign-in', serving.client('ann'))),
  )
  const endings = await Promise.all(
    clients.map((client) =>
      house.book.note((name) => client.query(`select city as ${name} from customers where id = 1`)),
    ),
  )
  expect(new Set(endings)).toEqual(new Set(['done']))
  await Promise.all(clients.map((client) => client.end()))
  await house.quiet(serving)
  await house.agree()
  expect(await serving.program.stop()).toBe(0)
  said(`${many} clients at once`, 1)
})
