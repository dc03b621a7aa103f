import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { type Cut, createCutter, type FrameLayout } from './cutter.js'
import { unlent } from './loans.js'

/** A letter, then an Int32 length of the whole. */
const layout = (message: number): FrameLayout => ({
  header: 5,
  type: (buffer, at) => buffer[at] as number,
  length: (buffer, at) => new DataView(buffer.buffer, buffer.byteOffset + at).getInt32(1),
  ceiling: () => message,
  gather: (type) => (type === 0x41 ? message : 5),
})

function frame(letter: string, body: Uint8Array): Uint8Array {
  const whole = new Uint8Array(5 + body.length)
  whole[0] = letter.charCodeAt(0)
  new DataView(whole.buffer).setInt32(1, whole.length)
  whole.set(body, 5)
  return whole
}

function collecting(): { readonly cut: Cut; readonly seen: string[] } {
  const seen: string[] = []
  return {
    seen,
    cut: {
      frame: ({ type, buffer, start, end, oversize }) => {
        const body = Buffer.from(buffer.subarray(start + 5, end)).toString('latin1')
        seen.push(`${String.fromCharCode(type)}${oversize ? '!' : ''}${body}`)
        return true
      },
      bytes: (buffer, start, end) => seen.push(Buffer.from(buffer.subarray(start, end)).toString('latin1')),
    },
  }
}

describe('cutter', () => {
  const stream = Buffer.concat([
    frame('A', Buffer.from('one')),
    frame('B', Buffer.from('too long to be gathered')),
    frame('A', Buffer.alloc(0)),
    frame('A', Buffer.from('x'.repeat(3_000))),
  ])
  const expected = ['Aone', 'B!', 'A', `A${'x'.repeat(3_000)}`]

  test.each([1, 2, 3, 4, 5, 6, 7, 1_000, 1_024, 1_025, 4_096])('cuts the same in portions of %i', (size) => {
    const { cut, seen } = collecting()
    const cutter = createCutter(layout(4_096), () => 'whole', cut)
    for (let at = 0; at < stream.length; at += size) cutter.push(stream.subarray(at, at + size))
    expect(seen).toEqual(expected)
    expect(cutter.kept()).toBe(0)
  })

  describe('of a type that stands in the payload', () => {
    /** One byte of length, of what follows it. */
    const led: FrameLayout = {
      header: 1,
      lead: 1,
      type: (buffer, at) => (buffer[at] === 0 ? 0x30 : (buffer[at + 1] as number)),
      length: (buffer, at) => 1 + (buffer[at] as number),
      ceiling: () => 256,
      gather: (type) => (type === 0x42 ? 4 : 256),
    }
    const told = (body: string) => Buffer.from(`${String.fromCharCode(body.length)}${body}`, 'latin1')
    const bodies = [
      'A',
      '',
      'Aone',
      '',
      '',
      'Btoo long',
      'C',
      `A${'x'.repeat(200)}`,
      'Cpassed',
      '',
      'Cat last',
    ]

    test.each([1, 2, 3, 5, 8, 1_000])('cuts the same in portions of %i, and asks once for each', (size) => {
      const whole: string[] = []
      let passed = ''
      const asked: string[] = []
      const cutter = createCutter(
        led,
        (type, length) => {
          asked.push(`${String.fromCharCode(type)}${length - 1}`)
          return type === 0x43 ? 'pass' : 'whole'
        },
        {
          frame: ({ type, buffer, start, end, oversize }) => {
            whole.push(`${String.fromCharCode(type)}${oversize ? '!' : ''}${end - start - 1}`)
            passed += buffer.length === 0 ? '' : ','
            return true
          },
          bytes: (buffer, start, end) => {
            passed += Buffer.from(buffer.subarray(start, end)).toString('latin1')
          },
        },
      )
      const stream = Buffer.concat(bodies.map(told))
      for (let at = 0; at < stream.length; at += size)
        expect(cutter.push(stream.subarray(at, at + size))).toBe(true)
      expect(asked).toEqual(bodies.map((body) => `${body[0] ?? '0'}${body.length}`))
      expect(whole).toEqual(['A1', '00', 'A4', '00', '00', 'B!1', 'A201', '00'])
      expect(passed).toBe(',,,,,,\x01C,\x07Cpassed,\x08Cat last')
      expect(cutter.kept()).toBe(0)
    })
  })

  test.each([0, 4, -1, -(2 ** 31), 4_097, 2 ** 31 - 1])(
    'a declared length of %i breaks at the header',
    (length) => {
      const { cut, seen } = collecting()
      const cutter = createCutter(layout(4_096), () => 'whole', cut)
      const header = new Uint8Array(5)
      header[0] = 0x41
      new DataView(header.buffer).setInt32(1, length)
      expect(cutter.push(header)).toBe(false)
      expect(cutter.broken()).toContain(String(length))
      expect(seen).toEqual([])
    },
  )

  test.each([1, 3, 7, 64, 1000])(
    'bytes that come to where they belong give the same frames, %i at a time',
    (size) => {
      const bodies = ['a', 'b'.repeat(300), '', 'c'.repeat(40), 'd'.repeat(4_000)]
      const stream = Buffer.concat(bodies.map((body) => frame('A', Buffer.from(body))))
      const { cut, seen } = collecting()
      const { cut: plain, seen: expected } = collecting()
      const cutter = createCutter(layout(8_192), () => 'whole', cut)
      const pushing = createCutter(layout(8_192), () => 'whole', plain)
      let placed = 0
      for (let at = 0; at < stream.length; ) {
        const place = cutter.room()
        if (place !== undefined) placed += 1
        const length = Math.min(size, stream.length - at, place?.length ?? size)
        const part = (place ?? new Uint8Array(length)).subarray(0, length)
        part.set(stream.subarray(at, at + length))
        cutter.push(part)
        pushing.push(Uint8Array.from(stream.subarray(at, at + length)))
        at += length
      }
      expect(seen).toEqual(expected)
      expect(seen).toHaveLength(bodies.length)
      expect(placed).toBeGreaterThan(0)
      expect(cutter.kept()).toBe(0)
    },
  )

  test('there is room for the rest of a frame whose header has come, and for nothing else', () => {
    const { cut, seen } = collecting()
    const cutter = createCutter(layout(100), () => 'whole', cut)
    const whole = frame('A', Buffer.from('0123456789'))
    expect(cutter.room()).toBeUndefined()
    cutter.push(whole.slice(0, 3))
    expect(cutter.room()).toBeUndefined()
    cutter.push(whole.slice(3, 8))
    expect(cutter.room()).toHaveLength(7)
    cutter.push(whole.slice(8, 10))
    expect(cutter.room()).toHaveLength(5)
    expect(cutter.kept()).toBe(10)
    cutter.push(whole.slice(10))
    expect(cutter.room()).toBeUndefined()
    expect(seen).toEqual(['A0123456789'])
  })

  test('R30 a length that lies has no more room than some times what has come', () => {
    const cutter = createCutter(layout(1 << 26), () => 'whole', collecting().cut)
    const head = frame('A', new Uint8Array(100))
    new DataView(head.buffer).setInt32(1, 1 << 26)
    cutter.push(head)
    expect(cutter.room()?.length).toBeLessThan(2_000)
  })

  test('what frames are gathered in is given back when it is outgrown, and told of when its frame was', () => {
    const { cut, seen } = collecting()
    const said: string[] = []
    const cutter = createCutter(layout(1 << 20), () => 'whole', cut, {
      take: (size, wanted) => {
        said.push(`take ${size} of ${wanted}`)
        return unlent(2 * size)
      },
      giveBack: ({ bytes }) => void said.push(`outgrown ${bytes.length}`),
      told: ({ bytes }) => void said.push(`told ${bytes.length} behind ${seen.length}`),
    })
    const whole = frame('A', Buffer.alloc(95, 'x'))
    for (const size of [20, 30, 50]) cutter.push(whole.slice(cutter.kept(), cutter.kept() + size))
    expect(said).toEqual(['take 20 of 100', 'take 50 of 100', 'outgrown 40', 'told 100 behind 1'])
    expect(seen).toEqual([`A${'x'.repeat(95)}`])
  })

  test('R30 a frame that comes by single bytes is kept in no more than twice its length', () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const used = () => {
      collect()
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
    const { cut } = collecting()
    const size = 1 << 20
    const cutter = createCutter(layout(size), () => 'whole', cut)
    const whole = frame('A', new Uint8Array(size - 5))
    const before = used()
    // Each portion a buffer of its own, as the kernel gives them.
    for (let at = 0; at < size - 1; at += 1) cutter.push(whole.slice(at, at + 1))
    expect(cutter.kept()).toBe(size - 1)
    expect(used() - before).toBeLessThan(3 * size)
  })
})
