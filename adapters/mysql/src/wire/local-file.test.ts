/** mysql-wire §3.5, §8 (49, 50): LOAD DATA LOCAL is relayed where it is permitted, and no file but the statement's own is ever asked for. */
import { compilePolicy, readDocuments, readPack } from '@gatehouse/core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { CLIENT, packets, readErr } from '../messages/index.js'
import { describeFlavours, type Fixture, openDecisions, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import * as send from './requests.js'
import { describeReply, errorOf, rowsOf } from './transcript.js'

const FILES = { more: CLIENT.LOCAL_FILES }
const load = (file: string, table = 'notes') =>
  `load data local infile '${file}' into table ${table} fields terminated by ','`
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** `ann` is among those who may not. */
const RULES = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: files, owner: tests}
default: forbid
rules:
  - {name: no-files, effect: forbid, groups: [analysts], verbs: [copy-in]}
  - {name: few, effect: limit, groups: [few], affected: 10}
`
const { documents } = readDocuments({ file: 'files.yaml', text: RULES })
/** Nobody may: nothing but reading is permitted. */
const READING = readDocuments({
  file: 'reading.yaml',
  text: RULES.replace(
    /rules:[\s\S]*/,
    'rules:\n  - {name: r, effect: permit, verbs: [connect, read, set]}\n',
  ),
}).documents

describeFlavours('a file of the client', (flavour) => {
  let world: Fixture
  beforeAll(async () => {
    world = await startFixture(flavour, {
      server: { settings: { 'local-infile': 1, 'max-allowed-packet': 64 << 20 } },
      schema: ['create table shop.ids(id int primary key) engine=innodb'],
      policy: compilePolicy([...documents, readPack('observe')]),
    })
  })
  afterEach(async () => {
    await world.settled()
    await world.admin('delete from shop.notes', 'delete from shop.ids')
    expect(openDecisions(world.stage)).toEqual([])
  })
  afterAll(() => world?.close())

  const last = () => world.stage.evidence.completed.at(-1)?.outcome
  const count = async (client: RawClient, table = 'notes') =>
    Number(rowsOf(await client.query(`select count(*) from ${table}`))[0]?.[0])

  test('goes up in packets, is counted, and what the server says of it is told', async () => {
    const client = await world.client('adam', FILES)
    expect(client.agreed.capabilities & CLIENT.LOCAL_FILES).not.toBe(0)
    for (const name of ['data.csv', 'tëxt \\\\ \\\' "x".csv']) {
      const asked = describeReply(await client.query(load(name)))
      expect(asked).toBe(`INFILE:${name.replaceAll('\\\\', '\\').replaceAll("\\'", "'")}`)
      client.data('1,one\n2,t', 'wo\n', '')
      expect(describeReply(await client.reply())).toBe('OK:2')
      expect(last()).toEqual({ status: 'done', returned: 0, affected: 2, uploaded: 12 })
    }
    expect(await count(client)).toBe(4)
    // None at all: what a client sends that cannot read it.
    await client.query(load('data.csv'))
    client.data('')
    expect(describeReply(await client.reply())).toBe('OK:0')
    expect(last()).toMatchObject({ status: 'done', uploaded: 0 })
  })

  test('of more packets than numbers, and of packets as long as packets can be, with an empty one behind', async () => {
    const client = await world.client('adam', FILES)
    await client.query(load('many'))
    for (let line = 0; line < 700; line += 1) client.data(`${line},x\n`)
    client.data('')
    expect(describeReply(await client.reply())).toBe('OK:700')
    await client.query(`${load('long')} (@id, @text) set id = 1`)
    const row = `1,${'x'.repeat(1020)}\n`
    const many = row.repeat(Math.ceil(0xffffff / row.length)).slice(0, 0xffffff)
    client.data(many, '')
    expect(describeReply(await client.reply())).toMatch(/^OK:1640\d$/)
    expect(last()).toMatchObject({ status: 'done', uploaded: 0xffffff })
  })

  test('asked for under another number than the client’s own, both count on', async () => {
    const client = await world.client('adam', FILES)
    // Its text is one packet for the client; nothing says that it is one upstream, nor the other way round.
    await client.query(`${load('long')} /* ${'x'.repeat(3 << 20)} */`)
    client.data('1,one\n', '')
    expect(describeReply(await client.reply())).toBe('OK:1')
  })

  test('an error amid it is told when all of it has come, and the session goes on', async () => {
    const client = await world.client('adam', FILES)
    expect(await client.hears(load('x', 'nosuch'))).toBe('ERR:1146')
    await client.query(load('x', 'ids'))
    client.data('1\n1\nx\n')
    for (let line = 0; line < 50; line += 1) client.data(`${line}\n`.repeat(2000))
    client.data('')
    // LOCAL skips what is there already.
    expect(describeReply(await client.reply())).toMatch(/^OK:/)
    expect(await client.hears('select 1')).toBe('RS(1):1')
  })

  test('is refused to whom the policy, the client, the form of the statement or a limit does', async () => {
    const ann = await world.client('ann', FILES)
    expect(await ann.hears(load('x'))).toBe('ERR:1142')
    const without = await world.client()
    expect(errorOf(await without.query(load('x')))).toMatchObject({ code: 1148, state: '42000' })
    const client = await world.client('adam', { more: CLIENT.LOCAL_FILES | CLIENT.MULTI_STATEMENTS })
    expect(await client.hears(`select 1; ${load('x')}`)).toBe('ERR:1148')
    expect(await client.hears(`prepare s from "${load('x').replaceAll('"', "'")}"`)).not.toMatch(/INFILE/)
    expect(await client.hears('execute s')).toMatch(/^ERR:(1148|1243)$/)
    expect(errorOf(await client.ask(send.prepare(load('x'))))).toMatchObject({ code: 1148 })
    const bot = await world.client('bot', FILES)
    expect(await bot.hears(load('x'))).toBe('ERR:1644')
    for (const each of [ann, without, client, bot]) expect(await each.hears('select 1')).toBe('RS(1):1')
  })

  test('where no rule permits one, the upstream does not even know that the client would', async () => {
    const stage = await world.another({ policy: compilePolicy(READING) })
    const client = await world.client('adam', { ...FILES, port: stage.port })
    expect(await client.hears(load('x'))).toBe('ERR:1148')
    const asked = world.between.session('adam').heard()
    expect(asked.readUInt32LE(4) & CLIENT.LOCAL_FILES).toBe(0)
  })

  test('W50 another file, a second one, or one for another statement is never asked for', async () => {
    const ends = async (text: string, ...said: readonly string[]) => {
      const client = await world.client('adam', FILES)
      const passage = world.between.session('adam')
      const before = passage.heard().length
      passage.mute()
      client.command(send.query(text))
      while (passage.heard().length === before && !client.closed) await pause(5)
      const asked = said.map((name, index) =>
        packets(index === 0 ? 1 : 3, Buffer.from(`\xfb${name}`, 'latin1')),
      )
      passage.say(asked[0] as Uint8Array)
      if (asked.length > 1) {
        expect((await client.next()).payload.toString('latin1')).toBe(`\xfb${said[0]}`)
        client.send(packets(2, new Uint8Array(0)))
        await pause(100)
        passage.say(asked[1] as Uint8Array)
      }
      return (await client.rest()).map(({ payload }) =>
        payload[0] === 0xff ? readErr(payload).code : payload[0],
      )
    }
    expect(await ends(load('x.csv'), '/etc/passwd')).toEqual([2013])
    expect(await ends(load('x.csv'), 'x.csv\0')).toEqual([2013])
    expect(await ends(load('x.csv'), 'X.csv')).toEqual([2013])
    expect(await ends(load('x.csv'), '')).toEqual([2013])
    expect(await ends('select 1', 'x.csv')).toEqual([2013])
    expect(await ends(load('x.csv'), 'x.csv', 'x.csv')).toEqual([2013])
    expect(last()).toMatchObject({ status: 'cut' })
  })

  test('what stands behind the statement is no part of the file; what answers too early ends it', async () => {
    const hasty = await world.client('adam', FILES)
    const passage = world.between.session('adam')
    passage.hold()
    hasty.command(send.query(load('x')))
    hasty.send(send.sent(send.query('select 1')))
    await pause(200)
    passage.release()
    expect((await hasty.rest()).map(({ payload }) => readErr(payload).code)).toEqual([2013])
    const number = await world.client('adam', FILES)
    await number.query(load('x'))
    number.send(packets(7, Buffer.from('1,x\n')))
    expect((await number.rest()).map(({ payload }) => readErr(payload).code)).toEqual([1156])
    const early = await world.client('adam', FILES)
    await early.query(load('x'))
    world.between.session('adam').say(packets(2, Buffer.from([0, 0, 0, 2, 0, 0, 0])))
    expect((await early.rest()).map(({ payload }) => readErr(payload).code)).toEqual([2013])
    expect(last()).toMatchObject({ status: 'cut', uploaded: 0 })
  })

  test('nothing of it stands when its client goes amid it, or it is killed', async () => {
    const gone = await world.client('adam', FILES)
    await gone.query(load('x', 'ids'))
    gone.data('1\n2\n')
    await pause(100)
    gone.socket.destroy()
    while (
      !world.stage.evidence.completed.some(
        ({ outcome }) => outcome.status === 'cut' && outcome.uploaded === 4,
      )
    )
      await pause(50)
    const killer = await world.client()
    const victim = await world.client('adam', FILES)
    await victim.query(load('x', 'ids'))
    victim.data('3\n'.repeat(100))
    await pause(100)
    expect(await killer.hears(`kill query ${victim.greeting.threadId}`)).toBe('OK:0')
    await pause(300)
    victim.data('4\n'.repeat(100), '')
    expect(describeReply(await victim.reply())).toBe('ERR:1317')
    expect(await victim.hears('select 1')).toBe('RS(1):1')
    expect(last()).toMatchObject({ status: 'done' })
    expect(await count(killer, 'ids')).toBe(0)
  })

  test('a server that does not read holds the client back', async () => {
    const client = await world.client('adam', FILES)
    const line = Buffer.from(`1,${'x'.repeat(65_530)}\n`)
    const lines = 96 * 16
    await client.query(`${load('x')} (@id, @text) set id = 1`)
    const passage = world.between.session('adam')
    passage.stall()
    for (let each = 0; each < lines; each += 1) client.data(line)
    await pause(500)
    expect(client.socket.writableLength).toBeGreaterThan(80 << 20)
    passage.flow()
    client.data('')
    expect(describeReply(await client.reply())).toBe(`OK:${lines}`)
    expect(last()).toMatchObject({ status: 'done', uploaded: line.length * lines })
  }, 120_000)
})
