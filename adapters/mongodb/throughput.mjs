// Prints how many megabytes of documents are validated and masked in a second of one processor's time: `node adapters/mongodb/throughput.mjs`, after a build.
import { randomBytes } from 'node:crypto'
import { createByteWriter } from '@gatehouse/adapter-kit'
import { createMaskKey } from '@gatehouse/masking'
import { Binary, Decimal128, deserialize, ObjectId, serialize } from 'bson'
import { validateDocument } from './dist/bson/index.js'
import { compileMask, maskDocument } from './dist/masking/index.js'

const ROUNDS = 9
const DOCUMENTS = 2000

const document = (at) => ({
  _id: new ObjectId(),
  name: `Ada Lovelace ${at}`,
  email: `ada.${at}@example.org`,
  phone: '+44 20 7946 0123',
  ssn: '078-05-1120',
  born: new Date('1985-12-10T09:30:00Z'),
  salary: 52_341 + at,
  balance: Decimal128.fromString('1234.50'),
  token: new Binary(randomBytes(16), 4),
  active: true,
  score: 3.5,
  note: 'lorem ipsum dolor sit amet '.repeat(12),
  address: {
    street: '12 St James’s Square',
    city: 'London',
    postcode: 'SW1Y 4JH',
    geo: { lat: 51.5, lon: -0.1 },
  },
  lines: [1, 2].map((line) => ({ sku: `sku-${line}`, count: line, text: 'a fine thing', seen: new Date() })),
  tags: ['a', 'b', 'c'],
})
const documents = Array.from({ length: DOCUMENTS }, (_, at) => serialize(document(at)))
const reply = serialize({
  cursor: { firstBatch: documents.map((each) => deserialize(each)), id: 0n, ns: 'shop.people' },
  ok: 1,
})

const key = createMaskKey(randomBytes(32))
const mask = (kind, classes = []) => ({
  mask: compileMask({ mask: kind, classes, field: 'shop.people.x', key, computed: false }),
})
const plain = new Map([
  ['email', mask('partial', ['email'])],
  ['ssn', mask('redact')],
  ['born', mask('year')],
  ['salary', mask('bucket')],
  ['address', { children: new Map([['street', mask('redact')]]) }],
  ['lines', { children: new Map([['text', mask('partial')]]) }],
])
const keyed = new Map([
  ['email', mask('pseudonym', ['email'])],
  ['ssn', mask('hash')],
])
const two = new Map([
  ['email', mask('partial', ['email'])],
  ['ssn', mask('redact')],
])
const within = (children) => ({
  children: new Map([['cursor', { children: new Map([['firstBatch', { children }]]) }]]),
})
const judged = {
  unknown: (path) => (path.at(-1) === 'ssn' || path.at(-1) === 'email' ? mask('redact') : undefined),
}

const out = createByteWriter(8 * 1024 * 1024)
const masked = (source, tree) => {
  out.length = 0
  maskDocument(source, 0, source.length, tree, out)
}
const each = (tree) => () => {
  for (const source of documents) masked(source, tree)
}
const ceilings = { depth: 200, elements: 8_000_000 }
const size = documents.reduce((sum, { length }) => sum + length, 0)

function print(what, run, bytes = size) {
  for (let warm = 0; warm < 5; warm++) run()
  const times = Array.from({ length: ROUNDS }, () => {
    const begun = process.cpuUsage()
    run()
    return process.cpuUsage(begun).user
  }).sort((a, b) => a - b)
  const seconds = times[ROUNDS >> 1] / 1e6
  console.log(`${what.padEnd(52)} ${(bytes / 1e6 / seconds).toFixed(0).padStart(6)} MB/s`)
}

console.log(`${DOCUMENTS} documents of ${Math.round(size / DOCUMENTS)} bytes on average`)
print('validated, whole nesting', () => {
  for (const source of documents) validateDocument(source, 0, source.length, ceilings)
})
const same = within(two)
const seven = within(plain)
print('validated, one reply', () => validateDocument(reply, 0, reply.length, ceilings), reply.length)
print('two fields masked, document by document', each({ children: two }))
print('two fields masked, one reply', () => masked(reply, same), reply.length)
print('seven values masked, document by document', each({ children: plain }))
print('seven values masked, one reply', () => masked(reply, seven), reply.length)
print('two fields by keyed digests', each({ children: keyed }))
print('every name judged, two fields masked', each(judged))
print('nothing to mask', each({ children: new Map([['nowhere', mask('redact')]]) }))
print('decoded, masked and encoded by npm bson', () => {
  for (const source of documents)
    serialize({ ...deserialize(source, { promoteValues: false }), ssn: '***', email: '***' })
})
