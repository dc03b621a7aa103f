/** Session ids that are kept are those that would be found anew. */
import { expect, test } from 'vitest'
import { remembering } from './lsid.js'

const idOf = (number: number) => {
  const id = new Uint8Array(16)
  new DataView(id.buffer).setUint32(5, number)
  return id
}
const turned = (id: Uint8Array) => Uint8Array.from(id, (byte) => byte ^ 0xa5)

test('each id has its own, however many there are and in whatever order they come', () => {
  let asked = 0
  const find = remembering((id) => {
    asked += 1
    return turned(id)
  })
  for (const number of [1, 2, 1, 0x80, 0xff, 0x80, ...Array.from({ length: 300 }, (_, at) => at), 1, 2])
    expect(find(idOf(number))).toEqual(turned(idOf(number)))
  const before = asked
  find(idOf(2))
  expect(asked).toBe(before)
})

test('an id is known by its bytes, wherever they stand, and not by an object that changes', () => {
  const find = remembering(turned)
  const frame = new Uint8Array(40)
  frame.set(idOf(7), 11)
  expect(find(frame.subarray(11, 27))).toEqual(turned(idOf(7)))
  frame.set(idOf(8), 11)
  expect(find(frame.subarray(11, 27))).toEqual(turned(idOf(8)))
  expect(find(idOf(7))).toEqual(turned(idOf(7)))
})
