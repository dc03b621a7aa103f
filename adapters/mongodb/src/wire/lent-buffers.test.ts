/** Replies of many clients at once stand in buffers that serve others afterwards: nobody ever sees another's bytes (R29, R30). */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Document } from 'bson'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { connectRaw, signIn } from './raw-client.js'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())

/** Text that nobody else has, at any place. */
const noise = (seed: string, length: number): string => {
  let text = ''
  for (let part = 0; text.length < length; part += 1)
    text += createHash('sha256').update(`${seed} ${part}`).digest('base64')
  return text.slice(0, length)
}

/** Some 200 to 900 kB, in two batches. */
function documentsOf(owner: string, size: number): Document[] {
  return Array.from({ length: 150 }, (_, index) => ({
    _id: `${owner} ${index}`,
    text: noise(`${owner} ${index}`, size),
    email: `${owner}.${index}@mail.example`,
    more: { note: noise(`note of ${owner} ${index}`, 200) },
  }))
}

/** Reads in fits and starts, so that what it is sent waits here and in the kernel. */
function readSlowly(socket: {
  pause(): unknown
  resume(): unknown
  on(event: 'data', then: () => void): unknown
}) {
  let chunks = 0
  socket.on('data', () => {
    chunks += 1
    if (chunks % 2 > 0) return
    socket.pause()
    setTimeout(() => socket.resume(), 2)
  })
}

async function everyReply(owner: string, user: string, rounds: number): Promise<void> {
  const documents = documentsOf(owner, 1_000 + owner.length * 600)
  fixture.upstream.data.set(`shop.${owner}`, documents)
  const masked = user === 'ann'
  const expected = masked ? documents.map((each) => ({ ...each, email: '***@mail.example' })) : documents
  const client = await connectRaw({ port: fixture.stage.port })
  await signIn(client, user)
  if (owner.length % 2 === 0) readSlowly(client.socket)
  try {
    for (let round = 0; round < rounds; round += 1) {
      const { cursor } = await client.ask({ find: owner, batchSize: 90, $db: 'shop' })
      const next = await client.ask({ getMore: cursor.id, collection: owner, batchSize: 60, $db: 'shop' })
      expect(isDeepStrictEqual([...cursor.firstBatch, ...next.cursor.nextBatch], expected)).toBe(true)
    }
  } finally {
    client.close()
  }
}

test('R29 eight clients that read fast and slowly, masked and clear, each get their own documents', async () => {
  const owners = ['a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff', 'ggggggg', 'hhhhhhhh']
  await Promise.all(owners.map((owner, index) => everyReply(owner, index % 4 < 2 ? 'ann' : 'adam', 4)))
}, 120_000)

/** More in one reply than the kernel holds for one who does not read. */
const large = (owner: string): Document[] =>
  Array.from({ length: 12 }, (_, index) => ({
    _id: index,
    text: noise(`${owner} ${index}`, 100_000).repeat(10),
    email: `${owner}.${index}@mail.example`,
  }))

const shownTo = (user: string, documents: readonly Document[]) =>
  user === 'ann' ? documents.map((each) => ({ ...each, email: '***@mail.example' })) : documents

test.each(['ann', 'adam'])(
  'R29 what %s has not read yet is not written over by what others are sent',
  async (user) => {
    const { data } = fixture.upstream
    const [late, hasty] = [await connectRaw(fixture.stage), await connectRaw(fixture.stage)]
    for (const [name, client] of Object.entries({ late, hasty })) {
      await signIn(client, user)
      data.set(`shop.${name}`, large(`${name}-${user}`))
    }
    late.socket.pause()
    const before = fixture.stage.evidence.completed.length
    const asked = late.ask({ find: 'late', $db: 'shop' })
    await vi.waitFor(() => expect(fixture.stage.evidence.completed.length).toBeGreaterThan(before), 30_000)
    const shown = async (reply: Promise<Document>, name: string) =>
      isDeepStrictEqual((await reply).cursor.firstBatch, shownTo(user, large(`${name}-${user}`)))
    for (let round = 0; round < 3; round += 1)
      expect(await shown(hasty.ask({ find: 'hasty', $db: 'shop' }), 'hasty')).toBe(true)
    late.socket.resume()
    expect(await shown(asked, 'late')).toBe(true)
    for (const client of [late, hasty]) client.close()
  },
  120_000,
)
