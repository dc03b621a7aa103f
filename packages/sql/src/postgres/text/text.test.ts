import { describe, expect, test } from 'vitest'
import { DEFAULT_TEXT_LIMITS, overLimit } from './limits.js'
import { redact } from './redact.js'
import { shapeOf } from './shape.js'
import { statementTags } from './statement-tags.js'

const over = (text: string) => overLimit(text, DEFAULT_TEXT_LIMITS)?.why

describe('the limits of a text', () => {
  test('what people write passes', () => {
    const long = Array.from({ length: 100_000 }, (_, at) => at).join(',')
    expect(over(`select * from t where id in (${long})`)).toBeUndefined()
    expect(over(`insert into t values ${'(1,-2.5,now()),'.repeat(5000)}(1,2,3)`)).toBeUndefined()
    expect(over(`select ${'a::text || b,'.repeat(5000)} c from t`)).toBeUndefined()
    expect(over(`${'select 1+1;'.repeat(10_000)}`)).toBeUndefined()
    expect(over(`select '${'((('.repeat(1000)}' -- ${'('.repeat(1000)}`)).toBeUndefined()
  })

  test.each([
    ['parentheses', `select ${'('.repeat(10_000)}1`],
    ['closed parentheses', `select ${'('.repeat(101)}1${')'.repeat(101)}`],
    ['brackets', `select array${'['.repeat(200)}`],
    ['CASE', `select ${'case when a then '.repeat(101)}`],
    ['CASE behind a false END', `select ${'case when x.end then (select 1 end) + '.repeat(3000)}`],
    ['a sum', `select 1${'+1'.repeat(20_000)}`],
    ['signs', `select ${'- '.repeat(20_000)}1`],
    ['signs in one run', `select 1 ${'*-'.repeat(2000)}1`],
    ['casts', `select 1${'::int'.repeat(5000)}`],
    ['NOT', `select ${'not '.repeat(5000)}true`],
    ['a chain of UNION with commas', `select 1,2${' union select 1,2'.repeat(3000)}`],
    ['joins', `select * from a${' join a on true'.repeat(3000)}`],
    ['AND', `select 1 where a${' and a'.repeat(3000)}`],
    ['sums inside each other', `select ${'1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+('.repeat(99)}1`],
    ['NUL', 'select 1\0; drop table t'],
    ['a lone surrogate', "select '\ud800'"],
    ['bytes', `select '${'é'.repeat(600_000)}'`],
  ])('%s are refused unread', (_, text) => {
    expect(over(text)).toMatch(/^the statement /)
  })

  test('only bytes are a ceiling of size', () => {
    expect(overLimit('x'.repeat(2_000_000), DEFAULT_TEXT_LIMITS)?.tooLarge).toBe(true)
    expect(overLimit('select \0', DEFAULT_TEXT_LIMITS)?.tooLarge).toBe(false)
  })

  test('a lexer that would read a run of symbols anew at each comment in it is not asked to', () => {
    expect(over(`select 1 ${'/*'.repeat(50_000)}${'*/'.repeat(50_000)}`)).toContain('too many comments')
    expect(over(`select 1 ${'/**/'.repeat(20_000)}`)).toContain('too many comments')
    expect(over(`select 1 /*${'*'.repeat(100_000)}*/`)).toBeUndefined()
    expect(over(`/*${'='.repeat(300)}*/ `.repeat(1000))).toBeUndefined()
    expect(over(`select '${'/*'.repeat(200)}'`)).toBeUndefined()
  })
})

describe('the shape of a text', () => {
  const same = (one: string, other: string) => {
    expect(shapeOf(one)).toBeDefined()
    expect(shapeOf(other)).toBe(shapeOf(one))
  }
  const differ = (one: string, other: string) => expect(shapeOf(one)).not.toBe(shapeOf(other))

  test('constants of one kind, space and comments do not matter', () => {
    same('select a from t where b = 1', 'select a from t where b = 2147483647')
    same(`select 'a'`, `select 'b''c'`)
    same('select  a -- x\n from t', ' select a /* b /* c */ */ from t ;')
    same('select 1 where a in (1,2)', 'select 7 where a in ( 1, 2,3 ,4)')
    same('select $$a$$', 'select $x$b$x$')
  })

  test('R5 a constant of another type is another shape', () => {
    differ('select pk(1)', 'select pk(1.0)')
    differ('select pk(1)', 'select pk(2147483648)')
    differ('select pk(3000000000)', 'select pk(9223372036854775808)')
    differ('select -2147483648', 'select -2147483649')
    differ(`select pk('1')`, 'select pk(1)')
    differ(`select 'a'`, `select e'a'`)
    differ(`select b'1'`, `select x'1'`)
    expect(shapeOf('select 1::float(24)')).toBeUndefined()
  })

  test('names, order, arity and operators are the shape', () => {
    differ('select a, b', 'select b, a')
    differ('select a as x', 'select a as y')
    differ('select 1, 2', 'select 1')
    differ('values (1),(2)', 'values (1)')
    differ('select a in (1)', 'select a in (1, 2)')
    differ('select s.in(1,2)', 'select s.in(1,2,3)')
    differ('select s . "in"(1,2)', 'select s . "in"(1,2,3)')
    differ('select f(1,2)', 'select f(1,2,3)')
    differ('select a - -1', 'select a --1')
    differ('select "A"', 'select "a"')
    differ('select $1', 'select $2')
    differ("select j->'a'", "select j->>'a'")
  })

  test('a mark in the text is never taken for a constant', () => {
    expect(shapeOf('select #')).not.toBe(shapeOf('select 1'))
    expect(shapeOf("select a ? 'x'")).not.toBe(shapeOf('select a ? ?'))
    expect(shapeOf('select \x01')).toBeUndefined()
  })

  test.each([
    "select 'a",
    'select "a',
    'select /* a',
    'select $x$ a',
    "select 'a'\n'b'",
    "select 'a' 'b'",
    `select U&'\\0061'`,
    `select u&"\\0061"`,
    'select 0x1F',
    'select 1_000',
    'select 1a',
    'select 1..2',
    'select $1a',
    'select a\\b',
    'select a\vb',
    'select 1; select 2',
    'drop table t',
    'set a = 1',
    'explain select 1',
    '',
    ';',
    '-- nothing',
  ])('%j is known by itself alone', (text) => {
    expect(shapeOf(text)).toBeUndefined()
  })
})

describe('R26 a redacted text', () => {
  test.each([
    [`select * from t where ssn = '123-45-6789'`, 'select * from t where ssn = ?'],
    [`select 1, 'a''b', e'\\'x', b'01', x'ff', n'n', 1.5e3`, 'select ?, ?, ?, ?, ?, ?, ?'],
    ['select a from t where id in (1, 2,3)', 'select a from t where id in (?)'],
    [`insert into t values (1, 'a'), (2, 'b')`, 'insert into t values (?), (?)'],
    [`alter role x password 'geheim'`, 'alter role x password ?'],
    ['do $body$ secret $body$', 'do ?'],
    [`select 1 /* secret */ -- secret\n, "Col"`, 'select ? , "Col"'],
    [`select U&'\\0061' uescape '!'`, 'select ? uescape ?'],
    [`select 'never ends secret`, 'select ?'],
    ['select "never ends secret', 'select ?'],
    ['select /* never ends secret', 'select'],
    ['select 12ab34', 'select ?'],
    ['select $1, f($2) ;', 'select $1, f($2)'],
  ])('%j', (text, shown) => {
    expect(redact(text)).toBe(shown)
  })
})

describe('R10 tags in comments', () => {
  test('are pairs as sqlcommenter writes them', () => {
    expect(statementTags(`select 1 /*action='%2Fparam*d',framework='spring',traceparent='00-5bd'*/`)).toEqual(
      {
        action: '/param*d',
        framework: 'spring',
        traceparent: '00-5bd',
      },
    )
    expect(statementTags(`/* user='o\\'neil' */ select 1`)).toEqual({ user: "o'neil" })
  })

  test('are not read from prose, strings or broken encodings', () => {
    expect(statementTags(`select '/*a=''b''*/' /* see a='b' here */`)).toEqual({})
    expect(statementTags(`select 1 /*a='%zz'*/`)).toEqual({})
    expect(statementTags(`select 1 /*a='b'`)).toEqual({})
    expect(
      Object.keys(statementTags(`select 1 ${"/*k='v'*/".repeat(1000)}/*late='${'x'.repeat(3000)}'*/`)),
    ).toEqual(['k'])
    expect(statementTags(`select 1 /*__proto__='x'*/`)).toEqual(JSON.parse('{"__proto__":"x"}'))
  })
})
