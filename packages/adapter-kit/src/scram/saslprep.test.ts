import { expect, test } from 'vitest'
import { passwordForms, saslprep } from './saslprep.js'

/** RFC 4013 §3 and Postgres' src/test/authentication/t/002_saslprep.pl say what each becomes. */
test.each([
  ['ASCII stays, control characters too', 'a\x07 b', 'a\x07 b'],
  ['empty stays', '', ''],
  ['soft hyphen is mapped to nothing', 'I\u00adX', 'IX'],
  ['case is preserved', 'US\u00adER', 'USER'],
  ['compatibility characters', '\u00aa', 'a'],
  ['a Roman numeral', '\u2168', 'IX'],
  ['non-ASCII spaces', 'a\u00a0b\u3000c\u200bd', 'a b c d'],
  ['a combining sequence is composed', 'e\u0301', '\u00e9'],
  ['prohibited: stays as typed', '\u2168\u0007', '\u2168\u0007'],
  ['private use is prohibited', '\u2168\ue000', '\u2168\ue000'],
  ['right-to-left with a digit at the end: stays', '\u0627\u2168\u0031', '\u0627\u2168\u0031'],
  ['right-to-left, well-formed', '\u0627\u00ad\u0628', '\u0627\u0628'],
  ['right-to-left mixed with left-to-right: stays', '\u0627a\u00ad\u0628', '\u0627a\u00ad\u0628'],
  ['unassigned in Unicode 3.2: stays', '\u2168\u{1f511}', '\u2168\u{1f511}'],
  ['nothing is left: stays', '\u00ad', '\u00ad'],
  ['first and last of a range', '\ufe00\ufe0f\u00e9', '\u00e9'],
])('%s', (_name, typed, prepared) => {
  expect(saslprep(typed)).toBe(prepared)
})

test('forms are the ones that drivers derive from, without doubles', () => {
  expect(passwordForms('secret')).toEqual(['secret'])
  expect(passwordForms('\u00fc')).toEqual(['\u00fc'])
  expect(passwordForms('\u2168')).toEqual(['IX', '\u2168'])
  expect(passwordForms('\u2168\u{1f511}')).toEqual(['\u2168\u{1f511}', 'IX\u{1f511}'])
})
