/** Parameters are read to the byte: whatever does not add up is a fault, and never a guess. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TYPE } from '../messages/index.js'
import { bigint, double, execute, NULL, type Parameter, string } from '../wire/requests.js'
import { readExecute } from './parameters.js'

const none = new Map()
const read = (content: Uint8Array, count: number, types?: Uint8Array) =>
  readExecute(content, 5, content.length, count, types, none)

const raw = (type: number, ...bytes: number[]): Parameter => ({ type, value: Uint8Array.from(bytes) })

test('values come as rules may read them', () => {
  const given: readonly (readonly [Parameter, string | null])[] = [
    [bigint(-5), '-5'],
    [{ ...bigint(-1), unsigned: true }, '18446744073709551615'],
    [double(1.5), '1.5'],
    [string('ä'), 'ä'],
    [NULL, null],
    [raw(TYPE.TINY, 0xff), '-1'],
    [{ ...raw(TYPE.SHORT, 0xff, 0xff), unsigned: true }, '65535'],
    [raw(TYPE.LONG, 1, 0, 0, 0x80), '-2147483647'],
    [raw(TYPE.DATE, 4, 0xe8, 7, 2, 29), '2024-02-29'],
    [raw(TYPE.DATETIME, 11, 0xe8, 7, 1, 2, 3, 4, 5, 0x40, 0xe2, 0x01, 0), '2024-01-02 03:04:05.123456'],
    [raw(TYPE.DATETIME, 0), '0000-00-00'],
    [raw(TYPE.TIME, 8, 1, 2, 0, 0, 0, 1, 3, 4), '-49:03:04'],
  ]
  const parameters = given.map(([parameter]) => parameter)
  expect(read(execute(1, { parameters }), given.length).values).toEqual(given.map(([, value]) => value))
})

test('a length that lies, a byte too many or too few, is a fault', () => {
  const whole = execute(1, { parameters: [string('abc'), bigint(7)] })
  for (let size = 5; size < whole.length; size += 1)
    expect(() => read(whole.subarray(0, size), 2)).toThrow('beyond the end')
  expect(() => read(Buffer.concat([whole, Buffer.from([0])]), 2)).toThrow('behind the last parameter')
  expect(() => read(execute(1, { parameters: [bigint(1)], types: false }), 1)).toThrow('never sent')
  expect(() => read(execute(1, { flags: 8, parameters: [bigint(1)] }), 1)).toThrow('flags')
  expect(() => read(execute(1, { parameters: [raw(99, 1)] }), 1)).toThrow('type 99')
})

test('whatever bytes come, nothing but a fault or an answer comes of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 5, maxLength: 60 }), fc.nat(9), (content, count) => {
      try {
        expect(read(content, count).values).toHaveLength(count)
      } catch (fault) {
        expect(fault).toMatchObject({ code: 'GH_WIRE' })
      }
    }),
  )
})
