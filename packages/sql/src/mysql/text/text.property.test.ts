import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalise, canonicaliseSlowly } from './canonical.js'
import {
  CLOSE,
  COMMENT,
  END,
  HINT,
  NULL,
  NUMBER,
  OPEN,
  openCursor,
  QUOTED,
  STRING,
  VARIABLE,
} from './cursor.js'
import { overLimit } from './limits.js'
import { type Rules, rulesOf, type TextMode } from './mode.js'
import { ATOMS, GAPS, JOINTS, STATEMENTS } from './preservation/statements.js'
import { isPlainly } from './quick.js'
import { redact } from './redact.js'
import { shapeOf } from './shape.js'
import { advance } from './tokens.js'

const runs = process.env.GATEHOUSE_LONG === '1' ? 60_000 : 10_000

const mode: fc.Arbitrary<TextMode> = fc.record({
  flavour: fc.constantFrom('mysql' as const, 'mariadb' as const),
  version: fc.constantFrom(
    [10, 11, 19] as const,
    [9, 7, 4] as const,
    [8, 0, 36] as const,
    [5, 7, 44] as const,
    [12, 0, 1] as const,
  ),
  sqlMode: fc.subarray(['PIPES_AS_CONCAT', 'IGNORE_SPACE', 'STRICT_TRANS_TABLES', 'ANSI_QUOTES']),
  charset: fc.constantFrom('utf8mb4', 'utf8', 'latin1', 'ascii', 'binary'),
  ansiQuotes: fc.constant('accept' as const),
})
const piece = fc.oneof(
  fc.constantFrom(...ATOMS, ...JOINTS, ...GAPS, ...STATEMENTS.map((text) => text.replaceAll('¤', ' '))),
  fc.constantFrom(
    "'",
    '"',
    '`',
    '\\',
    '/*',
    '*/',
    '/*!',
    '/*!50000',
    '/*!99999 ',
    '/*M!',
    '--',
    '-- ',
    '#',
    '\n',
    ';',
    '@',
    '@@',
    '.',
    '0x',
    '1e',
    '_utf8',
    "x'",
    'N',
    '\0',
    'é',
    '😀',
    '$',
    '/*+',
    '{',
    'select ',
    'in (1,2,3)',
    'in',
    '(',
    ')',
    ',',
  ),
  fc.string({ maxLength: 3, unit: 'binary' }),
)
const soup = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''))
const select = soup.map((text) => `select ${text}`)

test('canonicalise never throws, and its result is its own canonical form', () => {
  let kept = 0
  fc.assert(
    fc.property(fc.oneof(soup, select), mode, (text, where) => {
      const first = canonicalise(text, where)
      redact(text, where)
      shapeOf(text, where)
      overLimit(text, where)
      if (first.kind === 'refused') return
      kept++
      const second = canonicalise(first.text, where)
      expect(second).toMatchObject({
        kind: 'canonical',
        text: first.text,
        statements: first.statements,
        compound: first.compound,
      })
    }),
    { numRuns: runs },
  )
  expect(kept).toBeGreaterThan(runs / 20)
})

/** What a token means: names without their quotes, strings by their value, operators by one of their spellings. */
function meanings(text: string, where: TextMode): string[] {
  const rules = rulesOf(where) as Rules
  const cursor = openCursor(text, rules)
  const found: string[] = []
  for (advance(cursor); cursor.kind !== END; advance(cursor)) {
    const token = text.slice(cursor.start, cursor.end)
    if (cursor.kind === COMMENT || cursor.kind === OPEN || cursor.kind === CLOSE || cursor.kind === HINT)
      continue
    if (cursor.kind === STRING && (cursor.prefix === '' || cursor.prefix === 'n'))
      found.push(constantOf(token))
    else if (cursor.kind === QUOTED) found.push(unquoted(token))
    else if (cursor.kind === VARIABLE && token[1] !== '@') found.push('@', token.slice(1))
    else if (cursor.kind === NULL) found.push('NULL')
    else if (token === '&&') found.push('AND')
    else if (token === '||' && !rules.pipesAsConcat) found.push('OR')
    else found.push(token)
  }
  return found
}

function unquoted(token: string): string {
  const quote = token[0] ?? ''
  return token.slice(1, -1).replaceAll(quote + quote, quote)
}

function constantOf(token: string): string {
  const open = token.search(/['"]/)
  const quote = token[open] ?? ''
  const value = token
    .slice(open + 1, -1)
    .replaceAll(/\\([\s\S])|(['"])\2/g, (all, escaped: string | undefined, doubled: string | undefined) => {
      if (escaped !== undefined) return escaped === '0' ? '\0' : '\'"\0'.includes(escaped) ? escaped : all
      return doubled === quote ? quote : all
    })
  return `${token.slice(0, open)}<${value}>`
}

/** Without the names that columns are given: `AS` and a name where the text has neither. */
function withoutNames(canonical: readonly string[], text: readonly string[]): string[] {
  const found: string[] = []
  for (let at = 0; at < canonical.length; at++) {
    const token = canonical[at] as string
    if (token === 'AS' && text[found.length] !== 'AS') at++
    else found.push(token)
  }
  return found
}

test('the canonical text has the very tokens that the server executes', () => {
  fc.assert(
    fc.property(fc.oneof(soup, select), mode, (text, where) => {
      const canonical = canonicalise(text, where)
      if (canonical.kind === 'refused' || canonical.text === '/**/' || canonical.text === '') return
      const wanted = meanings(text, where)
      expect(withoutNames(meanings(canonical.text, where), wanted)).toEqual(wanted)
    }),
    { numRuns: runs },
  )
})

test('the fast path agrees with the tokens', () => {
  let plain = 0
  fc.assert(
    fc.property(fc.oneof(soup, select), mode, (text, where) => {
      const rules = rulesOf(where) as Rules
      if (!isPlainly(text, rules)) return
      plain++
      expect(canonicaliseSlowly(text, rules)).toEqual({
        kind: 'canonical',
        text,
        statements: [text],
        compound: false,
        tags: {},
      })
    }),
    { numRuns: runs * 2 },
  )
  expect(plain).toBeGreaterThan(runs / 50)
})

/** A canonical text's tokens, each constant as its kind, a list of constants behind IN as two. */
function skeleton(text: string, where: TextMode): string {
  const cursor = openCursor(text, rulesOf(where) as Rules)
  const tokens: string[] = []
  for (advance(cursor); cursor.kind !== END; advance(cursor)) {
    tokens.push(
      cursor.kind === NUMBER
        ? '0'
        : cursor.kind === STRING
          ? `${cursor.prefix}''`
          : text.slice(cursor.start, cursor.end),
    )
  }
  return tokens
    .join(' ')
    .replaceAll(/\b(in \( )(\S+) , (?:\2 , )*\2 \)/gi, '$1$2 , $2 )')
    .replace(/(?: ;)+$/, '')
}

test('R5 texts of one shape differ in constants alone', () => {
  const seen = new Map<string, string>()
  let shared = 0
  const where: TextMode = { flavour: 'mariadb', version: [10, 11, 19], sqlMode: [], charset: 'utf8mb4' }
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          ...ATOMS,
          ...JOINTS,
          ' in (1,2)',
          ' in (1,2,3)',
          ' in(',
          "'a'",
          "'b'",
          '1',
          '2',
          ' ',
          ',',
        ),
        { minLength: 1, maxLength: 4 },
      ),
      (pieces) => {
        const canonical = canonicalise(`select ${pieces.join('')} from t`, where)
        if (canonical.kind === 'refused' || canonical.statements.length !== 1) return
        const text = canonical.statements[0] ?? ''
        const shape = shapeOf(text, where)
        if (shape === undefined) return
        const known = seen.get(shape)
        if (known === undefined) seen.set(shape, text)
        else if (known !== text) {
          shared++
          expect(skeleton(text, where)).toBe(skeleton(known, where))
        }
      },
    ),
    { numRuns: runs * 2 },
  )
  expect(shared).toBeGreaterThan(50)
})
