/** mysql-wire §8: what a server never asked, and never may, does not reach a client; what it cannot finish is never shown as whole. */
import { concatBytes } from '@gatehouse/adapter-kit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  CLIENT,
  columnDefinitionPayload,
  eofPayload,
  errPayload,
  lenencString,
  okPayload,
  packets,
  payload,
  readErr,
  STATUS,
  TYPE,
  u32,
} from '../messages/index.js'
import { createReplyReader } from '../speaker/reply.js'
import { variableChange } from '../speaker/results.js'
import { describeFlavours, type Fixture, openDecisions, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import * as send from './requests.js'
import { describeReply, errorOf, rowsOf } from './transcript.js'

const AUTOCOMMIT = STATUS.AUTOCOMMIT
const NOTHING = new Uint8Array(0)
const end = (status: number = AUTOCOMMIT) => eofPayload({ warnings: 0, status })
const definition = (name: string) =>
  columnDefinitionPayload({
    schema: NOTHING,
    table: NOTHING,
    orgTable: NOTHING,
    name: Buffer.from(name),
    orgName: NOTHING,
    charset: 45,
    length: 40,
    type: TYPE.VAR_STRING,
    flags: 0,
    decimals: 0,
  })
const row = (...cells: readonly string[]) => payload(...cells.map(lenencString))
/** An OK whose block of changes is whatever it is. */
const okWith = (changes: Uint8Array, info = '') =>
  payload([0, 0, 0], [AUTOCOMMIT, 0x40], [0, 0], lenencString(info), changes)
const changes = (...entries: readonly Uint8Array[]) => lenencString(concatBytes(entries))

const RESULT = [Uint8Array.of(1), definition('a'), end(), row('x'), end()]

describeFlavours('a hostile upstream', (flavour) => {
  let world: Fixture
  beforeAll(async () => {
    world = await startFixture(flavour)
  })
  afterEach(() => world.settled())
  afterAll(() => world?.close())

  /** The server is muted, and this is said in its place when the command has come: payloads, numbered from 1. */
  async function told(client: RawClient, user: string, content: Uint8Array, said: readonly Uint8Array[]) {
    const passage = world.between.session(user)
    const before = passage.heard().length
    passage.mute()
    client.command(content)
    while (passage.heard().length === before && !client.closed) {
      // What the gateway answers by itself never comes there; a starved machine takes too long to read.
      if (client.waiting > 0) {
        const { message } = errorOf(await client.reply())
        if (!message.includes('took too long to read')) throw new Error(`refused: ${message}`)
        client.command(content)
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    passage.say(concatBytes(said.map((each, index) => packets(index + 1, each))))
  }
  const ask = async (user: string, content: Uint8Array, ...said: readonly Uint8Array[]) => {
    const client = await world.client(user)
    await told(client, user, content, said)
    return client
  }
  /** What comes up to the end, each packet by its first byte or its error's code. */
  async function ends(client: RawClient): Promise<readonly number[]> {
    const found = await client.rest()
    return found.map(({ payload: content }) =>
      content[0] === 0xff ? readErr(content).code : (content[0] ?? -1),
    )
  }
  const select = send.query('select id, label from items order by id')
  /** The rows' EOF stands at its end. */
  const ended = (said: Buffer) => said.at(-5) === 0xfe

  test('W50 a file of the client is never asked for, whatever asks', async () => {
    for (const content of [select, send.ping, send.query(`insert into notes values (1, 'x')`)])
      expect(await ends(await ask('adam', content, Buffer.from('\xfb/etc/passwd', 'latin1')))).toEqual([2013])
    const { id } = await (await world.client()).prepare('select id from items')
    expect(id).toBeGreaterThan(0)
  })

  describe('W53 changes of the session that an OK tells', () => {
    const cases: readonly (readonly [string, Uint8Array, 'passes' | 'ends'])[] = [
      ['none, though it is marked', okWith(changes()), 'passes'],
      ['no block at all', payload([0, 0, 0], [AUTOCOMMIT, 0x40], [0, 0]), 'passes'],
      [
        'several variables',
        okWith(changes(variableChange('autocommit', 'ON'), variableChange('time_zone', 'SYSTEM'))),
        'passes',
      ],
      [
        'several in one entry',
        okWith(
          changes(
            payload(
              [0],
              lenencString(
                concatBytes([
                  lenencString('autocommit'),
                  lenencString('ON'),
                  lenencString('time_zone'),
                  lenencString('UTC'),
                ]),
              ),
            ),
          ),
        ),
        'passes',
      ],
      ['a kind that nobody knows', okWith(changes(payload([9], lenencString('x')))), 'passes'],
      ['a length beyond the packet', okWith(payload([200], [0, 1, 2])), 'ends'],
      ['a length beyond its block', okWith(changes(payload([0, 200, 1]))), 'ends'],
      ['a name beyond its entry', okWith(changes(payload([0], lenencString(Buffer.from([9, 97]))))), 'ends'],
      ['a length of eight bytes', okWith(payload([0xfe, 255, 255, 255, 255, 255, 255, 255, 127])), 'ends'],
    ]
    test.each(cases)('%s', async (_name, said, what) => {
      const client = await ask('adam', send.query('do 0'), said)
      if (what === 'ends') return expect(await ends(client)).toEqual([2013])
      const reply = await client.reply()
      expect(describeReply(reply)).toBe('OK:0')
      // A client that has not asked for them sees none.
      expect(reply.parts).toMatchObject([{ ok: { status: AUTOCOMMIT, changes: NOTHING } }])
      expect(client.closed).toBe(false)
    })
  })

  test('W54 nobody is led away from the gateway', async () => {
    const away = 'mysql://elsewhere:3306'
    const said = okWith(changes(variableChange('redirect_url', away)))
    const client = await ask('adam', send.query('do 0'), said)
    const bytes = Buffer.concat((await client.reply()).packets.map((packet) => packet.payload))
    expect(bytes.includes('elsewhere')).toBe(false)
    const tracking = await world.client('adam', { more: CLIENT.SESSION_TRACK })
    await told(tracking, 'adam', send.query('do 0'), [said])
    const heard = Buffer.concat((await tracking.reply()).packets.map((packet) => packet.payload))
    expect(heard.includes('elsewhere')).toBe(false)
  })

  test('W62 an upstream that dies among the rows leaves an error, and no row that is not whole', async () => {
    for (const user of ['adam', 'ann'])
      for (const cut of [1, 9, 15, 300]) {
        const client = await world.client(user)
        const passage = world.between.session(user)
        const before = passage.said().length
        passage.hold()
        client.command(select)
        const whole = () => passage.said().subarray(before)
        while (whole().length < 400 || !ended(whole())) await new Promise((resolve) => setTimeout(resolve, 5))
        passage.say(whole().subarray(0, whole().length - cut))
        passage.die()
        const reader = createReplyReader('query', client.agreed)
        for (const packet of await client.rest()) reader.push(packet.payload)
        // A packet that was on its way in parts is left so, and the end says that it was none.
        const told = /ERR:2013$|^$/
        expect([user, cut, describeReply(reader)]).toEqual([user, cut, expect.stringMatching(told)])
        for (const [id, label] of rowsOf(reader)) expect(label).toBe(`label ${id}`)
      }
  })

  test('W66 columns that a server leaves out make no row that is shown', async () => {
    const client = await world.client('ann', { extended: 1 << 4 })
    expect(client.agreed.extended & (1 << 4)).toBe(0)
    const { id } = await client.prepare('select id, email from customers order by id')
    expect(describeReply(await client.ask(send.execute(id)))).toBe('RS(id,email):5')
    const cells = payload([0, 0], [1, 0, 0, 0], lenencString('user1@example.com'))
    for (const head of [
      [Uint8Array.of(2, 0), end(), cells, end()],
      [Uint8Array.of(2), end(), cells, end()],
      [Uint8Array.of(2), cells, end()],
      [Uint8Array.of(2, 0), cells, end()],
    ]) {
      const ann = await world.client('ann')
      const prepared = await ann.prepare('select id, email from customers order by id')
      await told(ann, 'ann', send.execute(prepared.id), head)
      const found = await ann.rest()
      expect(readErr(found.at(-1)?.payload ?? NOTHING).code).toBe(2013)
      expect(Buffer.concat(found.map((packet) => packet.payload)).includes('user1')).toBe(false)
    }
  })

  test('W67 reports of progress reach nobody', async () => {
    const report = payload([0xff, 0xff, 0xff], [1, 1, 2, 0, 0, 0], lenencString('stage one'))
    for (const said of [
      [report, okPayload({ status: AUTOCOMMIT })],
      [Uint8Array.of(1), definition('id'), end(), row('1'), report, row('2'), end()],
    ]) {
      const client = await world.client('adam', { extended: 1 })
      expect(client.agreed.extended & 1).toBe(0)
      await told(client, 'adam', select, said)
      expect(await ends(client)).not.toContain(0xffff)
    }
  })

  test('W21 packets that are not numbered as they must end both sides', async () => {
    const client = await world.client()
    const passage = world.between.session('adam')
    passage.mute()
    client.command(send.ping)
    passage.say(packets(2, okPayload({ status: AUTOCOMMIT })))
    expect(await ends(client)).toEqual([2013])
  })

  test('W28 ids of what is prepared are the gateway’s own, whatever the server counts', async () => {
    const client = await world.client()
    await told(client, 'adam', send.prepare('do 0'), [payload([0], u32(77), [0, 0, 0, 0, 0, 0, 0])])
    const [part] = (await client.reply()).parts
    expect(part).toMatchObject({ kind: 'prepared', id: 1 })
    expect(describeReply(await client.ask(send.execute(77)))).toBe('ERR:1243')
    const done = okPayload({ status: AUTOCOMMIT })
    for (const id of [1, send.LAST_PREPARED]) {
      const before = world.between.session('adam').heard().length
      await told(client, 'adam', send.execute(id), [done])
      expect(describeReply(await client.reply())).toBe('OK:0')
      const heard = world.between.session('adam').heard().subarray(before)
      expect(heard).toEqual(Buffer.from(packets(0, send.execute(77))))
    }
    await told(client, 'adam', send.resetStatement(1), [done])
    expect(describeReply(await client.reply())).toBe('OK:0')
  })

  describe('what is no answer', () => {
    const cases: readonly (readonly [string, Uint8Array, readonly Uint8Array[]])[] = [
      ['no columns', select, [Uint8Array.of(0xfc, 0, 0)]],
      ['more columns than a number can have', select, [Uint8Array.of(0xfd, 255, 255, 255)]],
      ['a count that goes on', select, [Uint8Array.of(1, 1)]],
      ['an empty packet', select, [NOTHING]],
      ['an EOF in the first place', select, [end()]],
      ['an OK among the columns', select, [Uint8Array.of(2), definition('a'), end(), row('x', 'y')]],
      ['an empty packet among the rows', select, [Uint8Array.of(1), definition('a'), end(), NOTHING]],
      ['a short answer to a Prepare', send.prepare('select 1'), [Uint8Array.of(0, 1, 0, 0, 0)]],
      ['a row for a Ping', send.ping, [row('x')]],
      ['an ERR of no length', select, [Uint8Array.of(0xff, 1)]],
      ['rows for a change of database', send.initDb('shop'), RESULT],
      ['rows for a DO', send.query('do 0'), RESULT],
      ['rows for an INSERT', send.query(`insert into notes values (9, 'x')`), RESULT],
      ['rows for the end of a transaction', send.query('commit'), RESULT],
    ]
    test.each(cases)('%s', async (_name, content, said) => {
      const found = await ends(await ask('adam', content, ...said))
      expect(found.at(-1)).toBe(2013)
      // Not even how many columns it would have.
      if (said === RESULT) expect(found).toEqual([2013])
    })

    const whole = definition('a column of mine')
    const lying = whole.slice()
    lying[4] = 200
    const broken: readonly (readonly [string, Uint8Array])[] = [
      ['whose length lies', lying],
      ['that ends too early', whole.subarray(0, whole.length - 1)],
      ['that is followed by more', payload(whole, [0xfc])],
      ['without its fixed fields', payload([3], Buffer.from('def'))],
      [
        'whose fixed fields have another length',
        payload(whole.subarray(0, -13), [0x0b], whole.subarray(-12)),
      ],
      ['without a name', payload([3], Buffer.from('def'), [0, 0, 0, 0xfb, 0], whole.subarray(-13))],
    ]
    const prepared = payload([0], u32(1), [3, 0], [1, 0], [0, 0, 0])
    const places: readonly (readonly [string, Uint8Array, readonly Uint8Array[], readonly Uint8Array[]])[] = [
      ['of a result', select, [Uint8Array.of(3), definition('id')], [definition('x'), end(), end()]],
      ['of a parameter', send.prepare('select ?'), [prepared], [end(), whole, whole, whole, end()]],
      ['of a prepared column', send.prepare('select ?'), [prepared, whole, end(), whole], [whole, end()]],
      ['of a table', send.fieldList('items'), [definition('id')], [definition('x'), end()]],
    ]
    test.each(places)(
      'W35 W51 a column definition %s that cannot be read',
      async (_name, content, before, behind) => {
        for (const [what, bytes] of broken)
          for (const user of ['adam', 'ann']) {
            const client = await ask(user, content, ...before, bytes, ...behind)
            const found = await client.rest()
            const last = found.at(-1)?.payload ?? NOTHING
            expect([what, user, last[0], last[0] === 0xff && readErr(last).code]).toEqual([
              what,
              user,
              0xff,
              2013,
            ])
            expect(found.map((packet) => packet.payload).filter((each) => each.equals(bytes))).toEqual([])
          }
      },
    )

    test('R30 of a masked row that cannot be read no byte is sent', async () => {
      for (const broken of [payload([1, 49, 200], Buffer.from('ada@')), payload([1, 49, 0xfd, 1])]) {
        const head = [Uint8Array.of(2), definition('id'), definition('email'), end()]
        const asked = send.query('select id, email from customers')
        const client = await ask('ann', asked, ...head, row('1', 'ada@example.com'), broken)
        const numbers = (await client.rest()).map(({ sequence, payload: content }) => [
          sequence,
          content[0] === 0xff,
        ])
        expect(numbers).toEqual([
          [1, false],
          [2, false],
          [3, false],
          [4, false],
          [5, false],
          [6, true],
        ])
      }
    })

    test('an ERR without the whole of its state is told with one', async () => {
      for (const said of ['', '#', '#420', '#42000']) {
        const client = await ask('adam', select, payload([0xff, 40, 4], Buffer.from(said)))
        const [{ payload: heard } = { payload: NOTHING }] = (await client.reply()).packets
        expect([said, Buffer.from(heard).toString('latin1', 3, 4), heard.length >= 9]).toEqual([
          said,
          '#',
          true,
        ])
      }
    })

    test('what stands behind an OK is not passed on', async () => {
      for (const behind of ['\0elsewhere', '\u0005hello elsewhere']) {
        const said = payload([0, 0, 0], [AUTOCOMMIT, 0], [0, 0], Buffer.from(behind, 'latin1'))
        const client = await ask('adam', send.query('do 0'), said)
        const heard = await client.reply()
        expect([describeReply(heard), heard.bytes.includes('elsewhere')]).toEqual(['OK:0', false])
      }
    })

    test('R23 an end of rows that ends the session leaves its statement’s outcome', async () => {
      const ending = okPayload(
        { status: AUTOCOMMIT, tracks: true, changes: variableChange('session_track_schema', '0') },
        0xfe,
      )
      const lied = payload([0xfe, 0, 0], [AUTOCOMMIT, 0x40], [0, 0], [0, 5, 1, 200])
      for (const said of [ending, lied]) {
        const client = await world.client('adam', { more: CLIENT.DEPRECATE_EOF })
        await told(client, 'adam', select, [Uint8Array.of(1), definition('id'), row('1'), said])
        expect((await ends(client)).at(-1)).toBe(2013)
        await world.settled()
        expect(openDecisions(world.stage)).toEqual([])
      }
    })

    test('words that nobody waits for', async () => {
      for (const said of [okPayload({ status: AUTOCOMMIT }), row('x'), errPayload(1064, 'x', '42000')]) {
        const client = await world.client()
        world.between.session('adam').say(packets(0, said))
        expect(await ends(client)).toEqual([2013])
      }
    })

    test('a command of the gateway answered by another', async () => {
      const client = await ask('adam', send.resetConnection, okPayload({ status: AUTOCOMMIT }), row('x'))
      expect((await ends(client)).at(-1)).toBe(2013)
    })
  })

  test('the others are served on', async () => {
    const client = await world.client()
    expect(await client.hears('select id from items')).toBe('RS(id):20')
  })
})
