/** What goes upstream is what came, but for the session's id, the cursor's, and the comment. */
import { Binary, deserialize, Int32, Long, serialize, UUID } from 'bson'
import { expect, test } from 'vitest'
import { documentValue } from '../bson/index.js'
import { readOpMsg } from '../messages/index.js'
import { arrive } from '../session/arriving.js'
import { type Rewriting, writeRequest } from './request.js'

const REWRITING: Rewriting = {
  requestId: 7,
  sessionId: (id) => Uint8Array.from(id, (byte) => byte ^ 0xff),
  stamp: { id: '0198a1b2-0000-7000-8000-00000000000a', identity: 'ann (corp)' },
}
const SESSION = { id: new UUID('00112233-4455-6677-8899-aabbccddeeff') }
const OTHER = { id: new UUID('ffeeddcc-bbaa-9988-7766-554433221100') }

function written(body: object, rewriting: Partial<Rewriting> = {}): object {
  const message = { requestId: 1, responseTo: 0, flags: 0, body: documentValue(serialize(body)) }
  const bytes = writeRequest(arrive({ ...message, sequences: new Map() }), { ...REWRITING, ...rewriting })
  const { body: out, requestId } = readOpMsg(bytes)
  expect(requestId).toBe(7)
  return deserialize(out.source.subarray(out.start, out.end), { promoteValues: false, promoteLongs: false })
}
const plain = (body: object) => deserialize(serialize(body), { promoteValues: false, promoteLongs: false })
const stamped = (id: string, identity: string, client?: unknown) => ({
  gatehouse: { id, identity },
  ...(client === undefined ? {} : { client }),
})

test.each([
  [REWRITING.stamp?.id ?? '', 'ann (corp)'],
  ['0198a1b2-0000-7000-8000-00000000000b', 'ann (corp)'],
  ['0198a1b2-0000-7000-8000-00000000000c', 'größer (corp)'],
  ['0198a1b2-0000-7000-8000-00000000000d', ''],
  ['short', 'ann (corp)'],
  ['é198a1b2-0000-7000-8000-00000000000a', 'ann (corp)'],
])('the comment says statement %s and identity %s, with and without one of the client', (id, identity) => {
  const body = { find: 'c', filter: { a: new Int32(1) }, lsid: SESSION, limit: 1, $db: 'd' }
  const stamp = { id, identity }
  const expected = { ...body, lsid: OTHER }
  for (let times = 0; times < 2; times++)
    expect(written(body, { stamp })).toEqual(plain({ ...expected, comment: stamped(id, identity) }))
  for (const client of ['mine', { a: 1 }, new Binary(Buffer.from('x'))])
    expect(written({ ...body, comment: client }, { stamp })).toEqual(
      plain({ ...expected, comment: stamped(id, identity, client) }),
    )
  expect(written({ ...body, comment: 'mine' }, { stamp: undefined })).toEqual(
    plain({ ...expected, comment: 'mine' }),
  )
})

test('more identities than are kept have comments of their own', () => {
  const id = REWRITING.stamp?.id ?? ''
  for (let count = 0; count < 600; count++) {
    const stamp = { id, identity: `person ${count % 300}` }
    expect(written({ ping: 1 }, { stamp })).toEqual(plain({ ping: 1, comment: stamped(id, stamp.identity) }))
  }
})

test('cursors and lists of sessions are named by what they are upstream, wherever they stand', () => {
  const stamp = undefined
  const more = { getMore: Long.fromNumber(5), collection: 'c', lsid: SESSION }
  expect(written(more, { stamp, cursor: 9n })).toEqual(
    plain({ ...more, getMore: Long.fromNumber(9), lsid: OTHER }),
  )
  const kill = { killCursors: 'c', cursors: [Long.fromNumber(5)], $db: 'd' }
  expect(written(kill, { stamp, cursors: [8n, 9n] })).toEqual(
    plain({ ...kill, cursors: [Long.fromNumber(8), Long.fromNumber(9)] }),
  )
  expect(written({ endSessions: [SESSION, OTHER], $db: 'd' }, { stamp, sessions: true })).toEqual(
    plain({ endSessions: [OTHER, SESSION], $db: 'd' }),
  )
  expect(written({ lsid: 'a command', a: 1 }, { stamp })).toEqual(plain({ lsid: 'a command', a: 1 }))
})

test('a transaction of our own takes the place of the session and its concerns', () => {
  const body = { readConcern: {}, delete: 'c', lsid: SESSION, writeConcern: { w: 1 }, $db: 'd' }
  const guard = { session: OTHER.id.buffer, number: 3n }
  const { comment, ...rest } = written({ ...body }, { guard }) as { comment?: unknown }
  expect(comment).toEqual(stamped(REWRITING.stamp?.id ?? '', 'ann (corp)'))
  expect(rest).toEqual(
    plain({
      delete: 'c',
      $db: 'd',
      lsid: OTHER,
      txnNumber: Long.fromNumber(3),
      startTransaction: true,
      autocommit: false,
    }),
  )
})
