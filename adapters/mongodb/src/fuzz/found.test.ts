/** What fuzzing found, each played in many portions and delays. */
import { createDice } from '@gatehouse/adapter-contract'
import { type Document, deserialize, Long, serialize } from 'bson'
import { describe, expect, test } from 'vitest'
import { documentValue, findValue, type Value } from '../bson/index.js'
import { readCursor } from '../following/batch.js'
import { rewritten } from '../following/rewriting.js'
import { encode } from '../wire/replies.js'
import { message } from '../wire/requests.js'
import { type Played, play, type Scenario } from './play.js'
import type { Request } from './requests.js'
import { playSignIn } from './sign-ins.js'
import { SECRET } from './world.js'

const PLAIN: Scenario = {
  masked: true,
  counted: false,
  compresses: false,
  length: 0,
  last: 'known',
  hostile: false,
  disturbance: undefined,
  outOfTurn: undefined,
}

let requestId = 0
function asking(document: Document): Request {
  requestId += 1
  const bytes = message({ ...document, $db: 'shop' }, { requestId })
  return { says: JSON.stringify(document), bytes, requestId, wants: 'reply' }
}

async function playedOften(
  scenario: Partial<Scenario>,
): Promise<Pick<Played, 'heard'> & { wrong: string[] }> {
  const wrong = new Set<string>()
  const heard = new Set<string>()
  for (let seed = 1; seed <= 25; seed += 1) {
    const told = await play(createDice(seed), { ...PLAIN, ...scenario })
    for (const each of told.wrong) wrong.add(each)
    heard.add(told.heard.join(' '))
  }
  return { wrong: [...wrong], heard: [...heard] }
}

test('R30 a database named in bytes that are no UTF-8 is told so, and the connection goes on', async () => {
  const spoiled = asking({ find: 'people' })
  const at = Buffer.from(spoiled.bytes).lastIndexOf('shop')
  spoiled.bytes[at] = 0xfb
  const told = await playedOften({ requests: [spoiled, asking({ count: 'people', query: { n: 101 } })] })
  expect(told).toEqual({ wrong: [], heard: ['22 ok'] })
})

describe('W50 what stands where no server puts it is not shown', () => {
  const secret = { email: SECRET }
  const batch = { firstBatch: [], id: Long.ZERO, ns: 'shop.people' }
  const lies: readonly (readonly [string, Document, Document])[] = [
    ['a batch of another command', { find: 'people' }, { cursor: { ...batch, nextBatch: [secret] }, ok: 1 }],
    ['a list in the place of a cursor', { find: 'people' }, { cursor: [secret], ok: 1 }],
    ['a namespace', { find: 'people' }, { cursor: { ...batch, ns: secret }, ok: 1 }],
    ['a token', { find: 'people' }, { cursor: { ...batch, postBatchResumeToken: secret }, ok: 1 }],
    ['labels', { find: 'people' }, { cursor: batch, errorLabels: [secret], ok: 1 }],
    ['a number', { count: 'people' }, { n: secret, ok: 1 }],
    ['the cluster’s time', { count: 'people' }, { n: 1, $clusterTime: secret, ok: 1 }],
    ['a code', { count: 'people' }, { ok: 0, code: secret }],
    ['write errors', { insert: 'people', documents: [{}] }, { n: 1, writeErrors: secret, ok: 1 }],
  ]
  test.each(lies)('%s', async (_what, command, reply) => {
    const instead: Scenario['instead'] = (answer) => encode(reply, answer.requestId)
    const { wrong, heard } = await playedOften({ requests: [asking(command)], instead })
    expect(wrong).toEqual([])
    expect(heard).toHaveLength(1)
  })
})

test('R21 documents under a name that stands twice are not given uncounted', () => {
  const cursor = { firstBatch: [{ n: 7 }], id: Long.ZERO, ns: 'shop.people', firstBatcX: [{ n: 8 }] }
  const bytes = Buffer.from(serialize({ cursor, ok: 1, cursoX: cursor }))
  // The second names have the length of the first, and are made the same.
  for (const [name, wanted] of [
    ['firstBatcX', 'firstBatch'],
    ['cursoX', 'cursor'],
  ] as const)
    for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name)) bytes.write(wanted, at)
  const body = documentValue(bytes)
  const read = readCursor(findValue(body, 'cursor') as Value, 'firstBatch')
  const given = rewritten(body, { fields: () => true, cursor: read, id: 0n, keep: undefined })
  const told = Buffer.from(given.source.subarray(given.start, given.end)).toString('latin1')
  expect(told.split('firstBatch')).toHaveLength(2)
  expect(told.split('cursor')).toHaveLength(2)
  expect(deserialize(given.source.subarray(given.start, given.end)).cursor.firstBatch).toEqual([{ n: 7 }])
})

test('R30 what was spoiled on its way signs nobody in', async () => {
  for (let seed = 1; seed <= 40; seed += 1) expect((await playSignIn(createDice(seed))).wrong).toEqual([])
})
