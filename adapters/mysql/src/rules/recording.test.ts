/** R23, R24, R26, R27, R30: two records for every statement, what they hold, and that all has its ceiling. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, describe as group, test } from 'vitest'
import { CLIENT } from '../messages/index.js'
import { describeFlavours } from '../wire/fixture.js'
import { type RawClient, signIn } from '../wire/raw-client.js'
import * as send from '../wire/requests.js'
import { describeReply, errorOf } from '../wire/transcript.js'
import { PASSWORD, pause, startWorld, type World } from './world.js'

const SCHEMA = [
  'create table numbers (n int primary key)',
  'insert into numbers values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)',
  'create table customers (id int primary key, email varchar(60))',
  `insert into customers values (1, 'ada@example.com')`,
  'create table vault (n int)',
  'create table written (n int)',
  'create procedure twice() begin select n from numbers where n < 3; select n from numbers where n > 8; end',
]
const RULES = [
  '{name: vault, effect: forbid, resources: ["shop.vault"]}',
  '{name: hidden, effect: forbid, resources: ["shop.hid*"]}',
  '{name: three, effect: limit, groups: [few], rows: 3}',
]

describeFlavours('recording', (flavour) => {
  let world: World
  let client: RawClient
  let decided = 0
  beforeAll(async () => {
    world = await startWorld({
      schema: SCHEMA,
      rules: RULES,
      flavour,
      limits: { statement: 1 << 16, message: 4 << 20 },
    })
  })
  afterAll(() => world?.close())

  const sign = (user = 'adam') =>
    signIn({ port: world.stage.port, user, password: PASSWORD, more: CLIENT.MULTI_STATEMENTS })
  const ended = () => Promise.all([...world.stage.sessions].map(({ done }) => done))
  beforeEach(async () => {
    client = await sign()
    decided = world.stage.evidence.decided.length
  })
  /** Invariant: every decision has just one outcome, once its session is over. */
  afterEach(async () => {
    client.socket.destroy()
    await ended()
    const { evidence, faults } = world.stage
    const ends = evidence.completed.map(({ decided: { id } }) => id)
    expect(new Set(ends).size).toBe(ends.length)
    expect(evidence.decided.map(({ id }) => id).filter((id) => !ends.includes(id))).toEqual([])
    expect(new Set(evidence.decided.map(({ id }) => id)).size).toBe(evidence.decided.length)
    expect(faults).toEqual([])
  })

  /** `exchange.position COMMAND status returned/affected` of this test, in the order of deciding. */
  async function told(): Promise<readonly string[]> {
    await client.close()
    await ended()
    const { evidence } = world.stage
    const ends = new Map(evidence.completed.map((each) => [each.decided.id, each.outcome]))
    const records = evidence.decided.slice(decided)
    const first = records[0]?.exchange ?? 0
    return records.map(({ id, exchange, position, statement: { command } }) => {
      const { status = 'open', returned = 0, affected = 0, native = '' } = ends.get(id) ?? {}
      return `${exchange - first}.${position} ${command} ${status} ${returned}/${affected} ${native}`.trim()
    })
  }

  afterEach(() => {
    world.stage.evidence.full = false
    world.stage.evidence.holding = false
  })

  group('R23 one decision and one outcome', () => {
    test('R23 texts, one by one', async () => {
      await client.query('select n from numbers')
      await client.query('insert into written values (1), (2)')
      await client.query('select n from nowhere')
      await client.query('select n from vault')
      await client.query('no statement at all')
      await client.query('')
      await client.query('update written set n = 3 where n = 1')
      expect(await told()).toEqual([
        '0.0 SELECT done 10/0',
        '1.0 INSERT done 0/2',
        expect.stringMatching(/^2\.0 SELECT (failed 0\/0 1146|refused 0\/0.*)$/),
        expect.stringMatching(/^3\.0 SELECT refused 0\/0/),
        expect.stringMatching(/^4\.0 \S+ refused 0\/0/),
        expect.stringMatching(/^\d\.0 UPDATE done 0\/1/),
      ])
    })

    test('R23 several in one text: what an error skips says so', async () => {
      await client.query('select 1; insert into numbers values (1); select 2; select 3')
      expect(await told()).toEqual([
        '0.0 SELECT done 1/0',
        '0.1 INSERT failed 0/0 1062',
        '0.2 SELECT skipped 0/0',
        '0.3 SELECT skipped 0/0',
      ])
    })

    test('R23 several in one text: where one is refused none runs', async () => {
      await client.query('select 1; select n from vault; insert into written values (77)')
      expect((await told()).map((line) => line.split(' ').slice(1, 3).join(' '))).toEqual([
        'SELECT unexecuted',
        'SELECT refused',
        'INSERT unexecuted',
      ])
      expect((await world.owner.query('select count(*) as c from written where n = 77'))[0]).toEqual([
        { c: 0 },
      ])
    })

    test('R23 each execution of a prepared statement, and one that is never executed', async () => {
      const made = await client.prepare('select n from numbers where n < ?')
      for (const n of [3, 4]) await client.ask(send.execute(made.id, { parameters: [send.bigint(n)] }))
      client.command(send.closeStatement(made.id))
      await client.prepare('select n from numbers')
      await client.ask(send.prepare('select n from vault'))
      const lines = await told()
      expect(lines.filter((line) => line.includes('SELECT done')).map((line) => line.split(' ')[3])).toEqual([
        '2/0',
        '3/0',
      ])
      expect(lines.filter((line) => line.includes('unexecuted')).length).toBeGreaterThanOrEqual(1)
      expect(lines.filter((line) => line.includes('refused')).length).toBe(1)
    })

    test('R23 a routine that gives several results is one statement', async () => {
      // What a body reads is not known: a rule about any table may be about it.
      await client.query('call twice()')
      world.usePolicy([])
      await client.query('call twice()')
      world.usePolicy(RULES)
      expect(await told()).toEqual([expect.stringMatching(/^0\.0 CALL refused/), '1.0 CALL done 4/0'])
    })

    test('R23 EXECUTE by name is decided by what it runs', async () => {
      await client.query(`prepare s from 'select n from numbers'`)
      await client.query('execute s')
      await client.query('deallocate prepare s')
      await client.query('execute s')
      const lines = await told()
      expect(lines.map((line) => line.split(' ').slice(1).join(' '))).toEqual([
        expect.stringMatching(/^PREPARE done/),
        'EXECUTE done 10/0',
        expect.stringMatching(/^DEALLOCATE/),
        expect.stringMatching(/^EXECUTE (refused|failed) 0\/0/),
      ])
      const { evidence } = world.stage
      const run = evidence.decided.slice(decided).find(({ statement }) => statement.command === 'EXECUTE')
      expect(
        run?.statement.actions.map(({ verb, resource }) => `${verb} ${resource.path.join('.')}`),
      ).toContain('read shop.numbers')
    })

    test('R23 a limit that is passed, and a client that leaves in the middle', async () => {
      const few = await sign('few')
      expect(describeReply(await few.query('select n from numbers'))).toContain('ERR:1644')
      await few.close()
      client.command(send.query('select sleep(0.3), n from numbers'))
      await pause(100)
      client.socket.destroy()
      await ended()
      const statuses = world.stage.evidence.completed.slice(-2).map(({ outcome }) => outcome.status)
      expect(statuses[0]).toBe('failed')
      expect(['cut', 'unknown', 'failed']).toContain(statuses[1])
    })
  })

  test('R24 nothing goes upstream before its decision is written, and nothing is answered before its outcome', async () => {
    const { evidence } = world.stage
    evidence.holding = true
    client.command(send.query('insert into written values (500)'))
    await pause(200)
    expect((await world.owner.query('select count(*) as c from written where n = 500'))[0]).toEqual([
      { c: 0 },
    ])
    expect(client.waiting).toBe(0)
    evidence.holding = false
    expect(describeReply(await client.reply())).toBe('OK:1')
  })

  test('R24 a spool that is full refuses what it cannot record, in its own words', async () => {
    const { evidence } = world.stage
    await client.query('begin')
    evidence.full = true
    expect(errorOf(await client.query('insert into written values (600)')).code).toBe(1105)
    expect(errorOf(await client.query('select n from numbers')).code).toBe(1105)
    evidence.full = false
    expect(describeReply(await client.query('rollback'))).toBe('OK:0')
    expect((await world.owner.query('select count(*) as c from written where n = 600'))[0]).toEqual([
      { c: 0 },
    ])
  })

  test('R26 records hold the statement without its literals', async () => {
    await client.query(
      `select n from numbers where n = 424242 or 'topsecret' = "other secret" or x'746f70' = 1`,
    )
    await client.query(`select /* a secret remark */ 1 -- another`)
    await client.close()
    await ended()
    const texts = world.stage.evidence.decided.slice(decided).map(({ statement }) => statement.text)
    expect(texts.join('\n')).not.toMatch(/424242|secret|746f70/)
    expect(texts[0]).toContain('numbers')
  })

  test('R27 what a refusal repeats of the client is one line, without anything that moves a cursor', async () => {
    for (const more of ['\n', '\r', '\u001b[31m', '\u202e', '\u0007', '\u2028', 'x'.repeat(60)]) {
      const { message } = errorOf(await client.query(`select 1 from \`hid${more}den\``))
      expect(message).toContain('gatehouse: {')
      expect(message.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f\u202a-\u202e\u2028\u2029]/)
      expect(message.split('\n').length).toBeLessThanOrEqual(3)
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(512)
    }
  })

  group('R30 every length has its ceiling', () => {
    test('R30 a statement over the limit is refused, and the session goes on', async () => {
      const long = `select '${'x'.repeat(1 << 16)}'`
      expect(errorOf(await client.query(long)).code).toBe(1153)
      expect(describeReply(await client.query('select 1'))).toBe('RS(1):1')
      expect(errorOf(await client.ask(send.prepare(long))).code).toBe(1153)
      expect(describeReply(await client.query('select 2'))).toBe('RS(2):1')
    })

    test('R30 prepared statements, their names and their long data are counted', async () => {
      let refused: number | undefined
      for (let count = 0; count < 20_000 && refused === undefined; count += 1) {
        const reply = await client.ask(send.prepare(`select ${count}, '${'y'.repeat(8000)}'`))
        if (reply.parts[0]?.kind === 'error') refused = errorOf(reply).code
      }
      expect(refused).toBe(1461)
      expect(describeReply(await client.query('select 1'))).toBe('RS(1):1')
    })

    test('R30 deep and endless texts are refused, not read', async () => {
      for (const text of [
        `select ${'('.repeat(3000)}1${')'.repeat(3000)}`,
        `select 1${' + 1'.repeat(9000)}`,
        `select * from ${'(select * from '.repeat(500)}numbers${') x'.repeat(500)}`,
        `select ${'/*! '.repeat(1000)} 1`,
      ]) {
        const reply = await client.query(text)
        expect([text.slice(0, 30), errorOf(reply).message]).toEqual([
          text.slice(0, 30),
          expect.stringContaining('gatehouse: {'),
        ])
      }
      expect(describeReply(await client.query('select 1'))).toBe('RS(1):1')
    })
  })
})
