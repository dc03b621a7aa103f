import { createByteWriter } from '@gatehouse/adapter-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ColumnDefinition, TYPE } from '../messages/index.js'
import type { CellMask, RowFormat } from './cell.js'
import { createCellMask, createRowMask, nullCell } from './index.js'
import { binaryRow, column, readBinaryRow, readTextRow, textRow, type Value } from './row-sample.js'

function mask(
  format: RowFormat,
  columns: readonly ColumnDefinition[],
  cells: readonly (CellMask | undefined)[],
  row: Uint8Array,
): Uint8Array {
  const out = createByteWriter(16)
  // Neither the row nor what is appended begins at zero.
  out.length = 3
  const buffer = Buffer.concat([Buffer.from('before'), row, Buffer.from('after')])
  createRowMask(format, columns, cells)(buffer, 6, 6 + row.length, out)
  return new Uint8Array(out.bytes.subarray(3, out.length))
}

const redact = (type: number) =>
  createCellMask({
    mask: 'redact',
    column: column(type),
    format: 'text',
    classes: [],
    field: 'a.b.c',
    key: undefined,
    computed: false,
  })
/** A mask that makes a value longer than any length of one byte. */
const widen =
  (size: number): CellMask =>
  (_source, _start, _end, out) => {
    const bytes = Buffer.alloc(out.length + size + 16)
    out.bytes.copy(bytes, 0, 0, out.length)
    out.bytes = bytes.fill(0x78, out.length)
    out.length += size
    return true
  }

const bytes = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength })
const VALUES: readonly (readonly [number, fc.Arbitrary<Uint8Array>])[] = [
  [TYPE.TINY, bytes(1)],
  [TYPE.YEAR, bytes(2)],
  [TYPE.INT24, bytes(4)],
  [TYPE.DOUBLE, bytes(8)],
  [TYPE.DATE, fc.oneof(bytes(0), bytes(4))],
  [TYPE.DATETIME, fc.oneof(bytes(0), bytes(4), bytes(7), bytes(11))],
  [TYPE.TIME, fc.oneof(bytes(0), bytes(8), bytes(12))],
  [TYPE.VAR_STRING, bytes(0, 300)],
  [TYPE.BLOB, bytes(0, 300)],
  [TYPE.BIT, bytes(1, 8)],
]
const shape = fc
  .array(
    fc
      .constantFrom(...VALUES)
      .chain(([type, value]) =>
        fc.tuple(fc.constant(type), fc.option(value), fc.constantFrom('pass', 'null', 'redact', 'long')),
      ),
    { maxLength: 20 },
  )
  .map((cells) => cells.map(([type, value, how]) => ({ type, value, how })))

describe('W68 rows', () => {
  test.each(['text', 'binary'] as const)('only masked cells change, whatever the %s row', (format) => {
    fc.assert(
      fc.property(shape, (wanted) => {
        const columns = wanted.map(({ type }) => column(type))
        const isText = ({ type }: { type: number }) => type === TYPE.VAR_STRING || type === TYPE.BLOB
        const cells = wanted.map((cell) => {
          if (cell.how === 'null') return nullCell
          if (!isText(cell)) return undefined
          return cell.how === 'redact' ? redact(cell.type) : cell.how === 'long' ? widen(70_000) : undefined
        })
        const values = wanted.map(({ value }) => value)
        const row = format === 'text' ? textRow(values) : binaryRow(columns, values)
        const masked = mask(format, columns, cells, row)
        const found = format === 'text' ? readTextRow(masked, columns.length) : readBinaryRow(masked, columns)
        for (const [at, cell] of wanted.entries()) {
          const shown = found[at] ?? null
          if (cell.value === null || cell.how === 'null') expect(shown).toBeNull()
          else if (cells[at] === undefined) expect(Buffer.from(shown ?? '')).toEqual(Buffer.from(cell.value))
          else if (cell.how === 'redact') expect(Buffer.from(shown ?? '').toString()).toBe('***')
          else expect(shown?.length).toBe(70_000)
        }
      }),
    )
  })

  test.each([6, 7, 14, 15])(
    'the NULL bitmap of %s columns: none, all, and each that a mask makes NULL',
    (count) => {
      const columns = Array.from({ length: count }, () => column(TYPE.LONG))
      const values: readonly Value[] = columns.map((_, at) => Uint8Array.from([at, 0, 0, 0]))
      const none = columns.map(() => undefined)
      const row = binaryRow(columns, values)
      expect(readBinaryRow(mask('binary', columns, none, row), columns)).toEqual(values)
      const all = columns.map(() => nullCell)
      expect(mask('binary', columns, all, row)).toEqual(
        binaryRow(
          columns,
          values.map(() => null),
        ),
      )
      for (let at = 0; at < count; at++) {
        const cells = columns.map((_, index) => (index === at ? nullCell : undefined))
        const expected = values.map((value, index) => (index === at ? null : value))
        expect(Buffer.from(mask('binary', columns, cells, row))).toEqual(
          Buffer.from(binaryRow(columns, expected)),
        )
        // NULL before, NULL after.
        expect(Buffer.from(mask('binary', columns, cells, binaryRow(columns, expected)))).toEqual(
          Buffer.from(binaryRow(columns, expected)),
        )
      }
    },
  )
})

describe('cells of 16 MB and more', () => {
  test.each(['text', 'binary'] as const)('are passed, masked, and made, in %s rows', (format) => {
    const columns = [column(TYPE.LONG_BLOB), column(TYPE.VAR_STRING)]
    const big = new Uint8Array(0x1000001).fill(0x61)
    const values = [big, Buffer.from('secret')]
    const row = format === 'text' ? textRow(values) : binaryRow(columns, values)
    const read = (bytes: Uint8Array) =>
      format === 'text' ? readTextRow(bytes, 2) : readBinaryRow(bytes, columns)
    const passed = read(mask(format, columns, [undefined, redact(TYPE.VAR_STRING)], row))
    expect([passed[0]?.length, Buffer.from(passed[1] ?? '').toString()]).toEqual([big.length, '***'])
    expect(read(mask(format, columns, [redact(TYPE.LONG_BLOB), nullCell], row))).toEqual([
      Uint8Array.from(Buffer.from('***')),
      null,
    ])
    for (const size of [250, 251, 0xffff, 0x10000, 0xffffff, 0x1000000]) {
      const [made, after] = read(mask(format, columns, [widen(size), undefined], row))
      expect([made?.length, after?.length]).toEqual([size, 6])
    }
  })
})

describe('a row that lies is a fault and none of it goes out', () => {
  const one = [column(TYPE.VAR_STRING)]
  const two = [column(TYPE.VAR_STRING), column(TYPE.LONG)]
  const cases: readonly (readonly [string, RowFormat, readonly ColumnDefinition[], readonly number[]])[] = [
    ['no cell at all', 'text', one, []],
    ['too few cells', 'text', two, [1, 97]],
    ['too many cells', 'text', one, [1, 97, 1, 98]],
    ['a cell beyond the row', 'text', one, [5, 97]],
    ['a length of two bytes cut off', 'text', one, [0xfc, 1]],
    ['a length of three bytes cut off', 'text', one, [0xfd, 1, 2]],
    ['a length of eight bytes cut off', 'text', one, [0xfe, 1, 0, 0, 0, 0, 0, 0]],
    ['a length of two bytes beyond the row', 'text', one, [0xfc, 2, 0, 97]],
    ['a length of 2^32 and one', 'text', one, [0xfe, 1, 0, 0, 0, 1, 0, 0, 0, 97]],
    ['a length of 2^32 − 1', 'text', one, [0xfe, 255, 255, 255, 255, 0, 0, 0, 0, 97]],
    ['0xFF for a length', 'text', one, [0xff, 97]],
    ['nothing', 'binary', one, []],
    ['half a NULL bitmap', 'binary', one, [0]],
    ['another header', 'binary', one, [1, 0, 1, 97]],
    ['a value beyond the row', 'binary', one, [0, 0, 2, 97]],
    ['NULL in text form', 'binary', one, [0, 0, 0xfb]],
    ['no value', 'binary', one, [0, 0]],
    ['a value of a NULL', 'binary', one, [0, 4, 1, 97]],
    ['bytes after the last value', 'binary', two, [0, 0, 1, 97, 1, 2, 3, 4, 5]],
    ['an integer cut off', 'binary', two, [0, 0, 1, 97, 1, 2, 3]],
    ['a date of five bytes', 'binary', [column(TYPE.DATE)], [0, 0, 5, 1, 2, 3, 4, 5]],
    ['a time of four bytes', 'binary', [column(TYPE.TIME)], [0, 0, 4, 1, 2, 3, 4]],
    ['a date beyond the row', 'binary', [column(TYPE.DATE)], [0, 0, 4, 1, 2]],
    ['a value of type NULL', 'binary', [column(TYPE.NULL)], [0, 0, 1, 97]],
    ['a value of an unknown type', 'binary', [column(243)], [0, 0, 1, 97]],
  ]
  test.each(cases)('%s (%s)', (_, format, columns, row) => {
    for (const cell of [undefined, nullCell, redact(TYPE.VAR_STRING)]) {
      const out = createByteWriter(16)
      out.length = 3
      const cells = columns.map((_each, at) => (at === 0 ? cell : undefined))
      const lie = () =>
        createRowMask(format, columns, cells)(Uint8Array.from([...row, 9, 9, 9]), 0, row.length, out)
      expect(lie).toThrow('malformed reply')
      expect(out.length).toBe(3)
    }
  })

  test('any bytes are a row or a fault, and what comes out is a row', () => {
    const types = fc.array(fc.constantFrom(...Object.values(TYPE)), { maxLength: 6 })
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 60 }), fc.boolean(), (found, row, text) => {
        const columns = found.map((type) => column(type))
        const cells = columns.map((_, at) => (at % 2 === 0 ? nullCell : undefined))
        let masked: Uint8Array
        try {
          masked = mask(text ? 'text' : 'binary', columns, cells, row)
        } catch (error) {
          expect(String(error)).toContain('malformed reply')
          return
        }
        if (text) readTextRow(masked, columns.length)
        else readBinaryRow(masked, columns)
      }),
    )
  })
})
