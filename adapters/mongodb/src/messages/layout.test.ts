/** How messages are cut from a stream: every length and opcode is judged by the header alone (mongodb.md §11, rows 4–8). */
import { createCutter, type FrameLayout } from '@gatehouse/adapter-kit'
import { describe, expect, test } from 'vitest'
import { clientLayout, greetingLayout, HEADER, OPCODE, putHeader, upstreamLayout } from './index.js'

function frame(length: number, opCode: number, bytes = Math.max(length, HEADER)): Buffer {
  const whole = Buffer.alloc(bytes)
  putHeader(whole, 0, { length, requestId: 1, responseTo: 0, opCode })
  return whole
}

function cut(layout: FrameLayout, chunks: readonly Uint8Array[]) {
  const frames: Buffer[] = []
  const cutter = createCutter(layout, () => 'whole', {
    frame: ({ buffer, start, end, oversize }) => {
      if (!oversize) frames.push(Buffer.from(buffer.subarray(start, end)))
      return true
    },
    bytes: () => {},
  })
  for (const chunk of chunks) if (!cutter.push(chunk)) break
  return { frames, broken: cutter.broken(), kept: cutter.kept() }
}

const LAYOUTS = {
  greetingLayout,
  client: clientLayout(64 * 1024 * 1024),
  upstream: upstreamLayout(64 * 1024 * 1024),
}

describe.each(Object.entries(LAYOUTS))('%s', (_, layout) => {
  test('W4 an opcode that nobody sends here ends it before anything is gathered', () => {
    for (const opCode of [2001, 2002, 2005, 2006, 2007, 0, -1, 0x47455420, 2010, 2011])
      expect(cut(layout, [frame(40_000, opCode, HEADER)])).toMatchObject({
        frames: [],
        broken: expect.any(String),
      })
  })

  test('W5 an impossible length ends it before anything is gathered', () => {
    for (const length of [0, 15, -1, 48_000_001, 0x7fffffff, -0x80000000]) {
      const { frames, broken, kept } = cut(layout, [frame(length, OPCODE.MSG, HEADER)])
      expect(frames).toEqual([])
      expect(broken).toBeDefined()
      expect(kept).toBeLessThanOrEqual(HEADER)
    }
  })

  test('W6 W7 byte by byte and all at once', () => {
    const parts = [frame(26, OPCODE.MSG), frame(16, OPCODE.MSG), frame(300, OPCODE.MSG)]
    const stream = Buffer.concat(parts)
    const single = [...stream].map((byte) => Uint8Array.of(byte))
    for (const chunks of [single, [stream]]) expect(cut(layout, chunks).frames).toEqual(parts)
  })
})

test('W8 before the sign-in no message is longer than 64 KiB, and none is compressed', () => {
  expect(cut(greetingLayout, [frame(65_536, OPCODE.MSG)]).frames).toHaveLength(1)
  expect(cut(greetingLayout, [frame(65_537, OPCODE.MSG, HEADER)]).broken).toMatch('over the ceiling')
  expect(cut(greetingLayout, [frame(40, OPCODE.COMPRESSED)]).broken).toBeDefined()
  expect(cut(LAYOUTS.client, [frame(65_537, OPCODE.MSG)]).frames).toHaveLength(1)
  expect(cut(LAYOUTS.client, [frame(40, OPCODE.COMPRESSED)]).frames).toHaveLength(1)
})

test('the listener may set a lower ceiling', () => {
  expect(cut(clientLayout(1000), [frame(1001, OPCODE.MSG, HEADER)]).broken).toBeDefined()
  expect(cut(clientLayout(1000), [frame(1000, OPCODE.MSG)]).frames).toHaveLength(1)
})
