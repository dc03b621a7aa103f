import { describe, expect, test } from 'vitest'
import { classifyKey } from './classify.js'
import type { KeyMask } from './key-memo.js'
import { createJsonMask, type JsonMaskOptions } from './mask-json.js'
import { createMaskKey } from './mask-key.js'

const key = createMaskKey(new Uint8Array(32)).forField('shop.public.t.doc')
const byName =
  (kind: KeyMask['with'] = 'redact') =>
  (path: readonly string[]): KeyMask | undefined => {
    const classes = classifyKey(path.at(-1) ?? '')
    return classes.includes('pii') || classes.includes('secret') ? { with: kind, classes, key } : undefined
  }

function masked(text: string, options: Partial<JsonMaskOptions> = {}): string {
  const mask = createJsonMask({ judge: byName(), byPath: false, computed: false, ...options })
  // Not at the start of its buffer, and something behind it.
  const source = Buffer.from(`xx${text}yy`)
  const edits = mask(source, 2, source.length - 2)
  if (edits === 'whole') return 'whole'
  let out = ''
  let at = 2
  for (const edit of edits) {
    out += source.subarray(at, edit.start).toString() + edit.text
    at = edit.end
  }
  return out + source.subarray(at, source.length - 2).toString()
}

describe('R6 keys inside JSON values', () => {
  test.each([
    ['{"email":"a@b.example"}', '{"email":"***"}'],
    ['{"id": 1, "email": "a@b.example", "x": [1,2]}', '{"id": 1, "email": "***", "x": [1,2]}'],
    ['{"a":{"b":[{"Email_Address" : "a"}]}}', '{"a":{"b":[{"Email_Address" : "***"}]}}'],
    ['[{"ssn":"1"},{"ssn":null},{"n":1}]', '[{"ssn":"***"},{"ssn":null},{"n":1}]'],
    ['{"\\u0065mail":"a"}', '{"\\u0065mail":"***"}'],
    ['{"e\\u006Dail":"a","plain":"\\"email\\":"}', '{"e\\u006Dail":"***","plain":"\\"email\\":"}'],
    ['{"email":"a","email":"b"}', '{"email":"***","email":"***"}'],
    ['{"email":{"home":"a","work":"b"},"n":1}', '{"email":"***","n":1}'],
    ['{"email":["a}","b\\"]"],"n":1}', '{"email":"***","n":1}'],
    ['{"phone":491701234567,"n":5}', '{"phone":null,"n":5}'],
    ['{"password":true}', '{"password":null}'],
    ['{"customerEmail":"a\\u00e9@b.example"}', '{"customerEmail":"***"}'],
    ['{"email":""}', '{"email":"***"}'],
    ['{"a\\"email":1,"email\\"":"x"}', '{"a\\"email":null,"email\\"":"***"}'],
    ['{"präfix_email":"é"}', '{"präfix_email":"***"}'],
  ])('R6 %s', (text, expected) => {
    expect(masked(text)).toBe(expected)
  })

  test.each([
    '1',
    '"email"',
    'null',
    '[]',
    '{}',
    ' { "n" : [ ] , "m" : { } } ',
    '["email","a@b.example"]',
    '{"note":"email: x","emails_sent":3,"has_email":true}',
    '{"n":-1.5e+10,"t":true,"f":false,"z":null}',
    `${'['.repeat(256)}${']'.repeat(256)}`,
  ])('R6 clean values stay as they are: %s', (text) => {
    const source = Buffer.from(text)
    const mask = createJsonMask({ judge: byName(), byPath: false, computed: false })
    expect(mask(source, 0, source.length)).toEqual([])
  })

  test.each([
    '',
    ' ',
    '{',
    '{"a":1',
    '{"a" 1}',
    '{"a":}',
    '{a:1}',
    '{"a":1,}',
    '{"a":1]',
    '[1}',
    '{"a":1}{"email":"x"}',
    '"open',
    '{"email":"x',
    '{"email":{"a":1}',
    '{"email"',
    '{"email":',
    '{"email":"\\"}',
    `${'['.repeat(257)}${']'.repeat(257)}`,
    '{"a":1 "email":"x"}',
  ])('R6 what is no JSON, or too deep, is masked whole: %s', (text) => {
    expect(masked(text)).toBe('whole')
  })

  test('R6 masks by the kind of value', () => {
    const of = (kind: KeyMask['with'], value: string) =>
      masked(`{"email":${value}}`, { judge: byName(kind) }).slice('{"email":'.length, -1)
    expect(of('null', '"a"')).toBe('null')
    expect(of('null', '{"a":1}')).toBe('null')
    expect(of('partial', '"ann@shop.example"')).toBe('"***@shop.example"')
    expect(of('partial', '["ann@shop.example"]')).toBe('"***"')
    expect(of('partial', '12345678')).toBe('null')
    expect(of('bucket', '52341.5')).toBe('50000')
    expect(of('bucket', '"52341"')).toBe('null')
    expect(of('year', '"1990-05-17"')).toBe('"1990-01-01"')
    expect(of('year', '"1990-05-17T10:00:00Z"')).toBe('"1990-01-01"')
    expect(of('year', '1990')).toBe('null')
    expect(of('hash', '"a"')).toMatch(/^"[\da-f]{32}"$/)
    expect(of('hash', '"\\u0061"')).toBe(of('hash', '"a"'))
    expect(of('pseudonym', '"a"')).toMatch(/^"p_[a-z2-7]{16}@masked\.invalid"$/)
  })

  test('R6 by path: only there, and within lists', () => {
    const judge = (path: readonly string[]) =>
      path.join('.') === 'contact.mail' ? byName()(['email']) : undefined
    const text = '{"mail":"a","contact":[{"mail":"b","x":{"mail":"c"}}],"other":{"contact":{"mail":"d"}}}'
    expect(masked(text, { judge, byPath: true })).toBe(text.replace('"b"', '"***"'))
  })

  test('R6 what a statement put together may hold JSON as text: such strings are redacted', () => {
    const inner = JSON.stringify({ email: 'a@b.example' })
    const once = JSON.stringify({ x: inner, y: 'he said "hi"' })
    const twice = JSON.stringify({ x: JSON.stringify({ z: inner }) })
    expect(masked(once, { computed: true })).toBe('{"x":"***","y":"he said \\"hi\\""}')
    expect(masked(twice, { computed: true })).toBe('{"x":"***"}')
    expect(masked(JSON.stringify([inner.slice(3)]), { computed: true })).toBe('["***"]')
    expect(masked(once)).toBe(once)
  })

  test('R6 endless keys of endless values are judged, and not kept', () => {
    let judged = 0
    const judge = (path: readonly string[]) => {
      judged += 1
      return byName()(path)
    }
    const mask = createJsonMask({ judge, byPath: false, computed: false })
    for (let round = 0; round < 20; round++) {
      const source = Buffer.from(
        `{${Array.from({ length: 1000 }, (_, i) => `"k${round}_${i}":1`).join(',')},"email":"x"}`,
      )
      expect(mask(source, 0, source.length)).toHaveLength(1)
    }
    expect(judged).toBeGreaterThan(20_000)
    expect(judged).toBeLessThan(20_030)
  })

  test('R6 is what JSON.parse and a walk over the keys would give', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
      return seed % below
    }
    const names = ['email', 'n', 'ssn', 'a"b', 'é', 'contact', 'password', '{', ']', '\\', 'home email']
    const value = (depth: number): unknown => {
      switch (random(depth > 4 ? 5 : 7)) {
        case 0:
          return random(1000) - 500
        case 1:
          return ['x', '"', '}{', '\\"email\\":', '\u0000\u001f', 'ü😀'][random(6)]
        case 2:
          return null
        case 3:
          return true
        case 4:
          return []
        case 5:
          return Array.from({ length: random(4) }, () => value(depth + 1))
        default:
          return Object.fromEntries(
            Array.from({ length: random(5) }, () => [names[random(names.length)], value(depth + 1)]),
          )
      }
    }
    const walk = (each: unknown): unknown => {
      if (Array.isArray(each)) return each.map(walk)
      if (typeof each !== 'object' || each === null) return each
      return Object.fromEntries(
        Object.entries(each).map(([name, inner]) => {
          if (byName()([name]) === undefined) return [name, walk(inner)]
          const scalar = typeof inner === 'number' || typeof inner === 'boolean' || inner === null
          return [name, scalar ? null : '***']
        }),
      )
    }
    for (let round = 0; round < 3000; round++) {
      const given = value(0)
      expect(JSON.parse(masked(JSON.stringify(given)))).toEqual(walk(given))
      expect(JSON.parse(masked(JSON.stringify(given, null, 1)))).toEqual(walk(given))
    }
  })
})
