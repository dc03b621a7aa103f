import { describe, expect, test } from 'vitest'
import { canonicalise, type TextMode } from './canonical.js'
import { DEFAULT_TEXT_LIMITS, overLimit } from './limits.js'
import { redact } from './redact.js'
import { shapeOf } from './shape.js'

const mode: TextMode = { flavour: 'mariadb', version: [10, 11, 19], sqlMode: [], charset: 'utf8mb4' }
const over = (text: string) => overLimit(text, mode)?.why

describe('the limits of a text', () => {
  test('what people write passes', () => {
    const many = Array.from({ length: 50_000 }, (_, at) => at).join(',')
    expect(over(`select * from t where id in (${many})`)).toBeUndefined()
    expect(over(`insert into t values ${"(1,-2.5,now(),'a'),".repeat(5000)}(1,2,3,'b')`)).toBeUndefined()
    expect(over(`select ${'a + b - c,'.repeat(5000)} c from t`)).toBeUndefined()
    expect(over(`select 1 from t where ${'a = 1 or '.repeat(390)} b = 2`)).toBeUndefined()
    expect(over(`select case ${'when a = 1 and b = 2 then 3 + 4 '.repeat(1000)} end`)).toBeUndefined()
    expect(over('select 1+1;'.repeat(10_000))).toBeUndefined()
    expect(over(`select '${'((+'.repeat(1000)}'`)).toBeUndefined()
  })

  test.each([
    ['parentheses', `select ${'('.repeat(10_000)}1`],
    ['closed parentheses', `select ${'('.repeat(101)}1${')'.repeat(101)}`],
    ['CASE', `select ${'case when a then '.repeat(101)}`],
    ['CASE behind a false END', `select ${'case when x.end then (select 1 end) + '.repeat(3000)}`],
    ['a sum', `select 1${'+1'.repeat(401)}`],
    ['AND', `select 1 where a${' and a'.repeat(401)}`],
    ['OR over sums', `select 1${'+1'.repeat(200)}${' or 1'.repeat(201)}`],
    ['OR below sums', `select 1${' or 1'.repeat(201)}${'+1'.repeat(200)}`],
    ['signs', `select ${'- '.repeat(401)}1`],
    ['NOT', `select ${'not '.repeat(401)}1`],
    ['! and ~', `select ${'! ~'.repeat(201)}1`],
    ['UNION with commas', `select 1,2${' union select 1,2'.repeat(401)}`],
    ['joins', `select * from a${' join a on 1'.repeat(401)}`],
    ['sums inside each other', `select ${'1+1+1+1+1+('.repeat(90)}1`],
    ['sums inside CASE', `select ${'case when 1 then 1+1+1+1+1+'.repeat(90)}1`],
    ['words', `select ${'a,'.repeat(250_001)}a`],
  ])('%s are refused unread', (_, text) => {
    expect(over(text)).toMatch(/^the statement /)
  })

  test('only the number of tokens is a ceiling of size', () => {
    expect(overLimit('select 1,2,3', mode, { ...DEFAULT_TEXT_LIMITS, tokens: 5 })?.tooLarge).toBe(true)
    expect(overLimit(`select ${'('.repeat(200)}`, mode)?.tooLarge).toBe(false)
  })
})

describe('the shape of a text', () => {
  const shape = (text: string) => {
    const found = canonicalise(text, mode)
    return found.kind === 'canonical' ? shapeOf(found.statements[0] ?? '', mode) : undefined
  }
  const same = (one: string, other: string) => {
    expect(shape(one)).toBeDefined()
    expect(shape(other)).toBe(shape(one))
  }
  const differ = (one: string, other: string) => {
    expect(shape(one)).toBeDefined()
    expect(shape(one)).not.toBe(shape(other))
  }

  test('constants of one kind, space and comments do not matter', () => {
    same('select a from t where b = 1', 'select a from t where b = 2147483647')
    same(`select a from t where b = 'a'`, `select a from t where b = "b''c"`)
    same('select  a -- x\n from t', ' select a /* b */ from t ;')
    same('select 1 where a in (1,2)', 'select 7 where a in ( 1, 2,3 ,4)')
    same(`insert into t values (1,'x')`, `insert into t values (2,'y')`)
  })

  test('R5 a constant of another type is another shape', () => {
    differ('select f(1)', 'select f(1.0)')
    differ('select f(1.0)', 'select f(1e0)')
    differ('select f(1)', 'select f(2147483648)')
    differ('select f(3000000000)', 'select f(9223372036854775808)')
    differ('select f(9223372036854775809)', 'select f(18446744073709551616)')
    differ(`select f('1')`, 'select f(1)')
    differ(`select f('1')`, `select f(n'1')`)
    differ(`select x'41'`, 'select 0x41')
    differ(`select b'1'`, `select x'01'`)
    expect(shape('select cast(a as float(24))')).toBeUndefined()
  })

  test('what may be a name, a path or an option is the shape', () => {
    differ(`select a 'x'`, `select a 'y'`)
    differ(`select a as 'x'`, `select a as 'y'`)
    differ(`select f(a) 'x'`, `select f(a) 'y'`)
    differ(`select 'a' 'x'`, `select 'a' 'y'`)
    differ(`select a into outfile 'x'`, `select a into outfile 'y'`)
    differ(`select convert(a using 'x')`, `select convert(a using 'y')`)
    differ(`select _utf8mb4'x'`, `select _utf8mb4'y'`)
    const json = (text: string) => shapeOf(text, { ...mode, flavour: 'mysql', version: [9, 7, 4] })
    expect(json("select a->'$.x'")).not.toBe(json("select a->'$.y'"))
    expect(json("select a->>'$.x'")).not.toBe(json("select a->>'$.y'"))
    expect(json("select a > 'x'")).toBe(json("select a > 'y'"))
  })

  test('names, order, arity and operators are the shape', () => {
    differ('select a, b', 'select b, a')
    differ('select a as x', 'select a as y')
    differ('select 1, 2', 'select 1')
    differ('values (1),(2)', 'values (1)')
    differ('select a in (1)', 'select a in (1, 2)')
    differ('select s.in(1,2)', 'select s.in(1,2,3)')
    differ('select f(1,2)', 'select f(1,2,3)')
    differ('select @a', 'select @b')
    differ('select `a`', 'select a')
    differ('select /*!50000 a */ 1', 'select 1')
  })

  test.each(['drop table t', 'set a = 1', 'explain select 1', 'select a as "\x01"', '', ';'])(
    '%j is known by itself alone',
    (text) => {
      expect(shape(text)).toBeUndefined()
    },
  )

  test.each(['select 1; select 2', "select 'a", 'select /*! 1 */', 'select 1 /* c */', 'select \\'])(
    '%j is no canonical statement and has none',
    (text) => {
      expect(shapeOf(text, mode)).toBeUndefined()
    },
  )
})

describe('R26 a redacted text', () => {
  test.each([
    [`select * from t where ssn = '123-45-6789'`, 'select * from t where ssn = ?'],
    [`select 1, 'a''b', "x\\"y", b'01', x'ff', 0xff, n'n', 1.5e3`, 'select ?, ?, ?, ?, ?, ?, ?, ?'],
    ['select a from t where id in (1, 2,3)', 'select a from t where id in (?)'],
    [`insert into t values (1, 'a'), (2, 'b')`, 'insert into t values (?), (?)'],
    [`SET PASSWORD FOR 'bob'@'%' = PASSWORD('geheim')`, 'SET PASSWORD FOR ?@? = PASSWORD(?)'],
    [`create user bob identified by "geheim"`, 'create user bob identified by ?'],
    ['select 1 /* secret */ -- secret\n, `Col` # secret', 'select ? , `Col`'],
    ["select 1 /*!50000 + 'secret' */", 'select ? + ?'],
    ['select 1 /*!99999 secret */', 'select ?'],
    [`select 'never ends secret`, 'select ?'],
    ['select `never ends secret', 'select ?'],
    ['select /* never ends secret', 'select'],
    ['select 12ab34, t.5', 'select ?, t.5'],
    ['select $$ secret $$', 'select $$ secret $$'],
    ['select [secret]', 'select ?'],
    ['select ?, @v ;', 'select ?, @v'],
  ])('%j', (text, shown) => {
    expect(redact(text, mode)).toBe(shown)
  })

  test('shows nothing where it is not known how strings end', () => {
    expect(redact("select 'a\\', 'secret'", { ...mode, sqlMode: ['NO_BACKSLASH_ESCAPES'] })).toBe('?')
    expect(redact("select 'a'", { ...mode, charset: 'gbk' })).toBe('?')
    expect(redact('select $$ secret $$', { ...mode, flavour: 'mysql', version: [9, 7, 4] })).toBe('select ?')
  })
})
