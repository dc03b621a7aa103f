/** Ordinary statements over clean columns: what comes through the gateway is what the server says, byte for byte. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLIENT } from '../messages/index.js'
import { describeFlavours, type Fixture, openDecisions, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import * as send from './requests.js'
import { describeReply, type Reply } from './transcript.js'

const TYPES = `create table kinds (id int primary key, t tinyint unsigned, s smallint, m mediumint, b bigint unsigned, d decimal(20,4),
  f float, g double, y year, da date, ti time(6), dt datetime(3), ts timestamp null, c char(5), v varchar(400), bi binary(4), bl mediumblob,
  tx text, e enum('x','y'), se set('p','q'), j json, bb bit(12)) charset utf8mb4`
const VALUES = `insert into kinds values
  (1, 255, -3, 8388607, 18446744073709551615, '-12.5000', 1.5, 2.25, 2026, '2026-07-01', '-838:59:58.999999', '2026-07-01 00:00:00.000',
   '2026-07-01 12:00:00', 'abc', repeat('v', 300), 'bin', repeat('x', 70000), 'tëxt', 'x', 'p,q', '{"a": [1, null]}', b'101'),
  (2, ${Array(21).fill('null').join(', ')})`

/** Read alone; each is tried as text and prepared. */
const READS = [
  'select * from items order by id',
  'select id, label from items where id between 3 and 7',
  'select * from kinds order by id',
  'select id + 1, label from items limit 0',
  'select null, 1, 1.5, 1e3, "text", now() > 0, true',
  'select count(*), max(id), min(label), avg(id), sum(id) from items',
  'select label, count(*) from items group by label having count(*) > 0 order by label limit 3',
  'select i.id, n.body from items i left join notes n on n.id = i.id order by i.id limit 4',
  'select id from items where id = 1 union all select id from items where id = 2',
  'with x as (select id from items where id < 4) select * from x order by id',
  'select distinct length(label) from items order by 1',
  'select upper(label), concat(label, id), substr(label, 1, 3) from items order by id limit 2',
  'select case when id > 3 then label else null end from items order by id limit 5',
  'select row_number() over (order by id) as n, label from items limit 3',
  "select 'ünïcode', _utf8mb4'x', x'4142', b'01'",
  'select repeat(label, 1000) from items order by id',
  'select database(), connection_id() > 0, version()',
  'select @@autocommit, @@sql_mode',
  'select city, count(*) from customers group by city',
  'show tables',
  'show columns from items',
  'explain select id from items where id = 3',
]

/** What changes something, in an order that puts everything back. */
const CHANGES = [
  "insert into items values (100, 'a'), (101, 'b')",
  "insert into items values (100, 'twice')",
  "insert ignore into items values (100, 'twice')",
  "insert into items values (100, 'c') on duplicate key update label = 'c'",
  "replace into items values (101, 'd')",
  "update items set label = 'z' where id >= 100",
  "update items set label = 'z' where id >= 100",
  "update items set nothing = 'z'",
  'delete from items where id >= 100',
  'begin',
  "insert into items values (200, 'in a transaction')",
  'savepoint one',
  'delete from items',
  'rollback to one',
  'select count(*) from items',
  'rollback',
  'select count(*) from items',
  'set autocommit = 0',
  'select count(*) from items',
  'commit',
  'set autocommit = 1',
  'do 1',
  'truncate table notes',
  'create table made (id int)',
  'insert into made values (1)',
  'select * from made',
  'drop table made',
  'drop table made',
]

describeFlavours('the same bytes', (flavour) => {
  let world: Fixture
  let pair: readonly [RawClient, RawClient]
  beforeAll(async () => {
    world = await startFixture(flavour, { schema: [TYPES, VALUES] })
    const more = CLIENT.MULTI_STATEMENTS
    pair = [await world.direct({ more }), await world.client('adam', { more })]
  })
  afterAll(() => world.close())

  /** Asks both, one after the other, so that what one did is not the other's doing. */
  const both = async (ask: (client: RawClient) => Promise<Reply>): Promise<readonly [Reply, Reply]> => {
    const [straight, through] = pair
    return [await ask(straight), await ask(through)]
  }
  const same = async (ask: (client: RawClient) => Promise<Reply>, what: string) => {
    const [straight, through] = await both(ask)
    expect(describeReply(through), what).toBe(describeReply(straight))
    expect(
      through.bytes.equals(straight.bytes),
      `${what}: ${through.bytes.length} of ${straight.bytes.length}`,
    ).toBe(true)
  }

  describe.each(READS)('%s', (text) => {
    test('as text', () => same((client) => client.query(text), text))

    test('prepared, and prepared with a cursor', async () => {
      const run = async (client: RawClient, flags: number): Promise<Reply> => {
        const { id } = await client.prepare(text)
        const executed = await client.ask(send.execute(id, { flags }))
        client.command(send.closeStatement(id))
        return executed
      }
      await same((client) => run(client, 0), text)
      if (text.startsWith('explain')) return
      const fetched = async (client: RawClient): Promise<Reply> => {
        const { id } = await client.prepare(text)
        await client.ask(send.execute(id, { flags: send.READ_ONLY_CURSOR }))
        const rows = await client.ask(send.fetchRows(id, 2))
        client.command(send.closeStatement(id))
        return rows
      }
      await same(fetched, `${text}, fetched`)
    })
  })

  test('what changes something', async () => {
    // Each side runs the whole, so that both find the same.
    const all = async (client: RawClient) => {
      const replies: Reply[] = []
      for (const text of CHANGES) replies.push(await client.query(text))
      return replies
    }
    const [straight, through] = [await all(pair[0]), await all(pair[1])]
    for (const [index, reply] of through.entries()) {
      const what = CHANGES[index] as string
      expect(describeReply(reply), what).toBe(describeReply(straight[index] as Reply))
      expect(reply.bytes.equals((straight[index] as Reply).bytes), what).toBe(true)
    }
  })

  test('several in one text, parameters, and errors on the way', async () => {
    for (const text of [
      'select 1; select id from items where id = 2; do 0',
      'select 1; select (select id from items); select 2',
      'select id from items where id = (select id from items)',
    ])
      await same((client) => client.query(text), text)
    const bound = async (client: RawClient): Promise<Reply> => {
      const { id } = await client.prepare(
        'select ?, ?, ?, id from items where id > ? and label like ? order by id',
      )
      const parameters = [
        send.NULL,
        send.double(1.5),
        send.string('ü'),
        send.bigint(-1),
        send.string('label%'),
      ]
      return client.ask(send.execute(id, { parameters }))
    }
    await same(bound, 'parameters')
    for (const content of [send.ping, send.initDb('shop'), send.setOption(0)])
      await same((client) => client.ask(content), Buffer.from(content).toString('latin1'))
  })

  test('W41 a cursor on EXPLAIN gives its rows at once: MySQL 9.7 would die of it', async () => {
    const client = await world.client()
    for (const text of ['explain select id from items where id = 3', 'explain items']) {
      const { id } = await client.prepare(text)
      const told = describeReply(await client.ask(send.execute(id, { flags: send.READ_ONLY_CURSOR })))
      expect(told).toMatch(/^RS\(.*\):[1-9]\d*$/)
      expect(describeReply(await client.ask(send.fetchRows(id, 2)))).toMatch(/ERR:1421$/)
    }
  })

  test('every decision has its outcome', async () => {
    await world.settled()
    expect(openDecisions(world.stage)).toEqual([])
    expect(world.stage.faults).toEqual([])
  })
})
