/** R23, R24: one decision and one outcome for every statement, however it ends, and nothing before its record. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RawClient, signIn } from '../wire/raw-client.js'
import { B, CP, CS, DP, DS, E, H, P, PBE, Q, S, X } from '../wire/requests.js'
import { errorOf } from '../wire/transcript.js'
import { MASKED, PASSWORD, pause, startWorld, type World } from './world.js'

const SCHEMA = `
create table numbers(n int primary key);
insert into numbers select generate_series(1, 10);
create table vault(n int);
create table written(n int);
`
const RULES = [
  ...MASKED,
  '{name: vault, effect: forbid, resources: ["shop.public.vault"]}',
  '{name: three, effect: limit, groups: [few], rows: 3}',
]

let world: World
let client: RawClient
/** Records of this test alone. */
let decided = 0
let completed = 0
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA, rules: RULES })
})
afterAll(() => world.close())

const sign = (user = 'adam') => signIn({ port: world.stage.port, user, password: PASSWORD })
beforeEach(async () => {
  client = await sign()
  decided = world.stage.evidence.decided.length
  completed = world.stage.evidence.completed.length
})
/** Invariant: every decision has just one outcome, once its session is over. */
afterEach(async () => {
  client.socket.destroy()
  await Promise.all([...world.stage.sessions].map(({ done }) => done))
  const { evidence } = world.stage
  const ends = evidence.completed.map(({ decided: { id } }) => id)
  expect(new Set(ends).size).toBe(ends.length)
  expect(evidence.decided.map(({ id }) => id).filter((id) => !ends.includes(id))).toEqual([])
  expect(new Set(evidence.decided.map(({ id }) => id)).size).toBe(evidence.decided.length)
  expect(world.stage.faults).toEqual([])
})

/** `exchange.position COMMAND status` of what was completed in this test, in the order of deciding. */
async function told(leave = true): Promise<readonly string[]> {
  if (leave) await client.close()
  if (leave) await Promise.all([...world.stage.sessions].map(({ done }) => done))
  const { evidence } = world.stage
  const ends = new Map(evidence.completed.slice(completed).map((each) => [each.decided.id, each.outcome]))
  const records = evidence.decided.slice(decided)
  const first = records[0]?.exchange ?? 0
  return records.map(({ id, exchange, position, statement: { command } }) => {
    const { status = 'open', returned = 0, affected = 0 } = ends.get(id) ?? {}
    return `${exchange - first}.${position} ${command} ${status} ${returned}/${affected}`
  })
}

const ACTIVE = `application_name = 'gh:adam' and state = 'active'`

/** Something of adam's runs in the database. */
async function running(): Promise<void> {
  for (let tries = 0; tries < 20_000; tries += 1) {
    if ((await world.root.query(`select from pg_stat_activity where ${ACTIVE}`)).rowCount) return
    await pause()
  }
  throw new Error('nothing runs')
}

describe('R23 one decision and one outcome', () => {
  test('R23 simple', async () => {
    client.send(
      Q('select n from numbers'),
      Q('insert into written values (1), (2)'),
      Q('select 1/0'),
      Q(''),
      Q('begin'),
      Q('rollback'),
    )
    await client.until('Z', 6)
    expect(await told()).toEqual([
      '0.0 SELECT done 10/0',
      '1.0 INSERT done 0/2',
      '2.0 SELECT failed 0/0',
      '4.0 BEGIN done 0/0',
      '5.0 ROLLBACK done 0/0',
    ])
  })

  test('R23 several in one text, one of which is refused: none runs', async () => {
    client.send(Q('insert into written values (7); select * from vault; select 1'))
    expect(await client.hears('Z')).toBe('E:42501 Z:I')
    expect(await told()).toEqual([
      '0.0 INSERT unexecuted 0/0',
      '0.1 SELECT refused 0/0',
      '0.2 SELECT unexecuted 0/0',
    ])
    expect((await world.owner.query('select n from written where n = 7')).rows).toEqual([])
  })

  test('R23 several in one text, one of which fails: the rest is skipped', async () => {
    client.send(Q('select 1; select 1/0; select 2; select 3'))
    await client.until('Z')
    expect(await told()).toEqual([
      '0.0 SELECT done 1/0',
      '0.1 SELECT failed 0/0',
      '0.2 SELECT skipped 0/0',
      '0.3 SELECT skipped 0/0',
    ])
  })

  test('R23 what cannot be read', async () => {
    client.send(Q('selec 1'), P('', 'selec 2'), S, Q('select 1 \u0000 2'.replace('\u0000', ';;) (')))
    await client.until('Z', 3)
    expect((await told()).every((line) => / UNREADABLE refused 0\/0$/.test(line))).toBe(true)
    expect(world.stage.evidence.decided.length - decided).toBe(3)
  })

  test('R23 Parse, Bind, Execute: one record, of the execution', async () => {
    client.send(P('', 'select n from numbers'), DS(), B(), DP(), E(), S)
    await client.until('Z')
    expect(await told()).toEqual(['0.0 SELECT done 10/0'])
  })

  test('R23 each execution of a prepared statement', async () => {
    client.send(
      P('s', 'select n from numbers where n < 3'),
      S,
      B({ statement: 's' }),
      E(),
      B({ statement: 's' }),
      E(),
      S,
    )
    await client.until('Z', 2)
    client.send(Q('prepare p as select 1'), Q('execute p'), Q('execute p; execute p'))
    await client.until('Z', 3)
    expect(await told()).toEqual([
      '0.0 SELECT done 2/0',
      '0.1 SELECT done 2/0',
      '1.0 PREPARE done 0/0',
      '2.0 EXECUTE done 1/0',
      '3.0 EXECUTE done 1/0',
      '3.1 EXECUTE done 1/0',
    ])
  })

  test('R23 refused at Parse, at Bind, and what follows in the same exchange', async () => {
    client.send(PBE('select 1'), P('', 'select * from vault'), B(), E(), PBE('select 2'), S)
    expect(await client.hears('Z')).toBe('1 2 D C:SELECT_1 E:42501 Z:I')
    const lines = await told()
    expect(lines.slice(0, 2)).toEqual(['0.0 SELECT done 1/0', '0.1 SELECT refused 0/0'])
    expect(lines.slice(2).every((line) => line.endsWith(' SELECT skipped 0/0'))).toBe(true)
  })

  test("R23 a Bind that the database refuses is its statement failing, with the database's code", async () => {
    client.send(P('', 'select n from numbers where n = $1'), B({ values: ['x'] }), E(), PBE('select 1'), S)
    expect(await client.hears('Z')).toBe('1 E:22P02 Z:I')
    const { evidence } = world.stage
    const at = evidence.decided.length - decided
    expect(await told()).toEqual(['0.0 SELECT failed 0/0', '0.1 SELECT skipped 0/0'].slice(0, at))
    expect(evidence.completed[completed]?.outcome).toMatchObject({ status: 'failed', native: '22P02' })
  })

  test('R23 skipped by an error that came before', async () => {
    client.send(
      PBE('select 1 / (n - 1) from numbers'),
      PBE('select 1'),
      PBE('insert into written values (9)'),
      S,
    )
    expect(await client.hears('Z')).toBe('1 2 E:22012 Z:I')
    const lines = await told()
    expect(lines[0]).toBe('0.0 SELECT failed 0/0')
    expect(lines.slice(1).every((line) => / (skipped|unexecuted) 0\/0$/.test(line))).toBe(true)
    expect((await world.owner.query('select n from written where n = 9')).rows).toEqual([])
  })

  test('R23 prepared and never bound, bound and never run', async () => {
    client.send(
      P('s', 'select 1'),
      S,
      CS('s'),
      S,
      P('', 'select 2'),
      B(),
      CP(''),
      S,
      P('t', 'select 3'),
      B({ statement: 't' }),
      S,
    )
    await client.until('Z', 4)
    expect((await told()).map((line) => line.replace(/^\S+ /, '')).sort()).toEqual([
      'SELECT unexecuted 0/0',
      'SELECT unexecuted 0/0',
      'SELECT unexecuted 0/0',
    ])
  })

  test('R23 suspended and dropped, suspended and gone on with', async () => {
    client.send(P('', 'select n from numbers'), B(), E('', 4), S)
    expect(await client.hears('Z')).toBe('1 2 D D D D s Z:I')
    client.send(
      Q('begin'),
      P('', 'select n from numbers'),
      B({ portal: 'x' }),
      E('x', 4),
      E('x', 0),
      S,
      Q('commit'),
    )
    await client.until('Z', 3)
    expect((await told()).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'SELECT done 4/0',
      'BEGIN done 0/0',
      'SELECT done 10/0',
      'COMMIT done 0/0',
    ])
  })

  test('R23 cursors: declared, fetched, closed', async () => {
    client.send(
      Q('begin'),
      Q('declare c cursor for select n from numbers'),
      Q('fetch 2 from c'),
      Q('close c'),
      Q('commit'),
    )
    await client.until('Z', 5)
    expect((await told()).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'BEGIN done 0/0',
      expect.stringMatching(/^DECLARE.* done 0\/0$/),
      'FETCH done 2/0',
      expect.stringMatching(/^CLOSE.* done 0\/0$/),
      'COMMIT done 0/0',
    ])
  })

  test('R23 a connection that is cut while something runs, and while something waits', async () => {
    client.send(PBE('select pg_catalog.count(*) from generate_series(1, 1000000000)'), PBE('select 2'), H)
    await running()
    client.socket.destroy()
    await Promise.all([...world.stage.sessions].map(({ done }) => done))
    const lines = await told(false)
    expect(lines[0]).toMatch(/SELECT (cut|failed) 0\/0$/)
    expect(lines.slice(1).every((line) => / (cut|unexecuted|skipped) 0\/0$/.test(line))).toBe(true)
  })

  test('R23 a backend that is ended', async () => {
    client.send(Q('select pg_backend_pid()'))
    await client.until('Z')
    client.send(Q('select count(*) from generate_series(1, 1000000000)'))
    await running()
    await world.root.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${ACTIVE}`)
    await client.rest()
    expect((await told()).at(-1)).toMatch(/SELECT (cut|failed) 0\/0$/)
  })

  test('R23 COPY in and out, done and broken off', async () => {
    const few = await sign('ann')
    client.send(Q('copy numbers to stdout'))
    await client.until('Z')
    const { c, d, f } = await import('../wire/requests.js')
    client.send(Q('copy written from stdin'), d('1\n2\n'), c)
    await client.until('Z')
    client.send(Q('copy written from stdin'), d('3\n'), f('no'))
    await client.until('Z')
    await few.close()
    expect(await told()).toEqual([
      '0.0 COPY TO done 10/0',
      '1.0 COPY FROM done 0/2',
      '2.0 COPY FROM failed 0/0',
    ])
  })

  test('R23 a goodbye in the middle', async () => {
    client.send(P('', 'select 1'), B(), X)
    await client.rest()
    expect(await told()).toEqual(['0.0 SELECT unexecuted 0/0'])
  })
})

describe('R24 nothing goes upstream before its record', () => {
  test('R24 a decision that is not written yet holds its bytes back, and its own alone', async () => {
    const { evidence } = world.stage
    evidence.holding = true
    client.send(Q('insert into written values (21)'))
    while (evidence.decided.length === decided) await pause()
    await pause(50)
    expect((await world.owner.query('select n from written where n = 21')).rows).toEqual([])
    evidence.holding = false
    expect(await client.hears('Z')).toBe('C:INSERT_0_1 Z:I')
  })

  test('R24 an outcome is recorded before the last frame is released', async () => {
    for (const sent of [[Q('select 1')], [PBE('select 1'), S]]) {
      const before = world.stage.evidence.completed.length
      client.send(...sent)
      await client.until('C')
      expect(world.stage.evidence.completed.length).toBe(before + 1)
      await client.until('Z')
    }
  })

  test('R24 a full spool refuses with 53100, natively and in its place', async () => {
    const { evidence } = world.stage
    client.send(Q('begin'), Q('insert into written values (22)'))
    await client.until('Z', 2)
    evidence.full = true
    client.send(Q('select 1'))
    const messages = await client.until('Z')
    expect(errorOf(messages).get('C')).toBe('53100')
    expect(messages.at(-1)?.body.toString()).toBe('E')
    client.send(PBE('select 1'), S)
    expect(await client.hears('Z')).toMatch(/^(1 2 )?E:\w+ Z:E$/)
    await expect(sign()).rejects.toMatchObject({ native: '57P03' })
    evidence.full = false
    client.send(Q('rollback'), Q('select 1'))
    expect(await client.hears('Z', 2)).toBe('C:ROLLBACK Z:I T D C:SELECT_1 Z:I')
    expect((await world.owner.query('select n from written where n = 22')).rows).toEqual([])
  })

  test('R24 ROLLBACK and COMMIT ask for the reserve', async () => {
    const asked: boolean[] = []
    for (const text of [
      'rollback',
      'commit',
      'end',
      'abort',
      'rollback to a',
      'release a',
      'select 1',
      'begin',
    ]) {
      const explained = await world.adapter.explain(text, 'gw', 'shop')
      if (explained.kind !== 'read') throw new Error(explained.why)
      asked.push((explained.statements[0] as unknown as { reserve: boolean }).reserve)
    }
    expect(asked).toEqual([true, true, true, true, true, true, false, false])
  })

  test('R24 a spool that fails ends the session before anything of it runs', async () => {
    const { evidence } = world.stage
    evidence.failing = true
    client.send(Q('insert into written values (23)'))
    await client.rest()
    evidence.failing = false
    expect((await world.owner.query('select n from written where n = 23')).rows).toEqual([])
  })
})

test('R23 a connection that never signs in leaves a record of the sign-in alone', async () => {
  await expect(signIn({ port: world.stage.port, user: 'adam', password: 'wrong' })).rejects.toMatchObject({
    native: '28P01',
  })
  expect(world.stage.evidence.decided.length).toBe(decided)
  expect(world.stage.evidence.signedIn.at(-1)).toMatchObject({
    kind: 'refused',
    refusal: 'GH_SIGN_IN',
    login: 'adam',
  })
})
