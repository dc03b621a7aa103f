/** mysql-wire §8, rows of COM_QUERY and COM_STMT_PREPARE that a real server decides: what comes through is what it says. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { CLIENT } from '../messages/index.js'
import { describeFlavours, type Fixture, openDecisions, startFixture } from './fixture.js'
import type { Prepared, RawClient } from './raw-client.js'
import * as send from './requests.js'
import { describeReply, errorOf, type Reply, rowsOf } from './transcript.js'

describeFlavours('texts', (flavour) => {
  let world: Fixture
  beforeAll(async () => {
    world = await startFixture(flavour)
  })
  afterEach(() => world.settled())
  afterAll(() => world?.close())

  /** Both are told the same, and say the same, byte for byte. */
  async function same(texts: readonly string[], more: number = CLIENT.MULTI_STATEMENTS) {
    const all = async (client: RawClient) => {
      const replies: Reply[] = []
      for (const text of texts) replies.push(await client.query(text))
      await client.close()
      return replies
    }
    const straight = await all(await world.direct({ more }))
    const through = await all(await world.client('adam', { more }))
    for (const [index, text] of texts.entries()) {
      const [one, other] = [straight[index] as Reply, through[index] as Reply]
      expect(`${text}: ${describeReply(other)}`).toBe(`${text}: ${describeReply(one)}`)
      expect(other.bytes.equals(one.bytes), text).toBe(true)
    }
  }

  test('W19 a list of fields for each of 500 tables that are not there, sent at once, is answered 500 times', async () => {
    const client = await world.client()
    for (let table = 0; table < 500; table += 1) client.command(send.fieldList(`t${table}`))
    for (let table = 0; table < 500; table += 1)
      expect(errorOf(await client.reply())).toMatchObject({ code: 1146, state: '42S02' })
    expect(await client.hears('select id from items')).toBe('RS(id):20')
  })

  test('W32 settings can be prepared, with values to come', async () => {
    const client = await world.client()
    const { id } = await client.prepare(`set session sql_mode = ''`)
    expect(describeReply(await client.ask(send.execute(id)))).toBe('OK:0')
    expect(rowsOf(await client.query('select @@sql_mode'))).toEqual([['']])
    const given = await client.prepare('set @a = ?, @b = ?')
    const parameters = [send.bigint(7), send.string('x')]
    expect(describeReply(await client.ask(send.execute(given.id, { parameters })))).toBe('OK:0')
    expect(rowsOf(await client.query('select @a, @b'))).toEqual([['7', 'x']])
    const mode = await client.prepare('set sql_mode = ?')
    expect(
      describeReply(
        await client.ask(send.execute(mode.id, { parameters: [send.string('PIPES_AS_CONCAT')] })),
      ),
    ).toBe('OK:0')
    expect(rowsOf(await client.query(`select 'a' || 'b'`))).toEqual([['ab']])
  })

  test('W33 900 columns and parameters; more parameters than a number of two bytes', async () => {
    const client = await world.client()
    const list = (of: string, count: number) => Array.from({ length: count }, () => of).join(', ')
    // A machine that other suites keep busy may take longer over such a text than a reader may: asked again, it need not.
    const prepared = async (text: string, tries = 5): Promise<Prepared> =>
      tries === 1 ? client.prepare(text) : client.prepare(text).catch(() => prepared(text, tries - 1))
    const columns = await prepared(`select ${list('id', 900)} from items limit 1`)
    expect(columns.columns.length).toBe(900)
    const asked = await prepared(`select ${list('?', 900)}`)
    expect([asked.columns.length, asked.parameters.length]).toEqual([900, 900])
    const parameters = Array.from({ length: 900 }, (_, index) => send.bigint(index))
    const [row] = rowsOf(await client.ask(send.execute(asked.id, { parameters })))
    expect([row?.length, row?.[899]]).toEqual([900, '899'])
    expect(describeReply(await client.ask(send.prepare(`select 1 in (${list('?', 70_000)})`)))).toMatch(
      /^ERR:\d+$/,
    )
    expect(await client.hears('select 1')).toBe('RS(1):1')
  })

  test('W45 what stands behind the last statement is answered as the server answers it', async () => {
    await same([
      'select 1; select 2; update items set label = label where id = 0',
      'select 1; /* x */',
      'select 1; -- x',
      'select 1; # x\n',
      'select 1;',
      'select 1 ; ',
      'do 0; /* x */ ',
      'select 1 /* x */',
      'select 1; /* x */ select 2; /* y */',
    ])
    await same(['select 1; /* x */', 'select 1;', '/* x */ select 1 -- y'], 0)
    // Inside a bracket (R21) there is no room for it.
    const bot = await world.client('bot', { more: CLIENT.MULTI_STATEMENTS })
    expect(await bot.hears(`update items set label = 'x' where id = 1; /* x */`)).toBe('OK:1')
    expect(await bot.hears('select 1; /* x */')).toBe('RS(1):1/+ OK:0')
    expect(await bot.hears(`update items set label = 'label 1' where id = 1`)).toBe('OK:1')
  })

  test('W51 a name of a column may be longer than a byte can count', async () => {
    const names = ['x'.repeat(250), 'x'.repeat(251), '€'.repeat(100), 'x'.repeat(256)]
    await same(names.map((name) => `select id as \`${name}\` from items limit 1`))
    const ann = await world.client('ann')
    for (const name of names) {
      const reply = await ann.query(`select email as \`${name}\`, id from customers order by id limit 1`)
      const shown = describeReply(
        await (await world.direct()).query(`select id as \`${name}\` from items limit 1`),
      )
      expect(describeReply(reply)).toBe(shown.replace('):1', ',id):1'))
      expect(rowsOf(reply)[0]?.[0]).not.toContain('user1@')
    }
  })

  test('W57 warnings are of what ran before them, behind many rows and behind a refusal', async () => {
    await same([
      'select repeat(label, 1000), 1/0 from items a, (select 1 union select 2) b',
      'show warnings',
      'show count(*) warnings',
      'select @@warning_count',
      'select id from items',
      'show warnings',
    ])
    const gil = await world.client('gil')
    await gil.query(`select cast('x' as signed)`)
    expect(errorOf(await gil.query('delete from vault'))).toMatchObject({ code: 1142 })
    expect(rowsOf(await gil.query('show warnings'))).toMatchObject([['Error', '1142', expect.any(String)]])
    expect(rowsOf(await gil.query('show count(*) errors'))).toEqual([['1']])
    expect(await gil.hears('select id from items')).toBe('RS(id):20')
    expect(rowsOf(await gil.query('show warnings'))).toEqual([])
  })

  test('W58 counts that a statement leaves behind are its own, not those of the gateway', async () => {
    await same([
      'select sql_calc_found_rows id from items limit 3',
      'select found_rows()',
      'insert into notes values (1, null), (2, null)',
      'select row_count()',
      'update notes set body = rand()',
      'select row_count(), last_insert_id()',
      'delete from notes',
    ])
  })

  test('W64 how the transaction stands is said as the server says it', async () => {
    await same([
      'set autocommit = 0',
      'select count(*) from items',
      'savepoint a',
      `insert into notes values (1, 'x')`,
      'rollback to savepoint a',
      'release savepoint a',
      'rollback',
      'set autocommit = 1',
      'set transaction read only',
      'begin',
      'delete from notes',
      'rollback',
      'start transaction read only',
      'select count(*) from items',
      'commit',
      'begin; select 1; commit',
      `xa start 'a'`,
      'select count(*) from items',
      `xa end 'a'`,
      `xa rollback 'a'`,
      'select 1',
    ])
  })

  test('W71 comments that run are read as this server runs them', async () => {
    await same([
      '/*!50000 select 1 */',
      'select 1 /*!99999 + 1 */',
      'select 1 /*!50000 + 1 */',
      'select /*!50000 1, */ 2',
    ])
    const gil = await world.client('gil')
    for (const text of [
      'select id from items /*!50000 union select id from vault */',
      '/*!50000 select * from vault */',
      'select /* /*!50000 */ * from vault',
      'select id from items where id = 0 /*!50000 or exists (select 1 from vault) */',
    ])
      expect([text, (await gil.hears(text)).slice(0, 4)]).toEqual([text, 'ERR:'])
    const own =
      flavour === 'mariadb'
        ? '/*M!100100 union select id from vault */'
        : '/*!80000union select id from vault*/'
    expect(await gil.hears(`select id from items ${own}`)).toMatch(/^ERR:(1142|1064)$/)
  })

  test('W39 what is asked or prepared goes upstream as it was read, without its comments', async () => {
    const client = await world.client()
    const passage = world.between.session('adam')
    const text = '/* sienna */ select /* ochre */ id from items where id = ? # sepia'
    const { id } = await client.prepare(text)
    expect(rowsOf(await client.ask(send.execute(id, { parameters: [send.bigint(3)] })))).toEqual([['3']])
    expect(await client.hears(text.replace('?', '3'))).toBe('RS(id):1')
    const heard = passage.heard()
    expect([heard.includes('from items'), /sienna|ochre|sepia/.test(heard.toString('latin1'))]).toEqual([
      true,
      false,
    ])
  })

  test('W71 a character set whose letters hold quotes or backslashes is not read', async () => {
    const client = await world.client()
    for (const text of ['set names gbk', 'set character_set_client = big5', 'set names sjis']) {
      const told = await client.hears(text)
      if (told.startsWith('ERR')) continue
      // Taken: then no text with such letters is.
      const quoted = Buffer.concat([
        Buffer.from(`select '`),
        Uint8Array.of(0xbf, 0x5c, 0x27),
        Buffer.from(` or 1 = 1 -- '`),
      ])
      expect([text, describeReply(await client.ask(send.query(quoted)))]).toMatchObject([text, /^ERR:/])
      await client.query('set names utf8mb4')
    }
  })

  test('W70 what is masked is masked on every way out', async () => {
    const ann = await world.client('ann')
    const own =
      flavour === 'mariadb'
        ? [
            'handler customers open',
            'handler customers read first',
            'select email from customers procedure analyse()',
          ]
        : ['table customers', 'select * from (table customers) t']
    for (const text of [
      'select city from customers union all select email from customers',
      'select cast(email as char) from customers',
      'select EMAIL, Email as city from CUSTOMERS',
      'select EMAIL, Email as city from customers',
      'select x.e from (select email as e from customers) x',
      'select (select email from customers limit 1)',
      'with x(a) as (select email from customers) select a, upper(a) from x',
      'select group_concat(email) from customers',
      'select json_arrayagg(email) from customers',
      'insert into customers values (1, "x@example.com", "y") returning email',
      'delete from customers where id = 0 returning email',
      'select email into @v from customers limit 1',
      'select @v',
      'select @w := email from customers',
      'select @w',
      'select max(email) over () from customers',
      ...own,
    ]) {
      const reply = await ann.query(text)
      expect([text, /user\d@example/.test(reply.bytes.toString('latin1'))]).toEqual([text, false])
    }
  })

  test('every decision has its outcome', async () => {
    await world.settled()
    expect(openDecisions(world.stage)).toEqual([])
    expect(world.stage.faults.map(String)).toEqual([])
  })
})
