import { createByteWriter } from '@gatehouse/adapter-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  columnDefinitionPayload,
  lenencString,
  payload,
  readColumnDefinition,
  TYPE,
} from '../messages/index.js'
import {
  type CellMask,
  createCellMask,
  createDocumentCell,
  guessedDocumentCell,
  isDocument,
  maskedDefinition,
  withoutDefault,
} from './index.js'
import { column } from './row-sample.js'

const options = {
  judge: (path: readonly string[]) =>
    ['ssn', 'prénom'].includes(path.at(-1) ?? '')
      ? ({ with: 'redact', classes: ['pii'], key: undefined } as const)
      : undefined,
  byPath: false,
  computed: false,
}
const LATIN1 = 8
const GBK = 28
const UTF16 = 54
const json = column(TYPE.JSON, { charset: 63 })
const text = (charset: number) => column(TYPE.BLOB, { charset })

function apply(mask: CellMask, value: Uint8Array): Buffer | null {
  const out = createByteWriter(16)
  const source = Buffer.concat([Buffer.from('{"ssn":'), value, Buffer.from('}')])
  return mask(source, 7, 7 + value.length, out) ? Buffer.from(out.bytes.subarray(0, out.length)) : null
}

describe('R6 documents', () => {
  test.each([
    ['JSON', json],
    ['text', text(45)],
    ['binary', text(63)],
  ])('keys of %s columns are masked by name', (_, definition) => {
    const mask = createDocumentCell(definition, options)
    const shown = (value: string) => apply(mask, Buffer.from(value))?.toString()
    expect(shown('{"ssn": "123-45-6789", "a": [{"ssn": 1}, "é"]}')).toBe(
      '{"ssn": "***", "a": [{"ssn": null}, "é"]}',
    )
    expect(shown('{"prénom": "é"}')).toBe('{"prénom": "***"}')
    expect(shown('{"a": "clean"}')).toBe('{"a": "clean"}')
    expect(shown('not json, ssn 123')).toBe('"***"')
    expect(shown('')).toBe('"***"')
  })

  test('JSON is read in the characters it is sent in, whatever its definition says', () => {
    const mask = createDocumentCell(json, options)
    const secret = '{"prénom": "Jane", "ssn": "123"}'
    expect(apply(mask, Buffer.from(secret, 'latin1'))?.toString()).toBe('"***"')
    const wide = Buffer.from(secret, 'utf16le')
    expect(apply(mask, wide)?.toString('utf16le')).toBe('"***"')
    expect(apply(mask, Buffer.from(wide).swap16())?.swap16().toString('utf16le')).toBe('"***"')
    for (const kind of ['redact', 'partial', 'hash'] as const) {
      const whole = createCellMask({
        mask: kind,
        column: json,
        format: 'text',
        classes: [],
        field: 'f',
        key: undefined,
        computed: false,
      })
      const shown = apply(whole, wide)
      expect(kind === 'hash' ? shown : shown?.toString('utf16le')).toBe(kind === 'hash' ? null : '"***"')
    }
  })

  test('a text whose characters are not those of keys is masked whole', () => {
    const latin = createDocumentCell(text(LATIN1), options)
    expect(apply(latin, Buffer.from('{"a":1}'))?.toString()).toBe('{"a":1}')
    expect(apply(latin, Buffer.from('{"prénom":1}', 'latin1'))?.toString()).toBe('"***"')
    // The second byte of 縗 is a backslash in GBK: byte by byte its string would not end where it ends.
    const gbk = Buffer.concat([
      Buffer.from('{"a":"'),
      Buffer.from([0xbf, 0x5c]),
      Buffer.from('","ssn":"123"}'),
    ])
    expect(apply(createDocumentCell(text(GBK), options), gbk)?.toString()).toBe('"***"')
    expect(
      apply(createDocumentCell(text(UTF16), options), Buffer.from('{}', 'utf16le').swap16())?.length,
    ).toBe(10)
    expect(apply(createDocumentCell(column(TYPE.LONG), options), Buffer.from('{"ssn":1}'))).toBeNull()
  })

  test('a text that may be a document is one when it has keys', () => {
    const guess = guessedDocumentCell(text(45), options, false)
    const shown = (mask: CellMask, value: string) => apply(mask, Buffer.from(value))?.toString() ?? null
    expect(shown(guess, ' {"ssn": "1"}')).toBe(' {"ssn": "***"}')
    expect(shown(guess, '[{"ssn": "1"}')).toBe('"***"')
    for (const plain of ['[urgent] call back', 'say "x": y', '', '{}', '[1,2]'])
      expect(shown(guess, plain)).toBe(plain)
    const strict = guessedDocumentCell(text(45), options, true)
    expect(shown(strict, '{"ssn": "1"}')).toBe('{"ssn": "***"}')
    expect(shown(strict, 'ssn 123')).toBeNull()
    expect(shown(strict, '[urgent] 123')).toBe('"***"')
    const wide = guessedDocumentCell(text(UTF16), options, false)
    expect(apply(wide, Buffer.from('{"ssn":1}', 'utf16le').swap16())?.length).toBe(10)
  })

  test('any bytes in any characters: no exception, and no masked key shows', () => {
    const secret = fc.constantFrom('{"ssn":"123-45"}', ' [ {"a":{"ssn":["123-45"]}} ]', '"ssn 123-45"')
    const charsets = fc.constantFrom(8, 28, 33, 35, 45, 54, 56, 60, 63, 255, 999, 2304)
    fc.assert(
      fc.property(secret, fc.uint8Array({ maxLength: 20 }), charsets, (document, noise, charset) => {
        for (const definition of [json, text(charset)])
          for (const value of [
            noise,
            Buffer.concat([Buffer.from(document), noise]),
            Buffer.concat([noise, Buffer.from(document)]),
          ]) {
            const shown = apply(createDocumentCell(definition, options), value)?.toString('latin1') ?? ''
            expect(shown).not.toMatch(/"ssn":\s*\[?"123/)
          }
      }),
    )
  })

  test('only the wire tells what is a document for certain', () => {
    expect(isDocument(json)).toBe(true)
    expect(isDocument(text(45))).toBe(false)
    const redacted = (document: boolean) =>
      apply(
        createCellMask({
          mask: 'redact',
          column: text(45),
          format: 'text',
          classes: [],
          field: 'f',
          key: undefined,
          computed: true,
          document,
        }),
        Buffer.from('{}'),
      )?.toString()
    expect([redacted(true), redacted(false)]).toEqual(['"***"', '***'])
  })
})

describe('definitions', () => {
  test('a masked column is not said to be never NULL', () => {
    expect(maskedDefinition(column(TYPE.LONG, { flags: 0x1021 })).flags).toBe(0x1020)
  })

  test.each([false, true])('COM_FIELD_LIST tells no default, extended: %s', (extended) => {
    const given = column(TYPE.VAR_STRING, { name: Buffer.from('c'), length: 7 })
    const plain = columnDefinitionPayload(given, extended)
    for (const value of ['', 'secret', 'x'.repeat(300)]) {
      const shown = withoutDefault(payload(plain, lenencString(value)), extended)
      expect(Buffer.from(shown)).toEqual(Buffer.from(payload(plain, [0xfb])))
      expect(readColumnDefinition(shown, 0, shown.length, extended).length).toBe(7)
    }
    expect(withoutDefault(plain, extended)).toBe(plain)
    for (let cut = 1; cut <= plain.length; cut += 1)
      expect(() => withoutDefault(plain.subarray(0, plain.length - cut), extended)).toThrow()
  })
})
