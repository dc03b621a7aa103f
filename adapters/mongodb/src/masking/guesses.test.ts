/** Documents that are unlike the one before: what stood at a place last says nothing of what stands there now. */
import { createByteWriter } from '@gatehouse/adapter-kit'
import { type Document, deserialize, serialize } from 'bson'
import { expect, test } from 'vitest'
import { compileMask, type MaskNode, maskDocument } from './index.js'

const mask = compileMask({ mask: 'redact', classes: [], field: 'f', key: undefined, computed: false })
const tree = (): MaskNode => ({
  children: new Map<string, MaskNode>([
    ['ssn', { mask }],
    ['inner', { children: new Map([['ss', { mask }]]), unknown: () => undefined }],
  ]),
  unknown: ([name]) => (name === 'ssnx' ? { mask } : undefined),
})

function masked(document: Document, by: MaskNode): Document {
  const source = serialize(document)
  const out = createByteWriter()
  maskDocument(source, 0, source.length, by, out)
  return deserialize(out.bytes.subarray(0, out.length))
}

const NAMES = ['ssn', 'ss', 'ssnx', 'ssny', 's', 'ssn2', 'a']
const DOCUMENTS: readonly Document[] = [
  ...NAMES.map((name) => ({ [name]: 'seen' })),
  ...NAMES.flatMap((one) => NAMES.map((other) => ({ [one]: 'seen', [other]: 'seen too' }))),
  ...NAMES.map((name) => ({ inner: { [name]: 'seen', ss: 'x' }, [name]: 'seen' })),
  ...NAMES.map((name) => ({ a: 1, inner: [{ [name]: 'seen' }, { ss: 'seen' }], [name]: 'seen' })),
  {},
  Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`${'a'.repeat(at)}b`, 'seen'])),
  { ...Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at}`, 'seen'])), ssn: 'seen' },
]

test('one tree over many documents, in any order, masks as a new tree does', () => {
  const one = tree()
  for (const step of [1, 5, 7, 11, 13])
    for (let at = 0; at < DOCUMENTS.length; at++) {
      const document = DOCUMENTS[(at * step) % DOCUMENTS.length] as Document
      for (const each of [document, document]) expect(masked(each, one)).toEqual(masked(each, tree()))
    }
  expect(masked({ ssn: 'seen', ss: 'seen' }, one)).toEqual({ ssn: '***', ss: 'seen' })
})

test('what was learned of names outlasts the bytes that it was learned from', () => {
  const one = tree()
  const documents = [
    { a: 'seen', ssn: 'seen', inner: { ss: 'seen' } },
    { ssny: 1, ssn: 'seen' },
  ]
  for (let round = 0; round < 3; round++)
    for (const document of documents) {
      // As replies are gathered: where the one before stood.
      const source = Buffer.from(serialize(document))
      const out = createByteWriter()
      maskDocument(source, 0, source.length, one, out)
      expect(deserialize(out.bytes.subarray(0, out.length))).toEqual(masked(document, tree()))
      source.fill(0x61)
    }
})

test('names that were forgotten are not guessed', () => {
  const one = tree()
  for (let round = 0; round < 3; round++) {
    expect(masked({ ssn: 'seen', a: 'seen' }, one)).toEqual({ ssn: '***', a: 'seen' })
    for (let block = 0; block < 50; block++)
      masked(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x${block}.${at}`, 1])), one)
    expect(masked({ a: 'seen', ssn: 'seen' }, one)).toEqual({ a: 'seen', ssn: '***' })
  }
})
