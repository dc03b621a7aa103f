import { createByteWriter } from '@gatehouse/adapter-kit'
import { MASK_KINDS } from '@gatehouse/core'
import { createMaskKey } from '@gatehouse/masking'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CELL_FAMILIES } from './cell-families.js'
import { createCellMask } from './cell-mask.js'

const key = createMaskKey(new Uint8Array(32).fill(1))
const plain = { classes: [], field: 'a.b.c', key, computed: false } as const

/** The masked cell, or null; the cell stands amid other bytes, and so does what is written. */
function mask(cell: Parameters<typeof createCellMask>[0], value: Uint8Array | string): Buffer | null {
  const source = Buffer.concat([Buffer.from('before'), Buffer.from(value as string), Buffer.from('after')])
  const out = createByteWriter(1)
  out.length = 1
  const written = createCellMask(cell)(source, 6, source.length - 5, out)
  expect(written || out.length === 1).toBe(true)
  return written ? Buffer.from(out.bytes.subarray(1, out.length)) : null
}

describe('R18 cells', () => {
  test('any bytes under any type, format and mask give a cell or NULL, never an exception', () => {
    const cell = fc.record({
      mask: fc.constantFrom(...MASK_KINDS),
      typeOid: fc.constantFrom(...CELL_FAMILIES.keys(), 0, 16, 2249, 1009, 4_000_000_000),
      format: fc.constantFrom(0, 1, 2, -1),
    })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.integer().map((value) => Buffer.from(String(value))),
      fc.date({ noInvalidDate: true }).map((date) => Buffer.from(date.toISOString().replace('T', ' '))),
    )
    fc.assert(
      fc.property(cell, bytes, (chosen, value) => {
        mask({ ...plain, ...chosen }, value)
      }),
      { numRuns: 5000 },
    )
  })

  test('a type or format that is not known is NULL under every mask', () => {
    for (const kind of MASK_KINDS) {
      expect(mask({ ...plain, mask: kind, typeOid: 0, format: 0 }, 'value')).toBeNull()
      expect(mask({ ...plain, mask: kind, typeOid: 123_456, format: 1 }, 'value')).toBeNull()
      expect(mask({ ...plain, mask: kind, typeOid: 25, format: 2 }, 'value')).toBeNull()
    }
  })

  test('without a key, hash and pseudonym are NULL for every type', () => {
    for (const typeOid of CELL_FAMILIES.keys()) {
      for (const kind of ['hash', 'pseudonym'] as const) {
        expect(mask({ ...plain, key: undefined, mask: kind, typeOid, format: 0 }, '12')).toBeNull()
      }
    }
  })

  test('a computed cell does not depend on its value', () => {
    for (const typeOid of CELL_FAMILIES.keys()) {
      for (const format of [0, 1]) {
        for (const kind of MASK_KINDS) {
          const cell = { ...plain, computed: true, mask: kind, typeOid, format }
          expect(mask(cell, '12345678')).toEqual(mask(cell, '87654321'))
        }
      }
    }
  })

  test('hash and pseudonym agree between text and binary', () => {
    const pairs: readonly (readonly [number, string, string])[] = [
      [25, 'Jane', '4a616e65'],
      [2950, '31415926-5358-4793-8238-462643383270', '31415926535847938238462643383270'],
      [17, '\\x3141', '3141'],
      [3802, '{"a": 1}', '017b2261223a20317d'],
      [23, '-5', 'fffffffb'],
      [20, '5', '0000000000000005'],
    ]
    for (const [typeOid, text, binary] of pairs) {
      for (const kind of ['hash', 'pseudonym'] as const) {
        const cell = { ...plain, mask: kind, typeOid }
        const one = mask({ ...cell, format: 0 }, text)
        const other = mask({ ...cell, format: 1 }, Buffer.from(binary, 'hex'))
        if (typeOid === 25) expect(other).toEqual(one)
        else if (typeOid === 3802) expect(other?.subarray(1)).toEqual(one)
        else if (typeOid === 23 || typeOid === 20) {
          expect(one === null ? null : Number(one.toString())).toBe(
            other === null ? null : Number(typeOid === 23 ? other.readInt32BE() : other.readBigInt64BE()),
          )
        } else expect(one?.toString().replace(/-|\\x/g, '')).toBe(other?.toString('hex'))
      }
    }
  })

  test('a number of the wrong width or beyond its type is NULL', () => {
    const bucket = { ...plain, mask: 'bucket' } as const
    expect(mask({ ...bucket, typeOid: 23, format: 1 }, Buffer.alloc(3))).toBeNull()
    expect(mask({ ...bucket, typeOid: 21, format: 0 }, '32768')).toBeNull()
    expect(mask({ ...bucket, typeOid: 23, format: 0 }, '1e5')).toBeNull()
    expect(mask({ ...bucket, typeOid: 701, format: 0 }, '')).toBeNull()
  })
})
