import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPeople, SECRETS } from './people.js'
import { spoolRecords } from './spool-records.js'
import { eventually, openStage, type Serving, type Stage } from './stage.js'

let stage: Stage
let serving: Serving
let client: pg.Client

beforeAll(async () => {
  stage = await openStage()
  await openPeople(stage)
  serving = await stage.serve()
  client = await serving.client('ben')
})
afterAll(() => stage.stop())

/** A word that appears nowhere else; whoever finds it in what is kept has found a value. */
let marks = 0
const used: string[] = []
function mark(): string {
  marks += 1
  const word = `zqmark${marks}x`
  used.push(word)
  return word
}

/** Each with the marks that it would leave; all are literals, bodies, comments or parameters, none a name. */
const STATEMENTS: readonly (() => string)[] = [
  () => `select '${mark()}'`,
  () =>
    `select id from people where notes = '${mark()}' or notes = e'\\x41${mark()}' or notes = U&'${mark()}\\0041'`,
  () => `select $$${mark()}$$, $tag$ it's ${mark()} $tag$, N'${mark()}'`,
  () => `select 'a' '${mark()}'`,
  () => `select 'first line'\n  '${mark()}'`,
  () => `select /* ${mark()} */ 1 -- ${mark()}`,
  () => `select date '${mark()}'`,
  () => `select '${mark()}'::int`,
  () => `select interval '${mark()}' day`,
  () => `select * from people where profile @> '{"a": "${mark()}"}'`,
  () => `selec '${mark()}' fro people`,
  () => `select '${mark()}`,
  () => `select $x$ ${mark()}`,
  () => `select "unfinished ${mark()}`,
  () => `/* never closed ${mark()}`,
  () => `do $$ begin raise exception '${mark()}'; end $$`,
  () => `do language plpgsql '${mark()}'`,
  () => `create function f() returns text language sql as $$ select '${mark()}' $$`,
  () => `create function f() returns text language sql begin atomic select '${mark()}'; end`,
  () => `alter role current_user password '${mark()}'`,
  () => `create role r login password '${mark()}' valid until '${mark()}'`,
  () => `create user mapping for current_user server s options (user 'u', password '${mark()}')`,
  () => `create server s foreign data wrapper w options (host '${mark()}')`,
  () => `create subscription s connection 'host=h password=${mark()}' publication p`,
  () => `comment on table people is '${mark()}'`,
  () => `security label on table people is '${mark()}'`,
  () => `set app.secret = '${mark()}'`,
  () => `set app.secret to ${mark()}`,
  () => `set local app.secret = ${mark()}, ${mark()}`,
  () => `set search_path to public, '${mark()}'`,
  () => `alter system set x = '${mark()}'`,
  () => `select set_config('app.secret', '${mark()}', true)`,
  () => `notify news, '${mark()}'`,
  () => `select pg_notify('news', '${mark()}')`,
  () => `prepare q${marks} as select '${mark()}' || $1`,
  () => `execute q15('${mark()}', ${mark().length}, 'x')`,
  () => `begin; declare c cursor for select '${mark()}'; fetch all from c; rollback`,
  () => `prepare transaction '${mark()}'`,
  () => `rollback prepared '${mark()}'`,
  () => `copy people from stdin with (null '${mark()}')`,
  // The path itself is a resource and stands in the record: `export` names what it writes to.
  () => `copy (select '${mark()}') to '/tmp/export'`,
  () => `copy (select '${mark()}') to program '${mark()}'`,
  () => `load '${mark()}'`,
  () => `explain select '${mark()}'`,
  () => `insert into people (id, full_name, email, joined) values (1, '${mark()}', '${mark()}', now())`,
  () => `update people set notes = '${mark()}' where id = 1`,
  () => `select dblink('host=h password=${mark()}', 'select 1')`,
  () => `select query_to_xml('select ''${mark()}''', true, true, '${mark()}')`,
  () => `create type t as enum ('${mark()}')`,
  () => `create table t (a text default '${mark()}', check (a <> '${mark()}')) partition by list (a)`,
  () => `create table t partition of people for values in ('${mark()}')`,
  () => `create extension x version '${mark()}'`,
  () => `create event trigger e on ddl_command_start when tag in ('${mark()}') execute function f()`,
  () => `create database d locale '${mark()}'`,
  () => `alter type mood add value '${mark()}'`,
  () => `select xmlpi(name a, '${mark()}'), json_value('{}', '$.${mark()}')`,
  () => `select b'0101', x'${Buffer.from(mark()).toString('hex')}'`,
  () => `select 1 as a, '${mark()}'; select '${mark()}'; drop table people; select '${mark()}'`,
  () => `select position('${mark()}' in 'x') , overlay('${mark()}' placing 'y' from 1)`,
  () => `values ('${mark()}'), ('${mark()}')`,
  () => `call nowhere('${mark()}')`,
  () => `select 'nul \\000 ${mark()}' like '%' escape '${mark().slice(0, 1)}'`,
  () => `select ${'('.repeat(6000)}'${mark()}'${')'.repeat(6000)}`,
  () => `select '${mark()}${'y'.repeat(300_000)}'`,
  () => `vacuum (analyze) people /* ${mark()} */`,
  () => `select :'${mark()}'`,
  () => `select 1 where '${mark()}' = any (array['${mark()}'])`,
  () => `lock table people; -- ${mark()}`,
]

test('R26 no literal, comment, body or parameter is in the spool or the log, whatever the statement', async () => {
  const codes = new Set<string>()
  const masked = await serving.client('ann')
  for (const make of STATEMENTS) {
    const text = make()
    for (const each of [client, masked]) {
      await each.query(text).catch((fault: { code?: string }) => codes.add(fault.code ?? 'none'))
      await each.query('rollback')
    }
  }
  await masked.end()
  // Some of each end: refused by us, refused by the server.
  expect([...codes]).toEqual(expect.arrayContaining(['42501', '42601', '22P02']))
  expect(codes.has('none')).toBe(false)
  await nothingKept()
}, 300_000)

test('R26 neither are parameters in text and binary, COPY data, what the server said of them, or what came back', async () => {
  await client.query('select $1::text, $2::bytea, $3::jsonb', [
    mark(),
    Buffer.from(mark()),
    JSON.stringify({ a: mark() }),
  ])
  await client.query({ name: 'kept', text: 'select id from people where email = $1', values: [mark()] })
  await client.query('select $1::int', [mark()]).catch(() => {})
  await client.query('update people set email = $1 where id = 1', ['quentin2@people.example']).catch(() => {})
  await client.query(`insert into people select id, $1, email, phone from people`, [mark()]).catch(() => {})
  const stream = client.query(copyFrom('copy people (id, full_name, email, joined) from stdin'))
  stream.end(`50\t${mark()}\t${mark()}\t2026-01-01\n51\t${mark()}\n`)
  await new Promise((resolve) => stream.once('error', resolve).once('finish', resolve))
  const { rows } = await client.query('select * from people')
  expect(JSON.stringify(rows)).toMatch(SECRETS)
  await nothingKept()
})

test('R26 neither are passwords, right or wrong, ours or the database’s', async () => {
  used.push('pass-word', 'up-stream')
  await expect(serving.client('ann', mark())).rejects.toMatchObject({ code: '28P01' })
  await nothingKept()
})

/** Every byte below the data folder, and all that the gateway has printed. */
async function nothingKept(): Promise<void> {
  const last = await client.query('select 1 as all_of_it_is_written')
  expect(last.rowCount).toBe(1)
  await eventually(async () =>
    (await spoolRecords(stage.folder)).some(({ json }) => json.includes('all_of_it')),
  )
  const kept = readdirSync(join(stage.folder, 'var'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .concat(serving.program.output())
    .join('\n')
  expect(kept).toContain('all_of_it')
  const found = used
    .filter((word) => kept.includes(word) || kept.includes(Buffer.from(word).toString('hex')))
    .map((word) => kept.slice(Math.max(0, kept.indexOf(word) - 120), kept.indexOf(word) + 40))
  expect(found).toEqual([])
  // Numbers alone would be found in ids and times.
  expect(/Quentin|quentin\d|NID-7734|\+49 30|Zanzibar|json\d@/.test(kept)).toBe(false)
}
