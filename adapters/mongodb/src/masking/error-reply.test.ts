/** What a viewer with masks reads of an error: what happened and where, and no value (R20; mongodb.md §11, row 77). */
import { createByteWriter } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import * as bson from 'bson'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documentValue } from '../bson/index.js'
import { hasErrors, scrubReply } from './index.js'
import { scrubText } from './scrub.js'

const SECRET = '078-05-1120'
const NAMES = new Set([
  'shop',
  'customers',
  'ssn_1',
  'ssn',
  'email',
  '$foo',
  'address',
  'city',
  'find',
  'shop.customers',
])
const context = { isName: (name: string) => NAMES.has(name), isBulkWrite: false }

function scrubbed(reply: object, isBulkWrite = false): bson.Document {
  const source = bson.serialize(reply)
  const out = createByteWriter(8)
  scrubReply(source, 0, source.length, { ...context, isBulkWrite }, out)
  return bson.deserialize(out.bytes.subarray(0, out.length))
}

const DUPLICATE = {
  code: 11000,
  codeName: 'DuplicateKey',
  errmsg: `E11000 duplicate key error collection: shop.customers index: ssn_1 dup key: { ssn: "${SECRET}" }`,
  keyPattern: { ssn: 1 },
  keyValue: { ssn: SECRET },
}
const SAID = 'E11000 duplicate key error collection: shop.customers index: ssn_1 dup key: { *** }'

test('W77 R20 a duplicate key keeps its collection, index and pattern, not its value', () => {
  const kept = { code: 11000, codeName: 'DuplicateKey', errmsg: SAID, keyPattern: { ssn: 1 } }
  expect(scrubbed({ ok: 0, ...DUPLICATE })).toEqual({ ok: 0, ...kept })
  expect(scrubbed({ n: 1, writeErrors: [{ index: 1, ...DUPLICATE }], ok: 1 })).toEqual({
    n: 1,
    writeErrors: [{ index: 1, ...kept }],
    ok: 1,
  })
  const batch = { idx: 0, ok: 0, n: 0, ...DUPLICATE }
  const bulk = {
    cursor: { id: 0, firstBatch: [batch, { idx: 1, ok: 1, n: 1 }], ns: 'admin.$cmd.bulkWrite' },
    nErrors: 1,
    ok: 1,
  }
  expect(scrubbed(bulk, true)).toEqual({
    ...bulk,
    cursor: {
      ...bulk.cursor,
      firstBatch: [
        { idx: 0, ok: 0, n: 0, ...kept },
        { idx: 1, ok: 1, n: 1 },
      ],
    },
  })
})

test('W77 a document that failed validation shows nothing of itself', () => {
  const errInfo = {
    failingDocumentId: SECRET,
    details: { schemaRulesNotSatisfied: [{ consideredValue: SECRET }] },
  }
  const error = { code: 121, errmsg: 'Document failed validation', errInfo }
  expect(scrubbed({ n: 0, writeErrors: [{ index: 0, ...error }], ok: 1 })).toEqual({
    n: 0,
    writeErrors: [{ index: 0, code: 121, errmsg: 'Document failed validation' }],
    ok: 1,
  })
  const concern = {
    code: 64,
    codeName: 'WriteConcernTimeout',
    errmsg: 'waiting for replication timed out',
    errInfo: { wtimeout: true },
  }
  expect(scrubbed({ n: 1, writeConcernError: concern, ok: 1 })).toEqual({
    n: 1,
    writeConcernError: {
      code: 64,
      codeName: 'WriteConcernTimeout',
      errmsg: 'waiting for replication timed out',
    },
    ok: 1,
  })
})

test('what is no error stays as it came, also a stored document that looks like one', () => {
  const found = {
    cursor: { id: 0, firstBatch: [{ errmsg: 'mine', keyValue: { a: 1 } }], ns: 'shop.logs' },
    ok: 1,
  }
  expect(scrubbed(found)).toEqual(found)
  expect(hasErrors(documentValue(bson.serialize(found)), false)).toBe(false)
  for (const name of ['errmsg', 'writeErrors', 'writeConcernError', 'errInfo', '$err'])
    expect(hasErrors(documentValue(bson.serialize({ [name]: [] })), false)).toBe(true)
})

test('labels and times that drivers go by stay, and nothing that is not known', () => {
  const kept = {
    ok: 0,
    code: 112,
    codeName: 'WriteConflict',
    errorLabels: ['TransientTransactionError'],
    operationTime: bson.Timestamp.fromBits(1, 2),
  }
  const { errmsg, ...rest } = scrubbed({
    ...kept,
    errmsg: 'x',
    document: { ssn: SECRET },
    codeName: 'WriteConflict',
  })
  expect(rest).toEqual({ ...kept, operationTime: expect.anything() })
  expect(errmsg).toMatch('text withheld')
  expect(scrubbed({ ok: 0, code: 2, codeName: `Bad ${SECRET}`, errmsg: SECRET })).not.toHaveProperty(
    'codeName',
  )
  expect(scrubbed({ ok: 0, errmsg: SECRET, code: SECRET })).toMatchObject({
    errmsg: expect.stringContaining('message 8 '),
  })
  expect(scrubbed({ $err: SECRET, code: 352 })).toMatchObject({ $err: expect.stringContaining('withheld') })
  expect(scrubbed({ ok: 1, writeErrors: [SECRET, { keyValue: SECRET }] })).toEqual({
    ok: 1,
    writeErrors: [{}],
  })
})

describe('texts', () => {
  test.each([
    [2, 'unknown operator: $foo', 'unknown operator: $foo'],
    [2, `unknown operator: ${SECRET}`, 'unknown operator: ***'],
    [26, 'ns not found', 'ns not found'],
    [40324, "Unrecognized pipeline stage name: '$foo'", "Unrecognized pipeline stage name: '$foo'"],
    [43, 'cursor id 1234567890123456789 not found', 'cursor id 1234567890123456789 not found'],
    [
      14,
      "BSON field 'find.ssn' is the wrong type 'int', expected type 'string'",
      "BSON field 'find.ssn' is the wrong type 'int', expected type 'string'",
    ],
    [
      14,
      `Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'ssn' of non-numeric type string "${SECRET}"`,
      'Cannot apply $inc to a value of non-numeric type.',
    ],
    [
      28,
      `Cannot create field 'city' in element {address: "${SECRET}"}`,
      "Cannot create field 'city' in the element there",
    ],
    [
      28,
      `Cannot create field '${SECRET}' in element {address: "a"}`,
      "Cannot create field '***' in the element there",
    ],
    [
      40,
      "Updating the path 'address.0.city' would create a conflict at 'address'",
      "Updating the path 'address.0.city' would create a conflict at 'address'",
    ],
    [
      66,
      `After applying the update, the (immutable) field 'ssn' was found to have been altered to ssn: "${SECRET}"`,
      "After applying the update, the (immutable) field 'ssn' was found to have been altered",
    ],
    [
      241,
      `PlanExecutor error during aggregation :: caused by :: Failed to parse number '${SECRET}' in $convert with no onError value: Did not consume whole string.`,
      'PlanExecutor error during aggregation :: caused by :: Failed to parse a number in $convert with no onError value',
    ],
    [
      241,
      `Executor error during aggregate command on namespace: shop.customers :: caused by :: Failed to parse objectId '${SECRET}' in $convert with no onError value: Invalid string length`,
      'Executor error during aggregate command on namespace: shop.customers :: caused by :: Failed to parse an objectId in $convert with no onError value',
    ],
    [
      10334,
      `BSONObj size: 17825810 (0x1100012) is invalid. First element: _id: "${SECRET}"`,
      'BSONObj size is invalid: the document is too large',
    ],
    [
      11000,
      `E11000 duplicate key error collection: shop.customers index: ssn_1 collation: { locale: "de" } dup key: { ssn: "0x${SECRET}" }`,
      SAID,
    ],
    [
      11000,
      `E11000 duplicate key error collection: shop.customers index: ${SECRET} dup key: { ssn: "x" }`,
      'E11000 duplicate key error collection: shop.customers index: *** dup key: { *** }',
    ],
    [
      13,
      `not authorized on shop to execute command { find: "customers", filter: { ssn: "${SECRET}" } }`,
      'not authorized on shop to execute this command',
    ],
  ] as const)('W77 %i %s', (code, told, shown) => {
    expect(scrubText(code, told, context)).toBe(shown)
  })

  test('W77 any other text is withheld, by its code', () => {
    for (const code of [1, 2, 8, 139, 16_755, 99_999]) {
      const shown = scrubText(code, `Error: ${SECRET}`, context)
      expect(shown).toBe(`message ${code} of the database (text withheld: it may carry masked values)`)
    }
    expect(scrubText(11000, 'x', context)).toMatch(/^E11000 duplicate key error: message 11000/)
    expect(scrubText(2, `unknown operator: $foo\n${SECRET}`, context)).toMatch('withheld')
    expect(scrubText(26, 'ns not found '.repeat(10_000), context)).toMatch('withheld')
  })

  test('no value shows in any text, wherever it stands', () => {
    const forms = [
      'unknown operator: %',
      'E11000 duplicate key error collection: % index: % dup key: { a: % }',
      "Failed to parse number '%' in $convert with no onError value: %",
      'Executor error during find command on namespace: % :: caused by :: %',
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(2, 14, 66, 241, 11000),
        fc.constantFrom(...forms),
        fc.string(),
        (code, form, more) => {
          expect(
            scrubText(
              code,
              form.replaceAll('%', () => `${more}${SECRET}${more}`),
              context,
            ),
          ).not.toContain(SECRET)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('a text made to take long does not', () => {
    const text = `E11000 duplicate key error collection: ${' index: '.repeat(1000)}`.slice(0, 8192)
    expect(scrubText(11000, text, context)).toMatch('withheld')
    scrubText(14, `The field '${"' must be an array but is of type ".repeat(200)}`, context)
  })
})

test('spoilt bytes are a fault, and leave nothing', () => {
  const sound = bson.serialize({ ok: 0, ...DUPLICATE, writeErrors: [{ index: 0, ...DUPLICATE }] })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      (changes) => {
        const bytes = Uint8Array.from(sound)
        for (const [at, byte] of changes) bytes[at] = byte
        const out = createByteWriter(8)
        try {
          scrubReply(bytes, 0, bytes.length, context, out)
        } catch (fault) {
          expect(fault).toBeInstanceOf(GatehouseError)
          expect(out.length).toBe(0)
        }
      },
    ),
    { numRuns: 3000 },
  )
})
