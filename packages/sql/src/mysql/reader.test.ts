import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMysqlAnalyser } from './analysis.js'
import type { MysqlCatalog } from './catalog.js'
import { DEFAULT_MYSQL_READER_LIMITS } from './limits.js'
import { loadMysqlParser, type MysqlParser } from './parser.js'
import type { MysqlContext, MysqlPlan, MysqlReader } from './plan.js'
import { createMysqlReader } from './reader.js'
import { SAMPLE } from './sample.js'
import { loadSecondOpinion } from './second-opinion.js'

const context: MysqlContext = {
  database: 'shop',
  sqlMode: [],
  charset: 'utf8mb4',
  overlay: [],
  account: 'gatehouse',
}
const options = {
  flavour: 'mariadb',
  version: [10, 11, 11],
  catalog: SAMPLE,
  accounts: ['gatehouse'],
} as const

let reader: MysqlReader
beforeAll(async () => {
  reader = await createMysqlReader(options)
}, 30_000)
afterAll(() => reader.close())

async function plan(text: string, multiple = false): Promise<MysqlPlan> {
  return (await reader.read(text, context, multiple)).plan
}

describe('R7 a server whose way of reading is not known', () => {
  test('is refused at the start', async () => {
    await expect(createMysqlReader({ ...options, version: [13, 0, 0] })).rejects.toThrow(/MariaDB 13\.0/)
    await expect(createMysqlReader({ ...options, flavour: 'mysql', version: [5, 6, 51] })).rejects.toThrow(
      /MySQL 5\.6/,
    )
  })

  test('unless the configuration names the nearest', async () => {
    const nearest = await createMysqlReader({ ...options, version: [13, 0, 0], nearest: [12, 0, 0] })
    expect((await nearest.read('select 1', context)).plan.kind).toBe('read')
    await nearest.close()
  })
})

describe('what goes upstream is what was read', () => {
  test('an executable comment is executed or dropped as the server would', async () => {
    const reading = await reader.read('select id /*!50000 , ssn */ from people -- x', context)
    expect(reading.canonical).toMatch(/^select id +, ssn +from people *$/)
    const [statement] = reading.plan.kind === 'read' ? reading.plan.statements : []
    expect(statement?.outputs).toMatchObject([{ name: 'id' }, { name: 'ssn' }])
    expect((await reader.read('delete from orders /*!99999 where id = 1 */', context)).plan).toMatchObject({
      statements: [{ actions: [{ verb: 'delete', unfiltered: true }] }],
    })
  })

  test('nothing of an unreadable text does', async () => {
    for (const text of ["select 'geheim", 'select 1; select 2', '/*! /*! x */ */'])
      expect(await reader.read(text, context)).toMatchObject({ canonical: '', plan: { kind: 'unreadable' } })
  })
})

describe('R5 plans are shared by what they depend on and nothing less', () => {
  test('an exact text is at hand the second time, a shape the first', async () => {
    const first = await reader.read('select name from people where id = 1', context)
    expect(reader.read('select name from people where id = 1', context)).toBe(first)
    const other = reader.read('select name  from people where id = 22 /* x */', { ...context })
    expect(other).not.toBeInstanceOf(Promise)
    expect(other).toMatchObject({ canonical: expect.stringContaining('22') })
    expect((other as { plan: MysqlPlan }).plan).toBe(first.plan)
    expect(first.plan).toMatchObject({ statements: [{ text: 'select name from people where id = ?' }] })
  })

  test('another database, mode, charset, overlay, account or number of statements is another plan', async () => {
    const text = 'select note from people'
    await reader.read(text, context)
    for (const given of [
      { ...context, database: 'hr' },
      { ...context, sqlMode: ['PIPES_AS_CONCAT'] },
      { ...context, charset: 'latin1' },
      { ...context, overlay: ['people'] },
      { ...context, account: 'other' },
    ])
      expect(reader.read(text, given)).toBeInstanceOf(Promise)
    expect(reader.read(text, context, true)).toBeInstanceOf(Promise)
  })

  test('a constant that mattered keeps its plan to itself, and so does what is no query', async () => {
    await plan('select id, ssn from people order by 1')
    expect(reader.read('select id, ssn from people order by 2', context)).toBeInstanceOf(Promise)
    await plan("select id from people into outfile 'a'")
    expect(reader.read("select id from people into outfile 'b'", context)).toBeInstanceOf(Promise)
    await plan("set sql_mode = ''")
    expect(reader.read("set sql_mode = 'ANSI'", context)).toBeInstanceOf(Promise)
    await plan("execute immediate 'select 1'")
    expect(reader.read("execute immediate 'drop table people'", context)).toBeInstanceOf(Promise)
  })

  test('a new catalog forgets every plan', async () => {
    const text = 'select total from orders'
    const before = await plan(text)
    await reader.learn({
      ...SAMPLE,
      epoch: 2,
      relations: SAMPLE.relations.filter(({ name }) => name !== 'orders'),
    })
    expect(await plan(text)).not.toEqual(before)
    await reader.learn(SAMPLE)
    expect(await plan(text)).toEqual(before)
  })
})

test('R2 the catalog is read again before a name counts as unknown', async () => {
  let asked = 0
  const fresh: MysqlCatalog = {
    ...SAMPLE,
    epoch: 2,
    relations: SAMPLE.relations.map((each) =>
      each.name === 'orders' ? { ...each, name: 'brand_new' } : each,
    ),
  }
  const own: MysqlReader = await createMysqlReader({
    ...options,
    refresh: async () => {
      asked++
      if (asked > 1) return false
      await own.learn(fresh)
      return true
    },
  })
  expect((await own.read('select id from brand_new', context)).plan).toMatchObject({
    statements: [{ actions: [{ verb: 'read', resource: { path: ['shop', 'brand_new'] } }] }],
  })
  expect((await own.read('select id from nowhere', context)).plan).toMatchObject({
    statements: [{ actions: [{ verb: 'read' }, { certainty: 'opaque' }], missing: { code: '1146' } }],
  })
  expect(asked).toBe(2)
  await own.close()
})

describe('a long text', () => {
  const rows = Array.from({ length: 6000 }, (_, at) => `(${at}, 'ada ${at}')`).join(', ')
  const long = `insert into people (id, name) values ${rows} /* aside */ -- end`

  test('is made canonical in the worker: nobody waits for it here', async () => {
    const found = reader.read(long, context)
    expect(found).toBeInstanceOf(Promise)
    const { canonical, plan: made } = await found
    expect(canonical).toMatch(/^insert into people .*\(5999, 'ada 5999'\) *$/)
    expect(canonical).not.toContain('aside')
    expect(made).toMatchObject({ statements: [{ actions: [{ verb: 'insert' }] }] })
    expect(reader.read(long, context)).toMatchObject({ canonical })
  })

  test('is refused for the same reasons', async () => {
    expect(await plan(`${long}\0`)).toMatchObject({ kind: 'unreadable' })
    expect(await plan(`${long}\n; select 1`)).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('several'),
    })
    expect(await plan(`${long}\n; select 1`, true)).toMatchObject({ statements: [{}, {}] })
    expect(reader.read(`select '${'x'.repeat(DEFAULT_MYSQL_READER_LIMITS.bytes)}'`, context)).toMatchObject({
      plan: { kind: 'unreadable', tooLarge: true },
    })
  })
})

test('R19 a text with a constant that looks like a mask is read for itself', async () => {
  const issued = async (value: string) => {
    const found = await plan(`update people set name = ${value} where id = 1`)
    const actions = found.kind === 'read' ? (found.statements[0]?.actions ?? []) : []
    const fields = actions.find(({ verb }) => verb === 'update')?.fields
    return fields === undefined || fields === 'unknown' ? undefined : fields[0]?.issued
  }
  expect(await issued("'ada'")).toBeUndefined()
  for (const mask of ["'***'", "'\\*\\*\\*'", "'*' '**'", "'p_abcdefgh234567ab'"])
    expect(await issued(mask), mask).toBe(true)
  expect(await issued('0x616461')).toBeUndefined()
  expect(await issued('0x2a2a2a')).toBe(true)
})

describe('several statements', () => {
  test('are read where the session may send them, and one that is not makes all unreadable', async () => {
    expect(await plan('select 1; select 2')).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('several'),
    })
    expect(await plan('select 1; select 2', true)).toMatchObject({
      statements: [{ command: 'SELECT' }, { command: 'SELECT' }],
    })
    expect(await plan("select 1; prepare s from 'select 1; select 2'", true)).toMatchObject({
      kind: 'unreadable',
    })
  })

  test('none may hide behind a body whose end only the server knows', async () => {
    const text = 'create procedure p() begin select 1; end; use mysql'
    expect(await plan(text, true)).toMatchObject({
      statements: [{ command: 'CREATE PROCEDURE' }, { command: 'USE' }],
    })
    const endless = 'create procedure p() begin if 1 then select 1; end; use mysql'
    expect(await plan(endless, true)).toMatchObject({ kind: 'unreadable' })
    expect(await plan(text)).toMatchObject({
      statements: [{ actions: [{ verb: 'create' }, { verb: 'opaque' }] }],
    })
  })
})

test('a parser that failed inside a view is not asked again', async () => {
  const parser = await loadMysqlParser()
  const failing: MysqlParser = {
    parse: (text) => {
      if (text.includes('`shop`.`people`.`ssn` AS')) throw new RangeError('stack')
      return parser.parse(text)
    },
  }
  const direct = createMysqlAnalyser({
    ...options,
    parser: failing,
    opinion: loadSecondOpinion('mariadb'),
    reviewed: [],
    limits: DEFAULT_MYSQL_READER_LIMITS,
  })
  const ask = (text: string) => direct.analyse({ kind: 'canonical', text, statements: [text], context })
  expect(() => ask('select ssn from v')).toThrow('stack')
  expect(() => ask('select 1')).toThrow('stack')
})

describe('bad input', () => {
  const deep = (open: string, close: string, count: number) => `${open.repeat(count)}1${close.repeat(count)}`
  const hostile: [string, string][] = [
    ['parentheses', `select ${deep('(', ')', 10_000)}`],
    ['a sum', `select 1${'+1'.repeat(20_000)}`],
    ['a sum just over the limit', `select 1${'+1'.repeat(600)}`],
    ['a chain of AND', `select 1${' and 1'.repeat(5000)}`],
    ['a chain of NOT', `select ${'not '.repeat(5000)}1`],
    ['signs', `select ${'- '.repeat(5000)}1`],
    ['UNION', `select 1${' union select 1'.repeat(10_000)}`],
    ['JOIN', `select 1 from people${' join people'.repeat(5000)}`],
    ['CASE', `select ${deep('case when 1 then ', ' end', 5000)}`],
    ['subqueries', `select ${deep('(select ', ')', 500)}`],
    ['functions', `select ${deep('upper(', ')', 5000)}`],
    ['PREPARE in PREPARE', `${`prepare s from '`.repeat(2000)}`],
    ['EXPLAIN of EXPLAIN', `${'explain '.repeat(50_000)} select 1`],
    ['ANALYZE of ANALYZE', `${'analyze format=json '.repeat(50_000)} select 1`],
    ['SET STATEMENT of SET STATEMENT', `${'set statement a=1 for '.repeat(20_000)} select 1`],
    ['NUL', 'select 1\0; drop table people'],
    ['a lone surrogate', 'select \udc00'],
    ['an unterminated string', "select 'geheim"],
    ['an unterminated name', 'select `geheim'],
    ['an unterminated comment', 'select 1 /* geheim'],
    ['a control character', 'select \x01 1'],
    ['a value beyond', `select '${'x'.repeat(2 * 1024 * 1024)}'`],
  ]

  test.each(hostile)(
    '%s does no harm, and the next statement is read',
    async (_, text) => {
      const found = await plan(text)
      const opaque =
        found.kind === 'read' &&
        found.statements.every(({ actions }) => actions.some(({ verb }) => verb === 'opaque'))
      expect(found.kind === 'unreadable' || opaque).toBe(true)
      expect(await plan(`select id from people where id = ${text.length}`)).toMatchObject({
        kind: 'read',
        statements: [{ command: 'SELECT' }],
      })
    },
    30_000,
  )

  test('what kills the parser kills one statement only', async () => {
    const weak = await createMysqlReader({ ...options, limits: { depth: 1e6, operators: 1e6 } })
    const killers = await Promise.all(
      Array.from({ length: 3 }, (_, at) => weak.read(`select ${at}${'+1'.repeat(200_000 + at)}`, context)),
    )
    for (const { plan: found } of killers) expect(found.kind).toBe('unreadable')
    expect((await weak.read('select id from people', context)).plan.kind).toBe('read')
    await weak.close()
  }, 240_000)

  test('what takes too long is given up', async () => {
    const hasty = await createMysqlReader({ ...options, limits: { milliseconds: 1 } })
    const { plan: found } = await hasty.read(`select 1${',1'.repeat(100_000)}`, context)
    expect(found).toMatchObject({ kind: 'unreadable', why: 'the statement took too long to read' })
    await hasty.close()
  }, 60_000)

  test('no constant reaches a record, of whatever statement', async () => {
    const texts = [
      "select 'geheim', \"geheim\", x'6765' from people where ssn = 'geheim'",
      "set password for eve = 'geheim'",
      "create user eve identified by 'geheim'",
      "prepare s from 'select \\'geheim\\''",
      "set @a = 'geheim'",
      "selec 'geheim'",
      "select 'geheim' from",
      "load data local infile 'geheim' into table people",
      "select _utf8'geheim', n'geheim'",
    ]
    for (const text of texts) {
      const found = await plan(text)
      const shown = found.kind === 'read' ? found.statements : [found.statement]
      expect([
        text,
        shown
          .map((each) => each.text)
          .join()
          .includes('geheim'),
      ]).toEqual([text, false])
    }
  })

  test('an sql_mode that is not known makes every text unreadable', async () => {
    const { plan: found } = await reader.read("select 'geheim'", { ...context, sqlMode: 'unknown' })
    expect(found).toMatchObject({ kind: 'unreadable', statement: { text: '?' } })
  })

  test('a text of nothing is nothing', async () => {
    for (const text of ['', ' ', '/* nothing */', '-- nothing'])
      expect([text, await plan(text)]).toMatchObject([text, { kind: 'read' }])
  })

  test('a closed reader answers still', async () => {
    const gone = await createMysqlReader(options)
    await gone.close()
    expect((await gone.read('select 1', context)).plan.kind).toBe('unreadable')
  })
})
