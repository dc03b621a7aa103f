import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalise } from './canonical.js'
import { type Rules, rulesOf, type TextMode } from './mode.js'
import { ATOMS, GAPS, JOINTS, STATEMENTS } from './preservation/statements.js'
import { quickShape } from './quick-shape.js'
import { shapeOf } from './shape.js'

const runs = process.env.GATEHOUSE_LONG === '1' ? 200_000 : 20_000

const mode: fc.Arbitrary<TextMode> = fc.record({
  flavour: fc.constantFrom('mysql' as const, 'mariadb' as const),
  version: fc.constantFrom([10, 11, 19] as const, [9, 7, 4] as const),
  sqlMode: fc.subarray(['PIPES_AS_CONCAT', 'IGNORE_SPACE', 'ANSI_QUOTES']),
  charset: fc.constantFrom('utf8mb4', 'latin1', 'ascii'),
  ansiQuotes: fc.constant('accept' as const),
})
const FIRST = [
  'select',
  'INSERT',
  'replace',
  'update',
  'delete',
  'values',
  'with',
  'table',
  '(',
  'call',
  ' select',
]
const WORDS =
  'in IN float real bit double and like N x b _utf8 _x count max now text date json binary delimiter t a1 $a null'
const SIGNS =
  "' '' \" ` `a` `a``b` `é` 'a' 'it''s' '\\' 'é' 1 12 007 123456789 1234567890 1. 1.5 .5 1e3 0x1f 0b1 ( ) , . ; * ? = <> <= <=> >= ! != - -- -> ->> / /* */ + % ^ ~ & | || && @ @@ # : { } [ ]"
const piece = fc.oneof(
  fc.constantFrom(...WORDS.split(' '), ...SIGNS.split(' ')),
  fc.constantFrom(...WORDS.split(' '), ...SIGNS.split(' ')),
  fc.constantFrom(' ', '  ', '\t', '\n', '\v', '\0', 'é', '(1, 2)', "('a','b')", "in (1,'a')", 'in( 1 , 2 )'),
  fc.constantFrom(...ATOMS, ...JOINTS, ...GAPS),
)
const soup = fc
  .tuple(
    fc.constantFrom(...FIRST),
    fc.array(fc.tuple(fc.constantFrom('', ' ', ' '), piece), { maxLength: 9 }),
  )
  .map(([first, pieces]) => first + pieces.map(([gap, each]) => gap + each).join(''))
const statement = fc.constantFrom(...STATEMENTS).map((text) => text.replaceAll('¤', ' '))

test('R5 the quick way gives the key of a text that is its own canonical form, or none', () => {
  let quick = 0
  fc.assert(
    fc.property(fc.oneof({ weight: 20, arbitrary: soup }, statement), mode, (text, where) => {
      const found = quickShape(text, rulesOf(where) as Rules)
      if (found === undefined) return
      quick++
      const canonical = canonicalise(text, where)
      expect(canonical).toMatchObject({ kind: 'canonical', text, statements: [text], compound: false })
      expect({ text, key: shapeOf(text, where) }).toEqual({ text, key: found })
    }),
    { numRuns: runs },
  )
  expect(quick).toBeGreaterThan(runs / 50)
})

const everyday: TextMode = { flavour: 'mysql', version: [9, 7, 4], sqlMode: [], charset: 'utf8mb4' }

test.each([
  [
    "select a, `b`.c from t where id = 12 and name = 'x'",
    'select a, `b`.c from t where id = \x01 and name = \x08',
  ],
  ["select 1.5, 'a''b' from t where id in (1, 2, 3)", 'select \x04, \x08 from t where id in (\x01,\x01)'],
  ["select\n a from t where n like 'x%'", 'select a from t where n like \x08'],
  ['insert into t (a) values (?, 1)', 'insert into t (a) values (?, \x01)'],
  ["select 'a' 'b'", undefined],
  ["select a 'b'", undefined],
  ['select /* c */ 1', undefined],
  ['select 12345678901', undefined],
])('R5 everyday: %s', (text, key) => {
  expect(quickShape(text, rulesOf(everyday) as Rules)).toBe(key)
})

test('nothing is seen of what was read before, nor of what is cut off', () => {
  const filler = 'a'.repeat(4096 - 'select  ab'.length)
  const rules = rulesOf(everyday) as Rules
  expect(quickShape(`select ${filler} ab `, rules)).toBeUndefined()
  expect(quickShape(`select ${filler} ab`, rules)).toBe(`select ${filler} ab`)
  expect(quickShape(`select ${filler} éé`, rules)).toBeUndefined()
  expect(quickShape("select 'abc", rules)).toBeUndefined()
  expect(quickShape('select a in (1, 2', rules)).toBe('select a in (\x01, \x01')
})
