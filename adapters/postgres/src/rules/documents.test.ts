/** R6: class names apply to keys inside documents, in every form in which they come back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signIn } from '../wire/raw-client.js'
import { B, DP, E, P, Q, S } from '../wire/requests.js'
import { cellsOf } from '../wire/transcript.js'
import { hasMajor, MASKED, PASSWORD, startWorld, told, type World } from './world.js'

const SECRET = 'ann@secret.example'
const SCHEMA = `
create extension hstore; create extension citext;
create domain address_book as jsonb; create domain short_mail as citext;
create domain mails as text[]; create type mood as enum ('ok', 'sad');
create table profiles(
  id int primary key, doc jsonb, raw json, docs jsonb[], raws json[], bag hstore, book address_book, plain text);
insert into profiles values (1,
  '{"plan": "gold", "email": "${SECRET}", "deep": [{"contact": {"phone": 491701234567, "note": "x"}}], "nick": "nn"}',
  '{ "\\u0065mail" : "${SECRET}", "email":{"a":"${SECRET}"}, "n" : 1.50 }',
  array['{"email": "${SECRET}"}', '{"plan": "\\"{}, NULL"}', null]::jsonb[],
  array['{"a":1}', '{ "ssn" : "${SECRET}" }']::json[],
  'plan=>gold, email=>"${SECRET}", ssn=>NULL'::hstore,
  '{"email": "${SECRET}", "plan": "gold"}', 'free text');
create view shown as select id, doc as body, raw from profiles;
create table people(email citext, phone short_mail, ssn mails, work_email text[], home_email mood, alt_phone int[]);
insert into people values ('${SECRET}', '${SECRET}', array['${SECRET}', null, 'b'],
  array[['${SECRET}', 'x"y'], ['', 'NULL']], 'sad', '{1,2}');
`
const DOC = `{"nick": "nn", "plan": "gold", "email": "***", "deep": [{"contact": {"note": "x", "phone": null}}]}`

describe.each([15, 18] as const)('Postgres %i', (major) => {
  if (!hasMajor(major)) return test.skip(`no binaries of Postgres ${major} here`, () => {})
  let world: World
  beforeAll(async () => {
    world = await startWorld({ schema: SCHEMA, roles: 'grant create on database shop to gw', major })
  })
  afterAll(() => world.close())

  /** Every cell of the first row as text, in the given format. */
  async function cells(text: string, format: 'simple' | 'text' | 'binary'): Promise<(string | null)[]> {
    const ann = await signIn({ port: world.stage.port, user: 'ann', password: PASSWORD })
    if (format === 'simple') ann.send(Q(text))
    else ann.send(P('', text), B({ formats: [format === 'binary' ? 1 : 0] }), DP(), E(), S)
    const messages = await ann.until('Z')
    await ann.close()
    const row = messages.find(({ type }) => type === 'D')
    if (row === undefined) throw new Error(messages.map(({ type, body }) => `${type} ${body}`).join('\n'))
    return cellsOf(row.body).map((cell) => cell?.toString() ?? null)
  }
  const parsed = (cell: string | null | undefined) => JSON.parse(cell ?? '')

  test.each(['simple', 'text', 'binary'] as const)('R6 stored documents, %s', async (format) => {
    const version = format === 'binary' ? '\u0001' : ''
    const [doc, raw, book] = await cells('select doc, raw, book from profiles', format)
    expect(doc?.slice(0, version.length)).toBe(version)
    expect(parsed(doc?.slice(version.length))).toEqual(JSON.parse(DOC))
    expect(raw).toBe('{ "\\u0065mail" : "***", "email":"***", "n" : 1.50 }')
    expect(parsed(book?.slice(version.length))).toEqual({ plan: 'gold', email: '***' })
  })

  test.each(['simple', 'text', 'binary'] as const)('R6 arrays of them and hstore, %s', async (format) => {
    const all = (await cells('select docs, raws, bag from profiles', format)).join('\n')
    expect(all).not.toContain(SECRET)
    expect(all.split('***').length).toBe(4)
    if (format === 'binary') return
    const [docs, raws, bag] = all.split('\n')
    expect(docs).toBe('{"{\\"email\\": \\"***\\"}","{\\"plan\\": \\"\\\\\\"{}, NULL\\"}",NULL}')
    expect(raws).toBe('{"{\\"a\\":1}","{ \\"ssn\\" : \\"***\\" }"}')
    expect(bag?.split(', ').sort()).toEqual(['"email"=>"***"', '"plan"=>"gold"', '"ssn"=>NULL'])
  })

  test('R6 whoever sees nothing masked has the bytes as they are stored', async () => {
    const adam = await world.sign('adam')
    const text = 'select doc::text, raw::text, bag::text from profiles'
    const direct = (await world.owner.query({ text, rowMode: 'array' })).rows
    expect(await told(adam, text)).toEqual(direct)
  })

  test.each([
    'select doc from profiles',
    'select body from shown',
    'select raw from shown union all select raw from profiles',
    'table profiles',
    'select p from profiles p',
    'select row(doc, 1) from profiles',
    'select to_jsonb(p) from profiles p',
    'select row_to_json(p) from profiles p',
    'select json_agg(p) from profiles p',
    'select array_agg(doc) from profiles',
    `select json_build_object('x', doc) from profiles`,
    `select jsonb_build_object('x', doc::text) from profiles`,
    `select jsonb_build_array(jsonb_build_object('x', doc::text)::text) from profiles`,
    'select doc::text from profiles',
    'select raw::text from profiles',
    'select jsonb_pretty(doc) from profiles',
    'select left(doc::text, 500) from profiles',
    'select substr(doc::text, 5) from profiles',
    `select doc || '{}' from profiles`,
    `select doc->'email' from profiles`,
    `select doc->>'email' from profiles`,
    `select doc->>lower('EMAIL') from profiles`,
    `select doc->lower('EMAIL') from profiles`,
    `select (doc->'deep'->0->'contact'->>'phone') from profiles`,
    `select doc->'deep'->0->'contact'->'phone' from profiles`,
    `select doc['deep'][0]['contact']['phone'] from profiles`,
    `select doc['deep'][0]['contact'][lower('PHONE')] from profiles`,
    `select e->'contact'->>'phone' from profiles, jsonb_array_elements(doc->'deep') e`,
    `select e->(select 'contact')->>'phone' from profiles, jsonb_array_elements(doc->'deep') e`,
    `select jsonb_path_query(doc, '$.email') from profiles`,
    `select jsonb_path_query(doc, '$.**') from profiles`,
    `select jsonb_extract_path(doc, 'email') from profiles`,
    `select jsonb_extract_path_text(doc, 'deep', '0', 'contact', 'phone') from profiles`,
    `select x.* from profiles, jsonb_to_record(doc) as x(email text, plan text)`,
    `select raw->lower('EMAIL')->'a' from profiles`,
    `select to_jsonb(p)->'doc'->'email' from profiles p`,
    `select to_jsonb(p)#>>'{doc,email}' from profiles p`,
    `select json_build_object('x', substr(doc::text, 3)) from profiles`,
    `select to_jsonb(translate(doc::text, '":', '##')) from profiles`,
    `select array_agg(doc::text) from profiles`,
    `select format('%s', doc) from profiles`,
    `select concat(doc, '') from profiles`,
    `select 'x' || doc::text from profiles`,
    `select to_jsonb(p::text) from profiles p`,
    `select string_agg(doc::text, ',') from profiles`,
    `select xmlelement(name x, doc::text) from profiles`,
    `select (select doc) ->> 'email' from profiles`,
    `select coalesce(doc, '{}')->>'email' from profiles`,
    `select case when true then doc->'deep' end from profiles`,
    `select max(doc->>'email') from profiles`,
    `select distinct doc from profiles`,
    `select bag->'email' from profiles`,
    `select each(bag) from profiles`,
    `select avals(bag) from profiles`,
    `select docs[1] from profiles`,
    `select docs[1]->>'email' from profiles`,
    `select unnest(docs) from profiles`,
    `select unnest(docs)->>'email' from profiles`,
    `select jsonb_object_agg(id, doc) from profiles`,
    `select doc #>> '{email}' from profiles`,
    `select doc['email'] from profiles`,
    `select doc - 'plan' from profiles`,
    `select raw->'email'->>'a' from profiles`,
    'select key, value from profiles, jsonb_each(doc)',
    'select key, value from profiles, jsonb_each_text(doc)',
    'select bag::text from profiles',
    'select hstore_to_json(bag) from profiles',
    `select doc from (select doc from profiles offset 0) x`,
    `update profiles set plain = plain returning doc, raw`,
    `with x as (select raw as y from profiles) select y from x`,
  ])('R6 no form shows it: %s', async (text) => {
    for (const format of ['simple', 'text', 'binary'] as const) {
      const ann = await signIn({ port: world.stage.port, user: 'ann', password: PASSWORD })
      if (format === 'simple') ann.send(Q(text))
      else ann.send(P('', text), B({ formats: [format === 'binary' ? 1 : 0] }), E(), S)
      const heard = (await ann.until('Z')).map(({ body }) => body.toString('latin1')).join('\n')
      expect([format, heard.includes('secret.example'), heard.includes('491701234567')]).toEqual([
        format,
        false,
        false,
      ])
      await ann.close()
    }
  })

  test.each([
    'copy profiles to stdout',
    'copy profiles to stdout (format csv)',
    'copy profiles to stdout (format binary)',
    'copy (select doc, raw, bag from profiles) to stdout',
    'copy (select to_jsonb(p), doc::text, row_to_json(p) from (select id, doc, raw from profiles) p) to stdout (format csv)',
    'copy (select to_jsonb(p), doc::text from (select id, doc, raw from profiles) p) to stdout (format binary)',
    'copy (select body from shown) to stdout',
  ])('R6 no COPY shows it: %s', async (text) => {
    const ann = await signIn({ port: world.stage.port, user: 'ann', password: PASSWORD })
    ann.send(Q(text))
    const messages = await ann.until('Z')
    const data = messages.filter(({ type }) => type === 'd').map(({ body }) => body.toString('latin1'))
    expect(data.length).toBeGreaterThan(0)
    expect(data.join('')).not.toMatch(/secret\.example|491701234567/)
    expect(data.join('')).toContain('gold')
    await ann.close()
  })

  test('R6 keys that mean nothing personal stay, and so does what is taken out by them', async () => {
    const ann = await world.sign('ann')
    const text = `select doc->>'plan', doc->'deep'->0->'contact'->>'note', (raw->>'n')::numeric from profiles`
    expect(await told(ann, text)).toEqual([['gold', 'x', '1.50']])
    const more = `select (doc->'deep'->0->'n')::int is null, e->'contact'->>'note', jsonb_array_length(doc->'deep')
      from profiles, jsonb_array_elements(doc->'deep') e where doc->>'plan' = 'gold'`
    expect(await told(ann, more)).toEqual([[true, 'x', 1]])
  })

  test('R6 a key is no field to probe', async () => {
    const ann = await world.sign('ann')
    for (const condition of [
      `doc->>'email' like 'a%'`,
      `doc->>'email' > 'a'`,
      `length(doc->>'email') > 3`,
      `raw #>> '{email,a}' ~ 'a'`,
    ])
      expect([condition, await told(ann, `select 1 from profiles where ${condition}`)]).toEqual([
        condition,
        '42501',
      ])
    expect(await told(ann, `select 1 from profiles where doc->>'plan' like 'g%'`)).toEqual([[1]])
  })

  test('R18 domains, citext and arrays are masked by what stands behind them, the rest is NULL', async () => {
    const plain = ['***', '***', '{"***"}', '{"***"}', null, null]
    expect(await cells('select * from people', 'simple')).toEqual(plain)
    const ann = await signIn({ port: world.stage.port, user: 'ann', password: PASSWORD })
    ann.send(Q('copy people to stdout'))
    const copied = (await ann.until('Z')).find(({ type }) => type === 'd')?.body.toString()
    expect(copied).toBe('***\t***\t{"***"}\t{"***"}\t\\N\t\\N\n')
    await ann.close()
    world.usePolicy(MASKED.map((rule) => rule.replace('redact', 'partial')))
    const partial = await cells('select ssn, work_email from people', 'text')
    expect(partial).toEqual(['{"***mple",NULL,"***"}', '{{"***@secret.example","***"},{"***","***"}}'])
    const binary = (await cells('select work_email from people', 'binary'))[0] ?? ''
    expect(binary.split('***').length).toBe(5)
    world.usePolicy(MASKED)
  })
})

test('R6 a Classes document has the last word on keys, by their path', async () => {
  const world = await startWorld({
    schema: SCHEMA,
    roles: 'grant create on database shop to gw',
    site: {
      knowledge: {
        classes: [
          { fields: { '*.public.profiles.raw:email': [], '*.public.shown.raw:email': [] } },
          { fields: { '*.public.profiles.book:plan': ['pii'] } },
        ],
        functions: [],
      },
    },
  })
  const ann = await world.sign('ann')
  const [row] = (await told(ann, 'select raw::json, book from profiles')) as unknown[][]
  expect(JSON.stringify(row?.[0])).toContain('"email":{"a"')
  expect(JSON.stringify(row?.[1])).not.toContain('gold')
  await world.close()
})
