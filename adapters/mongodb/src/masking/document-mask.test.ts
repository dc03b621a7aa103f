/** Masks meet what stands at their paths, wherever and however it stands there, and nothing else (mongodb.md §11, rows 88–91). */
import { createByteWriter } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import * as bson from 'bson'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { validateDocument } from '../bson/index.js'
import { compileMask, cutMask, type MaskNode, maskDocument, nullMask } from './index.js'

const redact: MaskNode = {
  mask: compileMask({ mask: 'redact', classes: [], field: 'f', key: undefined, computed: false }),
}
const tree = (names: Readonly<Record<string, MaskNode>>): MaskNode => ({
  children: new Map(Object.entries(names)),
})
const CEILINGS = { depth: 200, elements: 1_000_000 }

function maskBytes(source: Uint8Array, root: MaskNode, ceiling?: number): Buffer {
  const out = createByteWriter(16)
  maskDocument(source, 0, source.length, root, out, ceiling)
  const masked = Buffer.from(out.bytes.subarray(0, out.length))
  validateDocument(masked, 0, masked.length, CEILINGS)
  return masked
}
const masked = (document: object, root: MaskNode): unknown =>
  bson.deserialize(maskBytes(bson.serialize(document), root))
/** Elements by hand, so that names can stand twice. */
function around(...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts.map((each) => each.subarray(4, -1)))
  const whole = Buffer.alloc(content.length + 5)
  whole.writeInt32LE(whole.length, 0)
  content.copy(whole, 4)
  return whole
}

test('W88 arrays are transparent, at any level', () => {
  const root = tree({ a: tree({ b: redact }) })
  const document = {
    a: [{ b: 'x', c: 'y' }, [{ b: 'x' }, [[{ b: 'x', c: 1 }]]], 'z', []],
    b: 'stays',
  }
  expect(masked(document, root)).toEqual({
    a: [{ b: '***', c: 'y' }, [{ b: '***' }, [[{ b: '***', c: 1 }]]], 'z', []],
    b: 'stays',
  })
})

test('W88 where documents alone may stand, nothing else is shown', () => {
  const root = tree({ a: { ...tree({ b: redact, c: tree({}) }), documents: true } })
  const document = { a: [{ b: 'x', c: 'y' }, 'z', [['z', { b: 'x' }]], null, 5, []], b: 'stays' }
  expect(masked(document, root)).toEqual({
    a: [{ b: '***', c: 'y' }, null, [[null, { b: '***' }]], null, null, []],
    b: 'stays',
  })
  expect(masked({ a: 'z' }, root)).toEqual({ a: null })
})

test('W88 a masked subtree keeps the names that are listed and its form, and none of its leaves', () => {
  const document = { a: { b: ['x', { c: 7, d: [[true]] }, null], e: {}, 'ada@example.org': true }, f: 1 }
  const known = { ...redact, ...tree({ b: tree({ c: {}, d: {} }), e: {} }) }
  expect(masked(document, tree({ a: known }))).toEqual({
    a: { b: ['***', { c: 0, d: [[false]] }, null], e: {} },
    f: 1,
  })
  expect(masked(document, tree({ a: redact }))).toEqual({ a: {}, f: 1 })
})

test('W88 stored names with dots count as themselves and as the path that they spell', () => {
  const root = tree({ a: tree({ b: redact }), 'x.y': redact })
  const document = {
    'a.b': 's',
    'a.c': 's',
    'a.b.c': 's',
    a: { 'b.z': 's', b: 's' },
    'x.y': 's',
    x: { y: 's' },
  }
  expect(masked(document, root)).toEqual({
    'a.b': '***',
    'a.c': 's',
    a: { b: '***' },
    'x.y': '***',
    x: { y: 's' },
  })
})

test('W79 places in a dotted name are passed over', () => {
  const root = tree({ lines: tree({ text: redact }) })
  expect(masked({ 'lines.0.text': 's', 'lines.1': { text: 's', n: 's' }, '0.text': 's' }, root)).toEqual({
    'lines.0.text': '***',
    'lines.1': { text: '***', n: 's' },
    '0.text': 's',
  })
})

test('W88 every occurrence of a name is masked', () => {
  const one = bson.serialize({ a: 'first', b: 1 })
  const two = bson.serialize({ a: 'second' })
  const out = maskBytes(around(one, two, one), tree({ a: redact }))
  expect(out.toString('latin1')).not.toMatch(/first|second/)
  expect(out.toString('latin1').match(/\*\*\*/g)).toHaveLength(3)
})

test('W31 W32 what is not hit stays byte for byte', () => {
  const source = bson.serialize({
    a: new bson.Double(5),
    b: bson.Long.fromNumber(5),
    c: new bson.Double(-0),
    d: new bson.Double(Number.NaN),
    e: bson.Decimal128.fromString('5.00'),
    f: [{ g: { h: 'x' } }],
  })
  expect(
    maskBytes(source, tree({ nowhere: redact, f: tree({ g: tree({ z: redact }) }) })).equals(source),
  ).toBe(true)
  expect(maskBytes(source, {}).equals(source)).toBe(true)
  const around_ = bson.serialize({ s: 'secret', rest: bson.deserialize(source, { promoteValues: false }) })
  const out = maskBytes(around_, tree({ s: redact }))
  expect(out.includes(Buffer.from(source.subarray(4)))).toBe(true)
})

test('W30 ill-formed UTF-8 in names and values stays, and hides no name that is listed', () => {
  const raw = Buffer.from(bson.serialize({ xy: 'ab', s: 'cd', z: { s: 'ef' } }))
  raw[raw.indexOf('xy')] = 0xff
  raw[raw.indexOf('ab')] = 0xc3
  const out = maskBytes(raw, tree({ s: redact }))
  expect(out.includes(Buffer.from([0xff, 0x79]))).toBe(true)
  expect(out.includes(Buffer.from([0xc3, 0x62]))).toBe(true)
  expect(out.includes('cd')).toBe(false)
})

test('a child has its own mask', () => {
  const root: MaskNode = {
    children: new Map([['a', { ...redact, children: new Map([['b', { mask: nullMask }]]) }]]),
  }
  expect(masked({ a: { b: { x: 1 }, c: 'y' } }, root)).toEqual({ a: { b: null } })
})

test('null takes the whole, and a cut element is gone', () => {
  const root = tree({ a: { mask: nullMask }, b: { mask: cutMask } })
  expect(masked({ a: [1, 2], b: { x: 1 }, c: 1 }, root)).toEqual({ a: null, c: 1 })
  expect(masked({ b: 1 }, root)).toEqual({})
  expect(masked({ z: [{ b: 1, a: null }] }, tree({ z: root }))).toEqual({ z: [{ a: null }] })
  expect(masked({ z: [1, { b: 1 }] }, tree({ z: { mask: cutMask } }))).toEqual({})
})

test('names that are not listed are judged, down to the last', () => {
  const asked: string[] = []
  const root: MaskNode = {
    children: new Map([['known', {}]]),
    unknown: (path) => {
      asked.push(path.join('/'))
      return path.at(-1) === 'ssn' ? redact : undefined
    },
  }
  const document = {
    known: { ssn: 's', deep: [{ ssn: 's' }] },
    other: { list: [{ ssn: { x: 's', y: 2 } }], plain: 's' },
    'dotted.ssn': 's',
    ssn: 's',
  }
  const expected = {
    known: { ssn: '***', deep: [{ ssn: '***' }] },
    other: { list: [{ ssn: {} }], plain: 's' },
    'dotted.ssn': '***',
    ssn: '***',
  }
  expect(masked(document, root)).toEqual(expected)
  expect(asked).toContain('known/deep/ssn')
  expect(asked).toContain('other/list/ssn')
  const once = asked.length
  expect(masked(document, root)).toEqual(expected)
  expect(asked).toHaveLength(once)
})

test('a judge begins where it stands, and one below it goes before', () => {
  const paths: string[] = []
  const note = (name: string) => (path: readonly string[]) => {
    paths.push(`${name}:${path.join('/')}`)
    return undefined
  }
  const root: MaskNode = {
    children: new Map([['cursor', { children: new Map([['firstBatch', { unknown: note('inner') }]]) }]]),
    unknown: note('outer'),
  }
  masked({ cursor: { firstBatch: [{ a: { b: 1 } }], id: 1 } }, root)
  expect(paths).toEqual(['inner:a', 'inner:a/b', 'outer:cursor/id'])
})

test('R18 where masks meet, the stricter one counts, listed or judged', () => {
  const tail = {
    mask: compileMask({ mask: 'partial', classes: [], field: 'f', key: undefined, computed: false }),
  }
  const strictness = [cutMask, nullMask, redact.mask, tail.mask].map((each) => each?.strictness ?? Number.NaN)
  expect(strictness).toEqual([...strictness].sort((a, b) => a - b))
  expect(new Set(strictness).size).toBe(4)
  const children = new Map([
    ['listed', tail],
    ['never', { mask: nullMask }],
  ])
  const root: MaskNode = {
    children: new Map<string, MaskNode>([
      ['hidden', { ...redact, children }],
      ['shown', { ...tail, children: new Map([['listed', redact]]) }],
    ]),
    unknown: (path) => {
      const last = path.at(-1)
      return last?.endsWith('part') === true ? tail : last === 'met' ? redact : undefined
    },
  }
  const name = 'Ada Lovelace'
  const inner = { part: name, list: [{ part: name, met: name }], listed: name, never: name }
  expect(
    masked({ hidden: inner, shown: inner, met: inner, 'hidden.part': name, b: { part: name } }, root),
  ).toEqual({
    hidden: { listed: '***', never: null },
    shown: { listed: '***' },
    met: {},
    b: { part: '***lace' },
  })
})

test('names without end are neither kept nor overlooked', () => {
  let asked = 0
  const root: MaskNode = {
    unknown: (path) => {
      asked += 1
      return path.at(-1)?.startsWith('secret') === true ? redact : undefined
    },
  }
  const many = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, at) => [`${at % 3 ? 'plain' : 'secret'}${at}`, 's']),
  )
  const out = masked(many, root) as Record<string, string>
  for (const [name, value] of Object.entries(out)) expect(value).toBe(name.startsWith('secret') ? '***' : 's')
  expect(asked).toBe(20_000)
  const long = `${'x'.repeat(100_000)}`
  expect(masked({ [long]: 's', [`a${'.'.repeat(100_000)}`]: 's' }, tree({ a: redact }))).toMatchObject({
    [long]: 's',
  })
  expect(masked({ [`a${'.b'.repeat(5_000)}`]: 's' }, tree({ a: redact }))).toEqual({})
})

test('names beyond number are not judged and show nothing, and the next document is judged again', () => {
  let asked = 0
  const root: MaskNode = {
    unknown: () => {
      asked += 1
      return undefined
    },
  }
  const flood = Object.fromEntries(Array.from({ length: 500_010 }, (_, at) => [`n${at}`, 's']))
  const out = masked({ ...flood, city: 's' }, root) as Record<string, unknown>
  expect(asked).toBe(500_000)
  expect([out.n0, out.n499999, out.n500000, out.city]).toEqual(['s', 's', null, null])
  expect(masked({ city: 's', n500000: 's' }, root)).toEqual({ city: 's', n500000: 's' })
  const steps = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${'.'.repeat(90)}${at}`, 's']))
  const deep = Array.from({ length: 90 }).reduce<object>(
    (inner) => ({ [`a${'.b'.repeat(90)}`]: inner }),
    steps,
  )
  expect(JSON.stringify(masked(deep, root))).not.toContain('"s"')
})

test('code with a scope below a judged place is taken whole', () => {
  const document = { a: new bson.Code('f', { ssn: 's' }), b: new bson.Code('f', { x: 1 }) }
  expect(masked(document, { unknown: () => undefined })).toEqual({ a: null, b: null })
  expect(masked(document, tree({ a: tree({ ssn: redact }) }))).toMatchObject({
    a: null,
    b: expect.anything(),
  })
})

test('W91 lengths are right after growth and shrinking, up to the ceiling', () => {
  const text = fc.string({ maxLength: 60 })
  const made = fc.array(
    fc.record({ a: text, b: fc.array(fc.record({ a: text, c: fc.integer() }), { maxLength: 4 }), d: text }),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(made, (documents) => {
      const root = tree({ cursor: tree({ firstBatch: tree({ a: redact, b: tree({ a: redact }) }) }) })
      expect(masked({ cursor: { firstBatch: documents, id: 1 }, ok: 1 }, root)).toEqual({
        cursor: {
          firstBatch: documents.map(({ b, d }) => ({ a: '***', b: b.map(({ c }) => ({ a: '***', c })), d })),
          id: 1,
        },
        ok: 1,
      })
    }),
    { numRuns: 300 },
  )
  const large = bson.serialize({ pad: Buffer.alloc(16_777_000), s: 'x', list: new Array(10).fill('y') })
  const out = maskBytes(large, tree({ s: redact, list: redact }))
  expect(out.length).toBe(large.length + 11 * 2)
  const writer = createByteWriter()
  writer.length = 7
  expect(() =>
    maskDocument(large, 0, large.length, tree({ list: redact }), writer, large.length + 10),
  ).toThrow('too long')
  expect(writer.length).toBe(7)
})

test('spoilt bytes are a fault, or stay within their document; nothing half-done is left', () => {
  const root: MaskNode = {
    ...tree({ a: redact, b: tree({ c: redact }) }),
    unknown: (path) => (path.length > 3 ? redact : undefined),
  }
  const sound = bson.serialize({
    a: 'x',
    b: [{ c: 1, d: new bson.Code('f', {}) }],
    e: { f: { g: { h: 'y' } } },
  })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      (changes) => {
        const bytes = Uint8Array.from(sound)
        for (const [at, byte] of changes) bytes[at] = byte
        const out = createByteWriter(8)
        try {
          maskDocument(bytes, 0, bytes.length, root, out)
        } catch (fault) {
          expect(fault).toBeInstanceOf(GatehouseError)
          expect(out.length).toBe(0)
          return
        }
        validateDocument(out.bytes, 0, out.length, CEILINGS)
      },
    ),
    { numRuns: 10_000 },
  )
})
