import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Catalog } from '../catalog.js'
import { createReader } from './analysis.js'
import { grammarOf, loadParser, type Parser } from './grammar.js'
import type { Plan, PostgresReader, ReadingContext } from './plan.js'
import { createPostgresReader } from './reader.js'
import { SAMPLE } from './utility/sample.js'

const context: ReadingContext = { searchPath: ['public'], overlay: [], account: 'gatehouse' }
const options = { major: 18, catalog: SAMPLE, accounts: ['gatehouse'] }

let reader: PostgresReader
beforeAll(async () => {
  reader = await createPostgresReader(options)
}, 30_000)
afterAll(() => reader.close())

const read = (text: string, types: readonly number[] = []) => reader.read(text, types, context)

async function reads(text: string): Promise<Plan> {
  return await read(text)
}

describe('R7 the grammar is that of the server', () => {
  test('a major version without one is refused at the start', async () => {
    await expect(createPostgresReader({ ...options, major: 14 })).rejects.toThrow(
      /no grammar for Postgres 14/,
    )
    await expect(createPostgresReader({ ...options, major: 19 })).rejects.toThrow(
      /no grammar for Postgres 19/,
    )
  })

  test('unless the configuration names the nearest', async () => {
    const nearest = await createPostgresReader({ ...options, major: 19, nearest: 18 })
    expect((await nearest.read('select 1', [], context)).kind).toBe('read')
    await nearest.close()
  })

  test('each version reads its own words: system_user is a column to 15 and a function to 16', async () => {
    const columns = [{ name: 'system_user', number: 1, type: 25, classes: ['pii'], nullable: true }]
    const relations = SAMPLE.relations.map((relation) =>
      relation.name === 'orders' ? { ...relation, columns } : relation,
    )
    const sources = await Promise.all(
      [15, 16, 17, 18].map(async (major) => {
        const one = await createPostgresReader({ ...options, major, catalog: { ...SAMPLE, relations } })
        const plan = await one.read('select system_user from orders', [], context)
        await one.close()
        const outputs = plan.kind === 'read' ? plan.statements[0]?.outputs : undefined
        return Array.isArray(outputs) ? outputs[0]?.sources.length : undefined
      }),
    )
    expect(sources).toEqual([1, 0, 0, 0])
  }, 30_000)
})

describe('R5 plans are shared by what they depend on and nothing less', () => {
  test('R19 a text with a constant that looks like a mask is read for itself', async () => {
    const issued = async (value: string) => {
      const plan = await read(`update orders set total = ${value} where id = 1`)
      const actions = plan.kind === 'read' ? (plan.statements[0]?.actions ?? []) : []
      return actions.some(({ fields }) => fields !== 'unknown' && fields.some((field) => field.issued))
    }
    expect(await issued("'a'")).toBe(false)
    for (const value of ["'***'", "E'\\x2a**'", "'**'\n'*'", "U&'\\002a**'", '$$***1234$$'])
      expect(await issued(value), value).toBe(true)
    expect(await issued("'b'")).toBe(false)
  })

  test('an exact text is at hand the second time, a shape the first', async () => {
    const plan = await read('select id from orders where id = 1')
    expect(read('select id from orders where id = 1')).toBe(plan)
    expect(read('select id  from orders where id = 22222 -- x')).toBe(plan)
    expect(plan).toMatchObject({ kind: 'read', statements: [{ text: 'select id from orders where id = ?' }] })
  })

  test('another type, path, overlay, account or declaration is another plan', async () => {
    const text = 'select note from people where id = 1'
    const plain = (await read(text)) as Extract<Plan, { kind: 'read' }>
    expect(read('select note from people where id = 1.0')).toBeInstanceOf(Promise)
    expect(read('select note from people where id = 3000000000')).toBeInstanceOf(Promise)
    expect(read(text, [23])).toBeInstanceOf(Promise)
    for (const other of [
      { ...context, searchPath: ['evil'] },
      { ...context, overlay: ['people'] },
      { ...context, account: 'other' },
    ]) {
      const plan = reader.read(text, [], other)
      expect(plan).toBeInstanceOf(Promise)
      if (other.account === 'gatehouse') expect(await plan).not.toEqual(plain)
    }
    expect(reader.read(text, [], { ...context })).toBe(plain)
  })

  test('a constant that mattered keeps its plan to itself, and so does what is no query', async () => {
    await read('select id from orders limit 1')
    await read(`select set_config('search_path', 'a', false)`)
    expect(read(`select set_config('search_path', 'b', false)`)).toBeInstanceOf(Promise)
    await read('set work_mem = 1')
    expect(read('set work_mem = 2')).toBeInstanceOf(Promise)
    await read('select 1 from people order by 1')
    expect(read('select 1 from people order by 2')).toBeInstanceOf(Promise)
  })

  test('a new catalog forgets every plan', async () => {
    const text = 'select total from orders'
    const before = await read(text)
    const without: Catalog = {
      ...SAMPLE,
      epoch: 2,
      relations: SAMPLE.relations.filter(({ name }) => name !== 'orders'),
    }
    await reader.learn(without)
    const after = read(text)
    expect(after).toBeInstanceOf(Promise)
    expect(await after).not.toEqual(before)
    await reader.learn(SAMPLE)
    expect(await read(text)).toEqual(before)
  })
})

test('R30 a flood of refused texts pushes no plan out of the cache, and a refused one is at hand for a while', async () => {
  const small = await createPostgresReader({ ...options, limits: { cache: 64 * 1024 } })
  const good = 'select id from people where id = 1'
  const plan = await small.read(good, [], context)
  const bad = (at: number) => `selec ${'x'.repeat(100)} ${at}`
  for (let at = 0; at < 500; at++) await small.read(bad(at), [], context)
  expect(small.read(good, [], context)).toBe(plan)
  expect(small.read(bad(499), [], context)).not.toBeInstanceOf(Promise)
  await small.close()
})

test('R2 the catalog is read again before a name counts as unknown', async () => {
  let asked = 0
  const fresh: Catalog = {
    ...SAMPLE,
    epoch: 2,
    relations: SAMPLE.relations.map((relation) =>
      relation.name === 'orders' ? { ...relation, name: 'brand_new' } : relation,
    ),
  }
  const own: PostgresReader = await createPostgresReader({
    ...options,
    refresh: async () => {
      asked++
      if (asked > 1) return false
      await own.learn(fresh)
      return true
    },
  })
  const known = await own.read('select id from brand_new', [], context)
  expect(known).toMatchObject({
    statements: [{ actions: [{ verb: 'read', resource: { path: ['shop', 'public', 'brand_new'] } }] }],
  })
  const unknown = await own.read('select id from nowhere', [], context)
  expect([asked, unknown]).toMatchObject([
    2,
    {
      statements: [
        { actions: [{ verb: 'read' }, { certainty: 'opaque' }], missing: { code: '42P01', position: 16 } },
      ],
    },
  ])
  await own.close()
})

test('a parser that failed inside a view is not asked again', async () => {
  const parser = await loadParser(grammarOf(18))
  const failing: Parser = {
    parse: (text) => {
      if (text.includes('public.people')) throw new RangeError('stack')
      return parser.parse(text)
    },
  }
  const limits = { bytes: 1000, depth: 100, operators: 100 }
  const direct = createReader({ parser: failing, catalog: SAMPLE, reviewed: [], accounts: [], limits })
  expect(() => direct.analyse('select id from v', [], context)).toThrow('stack')
  expect(() => direct.analyse('select 1', [], context)).toThrow('stack')
})

describe('bad input', () => {
  const hostile: [string, string][] = [
    ['parentheses', `select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
    ['a sum', `select 1${'+1'.repeat(20_000)}`],
    ['concatenations', `select a${'||a'.repeat(10_000)}`],
    ['UNION', `select 1${' union select 1'.repeat(10_000)}`],
    ['CASE', `select ${'case when true then '.repeat(5000)}1${' end'.repeat(5000)}`],
    ['NUL', 'select 1\0; drop table people'],
    ['a lone surrogate', 'select \udc00'],
    ['an unterminated string', "select 'geheim"],
    ['an unterminated name', 'select "geheim'],
    ['an unterminated comment', 'select 1 /* /* */ geheim'],
    ['an unterminated dollar quote', 'select $x$ geheim $y$'],
    ['a broken escape', `select U&'\\00zz'`],
    ['a broken escape in E', `select e'\\u12'`],
    ['nothing known', 'geheim geheim'],
    ['a control character', 'select \x01 1'],
    ['a value beyond', `select '${'x'.repeat(1024 * 1024)}'`],
  ]

  test.each(hostile)(
    '%s is unreadable, and the next statement is read',
    async (_, text) => {
      const plan = await reads(text)
      expect(plan.kind).toBe('unreadable')
      expect(await reads('select id from people')).toMatchObject({ kind: 'read' })
    },
    30_000,
  )

  test('what kills the parser kills one statement only', async () => {
    const weak = await createPostgresReader({
      ...options,
      limits: { depth: 1_000_000, operators: 1_000_000 },
    })
    const answers = await Promise.all([
      ...Array.from({ length: 3 }, (_, at) =>
        weak.read(`select ${at}${'+1'.repeat(200_000 + at)}`, [], context),
      ),
      weak.read('select id from people', [], context),
    ])
    expect(answers.at(-1)).toMatchObject({ kind: 'read', statements: [{ command: 'SELECT' }] })
    for (const plan of answers.slice(0, 3))
      expect(plan).toMatchObject({ kind: 'unreadable', statement: { outputs: 'unknown' } })
    await weak.close()
  }, 60_000)

  test('what takes too long is given up', async () => {
    const hasty = await createPostgresReader({ ...options, limits: { milliseconds: 1 } })
    const plan = await hasty.read(`select 1${',1'.repeat(400_000)}`, [], context)
    expect(plan).toMatchObject({ kind: 'unreadable', why: 'the statement took too long to read' })
    await hasty.close()
  }, 60_000)

  test('too many that wait are refused', async () => {
    const narrow = await createPostgresReader({ ...options, limits: { waiting: 2 } })
    const asked = Array.from({ length: 4 }, (_, at) =>
      narrow.read(`select ${'a,'.repeat(at)} id from people`, [], context),
    )
    const plans = await Promise.all(asked)
    expect(plans.map(({ kind }) => kind)).toEqual(['read', 'read', 'unreadable', 'unreadable'])
    await narrow.close()
  })

  test('a list of 100,000 constants is read', async () => {
    const list = Array.from({ length: 100_000 }, (_, at) => at).join(',')
    expect(await reads(`select ssn from people where id in (${list})`)).toMatchObject({
      kind: 'read',
      statements: [{ text: 'select ssn from people where id in (?)' }],
    })
  }, 30_000)

  test('a text that the grammar rejects says where, and quotes its constants to its sender alone', async () => {
    expect(await reads(`select 'é' 'geheim'`)).toMatchObject({
      kind: 'unreadable',
      why: 'syntax error',
      syntax: { position: 12, message: `syntax error at or near "'geheim'"` },
    })
    expect(await reads('selec 1')).toMatchObject({
      why: 'syntax error at or near "selec"',
      syntax: { position: 1 },
    })
  })

  test.each(['', ' ', ';', ' -- nothing\n', '/* nothing */ ;;'])('%j is nothing', async (text) => {
    expect(await reads(text)).toEqual({ kind: 'read', statements: [] })
  })

  test('a closed reader answers still', async () => {
    const gone = await createPostgresReader(options)
    await gone.close()
    expect(await gone.read('select 1', [], context)).toMatchObject({ kind: 'unreadable' })
  })
})
