import { appendText } from '@gatehouse/adapter-kit'
import { createMaskKey } from '@gatehouse/masking'
import type { CopyForm } from '@gatehouse/sql'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CellMask, createCellMask } from './cell-mask.js'
import { createCopyMask } from './copy-mask.js'

const text: CopyForm = {
  direction: 'out',
  format: 'text',
  delimiter: '\t',
  null: '\\N',
  quote: '"',
  escape: '"',
  header: false,
}
const csv: CopyForm = { ...text, format: 'csv', delimiter: ',', null: '' }
const binary: CopyForm = { ...text, format: 'binary' }

const mask = (kind: 'redact' | 'partial' | 'null' | 'hash', format = 0) =>
  createCellMask({
    mask: kind,
    typeOid: 25,
    format,
    classes: [],
    field: 'a.b.c',
    key: createMaskKey(new Uint8Array(32)),
    computed: false,
  })
const redact = mask('redact')
/** Answers what it was given, so that a test sees what was decoded. */
const same: CellMask = (source, start, end, out) => {
  appendText(out, Buffer.from(source.subarray(start, end)).toString())
  return true
}
const constant =
  (value: string): CellMask =>
  (_source, _start, _end, out) => {
    appendText(out, value)
    return true
  }

/** Pushes in pieces of the given size. */
function copy(form: CopyForm, cells: readonly (CellMask | undefined)[], data: string | Buffer, piece = 1e9) {
  const copying = createCopyMask(form, cells)
  const bytes = Buffer.from(data)
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += piece) parts.push(copying.push(bytes.subarray(at, at + piece)))
  parts.push(copying.end())
  return Buffer.concat(parts)
}

describe.each([1, 2, 3, 7, 1e9])('in pieces of %d bytes', (piece) => {
  test('text: escapes, NULL and neighbours', () => {
    const data = '1\tab\\tc\\\\\\nd\t\\N\n2\t\\N\tx\\ty\n3\t\t\n'
    expect(copy(text, [undefined, redact, undefined], data, piece).toString()).toBe(
      '1\t***\t\\N\n2\t\\N\tx\\ty\n3\t***\t\n',
    )
    expect(copy(text, [undefined, same, undefined], data, piece).toString()).toBe(data)
    expect(copy(text, [undefined, undefined, mask('null')], '1\t2\t3\n', piece).toString()).toBe(
      '1\t2\t\\N\n',
    )
  })

  test('text: an escaped delimiter does not end a field', () => {
    const bars = { ...text, delimiter: '|' }
    expect(copy(bars, [redact, undefined], 'a\\|b|c\n', piece).toString()).toBe('***|c\n')
    expect(copy(bars, [same, undefined], 'a\\|b\\\\|c\n', piece).toString()).toBe('a\\|b\\\\|c\n')
  })

  test('text: a mask that reads like the null string stays a value', () => {
    const stars = { ...text, null: '***' }
    expect(copy(stars, [redact, redact], 'a\t***\n', piece).toString()).toBe('\\***\t***\n')
  })

  test('csv: quotes, newlines and NULL', () => {
    const data = '1,"a,""b""\nc",\n"x",,"",\n'.replace('"",\n', '""\n')
    expect(copy(csv, [undefined, redact, undefined], data, piece).toString()).toBe('1,***,\n"x",,""\n')
    expect(copy(csv, [same, same, same], '1,"a,""b""\nc",\n"x",,""\n', piece).toString()).toBe(
      '1,"a,""b""\nc",\nx,,""\n',
    )
  })

  test('csv: another quote, escape and null string', () => {
    const odd = { ...csv, quote: "'", escape: '\\', null: 'nil', delimiter: ';' }
    const data = "'a\\';\n\\\\b';nil;'nil'\n"
    expect(copy(odd, [same, same, same], data, piece).toString()).toBe(data)
    expect(copy(odd, [redact, redact, redact], data, piece).toString()).toBe('***;nil;***\n')
    expect(copy(odd, [constant('nil'), mask('null'), undefined], data, piece).toString()).toBe(
      "'nil';nil;'nil'\n",
    )
  })

  test('a header line stays, the first row does not', () => {
    for (const form of [
      { ...csv, header: true },
      { ...text, delimiter: ',', header: true },
    ]) {
      expect(copy(form, [redact, undefined], 'ssn,id\nssn,id\n', piece).toString()).toBe('ssn,id\n***,id\n')
    }
    const quoted = '"s""\nsn",id\na,b\n'
    expect(copy({ ...csv, header: true }, [redact, undefined], quoted, piece).toString()).toBe(
      '"s""\nsn",id\n***,b\n',
    )
  })

  test('binary: header, tuples, NULL, trailer', () => {
    const head = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\x02zz', 'latin1')
    const row = Buffer.from('\0\x02\0\0\0\x03abc\xff\xff\xff\xff', 'latin1')
    const masked = Buffer.from('\0\x02\0\0\0\x03***\xff\xff\xff\xff', 'latin1')
    const nulled = Buffer.from('\0\x02\xff\xff\xff\xff\xff\xff\xff\xff', 'latin1')
    const trailer = Buffer.from('ffff', 'hex')
    const data = Buffer.concat([head, row, row, trailer])
    expect(copy(binary, [mask('redact', 1), redact], data, piece)).toEqual(
      Buffer.concat([head, masked, masked, trailer]),
    )
    expect(copy(binary, [mask('null', 1), undefined], data, piece)).toEqual(
      Buffer.concat([head, nulled, nulled, trailer]),
    )
  })
})

describe('COPY that is not what it says', () => {
  const header = 'PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0'
  test.each<[string, CopyForm, string]>([
    ['one column too many', text, 'a\tb\tc\n'],
    ['one column too few', text, 'a\n'],
    ['an empty line', text, '\n'],
    ['a cut row', text, 'a\tb'],
    ['one csv column too many', csv, 'a,b,c\n'],
    ['one csv column too few', csv, '"a,b"\n'],
    ['an open quote', csv, '"a,b\n'],
    ['no signature', binary, 'PGCOPX\n\xff\r\n\0\0\0\0\0\0\0\0\0'],
    ['flags of another form', binary, 'PGCOPY\n\xff\r\n\0\0\x01\0\0\0\0\0\0'],
    ['a giant header', binary, 'PGCOPY\n\xff\r\n\0\0\0\0\0\x7f\xff\xff\xff'],
    ['no trailer', binary, header],
    ['another count', binary, `${header}\0\x03`],
    ['a negative count', binary, `${header}\xff\xfe`],
    ['an impossible cell', binary, `${header}\0\x02\x7f\xff\xff\xff`],
    ['a negative cell', binary, `${header}\0\x02\xff\xff\xff\xfe`],
    ['bytes after the trailer', binary, `${header}\xff\xff\0`],
    ['nothing at all', binary, ''],
  ])('%s is a fault', (_, form, data) => {
    expect(() => copy(form, [redact, undefined], Buffer.from(data, 'latin1'))).toThrow(
      expect.objectContaining({ code: 'GH_WIRE' }),
    )
  })

  test('R30 a row over the ceiling is a fault, not a buffer', () => {
    for (const form of [text, csv]) {
      const copying = createCopyMask(form, [redact], 1000)
      expect(() => {
        for (let at = 0; at < 100; at++) copying.push(Buffer.alloc(50, 'x'))
      }).toThrow('ceiling')
    }
  })

  test('options of several bytes are refused', () => {
    expect(() => createCopyMask({ ...csv, delimiter: '€' }, [redact])).toThrow('one byte')
    expect(() => createCopyMask({ ...text, delimiter: '' }, [redact])).toThrow('one byte')
  })
})

test('only masked cells change, whatever the values and however they are cut', () => {
  const value = fc.option(fc.string({ unit: fc.constantFrom(...'ab,"\\\n\r\t\'N.é') }), { nil: null })
  const rows = fc.array(fc.tuple(value, value, value), { maxLength: 6 })
  const write = (form: CopyForm, cells: readonly (string | null)[]) =>
    `${cells
      .map((cell) => {
        if (cell === null) return form.null
        if (form.format === 'csv') return `"${cell.replaceAll('"', '""')}"`
        return cell.replace(/[\\\n\r\t]/g, (sign) => `\\${{ '\n': 'n', '\r': 'r', '\t': 't' }[sign] ?? sign}`)
      })
      .join(form.delimiter)}\n`
  fc.assert(
    fc.property(rows, fc.constantFrom(text, csv), fc.integer({ min: 1, max: 40 }), (cells, form, piece) => {
      const data = cells.map((row) => write(form, row)).join('')
      const wanted = cells.map(([a, b, c]) => write(form, [a, b === null ? null : 'MASK', c])).join('')
      const masked = copy(form, [undefined, constant('MASK'), undefined], data, piece).toString()
      expect(masked).toBe(form.format === 'csv' ? wanted.replaceAll('"MASK"', 'MASK') : wanted)
    }),
  )
})
