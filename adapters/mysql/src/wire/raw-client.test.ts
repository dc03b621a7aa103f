/** The tests' own client against real servers: what it says is understood, what it hears is read to the last byte. */
import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLIENT } from '../messages/index.js'
import { type RawClient, signedIn, signIn } from './raw-client.js'
import * as send from './requests.js'
import { describeReply, errorOf, rowsOf } from './transcript.js'

const FLAVOURS = [
  { part: 'mariadbd', start: startMariadb },
  { part: 'mysql', start: startMysql },
] as const

for (const { part, start } of FLAVOURS) {
  describePart(part, `the raw client at ${part}`, () => {
    let server: MysqlServer
    const clients: RawClient[] = []
    const client = async (more: number = 0) => {
      const made = await signIn({
        port: server.port,
        user: server.user,
        password: server.password,
        database: '',
        more,
        attributes: [['program_name', 'tests']],
      })
      clients.push(made)
      return made
    }
    beforeAll(async () => {
      server = await start({ settings: { 'max-allowed-packet': 64 << 20, 'local-infile': 1 } })
      const one = await client()
      for (const text of [
        'create database shop',
        'create table shop.t(id int primary key, word varchar(40))',
      ])
        await one.query(text)
      await one.query("insert into shop.t values (1, 'one'), (2, null), (3, 'three')")
    })
    afterAll(async () => {
      await Promise.all(clients.map((one) => one.close()))
      await server.stop()
    })

    test('text, prepared and bad statements', async () => {
      const one = await client()
      expect(describeReply(await one.ask(send.initDb('shop')))).toBe('OK:0')
      expect(await one.hears('select * from t')).toBe('RS(id,word):3')
      expect(await one.hears('selec')).toBe('ERR:1064')
      expect(await one.hears('begin')).toBe('OK:0/T')
      expect(await one.hears("update t set word = 'uno' where id = 1")).toBe('OK:1/T')
      expect(await one.hears('rollback')).toBe('OK:0')
      const { id, parameters } = await one.prepare('select word, id, ? from t where id > ? order by id')
      expect(parameters.length).toBe(2)
      const bound = { parameters: [send.string('x'), send.bigint(1)] }
      expect(rowsOf(await one.ask(send.execute(id, bound)))).toEqual([
        [null, '2', 'x'],
        ['three', '3', 'x'],
      ])
      expect(describeReply(await one.ask(send.execute(id, { ...bound, types: false })))).toBe(
        'RS(word,id,?):2',
      )
      expect(errorOf(await one.ask(send.execute(99))).code).toBe(1243)
      one.command(send.longData(id, 0, 'long '))
      one.command(send.longData(id, 0, 'data'))
      const long = { parameters: [send.SENT, send.bigint(2)] }
      expect(rowsOf(await one.ask(send.execute(id, long)))).toEqual([['three', '3', 'long data']])
      one.command(send.closeStatement(id))
      expect(describeReply(await one.ask(send.ping))).toBe('OK:0')
    })

    test('cursors, fetched in portions', async () => {
      const one = await client()
      await one.ask(send.initDb('shop'))
      const { id } = await one.prepare('select id, word from t order by id')
      expect(describeReply(await one.ask(send.execute(id, { flags: send.READ_ONLY_CURSOR })))).toBe(
        'RS(id,word):0/C',
      )
      const first = await one.ask(send.fetchRows(id, 2))
      expect(rowsOf(first)).toEqual([
        ['1', 'one'],
        ['2', null],
      ])
      expect(rowsOf(await one.ask(send.fetchRows(id, 2)))).toEqual([['3', 'three']])
    })

    test('several statements, and their results one after the other', async () => {
      const one = await client(CLIENT.MULTI_STATEMENTS)
      expect(await one.hears('select 1; do 0; select 2')).toBe('RS(1):1/+ OK:0/+ RS(2):1')
      expect(await one.hears('select 1; selec; select 2')).toBe('RS(1):1/+ ERR:1064')
      expect(await (await client()).hears('select 1; select 2')).toBe('ERR:1064')
      expect(describeReply(await one.ask(send.setOption(1)))).toBe('OK:0')
      expect(await one.hears('select 1; select 2')).toBe('ERR:1064')
    })

    test('a file that the server asks for', async () => {
      const one = await client(CLIENT.LOCAL_FILES)
      await one.query('create temporary table shop.lines(word text)')
      expect(await one.hears("load data local infile 'here' into table shop.lines")).toBe('INFILE:here')
      one.data('first\nsec', 'ond\n', '')
      expect(describeReply(await one.reply())).toBe('OK:2')
    })

    test('packets of 16 MiB and more, and many of them', async () => {
      const one = await client()
      const wide = 'x'.repeat(0xffffff - 4)
      for (const length of [0xffffff - 4, 0xffffff, 17_000_000]) {
        const [row] = rowsOf(await one.query(`select repeat('x', ${length}) as a`))
        expect(row?.[0]?.length).toBe(length)
      }
      expect(rowsOf(await one.query(`select '${wide}' as a`))[0]?.[0]).toBe(wide)
      const many = await one.query(
        'with recursive n as (select 1 as i union all select i + 1 from n where i < 700) select i from n',
      )
      expect(rowsOf(many).length).toBe(700)
      expect(many.packets[300]?.sequence).toBe((300 + 1) & 255)
    })

    test('no EOF but an OK, where that is agreed, and changes of the session', async () => {
      const one = await client(CLIENT.DEPRECATE_EOF | CLIENT.SESSION_TRACK)
      expect(one.agreed.capabilities & CLIENT.DEPRECATE_EOF).not.toBe(0)
      expect(await one.hears('select 1, 2')).toBe('RS(1,2):1')
      const { id } = await one.prepare('select ? as a')
      expect(rowsOf(await one.ask(send.execute(id, { parameters: [send.NULL] })))).toEqual([[null]])
      const used = await one.ask(send.initDb('shop'))
      expect(used.parts[0]?.kind === 'ok' && Buffer.from(used.parts[0].ok.changes).includes('shop')).toBe(
        true,
      )
      expect(signedIn(one).status & 2).toBe(2)
    })

    test('what has another kind of reply, or none', async () => {
      const one = await client()
      await one.ask(send.initDb('shop'))
      expect(describeReply(await one.ask(send.statistics))).toBe('TEXT')
      expect(describeReply(await one.ask(send.resetConnection))).toBe('OK:0')
      const list = describeReply(await one.ask(send.fieldList('t')))
      expect(list).toMatch(/^FIELDS:2$|^ERR:1047$/)
      one.send(send.sent(send.ping, 5))
      const { payload } = await one.next()
      expect(payload[0]).toBe(0xff)
      await one.rest()
    })
  })
}
