import { createByteWriter } from '@gatehouse/adapter-kit'
import { createMaskKey } from '@gatehouse/masking'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CellMask, createCellMask, nullCell } from './cell-mask.js'
import { createRowMask } from './row-mask.js'

type Cell = Uint8Array | null

function dataRow(cells: readonly Cell[]): Buffer {
  const parts = cells.flatMap((cell) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(cell === null ? -1 : cell.length)
    return cell === null ? [length] : [length, cell]
  })
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(7)
  head.write('D')
  head.writeInt32BE(body.length + 6, 1)
  head.writeInt16BE(cells.length, 5)
  return Buffer.concat([head, body])
}

/** Reads rows back by the manual alone. */
function readRows(bytes: Buffer): Cell[][] {
  const rows: Cell[][] = []
  for (let at = 0; at < bytes.length; ) {
    expect(String.fromCharCode(bytes[at] as number)).toBe('D')
    const end = at + 1 + bytes.readInt32BE(at + 1)
    const row: Cell[] = []
    let cell = at + 7
    for (let count = bytes.readInt16BE(at + 5); count > 0; count--) {
      const length = bytes.readInt32BE(cell)
      row.push(length < 0 ? null : bytes.subarray(cell + 4, cell + 4 + length))
      cell += 4 + Math.max(length, 0)
    }
    expect(cell).toBe(end)
    rows.push(row)
    at = end
  }
  return rows
}

function mask(cells: readonly (CellMask | undefined)[], bytes: Buffer): Buffer {
  const out = createByteWriter(16)
  createRowMask(cells)(bytes, 0, bytes.length, out)
  return out.bytes.subarray(0, out.length)
}

const text = (kind: 'redact' | 'partial' | 'hash') =>
  createCellMask({
    mask: kind,
    typeOid: 25,
    format: 0,
    classes: [],
    field: 'a.b.c',
    key: createMaskKey(new Uint8Array(32)),
    computed: false,
  })

describe('DataRow', () => {
  test('only masked cells change, whatever the rows', () => {
    const cell = fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 200 }))
    const shape = fc.integer({ min: 0, max: 9 }).chain((columns) =>
      fc.record({
        rows: fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 8 }),
        kinds: fc.array(fc.constantFrom(undefined, 'null', 'redact', 'hash', 'partial'), {
          minLength: columns,
          maxLength: columns,
        }),
      }),
    )
    fc.assert(
      fc.property(shape, ({ rows, kinds }) => {
        const cells = kinds.map((kind) =>
          kind === undefined ? undefined : kind === 'null' ? nullCell : text(kind as 'redact'),
        )
        const masked = readRows(mask(cells, Buffer.concat(rows.map(dataRow))))
        expect(masked.length).toBe(rows.length)
        for (const [at, row] of rows.entries()) {
          for (const [column, source] of row.entries()) {
            const kind = kinds[column]
            const found = masked[at]?.[column] ?? null
            if (source === null || kind === 'null') expect(found).toBeNull()
            else if (kind === undefined) expect(Buffer.compare(found as Uint8Array, source)).toBe(0)
            else if (kind === 'redact') expect(Buffer.from(found as Uint8Array).toString()).toBe('***')
            else if (kind === 'hash') expect(found?.length).toBe(32)
          }
        }
      }),
    )
  })

  test.each([
    ['too many columns', dataRow([Buffer.from('a'), Buffer.from('b')])],
    ['too few columns', dataRow([])],
    ['cut short', dataRow([Buffer.from('abc')]).subarray(0, 9)],
    ['another message', Buffer.from('C\0\0\0\x08ok\0\0', 'latin1')],
    ['a cell beyond the row', Buffer.from('D\0\0\0\x0b\0\x01\0\0\0\x7fa', 'latin1')],
    ['a negative length', Buffer.from('D\0\0\0\x0b\0\x01\xff\xff\xff\xfea', 'latin1')],
    ['a length of 2^31-1', Buffer.from('D\0\0\0\x0b\0\x01\x7f\xff\xff\xffa', 'latin1')],
    ['bytes after the last cell', Buffer.from('D\0\0\0\x0c\0\x01\0\0\0\x01ab', 'latin1')],
    ['a message length below its header', Buffer.from('D\0\0\0\x03\0\x01', 'latin1')],
    ['half a cell length', Buffer.from('D\0\0\0\x08\0\x01\0\0', 'latin1')],
  ])('a row with %s is a fault and none of it goes out', (_, bytes) => {
    const good = dataRow([Buffer.from('first')])
    const out = createByteWriter()
    const both = Buffer.concat([good, bytes])
    expect(() => createRowMask([text('redact')])(both, 0, both.length, out)).toThrow('malformed reply')
    expect(readRows(out.bytes.subarray(0, out.length))).toEqual([[Buffer.from('***')]])
  })

  test('an unmasked row with a faulty cell is a fault too', () => {
    expect(() => mask([undefined], Buffer.from('D\0\0\0\x0b\0\x01\x7f\xff\xff\xffa', 'latin1'))).toThrow()
  })
})
