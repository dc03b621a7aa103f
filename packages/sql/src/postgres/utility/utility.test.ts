import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createReader, type Reader } from '../analysis.js'
import { grammarOf, loadParser, type Parser } from '../grammar.js'
import type { PostgresStatement, ReadingContext } from '../plan.js'
import { DEFAULT_TEXT_LIMITS } from '../text/limits.js'
import { as, isTree, unwrap } from '../tree.js'
import { EXAMPLES } from './examples.js'
import { SAMPLE } from './sample.js'
import { PARTS, QUERY_STATEMENTS, UTILITY_STATEMENTS } from './statement-types.js'

let parser: Parser
let reader: Reader
const context: ReadingContext = { searchPath: ['$user', 'public'], overlay: [], account: 'gatehouse' }

beforeAll(async () => {
  parser = await loadParser(grammarOf(18))
  const accounts = ['gatehouse', 'gatehouse_admin']
  reader = createReader({ parser, catalog: SAMPLE, reviewed: [], accounts, limits: DEFAULT_TEXT_LIMITS })
}, 30_000)

function all(text: string, given: ReadingContext = context): readonly PostgresStatement[] {
  const { plan } = reader.analyse(text, [], given)
  if (plan.kind !== 'read') throw new Error(`${text}: ${plan.why}`)
  return plan.statements
}

function one(text: string, given?: ReadingContext): PostgresStatement {
  const [statement, ...others] = all(text, given)
  if (!statement || others.length > 0) throw new Error(`not one statement: ${text}`)
  return statement
}

const brief = (statement: PostgresStatement) =>
  [
    ...new Set(
      statement.actions.map(
        ({ verb, resource, derived }) => `${derived ? '~' : ''}${verb} ${resource.path.join('.')}`,
      ),
    ),
  ].sort()

test.each([
  ["comment on table orders is 'what was ordered'", []],
  ['comment on column orders.total is null', []],
  ["comment on column orders.total is 'gatehouse: pii'", ['orders']],
  ["comment on column orders.total is E'see g\\x61tehouse: pii'", ['orders']],
  ["comment on table orders is '[pii]'", ['orders']],
])('R6 a comment changes what a name means when it may give a class: %s', (text, names) => {
  expect(one(text).effects).toEqual([{ kind: 'define', names, temporary: false }])
})

describe('every statement of the grammar', () => {
  test('stands in the table, for each major version', () => {
    for (const major of [15, 16, 17, 18]) {
      const library = realpathSync(
        dirname(createRequire(import.meta.url).resolve(`libpg-query-${major}/package.json`)),
      )
      const types = readFileSync(join(dirname(library), '@pgsql/types/types.d.ts'), 'utf8')
      const names = [...types.matchAll(/^ {4}(\w+Stmt):/gm)].map((match) => match[1] ?? '')
      expect(names.length).toBeGreaterThan(100)
      const missing = names.filter(
        (name) => !(name in UTILITY_STATEMENTS) && !QUERY_STATEMENTS.has(name) && !PARTS.has(name),
      )
      expect(missing).toEqual([])
    }
  })

  test('has an example', () => {
    const shown = new Set(
      EXAMPLES.flatMap(([text]) => {
        const parsed = parser.parse(text)
        if ('fault' in parsed) throw new Error(`${text}: ${parsed.fault.message}`)
        return parsed.stmts.map((raw) => (isTree(raw) ? unwrap(raw.stmt)?.type : undefined))
      }),
    )
    expect(Object.keys(UTILITY_STATEMENTS).filter((type) => !shown.has(type))).toEqual([])
  })

  test.each(EXAMPLES)('%s', (text, command, expected) => {
    const statement = one(text)
    expect({ command: statement.command, actions: brief(statement) }).toEqual({
      command,
      actions: [...expected].sort(),
    })
  })
})

describe('R11 never by any rule', () => {
  test.each([
    'alter role current_user password $$x$$',
    'alter user session_user superuser',
    'alter role gatehouse nologin',
    'alter role gatehouse set search_path = x',
    'alter role all set work_mem = 1',
    'alter role gatehouse_admin rename to x',
    'alter role x rename to gatehouse',
    'drop role if exists x, gatehouse',
    'drop user gatehouse',
    'grant pg_read_all_data to gatehouse',
    'grant gatehouse to mallory',
    'revoke x from current_role',
    'alter group gatehouse add user mallory',
    'alter group x drop user gatehouse',
    'create role x in role gatehouse',
    'create role x admin gatehouse_admin',
    'reassign owned by current_user to x',
    'reassign owned by x to gatehouse',
    'drop owned by session_user',
    'update pg_authid set rolpassword = null',
    'with x as (delete from pg_catalog.pg_authid returning 1) select * from x',
    'prepare p as update pg_authid set rolpassword = null',
    'explain analyze update pg_authid set rolpassword = null',
    'explain (analyze) execute p',
  ])('%s', (text) => {
    if (text.endsWith('execute p')) {
      const [, run] = all(`prepare p as update pg_authid set rolpassword = null; ${text}`)
      expect(run?.never).toMatch(/account/)
    } else expect(one(text).never).toMatch(/account/)
  })

  test.each([
    'alter role mallory password $$x$$',
    'grant x to mallory',
    'drop role mallory',
    'select rolname from pg_authid',
  ])('%s is for policy to decide', (text) => expect(one(text).never).toBeUndefined())
})

describe('R13 settings under which texts would be misread', () => {
  test.each([
    'set standard_conforming_strings = off',
    'set "Standard_Conforming_Strings" to 0',
    `set local standard_conforming_strings = 'no'`,
    `set client_encoding = 'SJIS'`,
    `set names 'gbk'`,
    'set backslash_quote = on',
    'set transform_null_equals = on',
    'set session_replication_role = replica',
    'set client_min_messages = debug1',
    'set client_min_messages to log',
    'set debug_print_plan = on',
    `select set_config('standard_conforming_strings', 'off', false)`,
    `select set_config('standard_conforming_strings', note, false) from people`,
    `select set_config('search_path', note, false) from people`,
    `select 1 from people where set_config('search_path', 'evil', false) = ''`,
    `select set_config('Client_Encoding', 'SJIS', true)`,
    `select set_config('role', note, false) from people`,
    `select set_config(new_value => 'off', setting_name => 'standard_conforming_strings', is_local => false)`,
    `select set_config(note, 'x', false) from people`,
    `select set_config('search' || '_path', 'evil', false)`,
    `select set_config(variadic array['search_path', 'evil', 'false'])`,
    `select set_config(name, 'off', false) from pg_settings where name = 'standard_conforming_strings'`,
    `select set_config(name, 'evil', false) from pg_settings where name = 'search_path'`,
    `select set_config(name, 'x', false) from pg_settings where name <> 'restrict_nonsystem_relation_kind'`,
    `select set_config(name, 'x', false) from pg_settings where name = 'restrict_nonsystem_relation_kind' or true`,
    `select set_config(name, 'x', false) from pg_settings`,
    `select set_config(name, 'x', false) from pg_settings where name = 'application_name'`,
    `select set_config(name, 'x', false) from people where name = 'restrict_nonsystem_relation_kind'`,
    `select set_config(s.name, 'x', false) from pg_settings s where name = 'restrict_nonsystem_relation_kind'`,
    `select set_config(name, 'x', false) from public.pg_settings where name = 'restrict_nonsystem_relation_kind'`,
    `with pg_settings as (select 'role' as name) select set_config(name, 'x', false) from pg_settings where name = 'restrict_nonsystem_relation_kind'`,
    `select (select set_config(name, 'x', false) from people) from pg_settings where name = 'restrict_nonsystem_relation_kind'`,
    `update pg_settings set setting = 'off'`,
    `with x as (update pg_catalog.pg_settings set setting = 'off' returning 1) select 1`,
    `select set_config('search_path', 'evil', false) limit 0`,
    `select distinct set_config('search_path', 'evil', false)`,
    'alter database shop set standard_conforming_strings = off',
    'alter system set transform_null_equals = on',
  ])('never: %s', (text) => expect(one(text).never).toMatch(/setting|search_path|role/))

  test.each([
    'set standard_conforming_strings = on',
    'reset standard_conforming_strings',
    `set client_encoding to 'utf-8'`,
    `set names 'UTF8'`,
    'set client_min_messages = warning',
    'set row_security = off',
    `select pg_catalog.set_config('search_path', '', false)`,
    `select set_config('standard_conforming_strings', 'on', false)`,
    'set transform_null_equals = off',
    `select set_config('app.user', $1, true)`,
    `select app.set_config(note) from people`,
    `select set_config(name, 'view, foreign-table', false) from pg_settings where name = 'restrict_nonsystem_relation_kind'`,
  ])('for policy to decide: %s', (text) => expect(one(text).never).toBeUndefined())

  test('what the session is told to change is an effect', () => {
    expect(one(`set local search_path = a, "B", 'c d'`).effects).toEqual([
      { kind: 'set', name: 'search_path', value: ['a', 'B', 'c d'], local: true },
    ])
    expect(one(`select pg_catalog.set_config('search_path', 'A, "B c"', true)`).effects).toEqual([
      { kind: 'set', name: 'search_path', value: ['a', 'B c'], local: true },
    ])
    expect(one('reset all').effects).toEqual([{ kind: 'reset-all' }])
    expect(one('set app.tenant = abcdef').text).toBe('SET app.tenant TO ?')
    expect(one(`set application_name = 'x'`).effects).toEqual([
      { kind: 'set', name: 'application_name', value: ['x'], local: false },
    ])
  })
})

describe('one text, several statements', () => {
  const resources = (statement: PostgresStatement | undefined) => statement && brief(statement)

  test('search_path of one holds for the next', () => {
    const [, under] = all('set search_path = evil; select ssn from people')
    expect(resources(under)).toEqual(['read shop.evil.people'])
    const [, called] = all(`select set_config('search_path', 'evil', false); select ssn from people`)
    expect(resources(called)).toEqual(['read shop.evil.people'])
  })

  test('the end of a transaction may undo it, so names are unknown then', () => {
    const last = all('rollback; select ssn from people').at(-1)
    expect(last?.actions.some(({ verb }) => verb === 'opaque')).toBe(true)
    const settled = all('begin; select 1; commit; select ssn from people', { ...context, settled: true }).at(
      -1,
    )
    expect(resources(settled)).toContain('read shop.public.people')
    const undone = all('begin; set local search_path = evil; commit; select ssn from people', {
      ...context,
      settled: true,
    })
    expect(undone.at(-1)?.actions.some(({ verb }) => verb === 'opaque')).toBe(true)
  })

  test('R2 a name that one defines is opaque to the next', () => {
    for (const text of [
      'create or replace view v as select ssn as id from people; select id from v',
      'create temp table people (id mood); alter table people inherit orders; select id from people',
      'alter table people rename to x; select * from x',
      'alter table people inherit orders; truncate people',
      'drop schema evil cascade; select id from orders',
      'create extension hstore; select id from orders',
    ]) {
      const last = all(text).at(-1)
      expect([text, last?.actions.some(({ certainty }) => certainty === 'opaque')]).toEqual([text, true])
    }
  })

  test('R2 what stands in pg_temp stays with the session, however it got there', () => {
    const temporary = (text: string, given: Partial<ReadingContext> = {}) =>
      all(text, { ...context, ...given })
        .flatMap(({ effects }) => effects)
        .flatMap((effect) => {
          if (effect.kind !== 'define') return []
          const told = (effect.relations ?? []).filter(({ schema }) => schema === 'pg_temp')
          return [...(effect.temporary ? effect.names : []), ...told.map(({ name }) => `told ${name}`)]
        })
    expect(temporary('create temp table a (id int); create view orders as select id from a')).toEqual([
      'told a',
      'told orders',
    ])
    expect(temporary('create temp table a (id int); alter table a rename to orders')).toEqual([
      'told a',
      'told orders',
    ])
    expect(temporary('set search_path = pg_temp, public; create table orders (id int)')).toEqual([
      'told orders',
    ])
    expect(temporary('create domain pg_temp.text as int')).toEqual(['text'])
    expect(temporary('create view w as select id from a', { overlay: ['a'] })).toEqual(['w'])
    expect(temporary('create view w as select id from a', { overlay: ['a'], temporary: [] })).toEqual([])
    expect(temporary('create view w as select id from orders', { overlay: ['a'] })).toEqual([])
    expect(temporary('create table orders (id int)', { searchPath: 'unknown' })).toEqual(['orders'])
  })

  test('$user follows the role', () => {
    for (const text of [
      'set role bob; select ssn from people',
      `select set_config('role', 'bob', false); select ssn from people`,
    ]) {
      expect(
        all(text)
          .at(-1)
          ?.actions.some(({ certainty }) => certainty === 'opaque'),
      ).toBe(true)
      expect(brief(all(text, { ...context, searchPath: ['public'] }).at(-1) as PostgresStatement)).toContain(
        'read shop.public.people',
      )
    }
  })

  test('what runs later changes the session then', () => {
    const hidden = `select set_config('search_path', 'evil', false)`
    expect(one(`declare c cursor for ${hidden}`).never).toMatch(/cursor/)
    expect(one(`prepare p as ${hidden}`).effects).toMatchObject([{ kind: 'prepare' }])
    const last = (text: string) => brief(all(text).at(-1) as PostgresStatement)
    expect(last(`prepare p as ${hidden}; execute p; select ssn from people`)).toEqual([
      'read shop.evil.people',
    ])
    expect(last(`prepare p as ${hidden}; explain execute p; select ssn from people`)).toContain(
      'read shop.public.people',
    )
    for (const text of [
      `explain analyze ${hidden}`,
      `create table t as ${hidden}`,
      `${hidden} union select ''`,
      `copy (${hidden}) to stdout`,
      `insert into people (note) ${hidden}`,
      `execute p(set_config('search_path', 'evil', false))`,
      `call code(set_config('search_path', 'evil', false))`,
      `with x as (${hidden}) select 1`,
    ]) {
      expect([text, one(text).never]).toEqual([text, expect.stringMatching(/search_path/)])
    }
  })

  test('EXECUTE and FETCH are what the same text prepared and declared', () => {
    const [, executed] = all('prepare p as select ssn from people; execute p')
    expect(executed).toMatchObject({
      command: 'EXECUTE',
      outputs: [{ name: 'ssn', how: 'copied' }],
    })
    expect(executed?.refersTo).toBeUndefined()
    const [, , fetched] = all('begin; declare c cursor for select ssn from people; fetch 2 from c')
    expect(resources(fetched)).toContain('read shop.public.people')
    const [, , moved] = all('prepare p as select ssn from people; set search_path = evil; execute p')
    expect(resources(moved)).toEqual(['read shop.evil.people'])
    const [, explained] = all('prepare p as select ssn from people; explain execute p')
    expect(explained).toMatchObject({ outputs: [{ name: 'QUERY PLAN' }] })
    expect(one('execute q(1)')).toMatchObject({
      refersTo: { kind: 'prepared', name: 'q' },
      outputs: 'unknown',
    })
  })

  test('each has its own redacted part, also behind letters of several bytes', () => {
    expect(
      all(`select 'é'; /* ü */ select "ö" from people where ssn = 'geheim';`).map(({ text }) => text),
    ).toEqual(['select ?', 'select "ö" from people where ssn = ?'])
  })
})

describe('COPY', () => {
  test('shows the columns that it sends, without generated ones', () => {
    expect(one('copy counted to stdout').outputs).toMatchObject([{ name: 'id' }])
    expect(one('copy people (ssn) to stdout (format binary)')).toMatchObject({
      outputs: [
        {
          name: 'ssn',
          sources: [{ resource: 'shop.public.people', field: 'ssn', classes: ['national-id'] }],
        },
      ],
      copy: { direction: 'out', format: 'binary' },
    })
    expect(one('copy (select ssn x from people) to stdout csv').outputs).toMatchObject([
      { name: 'x', how: 'copied' },
    ])
  })

  test('its form has the defaults of its format', () => {
    expect(one(`copy people from stdin csv header quote '^' null 'nil'`).copy).toEqual({
      direction: 'in',
      format: 'csv',
      delimiter: ',',
      null: 'nil',
      quote: '^',
      escape: '^',
      header: true,
    })
    expect(one(`copy people from stdin`).copy).toMatchObject({ delimiter: '\t', null: '\\N', header: false })
    expect(one(`copy people to stdout (encoding 'latin1')`).actions[0]?.verb).toBe('opaque')
    expect(one('copy people to stdout (novelty 1)').actions[0]?.verb).toBe('opaque')
    expect(one(`copy people to '/x'`).copy).toBeUndefined()
  })
})

test('R24 what ends a transaction is recorded from the reserve', () => {
  for (const text of ['commit', 'rollback', 'end', 'abort', 'rollback to x', 'close all'])
    expect(one(text).reserve).toBe(true)
  expect(one('begin').reserve).toBe(false)
})

test('nothing that the grammar yields makes the reader throw', () => {
  const mangle = (value: unknown, drop: number): unknown => {
    if (Array.isArray(value)) return value.map((item) => mangle(item, drop))
    if (!isTree(value)) return value
    const entries = Object.entries(value)
    const kept = entries.length > 1 ? entries.filter((_, at) => at !== drop % entries.length) : entries
    return Object.fromEntries(kept.map(([member, inner]) => [member, mangle(inner, drop)]))
  }
  const parts = { catalog: SAMPLE, reviewed: [], accounts: [], limits: DEFAULT_TEXT_LIMITS }
  for (const [text] of EXAMPLES) {
    for (let drop = 0; drop < 5; drop++) {
      const odd: Parser = {
        parse: (inner) =>
          inner === text
            ? { stmts: mangle((parser.parse(text) as { stmts: unknown[] }).stmts, drop) as unknown[] }
            : parser.parse(inner),
      }
      expect(createReader({ ...parts, parser: odd }).analyse(text, [], context).plan.kind).toBe('read')
    }
  }
  expect(as(undefined, 'x')).toBeUndefined()
})
