/** Where values go, what joins by key, and what a view's owner asked: what R17 and R19 are judged by. */
import type { Field } from '@gatehouse/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { readQuery } from './index.js'
import { keysIndex } from './keys-fixture.js'
import { analysisOf, loadParser, parseOne } from './shop-fixture.js'

function read(statement: string) {
  return readQuery(parseOne(statement), analysisOf(keysIndex()))
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

beforeAll(loadParser)

describe('R19 where a value goes', () => {
  test.each<readonly [string, readonly string[] | undefined]>([
    ['insert into archive (mail) select mail from people', ['archive.mail']],
    ['insert into archive (id, wide) select id, mail from people', ['archive.wide']],
    ['insert into archive select id, mail, null, null, null, null from people', ['archive.mail']],
    ['replace into archive (mail) select mail from people', ['archive.mail']],
    ['insert into archive (mail) values ((select mail from people where id = 1))', ['archive.mail']],
    ['insert into archive set mail = (select mail from people where id = 1)', ['archive.mail']],
    ['insert into archive (mail) with m as (select mail from people) select mail from m', ['archive.mail']],
    ['insert into archive (mail) select reach from addressed', ['archive.mail']],
    ['update archive a join people p on p.id = a.id set a.mail = p.mail', ['archive.mail']],
    [
      'insert into archive (id) values (1) on duplicate key update mail = (select mail from people where id = 1)',
      ['archive.mail'],
    ],
    [
      'insert into archive (mail) select mail from people on duplicate key update mail = values(mail)',
      ['archive.mail'],
    ],
    ['insert into addressed (id, reach) select id, mail from people', ['people.mail']],
    // Changed, mixed, converted, cut, or to where nobody can follow it.
    ['insert into archive (short) select mail from people', undefined],
    ['insert into archive (mail) select lower(mail) from people', undefined],
    ["insert into archive (mail) select concat(mail, '') from people", undefined],
    ['insert into archive (mail) select left(mail, 3) from people', undefined],
    ["insert into archive (mail) select coalesce(mail, 'x') from people", undefined],
    ["insert into archive (mail) select mail from people union all select 'x'", undefined],
    ['insert into archive (mail) select max(mail) from people', undefined],
    ['insert into archive (mail) select mail from folded', undefined],
    [
      'insert into archive (mail) select mail from people on duplicate key update note = concat(values(mail))',
      undefined,
    ],
    ['insert into watched (mail) select mail from people', undefined],
    ['insert into over_watched (m) select mail from people', undefined],
    ['update origin o join people p set o.code = p.mail', undefined],
    ['insert into archive (id) select char_length(mail) from people', undefined],
    [
      'update archive a join people p on p.id = a.id set a.note = a.mail, a.mail = p.mail, a.note = concat(a.mail)',
      undefined,
    ],
    [
      'insert into archive (mail) values ((select mail from people limit 1), (select mail from people limit 1))',
      undefined,
    ],
    ['select mail into @v from people', undefined],
    ['select @v := mail from people', undefined],
  ])('%s', (statement, into) => {
    const field = fieldOf(statement, 'people.mail')
    expect(field?.uses).toContain('flow')
    expect(draw(field?.into)?.sort()).toEqual(into)
  })

  test('SET evaluates from left to right: what a column was just given flows on', () => {
    const statement = 'update archive a join people p on p.id = a.id set a.mail = p.mail, a.note = a.mail'
    expect(draw(fieldOf(statement, 'archive.note', 'update')?.from)).toBeUndefined()
    expect(fieldOf(statement, 'people.mail')?.into).toBeUndefined()
  })

  test('rows that are stored without a place are not known', () => {
    const [made] = readQuery(parseOne('select mail from people'), analysisOf(keysIndex()), {
      stored: true,
    }).actions
    expect(made?.fields).toMatchObject([{ name: 'mail', uses: ['flow', 'output'] }])
    expect(made?.fields === 'unknown' ? [] : made?.fields[0]?.into).toBeUndefined()
  })

  test('a value that must be converted can fail', () => {
    expect(fieldOf('insert into archive (id) select mail from people', 'people.mail')?.uses).toContain(
      'argument',
    )
    expect(fieldOf('insert into archive (pay) select pay from people', 'people.pay')).toMatchObject({
      uses: ['flow', 'output'],
      into: [{ field: 'pay' }],
    })
  })

  test.each<readonly [string, string, readonly string[] | undefined]>([
    ['insert into archive (mail) select mail from people', 'archive.mail', ['people.mail']],
    ['insert into archive (mail) select reach from addressed', 'archive.mail', ['people.mail']],
    ['insert into archive (mail) select city from people', 'archive.mail', ['people.city']],
    ["insert into archive (mail) values ('a@b.c')", 'archive.mail', undefined],
    ['insert into archive (mail) values (?)', 'archive.mail', undefined],
    ['insert into archive (mail) values (default)', 'archive.mail', undefined],
    [
      "insert into archive (mail) values ((select mail from people limit 1)), ('x')",
      'archive.mail',
      undefined,
    ],
    ["insert into archive (mail) select mail from people union all select 'x'", 'archive.mail', undefined],
    ['insert into archive (pay) select n from counted', 'archive.pay', undefined],
    ['insert into addressed (reach) select mail from people', 'people.mail', ['people.mail']],
  ])('what is written: %s', (statement, place, from) => {
    const field = fieldOf(statement, place, 'insert')
    expect(field?.uses).toEqual(['written'])
    expect(draw(field?.from)).toEqual(from)
  })

  test.each([
    "'***'",
    "'***@x.example'",
    "'J***'",
    "n'***'",
    "_utf8mb4'***'",
    "'*' '**'",
    "'\\*\\*\\*'",
    "x'2a2a2a'",
    '0x2A2A2A',
    "b'001010100010101000101010'",
    "coalesce('***1234', 'x')",
    "'p_abcdefgh234567ab'",
  ])('a constant that looks like a mask is known: %s', (value) => {
    const inserted = `insert into archive (mail) values ('a@b.c'), (${value})`
    expect(fieldOf(inserted, 'archive.mail', 'insert')?.issued).toBe(true)
    expect(fieldOf(`update archive set mail = ${value}`, 'archive.mail', 'update')?.issued).toBe(true)
    const duplicate = `insert into archive (id) values (1) on duplicate key update mail = ${value}`
    expect(fieldOf(duplicate, 'archive.mail', 'update')?.issued).toBe(true)
  })

  test('any other constant is none', () => {
    expect(fieldOf("update archive set mail = 'a@b.c'", 'archive.mail', 'update')?.issued).toBeUndefined()
  })
})

describe('R17 joins along keys', () => {
  test.each([
    'select 1 from people p join letters l on l.to_mail = p.mail',
    'select 1 from people p join letters l on p.mail = l.to_mail',
    'select 1 from people p left join letters l on l.to_mail = p.mail and l.id = 3',
    'select 1 from people p, letters l where l.to_mail = p.mail',
    'select 1 from people p straight_join letters l on (l.to_mail = p.mail)',
    'select 1 from (select mail as to_mail from people) p join letters using (to_mail)',
    'select 1 from (select mail as to_mail from people) p natural join (select to_mail from letters) l',
    'select 1 from addressed a join letters l on l.to_mail = a.reach',
    'select 1 from people p where exists (select 1 from letters l where l.to_mail = p.mail)',
    'select 1 from people p join letter_box l on l.to_mail = p.mail',
    'with l as (select * from letters) select 1 from people p join l on l.to_mail = p.mail',
    'update people p join letters l on l.to_mail = p.mail set p.city = 1',
    'delete l from people p join letters l on l.to_mail = p.mail',
  ])('declared: %s', (statement) => {
    const field = fieldOf(statement, 'people.mail')
    expect(field?.uses).toContain('join')
    expect(field?.joins?.map(({ declared }) => declared)).toEqual([true])
    expect(draw(field?.joins?.[0]?.theirs)).toContain('letters.to_mail')
    expect(field?.joins?.[0]?.through).toContainEqual(['shop', 'letter_box'])
  })

  test('not declared is a join by key all the same, and says with what', () => {
    const field = fieldOf('select 1 from people p join plain g on g.word = p.mail', 'people.mail')
    expect(field?.joins).toMatchObject([{ declared: false }])
    expect(draw(field?.joins?.[0]?.theirs)).toEqual(['plain.word'])
  })

  test.each([
    "select 1 from people p join (select 'a' as x) v on v.x = p.mail",
    "select 1 from people p join (select to_mail from letters union all select 'a') l on l.to_mail = p.mail",
    "select 1 from people p join (select coalesce(to_mail, 'a') as to_mail from letters) l on l.to_mail = p.mail",
    'select 1 from people p join (select max(to_mail) as to_mail from letters) l on l.to_mail = p.mail',
    'select 1 from people p join letters l on l.to_mail < p.mail',
    'select 1 from people p join letters l on l.to_mail <=> p.mail',
    'select 1 from people p join letters l on l.to_mail = p.mail or l.id = p.id',
    'select 1 from people p join letters l on l.to_mail = p.mail xor 1',
    'select 1 from people p join letters l on l.to_mail = p.mail || 0',
    'select 1 from people p join letters l on not l.to_mail = p.mail',
    'select 1 from people p join letters l on lower(l.to_mail) = p.mail',
    'select 1 from people p join letters l on (l.to_mail, 1) = (p.mail, 1)',
    'select 1 from people p join letters l on l.id = p.mail',
    'select 1 from people p join letters l on l.to_mail = p.mail collate utf8mb4_bin',
    'select 1 from people p where mail in (select to_mail from letters)',
    'select 1 from people p where mail = (select to_mail from letters limit 1)',
    'select 1 from people p join letters l on l.to_mail = p.mail order by case when l.to_mail = p.mail then 1 end',
    'select 1 from people p where mail = hint',
    'select 1 from people p where mail = @a',
  ])('no key: %s', (statement) => {
    const field = fieldOf(statement, 'people.mail')
    const others = field?.uses.filter((use) => !['output', 'join'].includes(use)) ?? []
    expect(others.length > 0 || (field?.uses.includes('join') && field.joins === undefined)).toBe(true)
  })
})

describe("R16 what a view's owner asked", () => {
  const uses = (statement: string, place: string) => fieldOf(statement, place)?.uses

  test('conditions, orders and limits in its definition are no uses of the viewer', () => {
    for (const [view, field] of [
      ['reached', 'people.mail'],
      ['richest', 'people.pay'],
    ] as const)
      expect(fieldOf(`select id from ${view}`, field)).toMatchObject({ uses: ['definition'], beside: [] })
  })

  test('the same conditions around the view are', () => {
    expect(uses("select id from addressed where reach like 'a%'", 'people.mail')).toContain('filter')
    expect(uses("select id from (select id from people where mail like 'a%') p", 'people.mail')).toContain(
      'filter',
    )
  })

  test.each([
    ['flagged', 'flag', 'people.mail'],
    ['iffed', 'flag', 'people.mail'],
    ['ranked', 'place', 'people.pay'],
    ['named_rank', 'place', 'people.pay'],
    ['exists_flag', 'e', 'people.mail'],
  ])('an output of %s that a field steers shows it', (name, column, source) => {
    const sourcesOf = (each: string) => {
      const { outputs } = read(`select ${each} from ${name}`)
      const [output] = outputs === 'unknown' ? [] : outputs
      return {
        how: output?.how,
        sources: output?.sources.map(({ resource, field }) => `${resource.replace('shop.', '')}.${field}`),
      }
    }
    expect(sourcesOf(column)).toEqual({ how: 'computed', sources: expect.arrayContaining([source]) })
    expect(sourcesOf('id').sources).not.toContain(source)
  })

  test.each([
    ['guessed', 'shop.plain'],
    ['hinted', 'shop.people'],
    ['switched', 'shop.plain'],
  ])('what %s compares a field with is said', (name, beside) => {
    const found = fieldOf(`select 1 from ${name}`, 'people.mail')?.beside
    expect(found?.map((path) => path.join('.'))).toContain(beside)
  })

  test.each(['asked', 'timed', 'drawn'])('what a session can steer, as in %s, is its own use', (name) => {
    const field = fieldOf(`select id from ${name}`, name === 'asked' ? 'people.mail' : 'people.pay')
    expect(field?.uses).toContain('filter')
  })

  test('making such a view is using the fields oneself', () => {
    const query = parseOne("select id from people where mail like 'a%'")
    const [made] = readQuery(query, analysisOf(keysIndex()), { stored: true }).actions
    const fields = made?.fields === 'unknown' ? [] : made?.fields
    expect(fields?.find(({ name }) => name === 'mail')?.uses).toContain('filter')
  })
})

describe('R21 what the server does not count row by row', () => {
  test.each([
    ['update people set city = 1 where id = 1', false],
    ['insert into people (id) values (1)', false],
    ['replace into people (id) values (1)', true],
    ['insert into people (id) values (1) on duplicate key update city = 1', true],
    ['update people p join archive a on a.id = p.id set p.city = 1, a.note = 2', true],
    ['delete p, a from people p join archive a on a.id = p.id', true],
    ['delete p from people p join archive a on a.id = p.id', false],
  ])('%s', (statement, uncounted) => {
    expect(read(statement).uncounted !== undefined).toBe(uncounted)
  })
})
