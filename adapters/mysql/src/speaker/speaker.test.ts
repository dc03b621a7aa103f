/** The speaker against itself, its client against real servers, its actor before a client that others wrote. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type Answer, type Form, type Speaker, type Visitor, WORLD } from '@gatehouse/adapter-contract'
import { createWire } from '@gatehouse/adapter-kit'
import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signIn } from '../wire/raw-client.js'
import { ACCOUNT, createActor } from './actor.js'
import { schema } from './catalog.js'
import { speakerOf } from './index.js'

const VISITOR: Visitor = { name: ACCOUNT.user, password: ACCOUNT.password, database: 'shop' }
const SELECT = 'select id, email from customers'
const EMAILS = WORLD.relations.customers.rows.map(([id, email]) => [id as string, email as string])

interface Guest {
  ask(text: string, form?: Form): Promise<Answer>
  send(bytes: Uint8Array): void
  next(): Promise<Answer>
  repeat(form: Form): void
  close(): void
}

/** A client that does what the suite's does: goes on by itself, and hears all from the beginning. */
async function visit(speaker: Speaker, port: number, visitor = VISITOR): Promise<Guest> {
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
    ask(text, form = speaker.forms[0]) {
      send(speaker.ask(text, form))
      return next()
    },
    repeat: (form) => send(speaker.repeat?.(form, talk) ?? Buffer.alloc(0)),
    close: () => socket.destroy(),
  }
}

async function everyForm(speaker: Speaker, guest: Guest): Promise<void> {
  for (const form of speaker.forms) {
    expect(await guest.ask(SELECT, form), form.name).toEqual({ rows: EMAILS, state: 'idle' })
    if (!form.prepared) continue
    guest.repeat(form)
    expect((await guest.next()).rows, form.name).toEqual(EMAILS)
  }
  for (const form of speaker.forms) {
    const [good, bad] = [SELECT, 'selec 1'].map((text) => speaker.ask(text, form)) as [Uint8Array, Uint8Array]
    guest.send(Buffer.concat([good, bad, good, good]))
    for (const right of [true, false, true, true]) {
      const { rows, failure } = await guest.next()
      expect(rows, form.name).toEqual(right ? EMAILS : [])
      expect(failure?.native, form.name).toBe(right ? undefined : '1064')
    }
  }
  expect((await guest.ask('begin')).state).toBe('open')
  expect((await guest.ask('selec 1')).state).toBeUndefined()
  expect((await guest.ask(SELECT)).state).toBe('open')
  expect((await guest.ask('rollback')).state).toBe('idle')
  expect((await guest.ask(`${SELECT}; ${SELECT} where id = 9`)).rows.length).toBeGreaterThanOrEqual(4)
}

describe.each(['mariadb', 'mysql'] as const)('the speaker of %s with its own actor', (flavour) => {
  const speaker = speakerOf(flavour)
  const ran: string[] = []
  let server: Server
  let port = 0
  beforeAll(async () => {
    server = createServer((socket) => {
      const actor = createActor(flavour, {
        play: (text) =>
          text === SELECT
            ? {
                columns: [
                  { name: 'id', kind: 'integer', relation: 'customers' },
                  { name: 'email', kind: 'text', relation: 'customers' },
                ],
                rows: EMAILS,
              }
            : { columns: [], rows: [] },
        ran: (text) => ran.push(text),
      })
      socket.write(actor.greeting)
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

  test('every form, refusals in their places, transactions', async () => {
    const guest = await visit(speaker, port)
    await everyForm(speaker, guest)
    guest.close()
  })

  test('a wrong password is turned away', async () => {
    await expect(visit(speaker, port, { ...VISITOR, password: 'no' })).rejects.toThrow('Access denied')
  })

  test('packets out of order are heard as such', async () => {
    const guest = await visit(speaker, port)
    const [ping] = speaker.impossible as [Uint8Array]
    guest.send(ping)
    await expect(guest.ask(SELECT)).rejects.toThrow('farewell: 08S01')
    guest.close()
  })

  test('what is no reply is heard as such', () => {
    const [form] = speaker.forms
    const sent = speaker.ask(SELECT, form)
    const [ok, , end, row, rows] = speaker.outOfTurn as Uint8Array[]
    const hear = (...received: readonly (Uint8Array | undefined)[]) =>
      speaker.hear({ sent, received: Buffer.concat(received.map((bytes) => bytes ?? Buffer.alloc(0))) })
    expect(hear(ok)).toMatchObject({ answers: [{ rows: [] }], rest: 0 })
    expect(hear(rows)).toMatchObject({ answers: [{ rows: [['leaked']] }] })
    expect(hear(rows?.subarray(0, -1))).toMatchObject({ answers: [], rest: 8 })
    for (const wrong of [[ok, ok], [rows, rows], [end], [row], [rows?.subarray(0, 5), end]])
      expect(hear(...wrong).malformed).toBeDefined()
    const renumbered = Buffer.from(rows as Uint8Array)
    renumbered[3] = 2
    expect(hear(renumbered).malformed).toContain('packet 2 in the place of packet 1')
    const longer = Buffer.from(rows as Uint8Array)
    const cell = longer.lastIndexOf('leaked') - 1
    longer[cell] = 5
    expect(hear(longer).malformed).toContain('longer than its cells')
  })

  test('mysql2 is served', async () => {
    const client = await createConnection({
      host: '127.0.0.1',
      port,
      user: ACCOUNT.user,
      password: ACCOUNT.password,
      database: 'shop',
    })
    const people = EMAILS.map(([id, email]) => ({ id: Number(id), email }))
    expect((await client.query<RowDataPacket[]>(SELECT))[0]).toEqual(people)
    expect((await client.execute<RowDataPacket[]>(SELECT))[0]).toEqual(people)
    await expect(client.query('selec')).rejects.toMatchObject({ errno: 1064 })
    await client.beginTransaction()
    await client.commit()
    await client.end()
    expect(ran).toContain('COMMIT')
  })
})

for (const [flavour, part, start] of [
  ['mariadb', 'mariadbd', startMariadb],
  ['mysql', 'mysql', startMysql],
] as const) {
  describePart(part, `the speaker of ${flavour} at a real server`, () => {
    let server: MysqlServer
    beforeAll(async () => {
      server = await start()
      const { port, user, password } = server
      const admin = await signIn({ port, user, password, database: '' })
      for (const text of ['create database shop', 'use shop', ...schema]) await admin.query(text)
      const native = flavour === 'mariadb' ? 'mysql_native_password' : 'caching_sha2_password'
      await admin.query(`create user gatehouse@'127.0.0.1' identified ${flavour === 'mariadb' ? 'via' : 'with'} ${native}
        ${flavour === 'mariadb' ? `using password('${ACCOUNT.password}')` : `by '${ACCOUNT.password}'`}`)
      await admin.query("grant all on shop.* to gatehouse@'127.0.0.1'")
      // The first sign-in of caching_sha2 is the full one; from then on the server knows the password.
      const first = await signIn({ port, user: ACCOUNT.user, password: ACCOUNT.password })
      await first.close()
      await admin.close()
    })
    afterAll(() => server.stop())

    test('every form, refusals in their places, transactions', async () => {
      const speaker = speakerOf(flavour)
      const guest = await visit(speaker, server.port)
      await everyForm(speaker, guest)
      guest.close()
    })

    test('the ways and wrappings are statements that it knows', async () => {
      const speaker = speakerOf(flavour)
      const guest = await visit(speaker, server.port)
      for (const way of speaker.ways) {
        const text = speaker.say({ ...SAMPLE, other: { relation: 'orders', way } })
        expect((await guest.ask(text)).failure, text).toBeUndefined()
      }
      for (const disguise of speaker.disguise(speaker.say(SAMPLE)))
        expect((await guest.ask(disguise)).failure, disguise).toBeUndefined()
      for (const text of speaker.wrapped('customers', 'email'))
        expect((await guest.ask(text)).failure, text).toBeUndefined()
      for (const text of speaker.unreadable)
        expect((await guest.ask(text)).failure?.native, text).toBe('1064')
      guest.close()
    })
  })
}

const SAMPLE = { verb: 'read', relation: 'customers', fields: ['id', 'email'] } as const
