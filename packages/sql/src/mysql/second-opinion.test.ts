import { beforeAll, describe, expect, test } from 'vitest'
import { tokensOf } from './administration/tokens.js'
import { mentionsOf, otherMentionsOf } from './mentions.js'
import { loadMysqlParser, type MysqlParser } from './parser.js'
import { parsersCopy } from './parsers-copy.js'
import { parseQuery } from './queries.js'
import { loadSecondOpinion } from './second-opinion.js'
import { type Rules, rulesOf } from './text/mode.js'
import { testify } from './witness.js'

const rules = rulesOf({ flavour: 'mysql', version: [8, 4, 0], sqlMode: [], charset: 'utf8mb4' }) as Rules
const opinion = loadSecondOpinion('mysql')

let parser: MysqlParser
beforeAll(async () => {
  parser = await loadMysqlParser()
})

function treeOf(text: string): unknown {
  const parsed = parser.parse(text)
  if ('fault' in parsed) throw new Error(`${text}: ${parsed.fault}`)
  return parsed.statements[0]
}

const tokens = (text: string) => tokensOf(text, rules) ?? []
const copy = (text: string) => {
  const made = parsersCopy(text, tokens(text), false)
  return 'text' in made ? made.text.replaceAll(/\s+/g, ' ').trim() : made
}
const parse = (text: string) => parseQuery(text, { parser, opinion, rules })

describe('two parsers', () => {
  test.each([
    ['select s.pw from t left join (t2 join secret s on 1=1) on 1=1', ['t', 't2', 'secret']],
    ['select a, (select 1 from hr.b) from `c` where d in (select e from f)', ['hr.b', 'c', 'f']],
    ['with x as (select 1 from t) select * from x join dual', ['t', 'x']],
    ['insert into t (a) select b from u on duplicate key update a = (select max(c) from v)', ['t', 'u', 'v']],
    ['update t join u on t.a = u.a set t.b = 1', ['t', 'u']],
    ['delete a, b from t a join u b', ['a', 'b', 't', 'u']],
  ])('find the same relations in %s', (text, names) => {
    expect([...mentionsOf(treeOf(text)).names].sort()).toEqual([...names].sort())
    expect(opinion.objection(text, treeOf(text))).toBeUndefined()
  })

  test('that find different ones make the statement opaque, and so does another verb or another count', () => {
    expect(opinion.objection('select a from t, secret', treeOf('select a from t'))).toMatch(/relations/)
    expect(opinion.objection('select a from t', treeOf('select a from t, secret'))).toMatch(/relations/)
    expect(opinion.objection('delete from t', treeOf('select a from t'))).toMatch(/does/)
    expect(opinion.objection('replace into t values (1)', treeOf('insert into t values (1)'))).toMatch(/does/)
    expect(opinion.objection('select a from t; select b from t', treeOf('select a from t'))).toMatch(/many/)
  })

  test('the second, where it rejects a text, says nothing', () => {
    expect(opinion.objection('select all a from t', treeOf('select a from secret'))).toBeUndefined()
  })

  test('names are compared without quotes and case', () => {
    expect(mentionsOf(treeOf('select 1 from `A`.`b`')).names).toEqual(new Set(['a.b']))
    expect(otherMentionsOf({ type: 'select', from: [{ db: 'A', table: 'b', as: null }] }).names).toEqual(
      new Set(['a.b']),
    )
  })
})

describe("the text's own words", () => {
  test.each([
    'update low_priority t set a = 1',
    'delete low_priority from t',
    'select * from t lock',
    'select key from t',
    'select a key from t',
  ])('speak against %s', (text) => {
    expect(testify(treeOf(text), tokens(text))).toMatch(/was taken for a name/)
  })

  test.each([
    'select null, true, current_user, utc_date, default(a), if(a, b, c), left(a, 1), values(a) from t',
    'select `key`, t.key, a as `select` from `table`',
    'insert into t values (null, default)',
    'select a collate binary from t',
  ])('speak for %s', (text) => {
    expect(testify(treeOf(text), tokens(text))).toBeUndefined()
  })

  test('count the queries', () => {
    expect(testify(treeOf('select 1'), tokens('select 1 union select 2'))).toMatch(/number of queries/)
  })
})

describe("the parser's copy", () => {
  test.each([
    ['select high_priority sql_no_cache distinct a from t', 'select distinct a from t'],
    ['select a from t union table u', 'select a from t union select * from u'],
    ['table t', 'select * from t'],
    ['update low_priority ignore a, b set a.x = f(1, 2)', 'update a cross join b set a.x = f(1, 2)'],
    ['delete low_priority quick ignore t.*, u.* from t join u', 'delete t, u from t join u'],
    ['delete from t.*, d.u.* using t join u', 'delete from t, d.u using t join u'],
    // Behind RETURNING a star is every column, not a target's.
    ['delete from t returning t.*', undefined],
    ['delete from t order by a limit 1 returning t.*', undefined],
    [
      'delete t.* from t where a in (select u.* from u join v using (a))',
      'delete t from t where a in (select u.* from u join v using (a))',
    ],
    ['delete from t where a in (select u.* from u join v using (a))', undefined],
    ['select a from t limit 1 rows examined 5', 'select a from t limit 1'],
    ['select rows examined, a from t', undefined],
    ['insert low_priority into t values (1)', 'insert into t values (1)'],
    ['select a from t lock in share mode', 'select a from t for share'],
    ['select a from t for update wait 5', 'select a from t for update'],
    ['select a from t group by a with rollup', 'select a from t group by a'],
    ['select a || b && !c', 'select a or b and not c'],
    [
      'select char(65 using utf8mb4), cast(a as char character set latin1)',
      'select char(65 ), cast(a as char )',
    ],
    ['select next value for a.b, 1', 'select nextval( a.b), 1'],
    [
      "select 'low_priority', `low_priority` from t where insert(a, 1, 2, 'b') = replace(a, 'x', 'y')",
      undefined,
    ],
    ['insert into t values (1) on duplicate key update a = 1', undefined],
    ['select a from t for update', undefined],
  ])('of %s', (text, made) => {
    expect(copy(text)).toBe(made ?? text)
  })

  test('is not made where a word may be an option or a name', () => {
    for (const text of [
      'select sql_cache from t',
      'select sql_no_cache, a from t',
      'delete quick, t from quick join t',
    ])
      expect([text, copy(text)]).toMatchObject([text, { refused: expect.any(String) }])
  })
})

test('what the parser rejects is never read, whoever else accepts it', () => {
  expect(parse('select a from t limit 1 rows examined 5 into b')).toHaveProperty('why')
  expect(parse('select a from t; select b from t')).toHaveProperty('why')
  expect(parse('select a from t')).toHaveProperty('tree')
})
