/** R21, R30: rows are counted to the last one, and everything that a session makes the gateway hold has a ceiling. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cursor, copyTo } from '../clients/untyped.js'
import { signIn } from '../wire/raw-client.js'
import { B, DP, E, H, P, PBE, Q, S } from '../wire/requests.js'
import { errorOf, rowsOf } from '../wire/transcript.js'
import { MASKED, PASSWORD, startWorld, told, type World } from './world.js'

const SCHEMA = `
create table numbers(n int primary key, email text);
insert into numbers select i, 'u' || i || '@example.com' from generate_series(1, 10) i;
create table written(n int);
create aggregate gather(int) (sfunc = array_append, stype = int[], initcond = '{}');
`
const LIMIT = '{name: three, effect: limit, groups: [few], rows: 3}'

let world: World
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA, rules: [...MASKED, LIMIT] })
})
afterAll(() => world.close())

const raw = () => signIn({ port: world.stage.port, user: 'few', password: PASSWORD })
const TEXT = 'select n from numbers order by n'
const three = [['1'], ['2'], ['3']]

describe('R21 exactly so many rows, then XG004, with a transaction state that is true', () => {
  test('R21 simple', async () => {
    const few = await raw()
    few.send(Q(TEXT))
    const messages = await few.until('Z')
    expect(rowsOf(messages)).toEqual(three)
    expect(messages.map(({ type }) => type).join('')).toBe('TDDDEZ')
    expect(errorOf(messages).get('C')).toBe('XG004')
    expect(errorOf(messages).get('D')).toContain('"rule":"t/three"')
    expect(messages.at(-1)?.body.toString()).toBe('I')
    few.send(Q('select 1'))
    expect(await few.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    await few.close()
  })

  test.each([
    ['select n from numbers order by n limit 2', 'T D D C:SELECT_2 Z:I'],
    ['select n from numbers order by n limit 3', 'T D D D C:SELECT_3 Z:I'],
    ['select n from numbers order by n limit 4', 'T D D D E:XG004 Z:I'],
    ['values (1), (2), (3), (4)', 'T D D D E:XG004 Z:I'],
    ['show all', 'T D D D E:XG004 Z:I'],
    ['select n from numbers where false', 'T C:SELECT_0 Z:I'],
  ])('R21 at its edge: %s', async (text, heard) => {
    const few = await raw()
    few.send(Q(text))
    expect(await few.hears('Z')).toBe(heard)
    await few.close()
  })

  test('R21 extended, with and without Describe, and what follows is skipped', async () => {
    const few = await raw()
    few.send(PBE(TEXT), S)
    expect(await few.hears('Z')).toBe('1 2 D D D E:XG004 Z:I')
    few.send(P('', TEXT), B(), DP(), E(), PBE('insert into written values (1)'), S)
    expect(await few.hears('Z')).toBe('1 2 T D D D E:XG004 Z:I')
    expect((await world.owner.query('select * from written')).rows).toEqual([])
    await few.close()
  })

  test('R21 portals in portions count together', async () => {
    const few = await raw()
    few.send(P('', TEXT), B(), E('', 2), H)
    expect(await few.hears('s')).toBe('1 2 D D s')
    few.send(E('', 2), S)
    expect(await few.hears('Z')).toBe('D E:XG004 Z:I')
    few.send(P('', TEXT), B(), E('', 1), E('', 1), E('', 1), E('', 1), S)
    expect(await few.hears('Z')).toBe('1 2 D s D s D s E:XG004 Z:I')
    await few.close()
  })

  test('R21 a driver’s cursor', async () => {
    const few = await world.sign('few')
    const cursor = few.client.query(new Cursor(TEXT))
    expect((await cursor.read(2)).length).toBe(2)
    await expect(cursor.read(2)).rejects.toMatchObject({ code: 'XG004' })
    expect(await told(few, 'select 1')).toEqual([[1]])
  })

  test('R21 in a transaction block the block has failed, and nothing of it stays', async () => {
    const few = await raw()
    few.send(Q('begin'), Q('insert into written values (1)'), Q(TEXT), Q('select 1'), Q('commit'))
    expect(await few.hears('Z', 5)).toBe(
      'C:BEGIN Z:T C:INSERT_0_1 Z:T T D D D E:XG004 Z:E E:25P02 Z:E C:ROLLBACK Z:I',
    )
    expect((await world.owner.query('select * from written')).rows).toEqual([])
    await few.close()
  })

  test.each([
    ['FETCH after FETCH', [[Q('fetch 2 from q')], [Q('fetch 2 from q')]]],
    ['FETCH after Execute', [[E('q', 2), S], [Q('fetch 2 from q')]]],
    ['Execute after FETCH', [[Q('fetch 2 from q')], [E('q', 2), S]]],
    [
      'Execute of a FETCH',
      [
        [E('q', 1), S],
        [P('', 'fetch 3 from q'), B(), E(), S],
      ],
    ],
  ] as const)('R21 a portal counts over all that it gives, by %s', async (_, [first, then]) => {
    const few = await raw()
    few.send(Q('begin'), P('', TEXT), B({ portal: 'q' }), S)
    await few.until('Z', 2)
    few.send(...first)
    const before = rowsOf(await few.until('Z'))
    few.send(...then)
    const after = await few.until('Z')
    expect([...before, ...rowsOf(after)]).toEqual(three)
    expect(errorOf(after).get('C')).toBe('XG004')
    await few.close()
  })

  test('R21 cursors of SQL count over all that is fetched', async () => {
    const few = await raw()
    few.send(
      Q('begin'),
      Q(`declare c cursor for ${TEXT}`),
      Q('fetch 2 from c'),
      Q('fetch 1 from c'),
      Q('fetch 1 from c'),
    )
    expect(await few.hears('Z', 5)).toBe(
      'C:BEGIN Z:T C:DECLARE_CURSOR Z:T T D D C:FETCH_2 Z:T T D C:FETCH_1 Z:T T E:XG004 Z:E',
    )
    await few.close()
  })

  test('R21 prepared by SQL, each execution for itself', async () => {
    const few = await world.sign('few')
    await few.ask(`prepare p as ${TEXT}`)
    for (const round of [1, 2]) expect([round, await told(few, 'execute p')]).toEqual([round, 'XG004'])
  })

  test('R21 what RETURNING gives back: over the limit nothing was written', async () => {
    const few = await world.sign('few')
    const text = 'insert into written select generate_series(1, 10) returning n'
    expect(await told(few, text)).toBe('XG004')
    expect(await told(few, text, [])).toBe('XG004')
    expect((await world.owner.query('select * from written')).rows).toEqual([])
    expect(await told(few, 'insert into written values (1), (2) returning n')).toEqual([[1], [2]])
    await world.owner.query('delete from written')
  })

  test('R21 the records say how many were shown', () => {
    const over = world.stage.evidence.completed.filter(({ outcome }) => outcome.refusal === 'GH_ROW_LIMIT')
    expect(over.length).toBeGreaterThan(5)
    for (const { outcome, decided } of over) {
      expect(outcome.status === 'failed' || outcome.status === 'refused').toBe(true)
      if (outcome.status === 'failed' && decided.statement.command === 'SELECT')
        expect(outcome.returned).toBeLessThanOrEqual(3)
    }
  })
})

describe('R21 what cannot be counted is refused', () => {
  test.each([
    'select array_agg(n) from numbers',
    'select json_agg(n) from numbers',
    'select jsonb_object_agg(n, n) from numbers',
    `select string_agg(email, ',') from numbers`,
    'select xmlagg(xmlelement(name a, n)) from numbers',
    'select array(select n from numbers)',
    'select json_arrayagg(n) from numbers',
    'select (select array_agg(n) from numbers)[1]',
    'with x as (select array_agg(n) as a from numbers) select unnest(a) from x limit 1',
    'select array_agg(n) over () from numbers limit 1',
    `select string_agg(n::text, ',') over (order by n) from numbers`,
    'select json_object_agg(n, n) from numbers',
    'select range_agg(int4range(n, n + 1)) from numbers',
    'select range_agg(int4multirange(int4range(n, n + 1))) from numbers',
    'select percentile_disc(array[0.1, 0.5, 0.9]) within group (order by n) from numbers',
    'select gather(n) from numbers',
    'select n from numbers; select 1',
    'copy numbers to stdout',
    'copy (select generate_series(1, 10)) to stdout',
    `copy numbers to '/tmp/never'`,
    `copy numbers to program 'true'`,
  ])('R21 %s', async (text) => {
    const few = await world.sign('few')
    const { code, rows } = await few.ask(text)
    expect([code, rows]).toEqual(['XG004', []])
    expect(await told(few, 'select 1')).toEqual([[1]])
    await world.settled()
  })

  test('R21 COPY through a driver ends in the error, without a row', async () => {
    const few = await world.sign('few')
    const stream = few.client.query(copyTo('copy numbers to stdout'))
    const read = async () => {
      for await (const chunk of stream) throw new Error(`a row: ${chunk}`)
    }
    await expect(read()).rejects.toMatchObject({ code: 'XG004' })
  })

  test('R21 counting, and writing without RETURNING, are no reading of rows', async () => {
    const few = await world.sign('few')
    expect(await told(few, 'select count(*), sum(n) from numbers')).toEqual([['10', '55']])
    const median = 'select percentile_disc(0.5) within group (order by n) from numbers'
    expect(await told(few, median)).toEqual([[5]])
    expect((await few.ask('update numbers set email = email')).code).toBeUndefined()
  })
})

describe('R21 bytes have a cap as well', () => {
  const CAP = '{name: cap, effect: limit, groups: [few], bytes: 4KiB}'
  const WIDE = `select repeat('x', 100) as wide from generate_series(1, 10000)`
  // Type, length, count, length of the cell, the cell.
  const row = 1 + 4 + 2 + 4 + 100
  const fit = Math.floor(4096 / row)
  const cut = `T ${'D '.repeat(fit)}E:XG004 Z:I`
  beforeAll(() => world.usePolicy([...MASKED, CAP]))
  afterAll(() => world.usePolicy([...MASKED, LIMIT]))

  test('R21 rows stop before the cap, simple, extended and binary', async () => {
    const few = await raw()
    few.send(Q(WIDE))
    expect(await few.hears('Z')).toBe(cut)
    few.send(PBE(WIDE), S)
    expect(await few.hears('Z')).toBe(cut.replace('T', '1 2'))
    few.send(P('', WIDE), B({ formats: [1] }), DP(), E(), S)
    expect(await few.hears('Z')).toBe(cut.replace('T', '1 2 T'))
    few.send(Q('select 1'))
    expect(await few.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    await few.close()
  })

  test.each([fit, fit + 1])('R21 at its edge: %i rows', async (rows) => {
    const few = await raw()
    few.send(Q(`${WIDE} limit ${rows}`))
    expect(await few.hears('Z')).toBe(rows === fit ? `T ${'D '.repeat(fit)}C:SELECT_${fit} Z:I` : cut)
    await few.close()
  })

  test('R21 what is fetched in portions of the gateway’s own comes as one', async () => {
    const few = await raw()
    const small = 'select i from generate_series(1, 150) i'
    few.send(Q(small))
    expect(await few.hears('Z')).toBe(`T ${'D '.repeat(150)}C:SELECT_150 Z:I`)
    few.send(P('', small), B(), E('', 120), E('', 120), S)
    expect(await few.hears('Z')).toBe(`1 2 ${'D '.repeat(120)}s ${'D '.repeat(30)}C:SELECT_30 Z:I`)
    few.send(Q(`insert into written select generate_series(1, 150) returning n`))
    expect(await few.hears('Z')).toBe(`T ${'D '.repeat(150)}C:INSERT_0_150 Z:I`)
    few.send(Q('delete from written returning n'), Q('select count(*) from written'))
    expect(await few.hears('Z', 2)).toBe(`T ${'D '.repeat(150)}C:DELETE_150 Z:I T D C:SELECT_1 Z:I`)
    await few.close()
  })

  test('R21 what RETURNING gives back: over the cap nothing was written', async () => {
    const few = await world.sign('few')
    const text = `insert into written select generate_series(1, 10000) returning repeat('x', 100)`
    expect(await told(few, text)).toBe('XG004')
    expect(await told(few, text, [])).toBe('XG004')
    expect((await world.owner.query('select * from written')).rows).toEqual([])
  })

  test('R21 portals and cursors count over all that is fetched', async () => {
    const few = await raw()
    few.send(P('', WIDE), B(), E('', fit), E('', 1), S)
    expect(await few.hears('Z')).toBe(`1 2 ${'D '.repeat(fit)}s E:XG004 Z:I`)
    few.send(Q('begin'), Q(`declare c cursor for ${WIDE}`), Q(`fetch ${fit} from c`), Q('fetch 1 from c'))
    const heard = await few.hears('Z', 4)
    expect(heard.endsWith(`C:FETCH_${fit} Z:T T E:XG004 Z:E`)).toBe(true)
    await few.close()
  })

  test.each(['copy numbers to stdout', 'copy (select 1) to stdout', `${WIDE}; select 1`])(
    'R21 refused, because it cannot be stopped there: %s',
    async (text) => {
      const few = await world.sign('few')
      expect(await told(few, text)).toBe('XG004')
      expect(await told(few, 'select 1')).toEqual([[1]])
      await world.settled()
    },
  )

  test('R21 values that are gathered into one are one row, and count as such', async () => {
    const few = await world.sign('few')
    expect(await told(few, 'select array_agg(n) from numbers')).toEqual([[[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]])
    expect(await told(few, `select repeat('x', 5000)`)).toBe('XG004')
  })

  test('R21 with a limit on rows whichever is passed first counts', async () => {
    world.usePolicy([...MASKED, CAP, LIMIT])
    const few = await raw()
    few.send(Q(WIDE), Q(`select repeat('x', 3000) from generate_series(1, 3)`))
    expect(await few.hears('Z', 2)).toBe('T D D D E:XG004 Z:I T D E:XG004 Z:I')
    await few.close()
    world.usePolicy([...MASKED, CAP])
  })
})

describe('R30 ceilings', () => {
  test('R30 a statement over the ceiling is refused, and the session goes on', async () => {
    const adam = await world.sign('adam')
    const long = `select '${'x'.repeat(1 << 20)}'`
    expect((await adam.ask(long)).code).toBe('54000')
    expect((await adam.ask(long, [])).code).toBe('54000')
    expect(await told(adam, 'select 1')).toEqual([[1]])
    const refused = world.stage.evidence.completed.filter(({ outcome }) => outcome.refusal === 'GH_TOO_LARGE')
    expect(refused.length).toBe(2)
  })

  test('R30 a message over the ceiling ends the session, and only that', async () => {
    const adam = await world.sign('adam')
    expect((await adam.ask('select length($1)', ['x'.repeat(5 << 20)])).code).toBeDefined()
    expect(await told(await world.sign('adam'), 'select length($1)', ['x'.repeat(1 << 20)])).toEqual([
      [1 << 20],
    ])
  })

  test('R30 names that a session holds: 32,768 of all kinds', async () => {
    const few = await signIn({ port: world.stage.port, user: 'adam', password: PASSWORD })
    for (let round = 0; round < 32; round += 1) {
      few.send(...Array.from({ length: 1024 }, (_, index) => P(`s${round}_${index}`, 'select 1')), S)
      await few.until('Z')
    }
    few.send(P('one more', 'select 1'), S)
    expect(await few.hears('Z')).toBe('E:54000 Z:I')
    few.send(Q('prepare one_more as select 1'))
    expect(await few.hears('Z')).toBe('E:54000 Z:I')
    few.send(Q('deallocate all'), P('one more', 'select 1'), S)
    expect(await few.hears('Z', 2)).toBe('C:DEALLOCATE_ALL Z:I 1 Z:I')
    await few.close()
  })

  test('R30 and 16 MiB of texts', async () => {
    const adam = await world.sign('adam')
    const text = (index: number) => `select ${index} as a -- ${'x'.repeat(900 << 10)}`
    const codes: (string | undefined)[] = []
    for (let index = 0; index < 20; index += 1)
      codes.push((await adam.prepared(`s${index}`, text(index))).code)
    expect(codes.slice(0, 18).every((code) => code === undefined)).toBe(true)
    expect(codes.slice(18)).toEqual(['54000', '54000'])
    await adam.ask('deallocate s3')
    expect((await adam.prepared('t', text(100))).code).toBeUndefined()
  })

  test('R30 replies that are owed: a client that only asks is held back, and all is answered', async () => {
    const adam = await signIn({ port: world.stage.port, user: 'adam', password: PASSWORD })
    const asked = 20_000
    adam.send(...Array.from({ length: asked }, () => S))
    expect((await adam.until('Z', asked)).length).toBe(asked)
    await adam.close()
  })
})
