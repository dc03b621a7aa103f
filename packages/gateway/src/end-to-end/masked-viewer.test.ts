import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPeople, SECRETS } from './people.js'
import { type PsqlAnswer, runPsql } from './run-psql.js'
import { openStage, type Serving, type Stage } from './stage.js'

describePart('psql', 'psql, masked and clear', () => {
  let stage: Stage
  let serving: Serving

  beforeAll(async () => {
    stage = await openStage()
    await openPeople(stage)
    serving = await stage.serve()
  })
  afterAll(() => stage.stop())

  const through = (user: string, ...statements: string[]): Promise<PsqlAnswer> =>
    runPsql({ host: '127.0.0.1', port: serving.port, user }, statements, 'pass-word')
  const straight = (...statements: string[]): Promise<PsqlAnswer> =>
    runPsql({ host: '127.0.0.1', port: stage.postgres.port, user: 'gatehouse' }, statements, 'up-stream')

  const SHOWING = [
    'select * from people order by id',
    'table people',
    'select p from people p',
    'select id, full_name, email from people where id between 2 and 4',
    'select * from contacts order by id',
    'select name, mail from contacts where id = 3',
    'with c as (select * from people) select c.phone, c.salary, c.birth_date from c',
    'select email from people union all select phone from people',
    'select row_to_json(p) from people p',
    'select profile from people',
    'copy people to stdout',
    'copy people (email, salary) to stdout with (format csv, header)',
    'copy (select id, notes, national_id from people) to stdout',
    '\\copy people to stdout csv',
    "\\copy (select email, birth_date from people) to stdout with delimiter ';'",
    'begin; declare c cursor for select * from people; fetch all from c; commit',
    'insert into people select 100 + id, full_name, $$a$$ || id, phone, national_id, salary, birth_date, joined, notes, profile from people returning *',
    'prepare q as select notes, email from people where id = $1; execute q(2)',
    'select email, phone from people where id = 2 \\gx',
    'select id, email from people \\gdesc',
    'explain (verbose) select email from people where id = 1',
    'select max(email), min(salary), string_agg(phone, $$,$$) from people',
    'select substr(full_name, 1, 12), upper(email) from people',
  ]

  test.each(SHOWING)('ann sees nothing of it in the clear: %s', async (statement) => {
    const { stdout, stderr } = await through('ann', statement)
    expect(`${stdout}\n${stderr}`).not.toMatch(SECRETS)
  })

  test('what is refused is refused with a reason, what is shown has its rows', async () => {
    const rows = (answer: PsqlAnswer) => answer.stdout.trimEnd().split('\n')
    for (const statement of SHOWING.slice(0, 2).concat(SHOWING.slice(10, 14))) {
      const answer = await through('ann', statement)
      expect(answer, statement).toMatchObject({ status: 0, stderr: '' })
      expect(rows(answer).length, statement).toBeGreaterThanOrEqual(9)
    }
    expect(
      rows(
        await through('ann', 'select id, email, phone, salary, birth_date, joined from people where id = 1'),
      ),
    ).toEqual([expect.stringMatching(/^1\|.*@.*\|.+\|(0|)\|1980-01-01\|2026-01-01 .*$/)])
  })

  test('ben sees what the account itself sees, byte for byte', async () => {
    await fourAtATime(
      SHOWING.filter((each) => !each.startsWith('insert')),
      async (statement) => {
        const [mine, own] = [await through('ben', statement), await straight(statement)]
        expect(mine, statement).toEqual(own)
        if (/\b(max|email)\b/.test(statement) && !/gdesc|explain/.test(statement))
          expect(mine.stdout).toMatch(SECRETS)
      },
    )
  })

  const DESCRIBING = [
    '\\d',
    '\\d people',
    '\\d+ people',
    '\\d+ contacts',
    '\\d people_joined',
    '\\d tickets',
    '\\dt+',
    '\\dv',
    '\\di',
    '\\ds',
    '\\dm',
    '\\df',
    '\\df+ greeting',
    '\\sf greeting',
    '\\sv contacts',
    '\\dn+',
    '\\dT+',
    '\\dp',
    '\\du',
    '\\dx',
    '\\dd',
    '\\dC text',
    '\\dO',
    '\\db',
    '\\dy',
    '\\des',
    '\\dRp',
    '\\do ||',
    '\\dF',
    '\\dL',
    '\\ddp',
    '\\l',
    '\\z people',
    '\\dS pg_class',
    '\\dtS pg_cat*.pg_am*',
  ]

  test('the \\d family answers a masked viewer as the database would', async () => {
    const differing: Record<string, { readonly gateway: string; readonly database: string }> = {}
    await fourAtATime(DESCRIBING, async (command) => {
      const [mine, own] = [await through('ann', command), await straight(command)]
      if (mine.stdout !== own.stdout || mine.status !== own.status)
        differing[command] = { gateway: mine.stdout + mine.stderr, database: own.stdout + own.stderr }
    })
    expect(differing).toEqual({})
  })

  test('nor do statistics, errors, notices and probing tell', async () => {
    for (const statement of [
      'select * from pg_stats where tablename = $$people$$',
      'select most_common_vals, histogram_bounds from pg_stats',
      'insert into people select * from people',
      "select id from people where email like 'quentin1%'",
      'select id from people where salary > 71004',
      'select id from people order by national_id',
      'select count(*) from people group by notes',
      'select email::int from people',
      'select 1/(salary - 71003) from people',
      'update people set full_name = email where id = 1 returning full_name',
      'select * from people where xmlexists($$x$$ passing notes)',
    ]) {
      const { stdout, stderr } = await through('ann', statement)
      // The text that psql repeats below LINE is the person's own.
      expect(`${stdout}\n${stderr.replaceAll(/^LINE.*$/gm, '')}`, statement).not.toMatch(SECRETS)
    }
  })
})

/** Each of them is a process and a sign-in. */
async function fourAtATime(list: readonly string[], work: (each: string) => Promise<void>): Promise<void> {
  const left = [...list]
  const one = async () => {
    for (let each = left.shift(); each !== undefined; each = left.shift()) await work(each)
  }
  await Promise.all([one(), one(), one(), one()])
}
