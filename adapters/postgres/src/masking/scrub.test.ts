import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { VALUE_FREE_TEXTS } from './error-texts.js'
import { scrubError } from './scrub.js'

const body = (fields: Readonly<Record<string, string>>) =>
  Buffer.from(
    `${Object.entries(fields)
      .map(([letter, value]) => `${letter}${value}\0`)
      .join('')}\0`,
  )
const scrub = (
  fields: Readonly<Record<string, string>>,
  statementText?: string,
  kind: 'error' | 'notice' = 'error',
) => scrubError(body(fields), kind, statementText === undefined ? {} : { statementText }).toString()

const place = { F: 'parse_relation.c', L: '1', R: 'parserOpenTable' }
const GENERIC = 'the statement is wrong, or names something that is not there or not allowed (text withheld'

describe('R20 scrubbing', () => {
  test('a message of a known form needs the server as its origin', () => {
    const error = { S: 'ERROR', V: 'ERROR', C: '22012', M: 'division by zero' }
    expect(scrub({ ...error, ...place })).toBe('SERROR\0VERROR\0C22012\0Mdivision by zero\0\0')
    expect(scrub(error)).not.toContain('division')
    expect(scrub({ ...error, F: 'pl_exec.c', R: 'exec_stmt_raise' })).not.toContain('division')
    expect(scrub({ ...error, ...place, q: 'select 1' })).not.toContain('division')
  })

  test('a name must be one that the server gave or the viewer wrote', () => {
    const error = { C: '42P01', M: 'relation "123-45-6789" does not exist', P: '15', ...place }
    expect(scrub(error, 'select * from orders')).toContain(GENERIC)
    expect(scrub({ ...error, M: 'relation "Orders" does not exist' }, 'select * from orders')).toContain(
      'Orders',
    )
    expect(scrub({ ...error, P: '' }, 'select "123-45-6789"')).toContain(GENERIC)
    expect(scrub({ ...error, P: 'x' }, 'select "123-45-6789"')).toContain(GENERIC)
    const unique = { C: '23505', M: 'duplicate key value violates unique constraint "u"', ...place }
    expect(scrub({ ...unique, n: 'u', t: 't' })).toContain('constraint "u"\0nu\0tt\0')
    expect(scrub(unique)).not.toContain('"u"')
  })

  test('names of a text that is withheld are withheld too', () => {
    const raised = { C: '23505', M: 'x', t: '123-45-6789', c: 'y', F: 'pl_exec.c', R: 'exec_stmt_raise' }
    expect(scrub(raised)).toBe(
      'SERROR\0VERROR\0C23505\0Ma constraint does not hold (text withheld: it may carry masked values)\0\0',
    )
  })

  test('severity and code cannot carry values', () => {
    expect(scrub({ S: 'a value', V: 'a value', C: 'secret value', M: 'm' })).toMatch(
      /^SERROR\0VERROR\0CXX000\0M/,
    )
    expect(scrub({ S: 'HINWEIS', V: 'NOTICE', C: '00000', M: 'ssn 1' }, undefined, 'notice')).toBe(
      'SNOTICE\0VNOTICE\0C00000\0Mnotice (text withheld: it may carry masked values)\0\0',
    )
    expect(
      scrub({ V: 'FATAL', C: '57P01', M: 'terminating connection due to administrator command', ...place }),
    ).toBe('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')
  })

  test('any bytes give a well-formed body', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('error', 'notice'), (bytes, kind) => {
        const shown = scrubError(bytes, kind, { statementText: 'select 1' })
        expect(shown.at(-1)).toBe(0)
        expect(shown.at(-2)).toBe(0)
        expect(shown.toString()).toMatch(/^S\w+\0V\w+\0C[\dA-Z]{5}\0M[^\0]+\0/)
      }),
    )
    expect(scrubError(Buffer.from('M123-45-6789'), 'error', {}).toString()).not.toContain('123')
    expect(scrubError(Buffer.from('Cab'), 'error', {}).toString()).toContain('CXX000')
  })

  test('the first of two equal fields counts, the second never shows', () => {
    const twice = Buffer.from('VERROR\0C22012\0Mdivision by zero\0Msecret\0Fx.c\0Rint4div\0\0')
    expect(scrubError(twice, 'error', {}).toString()).not.toContain('secret')
  })

  test('no known form lets free text through', () => {
    for (const [, forms] of VALUE_FREE_TEXTS) {
      for (const form of forms) {
        expect(form.source.startsWith('^') && form.source.endsWith('$')).toBe(true)
        expect(form.source).not.toMatch(/\.[*+]/)
      }
    }
  })
})
