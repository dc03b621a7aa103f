/** What is compressed is unpacked only as it was agreed and declared (mongodb.md §11, rows 19–25). */
import { deflateSync } from 'node:zlib'
import * as bson from 'bson'
import { expect, test } from 'vitest'
import { agreeCompressors, HEADER, OPCODE, putHeader, readCompressed, WireFault } from './index.js'

const AGREED = { agreed: true, largest: 64 * 1024 * 1024 }

interface Parts {
  readonly opCode?: number
  readonly size?: number
  readonly compressor?: number
  readonly packed?: Uint8Array
}

const content = (document: object) => Buffer.concat([Buffer.alloc(5), bson.serialize(document)])

function compressed(plain: Uint8Array, parts: Parts = {}): Buffer {
  const { opCode = OPCODE.MSG, size = plain.length, compressor = 2, packed = deflateSync(plain) } = parts
  const whole = Buffer.alloc(HEADER + 9 + packed.length)
  putHeader(whole, 0, { length: whole.length, requestId: 5, responseTo: 0, opCode: OPCODE.COMPRESSED })
  whole.writeInt32LE(opCode, HEADER)
  whole.writeInt32LE(size, HEADER + 4)
  whole[HEADER + 8] = compressor
  whole.set(packed, HEADER + 9)
  return whole
}

const plain = content({ find: 'customers', $db: 'shop', filter: { a: 'x'.repeat(5000) } })
function refuses(frame: Buffer, compression = AGREED): void {
  let fault: unknown
  try {
    readCompressed(frame, compression)
  } catch (thrown) {
    fault = thrown
  }
  expect(fault).toBeInstanceOf(WireFault)
  expect((fault as WireFault).native.closes).toBe(true)
}

test('19 zlib comes back', () => {
  const { requestId, body } = readCompressed(compressed(plain), AGREED)
  expect(requestId).toBe(5)
  expect(bson.deserialize(body.source.subarray(body.start, body.end))).toMatchObject({ find: 'customers' })
})

test('20 a declared size larger or smaller than the real one', () => {
  for (const size of [0, -1, 1, plain.length - 1, plain.length + 1, 48_000_001, 0x7fffffff])
    refuses(compressed(plain, { size }))
})

test('21 a bomb is refused by its size, or stopped at it', () => {
  const bomb = deflateSync(Buffer.alloc(60_000_000))
  refuses(compressed(plain, { packed: bomb, size: 60_000_000 }))
  refuses(compressed(plain, { packed: bomb }))
  const { agreed } = AGREED
  expect(() => readCompressed(compressed(plain), { agreed, largest: plain.length + HEADER })).not.toThrow()
  expect(() => readCompressed(compressed(plain), { agreed, largest: plain.length + HEADER - 1 })).toThrow()
})

test('22 nothing but OP_MSG is inside', () => {
  for (const opCode of [OPCODE.COMPRESSED, OPCODE.QUERY, 0, 2002]) refuses(compressed(plain, { opCode }))
})

test('23 a command that must not be compressed', () => {
  for (const name of [
    'hello',
    'isMaster',
    'ismaster',
    'saslStart',
    'saslContinue',
    'authenticate',
    'createUser',
  ])
    refuses(compressed(content({ [name]: 1, $db: 'admin' })))
  refuses(compressed(content({})))
})

test('24 a compressor that was not agreed, and none', () => {
  for (const compressor of [0, 1, 3, 4, 255]) refuses(compressed(plain, { compressor }))
  refuses(compressed(plain, { compressor: 0, packed: plain }))
  refuses(compressed(plain), { ...AGREED, agreed: false })
})

test('25 unknown names in the list of compressors are passed over', () => {
  expect(agreeCompressors(['none'])).toEqual([])
  expect(agreeCompressors([])).toEqual([])
  expect(agreeCompressors(['snappy', 'zlib', 'zstd', 'zlib', 'ZLIB', ''])).toEqual(['zlib'])
})

test('what is cut off', () => {
  const frame = compressed(plain)
  for (let length = HEADER; length < HEADER + 12; length++) {
    const cut = Buffer.from(frame.subarray(0, length))
    cut.writeInt32LE(length, 0)
    refuses(cut)
  }
})
