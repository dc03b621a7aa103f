/** Masks against a real server: it must accept every masked cell as a value of the column's own type. */
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Duplex } from 'node:stream'
import { MASK_KINDS, type MaskKind } from '@gatehouse/core'
import { createMaskKey } from '@gatehouse/masking'
import type { CopyForm } from '@gatehouse/sql'
import { type PostgresServer, startPostgres } from '@gatehouse/workbench'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCellMask } from './cell-mask.js'
import { createCopyMask } from './copy-mask.js'
import { type ScrubContext, scrubError } from './scrub.js'

/** It has no types of its own. */
const { from, to } = createRequire(import.meta.url)('pg-copy-streams') as Record<
  'from' | 'to',
  (text: string) => Duplex & pg.Submittable
>

const COLUMNS: readonly (readonly [string, ...string[]])[] = [
  ['text', 'Jane Secret', '', 'tab\there, "quoted" \\ and\nmore', '\\.', 'é𝒜'],
  ['varchar(60)', 'Jane Secret', 'x', 'NULL', '***', 'y'],
  ['char(40)', 'Jane Secret', 'x', 'y', 'z', ''],
  ['name', 'Jane Secret', 'x', 'y', 'z', ''],
  ['smallint', '31415', '-32768', '32767', '0', '9'],
  ['integer', '314159265', '-2147483648', '2147483647', '0', '-10'],
  ['bigint', '314159265358979', '-9223372036854775808', '9223372036854775807', '0', '11'],
  ['oid', '314159', '4294967295', '0', '1', '12'],
  ['real', '31415.9', '-3.4e38', 'NaN', 'Infinity', '0.5'],
  ['double precision', '31415.926', '-1.7e308', 'NaN', '-Infinity', '1e-300'],
  ['numeric', '31415.92653', '-99999999999999999999999999.5', 'NaN', 'Infinity', '0.0001'],
  ['numeric(12,4)', '31415.9265', '-10000', '9999', '10000', '0'],
  ['date', '1984-03-14', '0044-03-15 BC', 'infinity', '9999-12-31', '0999-02-03'],
  [
    'timestamp',
    '1984-03-14 15:09:26.5',
    '0044-03-15 BC',
    '-infinity',
    '12024-02-29',
    '1999-12-31 23:59:59.999999',
  ],
  [
    'timestamptz',
    '1984-03-14 15:09:26+05:45',
    '2000-01-01 00:30:00+01',
    'infinity',
    '294276-12-31',
    '2023-12-31 23:30:00-02',
  ],
  ['uuid', ...Array.from({ length: 5 }, (_, at) => `31415926-5358-4793-8238-46264338327${at}`)],
  ['bytea', '\\x314159', '\\x', '\\x00', '\\x5c', '\\xff'],
  ['json', '{"name":"Jane Secret"}', '[]', '"x"', 'null', '1'],
  ['jsonb', '{"name":"Jane Secret"}', '[]', '"x"', 'null', '1'],
  ['boolean', 't', 'f', 't', 'f', 't'],
  ['time', '15:09:26', '00:00', '24:00', '01:00', '02:00'],
  ['timetz', '15:09:26+01', '00:00+00', '24:00+00', '01:00+00', '02:00+00'],
  ['interval', '3 days', '1 year', '-1 month', '0', '1 s'],
  ['inet', '203.0.113.7', '::1', '10.0.0.0/8', '1.2.3.4', '2001:db8::1'],
  [
    'macaddr',
    '08:00:2b:01:02:03',
    '08:00:2b:01:02:04',
    '08:00:2b:01:02:05',
    '08:00:2b:01:02:06',
    '08:00:2b:01:02:07',
  ],
  ['money', '31415.92', '-1', '0', '1', '2'],
  ['text[]', '{"Jane Secret",b}', '{}', '{NULL}', '{{a},{b}}', '{""}'],
  ['int4range', '[31415,92653)', 'empty', '(,)', '[1,)', '(,1)'],
  ['point', '(3.1,4.1)', '(0,0)', '(1,1)', '(2,2)', '(3,3)'],
  ['varbit', '110011', '', '0', '1', '11'],
  ['"char"', 'J', 'a', 'b', 'c', 'd'],
  ['mood', 'glad', 'sad', 'glad', 'sad', 'glad'],
  ['pair', '("Jane Secret",1)', '(,)', '(x,)', '(,1)', '(y,2)'],
  ['short', 'Jane Secret', 'a', 'b', 'c', 'd'],
  ['tsvector', "'jane':1", '', "'a'", "'b'", "'c'"],
]
const key = createMaskKey(new Uint8Array(32).fill(3))
let server: PostgresServer
let client: pg.Client
let oids: readonly number[]

beforeAll(async () => {
  server = await startPostgres()
  client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`create type mood as enum ('sad', 'glad'); create type pair as (a text, b int);
    create domain short as text check (length(value) < 30)`)
  const definition = COLUMNS.map(([type], at) => `c${at} ${type}`).join(', ')
  await client.query(`create table source (${definition}); create table target (${definition})`)
  for (let row = 1; row <= 5; row++) {
    const values = COLUMNS.map(([type], at) => `$${at + 1}::text::${type}`).join(', ')
    await client.query(
      `insert into source values (${values})`,
      COLUMNS.map((column) => column[row]),
    )
  }
  await client.query('insert into source select')
  const found = await client.query(
    "select atttypid::int as oid from pg_attribute where attrelid = 'source'::regclass and attnum > 0 order by attnum",
  )
  oids = found.rows.map((row) => row.oid)
})

afterAll(async () => {
  await client?.end()
  await server?.stop()
})

const FORMS: readonly CopyForm[] = (['text', 'csv', 'binary'] as const).map((format) => ({
  direction: 'out',
  format,
  delimiter: format === 'csv' ? ',' : '\t',
  null: format === 'csv' ? '' : '\\N',
  quote: '"',
  escape: '"',
  header: false,
}))

/** Copies `source` through the mask into `target`, and answers the target's rows as text. */
async function copyMasked(form: CopyForm, kind: MaskKind): Promise<readonly (readonly (string | null)[])[]> {
  const cells = oids.map((typeOid, at) =>
    createCellMask({
      mask: kind,
      typeOid,
      format: form.format === 'binary' ? 1 : 0,
      classes: [],
      field: `shop.public.source.c${at}`,
      key,
      computed: false,
    }),
  )
  const copying = createCopyMask(form, cells)
  const masked: Uint8Array[] = []
  for await (const chunk of client.query(to(`copy source to stdout (format ${form.format})`))) {
    masked.push(copying.push(chunk))
  }
  masked.push(copying.end())
  await client.query('truncate target')
  const into = client.query(from(`copy target from stdin (format ${form.format})`))
  into.end(Buffer.concat(masked))
  await once(into, 'finish')
  const columns = COLUMNS.map((_, at) => `c${at}::text`).join(', ')
  return (await client.query({ text: `select ${columns} from target`, rowMode: 'array' })).rows
}

describe('R18 every type in every format', () => {
  test.each(MASK_KINDS)('the server takes back what `%s` left, and all formats agree', async (kind) => {
    const [text, csv, binary] = await Promise.all([]).then(async () => {
      const results = []
      for (const form of FORMS) results.push(await copyMasked(form, kind))
      return results
    })
    expect(text).toHaveLength(6)
    expect(csv).toEqual(text)
    expect(binary).toEqual(text)
    const shown = JSON.stringify(text)
    for (const secret of ['Jane', 'Secret', '31415', '92653', '113.7', '03-14', '15:09']) {
      expect(shown).not.toContain(secret)
    }
    expect(text?.[5]?.every((cell) => cell === null)).toBe(true)
  })

  test('the values are those of R18', async () => {
    const of = async (kind: MaskKind, type: string) => {
      const rows = await copyMasked(FORMS[2] as CopyForm, kind)
      return rows.slice(0, 5).map((row) => row[COLUMNS.findIndex(([name]) => name === type)])
    }
    expect(await of('year', 'date')).toEqual(['1984-01-01', null, null, '9999-01-01', '0999-01-01'])
    expect(await of('year', 'timestamp')).toEqual([
      '1984-01-01 00:00:00',
      null,
      null,
      '12024-01-01 00:00:00',
      '1999-01-01 00:00:00',
    ])
    await client.query("set timezone = 'UTC'")
    expect(await of('year', 'timestamptz')).toEqual([
      '1984-01-01 00:00:00+00',
      '1999-01-01 00:00:00+00',
      null,
      null,
      '2024-01-01 00:00:00+00',
    ])
    expect(await of('bucket', 'numeric')).toEqual(['30000', '-90000000000000000000000000', null, null, '0'])
    expect(await of('bucket', 'smallint')).toEqual(['30000', '-30000', '30000', '0', '0'])
    expect(await of('bucket', 'double precision')).toEqual(['30000', '-1e+308', null, null, '0'])
    expect(await of('redact', 'text')).toEqual(['***', '***', '***', '***', '***'])
    expect(await of('redact', 'jsonb')).toEqual(Array.from({ length: 5 }, () => '"***"'))
    for (const row of await of('pseudonym', 'integer')) expect(row).toMatch(/^\d{1,10}$/)
    for (const row of await of('hash', 'uuid')) expect(row).toMatch(/^.{14}8/)
  })
})

/** The body that the server sent, put together again from what node-postgres read of it. */
async function errorOf(statement: string, values: readonly string[] = []): Promise<Buffer> {
  const error = await client.query(statement, [...values]).then(
    () => undefined,
    (thrown: unknown) => thrown as Record<string, string | undefined>,
  )
  if (error === undefined) throw new Error(`no error: ${statement}`)
  const letters = {
    S: 'severity',
    V: 'severity',
    C: 'code',
    M: 'message',
    D: 'detail',
    H: 'hint',
    P: 'position',
    p: 'internalPosition',
    q: 'internalQuery',
    W: 'where',
    s: 'schema',
    t: 'table',
    c: 'column',
    d: 'dataType',
    n: 'constraint',
    F: 'file',
    L: 'line',
    R: 'routine',
  }
  const fields = Object.entries(letters).map(([letter, name]) =>
    name !== 'message' && error[name] === undefined ? '' : `${letter}${error[name]}\0`,
  )
  return Buffer.from(`${fields.join('')}\0`)
}

describe('R20 errors', () => {
  const scrubbed = async (statement: string, context: ScrubContext = { statementText: statement }) =>
    scrubError(await errorOf(statement), 'error', context)
      .toString()
      .replaceAll('\0', '|')

  beforeAll(async () => {
    await client.query(`create table people (id int primary key, ssn text unique check (ssn <> 'no'), boss int references people);
      insert into people values (1, '123-45-6789', null), (2, '987-65-4321', 1);
      create function blurt(state text) returns int language plpgsql as
        $$ begin raise exception 'the ssn is %', (select ssn from people limit 1) using errcode = state, table = '123-45-6789',
           column = '123-45-6789', hint = '123-45-6789', detail = '123-45-6789'; end $$;
      create function stumble() returns int language plpgsql as
        $$ declare x text; begin select ssn into x from people limit 1; execute 'select ' || quote_ident(x); return 1; end $$`)
  })

  test.each([
    'select ssn::int from people',
    'select ssn::date from people',
    'select ssn::regclass from people',
    'select ssn::regtype from people',
    'select ssn::uuid from people',
    'select ssn::json from people',
    'select nextval(ssn) from people',
    "select has_table_privilege(ssn, 'select') from people",
    "select to_tsquery(ssn || ' &') from people",
    "select ('{' || ssn)::text[] from people",
    "select set_config('timezone', ssn, false) from people",
    'select current_setting(ssn) from people',
    "select (ssn || '!')::jsonpath from people",
    'insert into people select 3, ssn from people limit 1',
    'update people set id = null',
    'update people set boss = 77',
    'delete from people where id = 1',
    "select blurt('P0001')",
    "select blurt('23505')",
    "select blurt('42P01')",
    "select blurt('22012')",
    'select stumble()',
    "select query_to_xml('select ' || quote_ident(ssn), true, false, '') from people",
    'do $$ declare x text; begin select ssn into x from people limit 1; execute x; end $$',
    'alter table people add constraint again check (ssn::int > 0)',
    'create unique index on people ((left(ssn, 0)))',
  ])('no value leaves through the error of: %s', async (statement) => {
    const shown = await scrubbed(statement)
    expect(shown).not.toMatch(/\d\d\d-|6789|4321|-45-|77/)
    expect(shown).toMatch(/^SERROR\|VERROR\|C[\dA-Z]{5}\|M/)
    expect(shown).not.toMatch(/\|[DWqpFLR]/)
  })

  test('what the viewer wrote wrongly is still explained', async () => {
    expect(await scrubbed('select * from nosuch')).toBe(
      'SERROR|VERROR|C42P01|Mrelation "nosuch" does not exist|P15||',
    )
    expect(await scrubbed('selec 1')).toBe('SERROR|VERROR|C42601|Msyntax error at or near "selec"|P1||')
    expect(await scrubbed('select people.idd from people')).toContain('Mcolumn people.idd does not exist|H')
    expect(await scrubbed('select nosuch(1)')).toContain('Mfunction nosuch(integer) does not exist')
    expect(await scrubbed("select 'abc'::int")).toContain('Minvalid input syntax for type integer: "abc"')
    expect(await scrubbed('select 1/0')).toBe('SERROR|VERROR|C22012|Mdivision by zero||')
    expect(await scrubbed("insert into people values (1, 'x')")).toBe(
      'SERROR|VERROR|C23505|Mduplicate key value violates unique constraint "people_pkey"|spublic|tpeople|npeople_pkey||',
    )
    expect(await scrubbed("insert into people values (null, 'x')")).toBe(
      'SERROR|VERROR|C23502|Mnull value in column "id" of relation "people" violates not-null constraint|spublic|tpeople|cid||',
    )
  })

  test('without the statement nothing that it could have named is kept', async () => {
    expect(await scrubbed('select * from nosuch', {})).not.toContain('nosuch')
  })
})
