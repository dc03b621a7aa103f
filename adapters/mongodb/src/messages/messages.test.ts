/** Messages as a server would take them or turn them away (mongodb.md §11, rows 2–13). */
import * as bson from 'bson'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documentValue, readString, type Value } from '../bson/index.js'
import { crc32c } from './checksum.js'
import {
  FLAG,
  HEADER,
  OPCODE,
  type OpMsg,
  putHeader,
  REPLY_FLAG,
  readHeader,
  readLegacyHello,
  readOpMsg,
  WireFault,
  writeOpMsg,
  writeOpReply,
} from './index.js'

const int32 = (value: number) => Buffer.from(Int32Array.of(value).buffer)
const cstring = (text: string) => Buffer.from(`${text}\0`)
const body = (document: object) => Buffer.concat([Buffer.from([0]), bson.serialize(document)])
function sequence(identifier: string, documents: readonly object[], size?: number): Buffer {
  const content = Buffer.concat([cstring(identifier), ...documents.map((each) => bson.serialize(each))])
  return Buffer.concat([Buffer.from([1]), int32(size ?? content.length + 4), content])
}
function message(flags: number, sections: readonly Uint8Array[], opCode: number = OPCODE.MSG): Buffer {
  const content = Buffer.concat([int32(flags), ...sections])
  const head = Buffer.alloc(HEADER)
  putHeader(head, 0, { length: HEADER + content.length, requestId: 7, responseTo: 0, opCode })
  const whole = Buffer.concat([head, content])
  return (flags & FLAG.CHECKSUM) === 0 ? whole : withChecksum(whole)
}
function withChecksum(frame: Buffer): Buffer {
  const whole = Buffer.concat([frame, Buffer.alloc(4)])
  whole.writeInt32LE(whole.length, 0)
  whole.writeInt32LE(crc32c(whole, 0, frame.length), frame.length)
  return whole
}
const decode = ({ source, start, end }: Value) => bson.deserialize(source.subarray(start, end))
function codeOf(run: () => unknown): number | undefined {
  try {
    run()
  } catch (fault) {
    if (fault instanceof WireFault) return fault.native.code
    throw fault
  }
  return undefined
}
const ping = body({ ping: 1, $db: 'admin' })
const insert = body({ insert: 'c', $db: 'shop' })

describe('OP_MSG', () => {
  test('W11 W14 a sequence may stand before the body, and both are read', () => {
    const documents = sequence('documents', [{ _id: 1 }, { _id: 2 }])
    for (const sections of [
      [insert, documents],
      [documents, insert],
    ]) {
      const read = readOpMsg(message(0, sections))
      expect(read).toMatchObject({ requestId: 7, responseTo: 0, flags: 0 })
      expect(decode(read.body)).toEqual({ insert: 'c', $db: 'shop' })
      expect(read.sequences.get('documents')?.map(decode)).toEqual([{ _id: 1 }, { _id: 2 }])
    }
    const bulk = [
      body({ bulkWrite: 1, $db: 'admin' }),
      sequence('ops', [{ insert: 0, document: {} }]),
      sequence('nsInfo', [{ ns: 'a.b' }]),
    ]
    expect([...readOpMsg(message(0, bulk)).sequences.keys()]).toEqual(['ops', 'nsInfo'])
  })

  test('W9 an unknown flag of the low half is an error, one of the high half is none', () => {
    for (let bit = 2; bit < 16; bit++) expect(codeOf(() => readOpMsg(message(1 << bit, [ping])))).toBe(223)
    for (let bit = 16; bit < 32; bit++) expect(readOpMsg(message(1 << bit, [ping])).flags).toBe(1 << bit)
    expect(readOpMsg(message(FLAG.MORE_TO_COME, [ping])).flags).toBe(FLAG.MORE_TO_COME)
  })

  test('W10 a checksum is verified, and never written', () => {
    expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283 | 0)
    const frame = message(FLAG.CHECKSUM, [ping])
    const read = readOpMsg(frame)
    expect(decode(read.body)).toEqual({ ping: 1, $db: 'admin' })
    const written = writeOpMsg(read)
    expect(written.length).toBe(frame.length - 4)
    expect(readOpMsg(written).flags).toBe(0)
    for (let at = HEADER; at < frame.length; at++) {
      const spoilt = Buffer.from(frame)
      spoilt[at] = (spoilt[at] as number) ^ 4
      expect(codeOf(() => readOpMsg(spoilt))).toBe(at <= HEADER + 1 ? 223 : 288)
    }
  })

  test('W12 sections as the server turns them away', () => {
    const one = sequence('documents', [{}])
    const cases: readonly (readonly [number, readonly Uint8Array[]])[] = [
      [40430, [ping, ping]],
      [40587, []],
      [40587, [one]],
      [40431, [insert, one, one]],
      [40432, [insert, Buffer.from([2, 0, 0, 0, 0])]],
      [40433, [body({ insert: 'c', documents: [], $db: 'a' }), one]],
      [40433, [one, body({ insert: 'c', $db: 'a', documents: [] })]],
      [233, [insert, one, sequence('a', []), sequence('b', [])]],
      [40415, [insert, sequence('updates', [{}])]],
      [40415, [body({ find: 'c', $db: 'a' }), one]],
      [40415, [body({ $db: 'a', insert: 'c' }), one]],
      [40415, [insert, sequence('documents.0', [{}])]],
      [40415, [body({ update: 'c', $db: 'a' }), sequence('updates.q', [{}])]],
      [40415, [insert, sequence('', [])]],
    ]
    for (const [code, sections] of cases) expect(codeOf(() => readOpMsg(message(0, sections)))).toBe(code)
  })

  test('W13 the size of a sequence must fit it', () => {
    const whole = sequence('documents', [{ a: 1 }])
    const right = whole.length - 1
    for (let size = -2; size < right + 20; size++) {
      const code = codeOf(() => readOpMsg(message(0, [insert, sequence('documents', [{ a: 1 }], size)])))
      if (size === right) expect(code).toBeUndefined()
      else expect(code).toBeDefined()
    }
    for (const size of [0x7fffffff, -0x80000000])
      expect(codeOf(() => readOpMsg(message(0, [insert, sequence('documents', [], size)])))).toBe(22)
    expect(codeOf(() => readOpMsg(message(0, [insert, Buffer.from([1, 5, 0])])))).toBe(22)
  })

  test('a body beyond its message, or with something behind it', () => {
    const long = Buffer.from(ping)
    long.writeInt32LE(long.length + 100, 1)
    expect(codeOf(() => readOpMsg(message(0, [long])))).toBe(22)
    expect(codeOf(() => readOpMsg(message(0, [ping, Buffer.from([0])])))).toBe(40430)
    expect(codeOf(() => readOpMsg(message(0, [Buffer.from([0, 1, 0])])))).toBe(22)
    expect(codeOf(() => readOpMsg(message(0, [ping], OPCODE.QUERY)))).toBe(17)
    expect(codeOf(() => readOpMsg(message(0, [ping]).subarray(0, -1)))).toBe(17)
    expect(codeOf(() => readOpMsg(new Uint8Array(3)))).toBe(40587)
  })

  test('W28 documents are counted, and may be nested less deep than commands', () => {
    const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) })
    const stored = (levels: number) => message(0, [insert, sequence('documents', [nested(levels)])])
    expect(codeOf(() => readOpMsg(stored(100)))).toBeUndefined()
    expect(codeOf(() => readOpMsg(stored(101)))).toBe(22)
    const command = (levels: number) => message(0, [body({ find: 'c', filter: nested(levels - 1) })])
    expect(codeOf(() => readOpMsg(command(200)))).toBeUndefined()
    expect(codeOf(() => readOpMsg(command(201)))).toBe(22)
    const ceilings = { depth: 9, documentDepth: 9, elements: 100, documents: 2 }
    const many = (count: number) => message(0, [insert, sequence('documents', new Array(count).fill({}))])
    expect(codeOf(() => readOpMsg(many(2), ceilings))).toBeUndefined()
    expect(codeOf(() => readOpMsg(many(3), ceilings))).toBe(22)
    const wide = (count: number) =>
      message(0, [sequence('documents', [{ a: 1 }, { b: new Array(count).fill(1) }]), insert])
    expect(codeOf(() => readOpMsg(wide(96), ceilings))).toBeUndefined()
    expect(codeOf(() => readOpMsg(wide(97), ceilings))).toBe(22)
  })

  test('what is written is what was read', () => {
    const frame = message(FLAG.EXHAUST_ALLOWED, [insert, sequence('documents', [{ a: 'b' }, { c: 'ü' }])])
    expect(writeOpMsg(readOpMsg(frame)).equals(frame)).toBe(true)
    const read = readOpMsg(frame)
    const answer: OpMsg = { ...read, requestId: 8, responseTo: 7, sequences: new Map() }
    expect(readHeader(writeOpMsg(answer))).toEqual({
      length: HEADER + 4 + insert.length,
      requestId: 8,
      responseTo: 7,
      opCode: 2013,
    })
  })

  test('spoilt messages end in a fault that the server would tell', () => {
    const sound = message(0, [insert, sequence('documents', [{ a: 'b', c: [1, { d: 2 }] }, { e: null }])])
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: HEADER, max: sound.length - 1 }), fc.nat(255)), { maxLength: 4 }),
        fc.nat(8),
        (changes, cut) => {
          const frame = Buffer.from(sound.subarray(0, sound.length - cut))
          frame.writeInt32LE(frame.length, 0)
          for (const [at, byte] of changes) if (at < frame.length) frame[at] = byte
          codeOf(() => readOpMsg(frame))
        },
      ),
      { numRuns: 10_000 },
    )
  })
})

describe('OP_QUERY', () => {
  const query = (collection: string, ...documents: readonly object[]) =>
    message(
      4,
      [cstring(collection), int32(0), int32(-1), ...documents.map((each) => bson.serialize(each))],
      OPCODE.QUERY,
    )

  test('W1 W2 a hello is read, also within $query', () => {
    const {
      requestId,
      database,
      body: hello,
    } = readLegacyHello(query('admin.$cmd', { ismaster: 1, helloOk: true }))
    expect({ requestId, database, hello: decode(hello) }).toEqual({
      requestId: 7,
      database: 'admin',
      hello: { ismaster: 1, helloOk: true },
    })
    const wrapped = { $query: { isMaster: 1, client: {} }, $readPreference: { mode: 'nearest' } }
    expect(decode(readLegacyHello(query('shop.$cmd', wrapped)).body)).toEqual(wrapped.$query)
    expect(decode(readLegacyHello(query('admin.$cmd', { hello: 1 }, {})).body)).toEqual({ hello: 1 })
  })

  test('W3 anything else is refused as servers do', () => {
    for (const frame of [
      query('shop.customers', {}),
      query('shop.customers', { ismaster: 1 }),
      query('shop.$cmd', { find: 'customers' }),
      query('shop.$cmd', { find: 'customers', ismaster: 1 }),
      query('shop.$cmd', { IsMaster: 1 }),
      query('shop.$cmd', {}),
      query('shop.$cmd', { $query: { find: 'c' } }),
      query('shop.$cmd', { $query: { $query: { ismaster: 1 } } }),
    ])
      expect(codeOf(() => readLegacyHello(frame))).toBe(352)
    expect(codeOf(() => readLegacyHello(query('admin.$cmd')))).toBe(22)
    expect(codeOf(() => readLegacyHello(query('admin.$cmd', { hello: 1 }, {}, {})))).toBe(22)
    expect(codeOf(() => readLegacyHello(message(0, [ping])))).toBe(17)
    expect(codeOf(() => readLegacyHello(message(4, [Buffer.from('admin.$cmd')], OPCODE.QUERY)))).toBe(22)
  })

  test('OP_REPLY holds one document', () => {
    const document = bson.serialize({ ok: 1 })
    const frame = writeOpReply(9, 7, document, REPLY_FLAG.QUERY_FAILURE)
    expect(readHeader(frame)).toEqual({ length: frame.length, requestId: 9, responseTo: 7, opCode: 1 })
    expect([...frame.subarray(HEADER, HEADER + 20)]).toEqual([2, ...new Array(15).fill(0), 1, 0, 0, 0])
    expect(frame.subarray(HEADER + 20).equals(document)).toBe(true)
  })
})

test('W30 ill-formed UTF-8 in a message stays as it came', () => {
  const raw = Buffer.from(bson.serialize({ insert: 'c', $db: 'shop', xy: 'zw' }))
  raw[raw.indexOf('xy')] = 0xff
  raw[raw.indexOf('zw')] = 0xc3
  const frame = message(0, [Buffer.concat([Buffer.from([0]), raw])])
  expect(writeOpMsg(readOpMsg(frame)).equals(frame)).toBe(true)
  expect(() => readString({ ...documentValue(raw), type: 2, start: raw.indexOf(0xc3) - 4 })).toThrow()
})
