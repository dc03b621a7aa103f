/** What a real server says of errors that quote stored values, as a viewer with masks reads it (R20; mongodb.md §11, row 77). */
import { createByteWriter } from '@gatehouse/adapter-kit'
import { describePart, startFerretdb } from '@gatehouse/workbench'
import * as bson from 'bson'
import { type Db, MongoClient, MongoServerError } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scrubReply } from './index.js'

const SECRET = '078-05-1120'
const NAMES = ['shop', 'customers', 'ssn', 'ssn_1', '_id', '_id_', 'a', 'x', '$foo', '$inc', '$add', 'find']
const context = { isName: (name: string) => NAMES.includes(name), isBulkWrite: false }

const update = (u: object) => ({ update: 'customers', updates: [{ q: { _id: 1 }, u }] })
const project = (x: object) => ({ aggregate: 'customers', pipeline: [{ $project: { x } }], cursor: {} })

/** What is asked, and what of the answer a viewer with masks must still be able to read. */
const ASKED: readonly (readonly [string, object, RegExp])[] = [
  [
    'a duplicate key',
    { insert: 'customers', documents: [{ _id: 2, ssn: SECRET }] },
    /^(E11000 )?[Dd]uplicate key.*ssn_1/,
  ],
  [
    'a duplicate _id',
    { insert: 'customers', documents: [{ _id: 1, ssn: 'x' }] },
    /^(E11000 )?[Dd]uplicate key.*_id_/,
  ],
  ['a number of text', project({ $toInt: '$ssn' }), /number.*\$convert/],
  ['an ObjectId of text', project({ $toObjectId: '$ssn' }), /objectId.*\$convert/],
  ['a date of text', project({ $toDate: '$ssn' }), /date string/],
  ['a sum with text', project({ $add: ['$ssn', 1] }), /\$add.*numeric.*string/],
  ['$inc of text', update({ $inc: { ssn: 1 } }), /\$inc.*ssn/],
  ['$push on text', update({ $push: { ssn: 1 } }), /'ssn'.*array/],
  ['a path through text', update({ $set: { 'ssn.x': 1 } }), /create.* field/],
  ['two changes of one path', update({ $set: { a: 1 }, $inc: { a: 1 } }), /'a'.*conflict/],
  ['another _id', update({ $set: { _id: SECRET } }), /immutable field '_id'/],
  ['an operator that does not exist', { find: 'customers', filter: { $foo: SECRET } }, /\$foo/],
  [
    'a stage that does not exist',
    { aggregate: 'customers', pipeline: [{ $foo: SECRET }], cursor: {} },
    /\$foo/,
  ],
  ['a wrong type', { find: 1 }, /'find'/],
  [
    'a cursor that does not exist',
    { getMore: 12_345n, collection: 'customers' },
    /^cursor id 12345 not found$/,
  ],
  ['a command that does not exist', { [SECRET]: 1 }, /^no such command: '\*\*\*'$/],
]

/** Of the reply itself, or of its first write error. */
const textOf = (reply: bson.Document): string => reply.errmsg ?? reply.writeErrors?.[0]?.errmsg ?? ''

async function ask(db: Db, command: object): Promise<bson.Document> {
  try {
    return await db.command(command)
  } catch (error) {
    if (error instanceof MongoServerError) return error.errorResponse
    throw error
  }
}

describePart(['ferretdb'], 'errors of FerretDB for viewers with masks', () => {
  let client: MongoClient
  let stop: () => Promise<void>

  beforeAll(async () => {
    const server = await startFerretdb()
    stop = () => server.stop()
    client = new MongoClient(server.url)
    const customers = client.db('shop').collection<{ _id: number; ssn: string }>('customers')
    await customers.insertOne({ _id: 1, ssn: SECRET })
    await customers.createIndex({ ssn: 1 }, { unique: true })
  })
  afterAll(async () => {
    await client?.close()
    await stop?.()
  })

  test.each(ASKED)('W77 %s', async (_, command, readable) => {
    const reply = await ask(client.db('shop'), command)
    expect(textOf(reply)).not.toBe('')
    const source = bson.serialize(reply)
    const out = createByteWriter()
    scrubReply(source, 0, source.length, context, out)
    const scrubbed = bson.deserialize(out.bytes.subarray(0, out.length))
    expect(JSON.stringify(scrubbed)).not.toContain(SECRET)
    expect(textOf(scrubbed)).toMatch(readable)
    expect(scrubbed.code).toBe(reply.code)
    expect(scrubbed.codeName).toBe(reply.codeName)
  })
})
