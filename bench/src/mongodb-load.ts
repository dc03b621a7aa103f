/** Commands as raw OP_MSG over many connections: the client does so little that it does not decide how fast a proxy is. */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { Binary, type Document, Int32, Long, serialize, UUID } from 'bson'
import { cpuOf } from './cpu.js'
import { BEFORE_BODY, bodyOf, cutting, message, person } from './mongodb-wire.js'
import type { Target } from './pgbench.js'
import { scramAttribute, scramProof } from './scram.js'

export type MongodbLoad = 'find by _id' | 'cursor of 1,000' | 'insertMany of 100'

export interface MongodbFigures {
  readonly target: string
  /** Operations per second: a cursor, whole, is one. */
  readonly ops: number
  /** Microseconds of the proxy's CPU per operation. */
  readonly cpu: number | undefined
  /** Bytes of the replies of one operation. */
  readonly bytes: number
}

export interface Client {
  ask(frame: Buffer): Promise<Buffer>
  close(): void
}

/** Signed in. */
export async function open({ port, user, password }: Target): Promise<Client> {
  const socket = connect(port, '127.0.0.1')
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('error', reject)
  })
  socket.setNoDelay(true)
  let answered = (_: Buffer) => {}
  let failed = (_: Error) => {}
  socket.on(
    'data',
    cutting((frame) => answered(frame)),
  )
  socket.on('error', (error) => failed(error))
  socket.on('close', () => failed(new Error('the connection was closed')))
  let requestId = 0
  const client: Client = {
    ask(frame) {
      requestId += 1
      frame.writeInt32LE(requestId, 4)
      return new Promise((resolve, reject) => {
        answered = resolve
        failed = reject
        socket.write(frame)
      })
    },
    close: () => void socket.destroy(),
  }
  await signIn(client, user, password)
  return client
}

async function signIn(client: Client, user: string, password: string): Promise<void> {
  const say = async (command: Document) => {
    const reply = bodyOf(await client.ask(message({ ...command, $db: 'admin' })))
    if (reply.ok !== 1) throw new Error(`not signed in: ${JSON.stringify(reply.errmsg)}`)
    return {
      said: Buffer.from((reply.payload as Binary).buffer).toString(),
      done: reply.done === true,
      reply,
    }
  }
  await client.ask(message({ hello: 1, helloOk: true, $db: 'admin' }))
  const first = `n=${user},r=${randomBytes(24).toString('base64')}`
  const { said, reply } = await say({
    saslStart: 1,
    mechanism: 'SCRAM-SHA-256',
    payload: new Binary(Buffer.from(`n,,${first}`)),
    options: { skipEmptyExchange: true },
  })
  const without = `c=biws,r=${scramAttribute(said, 'r')}`
  const { proof } = scramProof({
    password,
    salt: Buffer.from(scramAttribute(said, 's'), 'base64'),
    iterations: Number(scramAttribute(said, 'i')),
    messages: [first, said, without],
  })
  const { conversationId } = reply
  let payload = new Binary(Buffer.from(`${without},p=${proof}`))
  for (let done = false; !done; payload = new Binary(Buffer.alloc(0)))
    done = (await say({ saslContinue: 1, conversationId, payload })).done
}

/** One operation; answers the bytes that came. */
type Operation = (client: Client) => Promise<number>

/** Of the collection that is read. */
export const DOCUMENTS = 1000
const BATCH = 100
/** Behind a document's length, the type and the name. */
const ID_IN_DOCUMENT = 4 + 1 + '_id\0'.length
let inserted = DOCUMENTS

/** In each command its session, as drivers send it. */
function operation(load: MongodbLoad): Operation {
  const common = { lsid: { id: new UUID() }, $db: 'bench' }
  switch (load) {
    case 'find by _id': {
      const filter = { _id: new Int32(0) }
      const frame = message({ find: 'people', filter, limit: 1, singleBatch: true, ...common })
      const idAt = frame.indexOf('_id\0') + 4
      let id = 0
      return async (client) => {
        id = (id + 1) % DOCUMENTS
        frame.writeInt32LE(id, idAt)
        return expectOk(await client.ask(frame)).length
      }
    }
    case 'cursor of 1,000': {
      const find = message({ find: 'people', filter: {}, ...common })
      const more = message({ getMore: Long.ZERO, collection: 'people', ...common })
      const moreAt = more.indexOf('getMore\0') + 8
      return async (client) => {
        const begun = expectOk(await client.ask(find))
        begun.copy(more, moreAt, cursorIdAt(begun), cursorIdAt(begun) + 8)
        return begun.length + expectOk(await client.ask(more)).length
      }
    }
    case 'insertMany of 100': {
      const documents = Array.from({ length: BATCH }, (_, index) => person(index))
      const frame = message({ insert: 'written', ordered: true, ...common }, { name: 'documents', documents })
      const places = documents.map((each) => frame.indexOf(serialize(each)) + ID_IN_DOCUMENT)
      return async (client) => {
        // No id is written twice: a server would refuse it.
        for (const place of places) frame.writeInt32LE(inserted++, place)
        await client.ask(frame).then(expectOk)
        return frame.length
      }
    }
  }
}

/** Where the eight bytes of the id stand in a server's `cursor`: before its documents or behind them. */
function cursorIdAt(reply: Buffer): number {
  let at = reply.indexOf('\x03cursor\0', BEFORE_BODY, 'latin1') + '_cursor\0'.length + 4
  for (;;) {
    const type = reply[at]
    const name = reply.toString('latin1', at + 1, reply.indexOf(0, at + 1))
    const value = at + name.length + 2
    if (name === 'id') return value
    if (type !== STRING && type !== ARRAY)
      throw new Error(`${name} stands where a cursor's id was looked for`)
    at = value + reply.readInt32LE(value) + (type === STRING ? 4 : 0)
  }
}

const STRING = 2
const ARRAY = 4

const OK = Buffer.from('\x01ok\0\0\0\0\0\0\0\xf0\x3f\0', 'latin1')

/** Throws with what the other side says instead. */
function expectOk(reply: Buffer): Buffer {
  if (reply.indexOf(OK, reply.length - 200) < 0)
    throw new Error(`not ok: ${JSON.stringify(bodyOf(reply).errmsg)}`)
  return reply
}

/** Stores what the loads read. */
export async function fill(target: Target): Promise<void> {
  const client = await open(target)
  try {
    const documents = Array.from({ length: DOCUMENTS }, (_, index) => person(index))
    const command = { insert: 'people', ordered: true, $db: 'bench' }
    expectOk(await client.ask(message(command, { name: 'documents', documents })))
    const other = { insert: 'written', ordered: true, $db: 'bench' }
    expectOk(await client.ask(message(other, { name: 'documents', documents: documents.slice(0, 1) })))
  } finally {
    client.close()
  }
}

/** What one person sees of one document: whoever measures masks looks whether there are any. */
export async function seen(target: Target): Promise<Document> {
  const client = await open(target)
  try {
    const frame = message({ find: 'people', filter: { _id: 1 }, limit: 1, singleBatch: true, $db: 'bench' })
    return bodyOf(await client.ask(frame)).cursor.firstBatch[0]
  } finally {
    client.close()
  }
}

export async function measureMongodb(
  target: Target,
  load: MongodbLoad,
  clients: number,
  seconds: number,
): Promise<MongodbFigures> {
  const opened = await Promise.all(Array.from({ length: clients }, () => open(target)))
  try {
    const before = target.pid === undefined ? 0 : cpuOf(target.pid)
    const start = process.hrtime.bigint()
    const until = start + BigInt(Math.round(seconds * 1e9))
    let done = 0
    let bytes = 0
    await Promise.all(
      opened.map(async (client) => {
        const once = operation(load)
        while (process.hrtime.bigint() < until) {
          const came = await once(client)
          bytes += came
          done += 1
        }
      }),
    )
    const after = target.pid === undefined ? 0 : cpuOf(target.pid)
    return {
      target: target.name,
      ops: done / (Number(process.hrtime.bigint() - start) / 1e9),
      cpu: target.pid === undefined ? undefined : (after - before) / done,
      bytes: bytes / done,
    }
  } finally {
    for (const client of opened) client.close()
  }
}
