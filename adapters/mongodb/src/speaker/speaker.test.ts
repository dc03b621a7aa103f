/** The speaker itself: its own two sides, the official driver before its server, a real server before its client. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type Answer, type Form, type Visitor, WORLD } from '@gatehouse/adapter-contract'
import { createWire } from '@gatehouse/adapter-kit'
import { describePart, type FerretdbServer, startFerretdb } from '@gatehouse/workbench'
import { type Document, serialize } from 'bson'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACCOUNT, createActor } from './actor.js'
import { documents } from './catalog.js'
import { speaker } from './index.js'
import { cutMessage, message } from './messages.js'
import { cursorReply } from './results.js'

const VISITOR: Visitor = { name: ACCOUNT.user, password: ACCOUNT.password, database: 'admin' }
const SAMPLE = { verb: 'read', relation: 'customers', fields: ['id', 'email'] } as const
const EMAILS = WORLD.relations.customers.rows.map(([id, email]) => [id as string, email as string])
/** More than a first batch and two that fit into a reply. */
const MANY = Array.from({ length: 600 }, (_, at) => [String(at), 'x'.repeat(4096)])
const [BODY, LISTS, PACKED] = speaker.forms as unknown as readonly [Form, Form, Form]

interface Guest {
  ask(text: string, form?: Form): Promise<Answer>
  send(bytes: Uint8Array): void
  next(): Promise<Answer>
  close(): void
}

/** A client that does what the suite's does: goes on by itself, and hears all from the beginning. */
async function visit(port: number, visitor = VISITOR): Promise<Guest> {
  const socket: Socket = await new Promise((resolve) => {
    const made = connect(port, '127.0.0.1', () => resolve(made))
  })
  const wire = createWire(socket)
  const failure = await speaker.signIn(wire, visitor)
  if (failure !== undefined) {
    socket.destroy()
    throw new Error(failure.text)
  }
  const talk = { sent: Buffer.alloc(0), received: Buffer.from(wire.release().rest ?? []) }
  let taken = 0
  let wake = () => {}
  const send = (bytes: Uint8Array) => {
    talk.sent = Buffer.concat([talk.sent, bytes])
    socket.write(bytes)
  }
  socket.on('data', (chunk: Buffer) => {
    talk.received = Buffer.concat([talk.received, chunk])
    const turn = speaker.goOn?.(talk)
    if (turn !== undefined) send(turn)
    wake()
  })
  socket.resume()
  const next = async (): Promise<Answer> => {
    for (;;) {
      const { answers, malformed, farewell } = speaker.hear(talk)
      if (malformed !== undefined) throw new Error(malformed)
      const answer = answers[taken]
      if (answer !== undefined) {
        taken += 1
        return answer
      }
      if (farewell !== undefined) throw new Error(`farewell: ${farewell.text}`)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    send,
    next,
    ask(text, form = BODY) {
      send(speaker.ask(text, form))
      return next()
    },
    close: () => socket.destroy(),
  }
}

describe('the speaker with its own actor', () => {
  const ran: string[] = []
  let server: Server
  let port = 0
  beforeAll(async () => {
    server = createServer((socket) => {
      const actor = createActor({
        play: (text) =>
          text.includes('"email"')
            ? {
                columns: [
                  { name: 'id', kind: 'integer', relation: 'customers' },
                  { name: 'email', kind: 'text', relation: 'customers' },
                ],
                rows: text.includes('"_id":77') ? MANY : EMAILS,
              }
            : { columns: [], rows: [], changed: 2 },
        ran: (text) => ran.push(text),
      })
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        socket.write(actor.push(chunk))
        if (actor.over) socket.end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as { port: number }).port
  })
  afterAll(() => server.close())

  test('what is more than a batch is fetched by getMore, in order and once', async () => {
    const guest = await visit(port)
    const before = ran.length
    for (const form of [BODY, LISTS, PACKED])
      expect((await guest.ask(speaker.say({ ...SAMPLE, id: 77 }), form)).rows).toEqual(MANY)
    expect(ran.length).toBe(before + 3)
    guest.close()
  })

  test('the official driver fetches the same batches', async () => {
    const { user, password } = ACCOUNT
    const url = `mongodb://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/`
    const client = new MongoClient(url, { serverApi: '1' })
    const found = client
      .db('shop')
      .collection<Document>('customers')
      .find({ _id: 77 as never })
    const projected = found.project({ _id: 1, email: 1 })
    expect(await projected.toArray()).toHaveLength(MANY.length)
    await client.close()
  })

  test('every form is the same text to the server, failures in their places', async () => {
    const guest = await visit(port)
    const write = speaker.say({ verb: 'insert', relation: 'orders', fields: ['id', 'note'], value: 'x' })
    for (const form of speaker.forms) {
      const texts = [speaker.say(SAMPLE), '{"dance":1}', write]
      const before = ran.length
      guest.send(Buffer.concat(texts.map((text) => speaker.ask(text, form))))
      expect((await guest.next()).rows, form.name).toEqual(EMAILS)
      expect((await guest.next()).failure?.native, form.name).toBe('59')
      expect((await guest.next()).failure, form.name).toBeUndefined()
      expect(ran.slice(before), form.name).toEqual(texts)
    }
    guest.close()
  })

  test('the forms differ on the wire', () => {
    const write = speaker.say({ verb: 'delete', relation: 'orders', fields: [] })
    const [body, lists, packed] = [BODY, LISTS, PACKED].map((form) => Buffer.from(speaker.ask(write, form)))
    expect(lists?.length).not.toBe(body?.length)
    expect(packed?.readInt32LE(12)).toBe(2012)
    const documentOf = (bytes: Buffer | undefined) => cutMessage(bytes as Buffer, 0)?.document
    expect(Object.keys(documentOf(lists) ?? {})).toEqual(['delete', '$db', 'deletes'])
    expect(documentOf(packed)).toEqual(documentOf(body))
  })

  test('a wrong password is turned away', async () => {
    await expect(visit(port, { ...VISITOR, password: 'no' })).rejects.toThrow('Authentication failed')
  })

  test('the official driver is served', async () => {
    const { user, password } = ACCOUNT
    const url = `mongodb://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/`
    // Who names a version of the API says hello in OP_MSG from the first.
    const client = new MongoClient(url, { serverApi: '1' })
    const customers = client.db('shop').collection<Document>('customers')
    const found = await customers.find({}, { projection: { email: 1 } }).toArray()
    expect(found).toEqual(EMAILS.map(([id, email]) => ({ _id: Number(id), email })))
    const { modifiedCount } = await customers.updateMany({}, { $set: { note: 'x' } })
    expect(modifiedCount).toBe(2)
    await client.close()
    expect(ran.at(-1)).toContain('"update":"customers"')
  })

  test('what is no reply is heard as such', () => {
    const sent = speaker.ask(speaker.say(SAMPLE), BODY)
    const responseTo = Buffer.from(sent).readInt32LE(4)
    const reply = (parts: Partial<Parameters<typeof message>[0]> = {}, document: Document = OPEN) =>
      message({ requestId: 1, responseTo, body: serialize(document), ...parts })
    const hear = (...received: readonly Uint8Array[]) =>
      speaker.hear({ sent, received: Buffer.concat(received) })
    const whole = cursorReply('shop.customers', [{ email: 'e', _id: 1, more: true }])
    expect(hear(reply({}, whole))).toMatchObject({ answers: [{ rows: [['1', 'e', 'true']] }], rest: 0 })
    expect(hear(reply({}, whole).subarray(0, -1))).toMatchObject({ answers: [] })
    for (const wrong of [
      [reply(), reply()],
      [reply({ responseTo: 0 })],
      [reply({ flags: 2 })],
      [reply({ packed: true })],
    ])
      expect(hear(...wrong).malformed).toBeDefined()
  })

  test('a cursor that stays open is asked for more, once', () => {
    const sent = Buffer.from(speaker.ask(speaker.say(SAMPLE), BODY))
    const received = message({ requestId: 1, responseTo: sent.readInt32LE(4), body: serialize(OPEN) })
    expect(speaker.hear({ sent, received }).answers).toEqual([])
    const turn = Buffer.from(speaker.goOn?.({ sent, received }) ?? [])
    expect(cutMessage(turn, 0)?.document).toMatchObject({ collection: 'customers' })
    expect(speaker.goOn?.({ sent: Buffer.concat([sent, turn]), received })).toBeUndefined()
    const last = serialize({ cursor: { nextBatch: [{ _id: 2, email: 'f' }], id: 0n, ns: '' }, ok: 1 })
    const more = message({ requestId: 2, responseTo: turn.readInt32LE(4), body: last })
    const talk = { sent: Buffer.concat([sent, turn]), received: Buffer.concat([received, more]) }
    expect(speaker.hear(talk).answers).toEqual([
      {
        rows: [
          ['1', 'e'],
          ['2', 'f'],
        ],
      },
    ])
  })
})

const OPEN = { cursor: { firstBatch: [{ _id: 1, email: 'e' }], id: 2n ** 60n + 1n, ns: '' }, ok: 1 }

describePart('ferretdb', 'the speaker at a real server', () => {
  let server: FerretdbServer
  let visitor: Visitor
  beforeAll(async () => {
    server = await startFerretdb()
    visitor = { name: server.user, password: server.password, database: 'admin' }
    const client = new MongoClient(server.url)
    for (const [name, stored] of Object.entries(documents))
      await client
        .db('shop')
        .collection<Document>(name)
        .insertMany([...stored])
    await client.close()
  }, 120_000)
  afterAll(() => server?.stop())

  test('the world is read, and its texts are commands that it knows', async () => {
    const guest = await visit(server.port, visitor)
    for (const form of [BODY, LISTS])
      expect((await guest.ask(speaker.say(SAMPLE), form)).rows, form.name).toEqual(EMAILS)
    const texts = [
      ...speaker.ways.map((way) => speaker.say({ ...SAMPLE, other: { relation: 'orders', way } })),
      ...speaker.disguise(speaker.say(SAMPLE)),
      ...speaker.wrapped('customers', 'email'),
      speaker.document?.('') ?? '',
    ]
    for (const text of texts) {
      const { failure, rows } = await guest.ask(text)
      expect(failure, text).toBeUndefined()
      expect(JSON.stringify(rows), text).toMatch(/(engine|navy)\.example/)
    }
    // Which of two fields of one name counts is each server's own affair: no grammar of ours takes them.
    const twice = '{"find":"customers"} {"find":"payments"}'
    for (const text of speaker.unreadable.filter((each) => each !== twice))
      expect((await guest.ask(text)).failure?.native, text).toMatch(/^(2|9|14|59|40414)$/)
    guest.close()
  })
})
