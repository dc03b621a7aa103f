/** R21: under a limit on changed rows nothing is committed before the count is known, and over it nothing was changed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RawClient } from '../wire/raw-client.js'
import { signIn } from '../wire/raw-client.js'
import { B, c, d, E, f, H, P, PBE, Q, S, X } from '../wire/requests.js'
import { errorOf } from '../wire/transcript.js'
import { hasMajor, MASKED, PASSWORD, pause, startWorld, told, type World } from './world.js'

const SCHEMA = `
create table numbers(n int primary key, note text);
create table late(n int unique deferrable initially deferred);
create table parents(n int primary key);
create table children(n int references parents on delete cascade);
create table friends(n int references parents);
create table watched(n int);
create function notice_it() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger w before insert on watched for each row execute function notice_it();
create function erase() returns int language sql as $$ delete from numbers; select 1 $$;
`
const LIMIT = '{name: three, effect: limit, groups: [few], affected: 3}'

describe.each([15, 18] as const)('Postgres %i', (major) => {
  if (!hasMajor(major)) return test.skip(`no binaries of Postgres ${major} here`, () => {})
  let world: World
  beforeAll(async () => {
    world = await startWorld({ schema: SCHEMA, rules: [...MASKED, LIMIT], major })
  })
  afterAll(() => world.close())
  beforeEach(async () => {
    await world.owner.query('truncate numbers; truncate late')
    await world.owner.query('insert into numbers select i from generate_series(1, 10) i')
  })

  const raw = () => signIn({ port: world.stage.port, user: 'few', password: PASSWORD })
  const left = async () =>
    (await world.owner.query('select count(*)::int as n from numbers')).rows[0].n as number
  async function talk(play: (few: RawClient) => Promise<void>): Promise<void> {
    const few = await raw()
    await play(few)
    await few.close()
  }

  test('R21 a simple DELETE over the limit has deleted nothing, and the session is idle', () =>
    talk(async (few) => {
      few.send(Q('delete from numbers'))
      const messages = await few.until('Z')
      expect(messages.map(({ type }) => type).join('')).toBe('EZ')
      expect(errorOf(messages).get('C')).toBe('XG004')
      expect(errorOf(messages).get('D')).toContain('"rule":"t/three"')
      expect(messages.at(-1)?.body.toString()).toBe('I')
      expect(await left()).toBe(10)
      few.send(Q('select 1'))
      expect(await few.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    }))

  test.each([
    ['delete from numbers where n <= 2', 'C:DELETE_2 Z:I', 8],
    ['delete from numbers where n <= 3', 'C:DELETE_3 Z:I', 7],
    ['delete from numbers where n <= 4', 'E:XG004 Z:I', 10],
    ['delete from numbers where n <= 4 returning n', 'T D D D D E:XG004 Z:I', 10],
    ['delete from numbers where n <= 3 returning n', 'T D D D C:DELETE_3 Z:I', 7],
    ['update numbers set note = 1', 'E:XG004 Z:I', 10],
    ['update numbers set note = 1 where n = 1', 'C:UPDATE_1 Z:I', 10],
    ['insert into numbers values (11), (12), (13)', 'C:INSERT_0_3 Z:I', 13],
    ['insert into numbers select generate_series(11, 14)', 'E:XG004 Z:I', 10],
    ['insert into numbers select generate_series(5, 13) on conflict do nothing', 'C:INSERT_0_3 Z:I', 13],
    [
      'insert into numbers select generate_series(7, 10) on conflict (n) do update set note = 1',
      'E:XG004 Z:I',
      10,
    ],
    ['merge into numbers using (values (1), (2)) v(i) on n = i when matched then delete', 'C:MERGE_2 Z:I', 8],
    [
      'merge into numbers using generate_series(7, 12) i on n = i when matched then delete when not matched then insert values (i)',
      'E:XG004 Z:I',
      10,
    ],
    ['create table made as select generate_series(1, 100)', 'C:SELECT_100 Z:I', 10],
    ['drop table made', 'E:XG004 Z:I', 10],
    ['truncate numbers', 'E:XG004 Z:I', 10],
    ['delete from numbers where n / 0 = 1', 'E:22012 Z:I', 10],
    ['vacuum numbers', 'C:VACUUM Z:I', 10],
    ['select count(*) from numbers', 'T D C:SELECT_1 Z:I', 10],
  ])('R21 simple, and extended alike: %s', async (text, heard, after) => {
    await talk(async (few) => {
      few.send(Q(text))
      expect(await few.hears('Z')).toBe(heard)
      expect(await left()).toBe(after)
    })
    if (/^(vacuum|create|drop)/.test(text)) return
    await world.owner.query('truncate numbers')
    await world.owner.query('insert into numbers select i from generate_series(1, 10) i')
    await talk(async (few) => {
      few.send(PBE(text), S)
      const answer = await few.hears('Z')
      expect(answer.replace(/^1 2 /, '')).toBe(heard.replace(/^T /, ''))
      expect(await left()).toBe(after)
    })
  })

  test('R21 in a block: the block has failed as by a real error, and a savepoint recovers it', () =>
    talk(async (few) => {
      few.send(Q('begin'), Q('delete from numbers where n = 1'), Q('delete from numbers'), Q('commit'))
      expect(await few.hears('Z', 4)).toBe('C:BEGIN Z:T C:DELETE_1 Z:T E:XG004 Z:E C:ROLLBACK Z:I')
      expect(await left()).toBe(10)
      few.send(Q('begin'), Q('savepoint s'), Q('delete from numbers'), Q('rollback to s'))
      expect(await few.hears('Z', 4)).toBe('C:BEGIN Z:T C:SAVEPOINT Z:T E:XG004 Z:E C:ROLLBACK Z:T')
      few.send(Q('delete from numbers where n = 1'), Q('commit'))
      expect(await few.hears('Z', 2)).toBe('C:DELETE_1 Z:T C:COMMIT Z:I')
      expect(await left()).toBe(9)
    }))

  test('R21 a pipeline: what came before in it is undone with it, what follows is skipped', () =>
    talk(async (few) => {
      few.send(PBE('delete from numbers where n = 1'), PBE('delete from numbers'), PBE('select 1'), S)
      expect(await few.hears('Z')).toBe('1 2 C:DELETE_1 1 2 E:XG004 Z:I')
      expect(await left()).toBe(10)
      few.send(PBE('delete from numbers'), Q('select 1'), S)
      expect(await few.hears('Z')).toBe('1 2 E:XG004 Z:I')
      few.send(PBE('delete from numbers'), PBE('commit'), S, PBE('delete from numbers where n = 2'), S)
      expect(await few.hears('Z', 2)).toBe('1 2 E:XG004 Z:I 1 2 C:DELETE_1 Z:I')
      expect(await left()).toBe(9)
    }))

  test('R21 W3 behind what failed in a pipeline a Query is skipped up to the client’s own Sync', () =>
    talk(async (few) => {
      few.send(E('nothing'), Q('delete from numbers where n = 1'), PBE('delete from numbers where n = 2'), S)
      expect(await few.hears('Z')).toBe('E:34000 Z:I')
      few.send(Q('select 1'))
      expect(await few.hears('Z')).toBe('T D C:SELECT_1 Z:I')
      expect(await left()).toBe(10)
    }))

  test('R21 an Execute without Sync is answered, and not committed when the client goes', async () => {
    const few = await raw()
    few.send(PBE('delete from numbers where n = 1'), H)
    expect(await few.hears('C')).toBe('1 2 C:DELETE_1')
    await few.close()
    await world.settled()
    expect(await left()).toBe(10)
  })

  test('R21 a goodbye right behind the statement does not take it back', async () => {
    const few = await raw()
    few.send(Q('delete from numbers where n = 1'), X)
    expect(await few.hears('Z')).toBe('C:DELETE_1 Z:I')
    expect(await left()).toBe(9)
    const many = await raw()
    many.send(Q('delete from numbers'), X)
    await many.rest()
    await world.settled()
    expect(await left()).toBe(9)
  })

  test('R21 a client that is cut off in the middle has changed nothing', async () => {
    const few = await raw()
    few.send(Q('delete from numbers where n = (select 1 from pg_sleep(60))'))
    await pause(300)
    few.socket.destroy()
    await world.settled()
    expect(await left()).toBe(10)
    const cut = world.stage.evidence.completed.filter(({ outcome }) => outcome.status === 'cut')
    expect(cut.length).toBeGreaterThan(0)
  })

  test('R21 COPY FROM STDIN counts, in both protocols', () =>
    talk(async (few) => {
      const rows = (from: number, to: number) =>
        d(Array.from({ length: to - from + 1 }, (_, i) => `${from + i}\tx\n`).join(''))
      few.send(Q('copy numbers from stdin'))
      await few.until('G')
      few.send(rows(11, 14), c)
      expect(await few.hears('Z')).toBe('E:XG004 Z:I')
      expect(await left()).toBe(10)
      few.send(Q('copy numbers from stdin'), rows(11, 13), c)
      expect(await few.hears('Z')).toBe('G C:COPY_3 Z:I')
      few.send(P('', 'copy numbers from stdin'), B(), E(), S, rows(21, 24), c, S)
      expect(await few.hears('Z')).toBe('1 2 G E:XG004 Z:I')
      few.send(P('', 'copy numbers from stdin'), B(), E(), rows(21, 22), c, S)
      expect(await few.hears('Z')).toBe('1 2 G C:COPY_2 Z:I')
      few.send(Q('copy numbers from stdin'), d('bad\tx\n'), c)
      expect(await few.hears('Z')).toBe('G E:22P02 Z:I')
      few.send(Q('copy numbers from stdin'), f('no'), Q('select 1'))
      expect(await few.hears('Z', 2)).toBe('G E:57014 Z:I T D C:SELECT_1 Z:I')
      expect(await left()).toBe(15)
      few.send(Q('copy numbers from stdin'), H, rows(31, 31), H, c)
      expect(await few.hears('Z')).toBe('G C:COPY_1 Z:I')
      expect(await left()).toBe(16)
    }))

  test('R21 what the commit itself refuses is answered as the server answers it', () =>
    talk(async (few) => {
      few.send(Q('insert into late values (1), (1)'))
      expect(await few.hears('Z')).toBe('E:23505 Z:I')
      few.send(PBE('insert into late values (1), (1)'), S)
      expect(await few.hears('Z')).toBe('1 2 C:INSERT_0_2 E:23505 Z:I')
      const { completed } = world.stage.evidence
      const late = completed.filter(({ outcome }) => outcome.native === '23505')
      expect(late.map(({ outcome }) => outcome.status)).toContain('failed')
    }))

  test('R21 what SQL prepared is counted when it is executed', async () => {
    const few = await world.sign('few')
    await few.ask('prepare wipe as delete from numbers')
    expect(await told(few, 'execute wipe')).toBe('XG004')
    await few.ask('prepare one(int) as delete from numbers where n = $1')
    expect((await few.ask('execute one(1)')).code).toBeUndefined()
    expect(await left()).toBe(9)
    expect((await few.prepared('w', 'delete from numbers')).code).toBe('XG004')
    expect((await few.prepared('w', 'delete from numbers')).code).toBe('XG004')
    expect(await left()).toBe(9)
  })

  test.each([
    'with gone as (delete from numbers returning *) select count(*) from gone',
    'with gone as (delete from numbers) select 1',
    'with gone as (delete from numbers) delete from numbers where n = 1',
    'with recursive gone as (delete from numbers returning n) select 1',
    'explain analyze delete from numbers',
    'copy (delete from numbers returning n) to stdout',
    'do $$ begin delete from numbers; end $$',
    'select erase()',
    'alter table numbers drop column note',
    'delete from parents',
    'insert into watched values (1)',
    'copy watched from stdin',
    'delete from numbers where n = 1; delete from numbers where n = 2',
    'begin; delete from numbers; commit',
  ])('R21 refused, because it cannot be counted: %s', async (text) => {
    const few = await world.sign('few')
    const { code, detail } = await few.ask(text)
    expect([code, detail.includes('t/three')]).toEqual(['XG004', true])
    expect(await left()).toBe(10)
    expect(await told(few, 'select 1')).toEqual([[1]])
    await world.settled()
  })

  test('R21 referring rows that stay as they are need no count', async () => {
    const few = await world.sign('few')
    expect((await few.ask('delete from friends')).code).toBeUndefined()
    expect((await few.ask('insert into parents values (1)')).code).toBeUndefined()
    expect((await few.ask('delete from children')).code).toBeUndefined()
    await world.settled()
  })

  test('R21 RETURNING in portions cannot be counted, and is refused', () =>
    talk(async (few) => {
      few.send(P('', 'delete from numbers where n < 3 returning n'), B(), E('', 1), S)
      expect(await few.hears('Z')).toBe('1 2 E:XG004 Z:I')
      few.send(Q('begin'), P('', 'delete from numbers returning n'), B({ portal: 'p' }), H)
      expect(await few.hears('2')).toBe('C:BEGIN Z:T 1 2')
      few.send(Q('fetch 1 from p'), Q('commit'))
      expect(await few.hears('Z', 2)).toBe('E:XG004 Z:E C:ROLLBACK Z:I')
      expect(await left()).toBe(10)
    }))

  test('R21 the records name the limit, and count nothing as changed', () => {
    const over = world.stage.evidence.completed.filter(({ outcome }) => outcome.refusal === 'GH_ROW_LIMIT')
    expect(over.length).toBeGreaterThan(20)
    for (const { outcome, decided } of over) {
      expect(outcome.affected).toBe(0)
      // What shares a text with what is limited has no limit of its own.
      if (/^(BEGIN|COMMIT)$/.test(decided.statement.command)) continue
      expect(decided.decision.rules).toContain('t/three')
    }
  })
})
