/** A record written by its form reads as its parts do, to the byte, whatever stood in the template before. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textIn } from '../sample-records.js'
import { createBatch } from './batch.js'
import { Filled, Form, ID } from './form.js'
import { readFrame } from './frame.js'
import { createDefinitions, createPieces } from './piece.js'

/** Bodies of all records in these frames, references resolved by what the frames before define. */
function bodiesIn(frames: Buffer, definitions = createDefinitions()): readonly string[] {
  const bodies: string[] = []
  for (let at = 0; at < frames.length; ) {
    const read = readFrame(frames, at)
    if (read.kind !== 'frame') throw new Error('a torn frame')
    at = read.end
    if (!definitions.take(read.body))
      bodies.push(definitions.expand(read.body)?.toString('latin1') ?? 'nowhere')
  }
  return bodies
}

const number = fc.oneof(
  fc.nat(20),
  fc.nat(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, 9, 10, 99, 100, 999_999_999, 1e7, 1e15 - 1, 1e15),
)
const id = fc.oneof(fc.uuid(), fc.uuid(), fc.constantFrom('s1', 's2', '', 'not a token', 'naïve'))

test('whatever ids and numbers come after one another', () => {
  const text = fc.string({ unit: fc.constantFrom(...'abc{}":,'), maxLength: 90 })
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 9, maxLength: 9 }),
      fc.array(fc.tuple(id, fc.array(number, { minLength: 3, maxLength: 3 })), {
        minLength: 1,
        maxLength: 30,
      }),
      (texts, records) => {
        const piece = createPieces()
        const [a = '', b = '', c = '', d = '', ...rest] = texts
        const forms = [
          new Form(['R ', 0, piece(a), ID, piece(b), 1, c, ID, piece(d), 2, 1]),
          new Form([ID, ...rest.map(piece), 0, 0, 2, ID, '}']),
        ]
        const batch = createBatch()
        const expected: string[] = []
        for (const [index, [name, values]] of records.entries()) {
          const entry = new Filled(forms[index % 2] as Form, name, values)
          expected.push(textIn(entry))
          batch.put(entry)
        }
        expect(bodiesIn(batch.bytes())).toEqual(expected)
      },
    ),
  )
})

test('numbers that go on from record to record, as clocks and counters do', () => {
  const start = fc.oneof(fc.nat(12_000), fc.constantFrom(9_990, 99_990, 1_763_999_999_000))
  const step = fc.oneof(fc.nat(12), fc.nat(12_000), fc.integer({ min: -30, max: 0 }))
  fc.assert(
    fc.property(start, start, fc.array(fc.tuple(step, step), { maxLength: 40 }), (one, two, steps) => {
      const form = new Form(['R ', 0, ' ', 1, ID, '-', 1, ID, ID, ID])
      const batch = createBatch()
      const expected: string[] = []
      let values: readonly number[] = [one, two]
      for (const [index, by] of steps.entries()) {
        values = values.map((value, at) => Math.max(0, value + (by[at] ?? 0)))
        const entry = new Filled(form, `s${index % 10}`, values)
        expected.push(textIn(entry))
        batch.put(entry)
      }
      expect(bodiesIn(batch.bytes())).toEqual(expected)
    }),
  )
})

test('a new segment defines what the records of an unfinished batch refer to', () => {
  const piece = createPieces()
  const form = new Form(['R ', 0, piece('x'.repeat(50)), ID, piece('y'.repeat(40))])
  const batch = createBatch()
  const put = (at: number) => batch.put(new Filled(form, 'i', [at]))
  for (let at = 0; at < 5; at += 1) put(at)
  batch.clear()
  expect(batch.turn(false)).toEqual([])
  put(5)
  const again = batch.turn(false)
  expect(again.map(({ text }) => text)).toEqual(['x'.repeat(50), 'y'.repeat(40)])
  put(6)
  const definitions = createDefinitions()
  for (const { number, text } of again) {
    const head = Buffer.from([0x50, 0, 0, 0, 0])
    head.writeUInt32BE(number, 1)
    definitions.take(Buffer.concat([head, Buffer.from(text)]))
  }
  expect(bodiesIn(batch.bytes(), definitions)).toHaveLength(2)
  expect(bodiesIn(batch.bytes(), definitions)[1]).toBe(textIn(new Filled(form, 'i', [6])))
})
