/** Where values go, what joins by key, and what a view's owner asked: what R17 and R19 are judged by. */
import type { Field } from '@gatehouse/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { readQuery } from './index.js'
import { KEYS_CATALOG } from './keys-fixture.js'
import { analysisOf, loadGrammar, parseOne, shopIndex } from './shop-fixture.js'

function read(statement: string) {
  return readQuery(parseOne(statement), analysisOf(shopIndex(KEYS_CATALOG)))
}

function fieldOf(statement: string, place: string, verb = 'read'): Field | undefined {
  const [name, field] = place.split('.')
  for (const { resource, fields, verb: own } of read(statement).actions)
    if (own === verb && resource.path.at(-1) === name && fields !== 'unknown') {
      const found = fields.find((each) => each.name === field)
      if (found) return found
    }
  return undefined
}

const draw = (places: Field['into']) => places?.map(({ resource, field }) => `${resource.at(-1)}.${field}`)

beforeAll(loadGrammar)

describe('R19 where a value goes', () => {
  test.each<readonly [string, readonly string[] | undefined]>([
    ['insert into archive (mail) select mail from people', ['archive.mail']],
    ['insert into archive (id, short) select id, mail from people', ['archive.short']],
    ['insert into archive select id, mail from people', ['archive.mail']],
    ['insert into archive (mail) values ((select mail from people where id = 1))', ['archive.mail']],
    ['with m as (select mail from people) insert into archive (mail) select mail from m', ['archive.mail']],
    [
      'with m as (update people set city = city returning mail) insert into archive (mail) select mail from m',
      ['archive.mail'],
    ],
    ['insert into archive (mail) select reach from addressed', ['archive.mail']],
    ['update archive set mail = p.mail from people p where p.id = archive.id', ['archive.mail']],
    ['update archive set (mail, note) = (select mail, city from people where id = 1)', ['archive.mail']],
    [
      'merge into archive a using people p on p.id = a.id when matched then update set mail = p.mail when not matched then insert (mail, note) values (p.mail, p.mail)',
      ['archive.mail', 'archive.note'],
    ],
    [
      'insert into archive (id) values (1) on conflict (id) do update set mail = (select mail from people where id = 1)',
      ['archive.mail'],
    ],
    ['insert into addressed (id, reach) select id, mail from people', ['people.mail']],
    // Changed, mixed, converted, or to where nobody can follow it.
    ['insert into archive (mail) select lower(mail) from people', undefined],
    ["insert into archive (mail) select mail || '' from people", undefined],
    ['insert into archive (mail) select left(mail, 3) from people', undefined],
    ["insert into archive (mail) select coalesce(mail, 'x') from people", undefined],
    ["insert into archive (mail) select mail from people union all values ('x')", undefined],
    ['insert into archive (mail) select max(mail) from people', undefined],
    ['insert into archive (mail) select mail from folded', undefined],
    ['insert into watched (mail) select mail from people', undefined],
    ['insert into watched_through (mail) select mail from people', undefined],
    ['insert into archive (id) select pg_catalog.length(mail) from people', undefined],
    ["select pg_notify('c', mail) from people", undefined],
    ["select set_config('a.b', mail, false) from people", undefined],
  ])('%s', (statement, into) => {
    const field = fieldOf(statement, 'people.mail')
    expect(field?.uses).toContain('flow')
    expect(draw(field?.into)?.sort()).toEqual(into)
  })

  test('one copy that stays and one that goes elsewhere are not judged by the first', () => {
    const statement = 'insert into archive (mail, note) select mail, upper(mail) from people'
    expect(fieldOf(statement, 'people.mail')?.into).toBeUndefined()
  })

  test('a value that must be converted can fail', () => {
    expect(fieldOf('insert into archive (id) select mail from people', 'people.mail')?.uses).toContain(
      'argument',
    )
    expect(fieldOf('insert into archive (pay) select pay from people', 'people.pay')).toMatchObject({
      uses: ['argument', 'flow', 'output'],
    })
  })

  test.each<readonly [string, string, readonly string[] | undefined]>([
    ['insert into archive (mail) select mail from people', 'archive.mail', ['people.mail']],
    ['insert into archive (mail) select reach from addressed', 'archive.mail', ['people.mail']],
    ['insert into archive (mail) select city from people', 'archive.mail', ['people.city']],
    ["insert into archive (mail) values ('a@b.c')", 'archive.mail', undefined],
    ['insert into archive (mail) values ($1)', 'archive.mail', undefined],
    ['insert into archive (mail) values (default)', 'archive.mail', undefined],
    ["insert into archive (mail) select mail from people union all values ('x')", 'archive.mail', undefined],
    ['insert into addressed (reach) select mail from people', 'people.mail', ['people.mail']],
  ])('what is written: %s', (statement, place, from) => {
    const field = fieldOf(statement, place, 'insert')
    expect(field?.uses).toEqual(['written'])
    expect(draw(field?.from)).toEqual(from)
  })

  test('MERGE writes what any of its clauses writes', () => {
    const merge = (second: string) =>
      `merge into archive a using people p on p.id = a.id when matched and a.note = 'x' then update set mail = p.mail when matched then update set mail = ${second}`
    expect(draw(fieldOf(merge('p.mail'), 'archive.mail', 'update')?.from)).toEqual(['people.mail'])
    expect(fieldOf(merge("'x'"), 'archive.mail', 'update')?.from).toBeUndefined()
  })

  test('R19 a constant that looks like a mask is known wherever it stands among the values', () => {
    for (const value of [
      "'***'",
      "'***@x.example'",
      "'J***'",
      "'***'::text",
      "coalesce('***1234', 'x')",
      "'p_abcdefgh234567ab'",
    ]) {
      expect(
        fieldOf(`insert into archive (mail) values ('a@b.c'), (${value})`, 'archive.mail', 'insert')?.issued,
        value,
      ).toBe(true)
      expect(fieldOf(`update archive set mail = ${value}`, 'archive.mail', 'update')?.issued, value).toBe(
        true,
      )
    }
    expect(fieldOf("update archive set mail = 'a@b.c'", 'archive.mail', 'update')?.issued).toBeUndefined()
  })
})

describe('R17 joins along keys', () => {
  const DECLARED = [
    'select 1 from people p join letters l on l.to_mail = p.mail',
    'select 1 from people p join letters l on p.mail = l.to_mail',
    'select 1 from people p left join letters l on l.to_mail = p.mail and l.id = 3',
    'select 1 from people p, letters l where l.to_mail = p.mail',
    'select 1 from (select mail as to_mail from people) p join letters using (to_mail)',
    'select 1 from (select mail as to_mail from people) p natural join (select to_mail from letters) l',
    'select 1 from addressed a join letters l on l.to_mail = a.reach',
    'select 1 from people p where exists (select 1 from letters l where l.to_mail = p.mail)',
    'select 1 from people p join letter_box l on l.to_mail = p.mail',
    'with l as (select * from letters) select 1 from people p join l on l.to_mail = p.mail',
  ]
  test.each(DECLARED)('declared: %s', (statement) => {
    const field = fieldOf(statement, 'people.mail')
    expect(field?.uses).toContain('join')
    expect(field?.joins?.map(({ declared }) => declared)).toEqual([true])
    expect(draw(field?.joins?.[0]?.theirs)).toContain('letters.to_mail')
    expect(field?.joins?.[0]?.through).toContainEqual(['shop', 'public', 'letter_box'])
  })

  test('not declared is a join by key all the same, and says with what', () => {
    const field = fieldOf('select 1 from people p join plain g on g.word = p.mail', 'people.mail')
    expect(field?.joins).toMatchObject([{ declared: false }])
    expect(draw(field?.joins?.[0]?.theirs)).toEqual(['plain.word'])
  })

  test.each([
    "select 1 from people p join (values ('a')) v(x) on v.x = p.mail",
    "select 1 from people p join (select to_mail from letters union all values ('a')) l on l.to_mail = p.mail",
    "select 1 from people p join (select coalesce(to_mail, 'a') as to_mail from letters) l on l.to_mail = p.mail",
    'select 1 from people p join (select max(to_mail) as to_mail from letters) l on l.to_mail = p.mail',
    "select 1 from people p join (select case when id > 1 then to_mail else 'a' end as t from letters) l on l.t = p.mail",
    'select 1 from people p join letters l on l.to_mail < p.mail',
    'select 1 from people p join letters l on l.to_mail = p.mail or l.id = p.id',
    'select 1 from people p join letters l on not l.to_mail = p.mail',
    'select 1 from people p join letters l on lower(l.to_mail) = p.mail',
    'select 1 from people p join letters l on (l.to_mail, 1) = (p.mail, 1)',
    'select 1 from people p join letters l on l.to_mail is not distinct from p.mail',
    'select 1 from people p join letters l on l.to_mail = p.mail collate "C"',
    'select 1 from people p where mail in (select to_mail from letters)',
    'select 1 from people p where mail = any (select to_mail from letters)',
    'select 1 from people p where mail = (select to_mail from letters limit 1)',
    'select 1 from people p join letters l on l.to_mail = p.mail order by p.mail || l.to_mail, case when l.to_mail = p.mail then 1 end',
    'select 1 from people p where mail = hint',
    "with recursive r(m) as (select to_mail from letters union all select m || 'x' from r) select 1 from people p join r on r.m = p.mail",
    'select 1 from people p full join (select to_mail as mail from letters) l using (mail) join letters x on x.to_mail = mail',
  ])('no key: %s', (statement) => {
    const field = fieldOf(statement, 'people.mail')
    const others = field?.uses.filter((use) => !['output', 'join'].includes(use)) ?? []
    expect(others.length > 0 || (field?.uses.includes('join') && field.joins === undefined)).toBe(true)
  })
})

describe("R16 what a view's owner asked", () => {
  const owners = (view: string, columns = 'id') => read(`select ${columns} from ${view}`)
  const uses = (statement: string, place: string) => fieldOf(statement, place)?.uses

  test('conditions, orders and limits in its definition are no uses of the viewer', () => {
    expect(fieldOf('select id from reached', 'people.mail')).toMatchObject({
      uses: ['definition'],
      beside: [],
    })
    expect(fieldOf('select id from richest', 'people.pay')).toMatchObject({
      uses: ['definition'],
      beside: [],
    })
  })

  test('the same conditions around the view are', () => {
    expect(uses("select id from addressed where reach like 'a%'", 'people.mail')).toContain('filter')
    expect(uses("select id from (select id from people where mail like 'a%') p", 'people.mail')).toContain(
      'filter',
    )
  })

  test.each([
    ['flagged', 'flag', 'people.mail'],
    ['tally', 'n', 'people.mail'],
    ['ranked', 'place', 'people.pay'],
    ['exists_flag', 'e', 'people.mail'],
    ['kept', 'flag', 'people.mail'],
  ])('an output of %s that a field steers shows it', (name, column, source) => {
    const { outputs } = owners(name, column)
    const [output] = outputs === 'unknown' ? [] : outputs
    expect(output?.how).toBe('computed')
    expect(
      output?.sources.map(({ resource, field }) => `${resource.replace('shop.public.', '')}.${field}`),
    ).toContain(source)
    const [clean] = owners(name, name === 'tally' ? 'city' : 'id').outputs as readonly {
      sources: readonly { field: string }[]
    }[]
    expect(clean?.sources.some(({ field }) => field === source.split('.')[1])).toBe(false)
  })

  test.each([
    ['guessed', ['shop.public.plain']],
    ['hinted', ['shop.public.people']],
    ['switched', ['shop.public.plain']],
    ['common', ['shop.public.plain']],
  ])('what %s compares a field with is said', (name, beside) => {
    const found = fieldOf(`select 1 from ${name}`, 'people.mail')?.beside
    expect(found?.map((path) => path.join('.'))).toEqual(expect.arrayContaining(beside))
  })

  test.each(['asked', 'watched_by'])('what a session can steer, as in %s, is its own use', (name) => {
    const field = fieldOf(`select id from ${name}`, 'people.mail')
    expect(field?.uses.some((use) => use === 'filter' || use === 'join') || field?.beside === undefined).toBe(
      true,
    )
  })

  test('making such a view is using the fields oneself', () => {
    const query = parseOne("select id from people where mail like 'a%'")
    const [made] = readQuery(query, analysisOf(shopIndex(KEYS_CATALOG)), { stored: true }).actions
    const fields = made?.fields === 'unknown' ? [] : made?.fields
    expect(fields?.find(({ name }) => name === 'mail')?.uses).toContain('filter')
  })
})
