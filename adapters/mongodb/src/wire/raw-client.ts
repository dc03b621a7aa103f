/** A client that writes its own bytes: what no driver would send, and the plain way in. */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { createScramClient, SCRAM_SHA_256 } from '@gatehouse/adapter-kit'
import { Binary, type Document, deserialize } from 'bson'
import { message } from './requests.js'

export { framed, int32, type MessageParts, message, query } from './requests.js'

export interface Reply {
  readonly length: number
  readonly requestId: number
  readonly responseTo: number
  readonly opCode: number
  readonly flags: number
  readonly document: Document
  readonly frame: Buffer
}

export interface RawClient {
  readonly socket: Socket
  write(bytes: Uint8Array): void
  /** The next reply; `closed` when the other side ends instead. */
  next(): Promise<Reply | 'closed'>
  /** One OP_MSG and its answer. */
  ask(document: Document): Promise<Document>
  /** Nothing more was said. */
  readonly quiet: boolean
  closed(): Promise<void>
  close(): void
}

export interface Connecting {
  readonly port: number
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string }
}

export async function connectRaw({ port, tls }: Connecting): Promise<RawClient> {
  const socket =
    tls === undefined
      ? connect(port, '127.0.0.1')
      : connectTls({ port, host: '127.0.0.1', servername: 'localhost', ...tls })
  await new Promise<void>((resolve, reject) => {
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => resolve())
    socket.once('error', reject)
  })
  socket.on('error', () => {})
  socket.setNoDelay(true)
  const replies: Reply[] = []
  let kept = Buffer.alloc(0)
  let over = false
  let wake = () => {}
  socket.on('data', (chunk) => {
    kept = Buffer.concat([kept, chunk])
    while (kept.length >= 4 && kept.length >= kept.readInt32LE(0)) {
      const frame = kept.subarray(0, kept.readInt32LE(0))
      kept = kept.subarray(frame.length)
      replies.push(readReply(frame))
    }
    wake()
  })
  const gone = new Promise<void>((resolve) => {
    const end = () => {
      over = true
      wake()
      resolve()
    }
    socket.once('close', end)
    socket.once('end', end)
  })
  let requestId = 0
  const client: RawClient = {
    socket,
    write: (bytes) => void socket.write(bytes),
    async next() {
      for (;;) {
        const reply = replies.shift()
        if (reply !== undefined) return reply
        if (over) return 'closed'
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    async ask(document) {
      requestId += 1
      socket.write(message(document, { requestId }))
      const reply = await client.next()
      if (reply === 'closed') throw new Error('closed')
      if (reply.responseTo !== requestId)
        throw new Error(`an answer to ${reply.responseTo}, not to ${requestId}`)
      return reply.document
    },
    get quiet() {
      return replies.length === 0 && kept.length === 0
    },
    closed: () => gone,
    close: () => void socket.destroy(),
  }
  return client
}

function readReply(frame: Buffer): Reply {
  const opCode = frame.readInt32LE(12)
  const at = opCode === 1 ? 36 : 21
  return {
    length: frame.length,
    requestId: frame.readInt32LE(4),
    responseTo: frame.readInt32LE(8),
    opCode,
    flags: frame.readInt32LE(16),
    document: deserialize(frame.subarray(at), { promoteLongs: false }),
    frame,
  }
}

/** Signs in with SCRAM-SHA-256; throws with the answer that says no. */
export async function signIn(client: RawClient, user: string, password = `secret of ${user}`): Promise<void> {
  const scram = createScramClient({
    mechanism: SCRAM_SHA_256,
    user,
    password,
    nonce: randomBytes(24).toString('base64'),
  })
  let reply = await client.ask({
    saslStart: 1,
    mechanism: SCRAM_SHA_256,
    payload: new Binary(scram.initial),
    options: { skipEmptyExchange: true },
    $db: 'admin',
  })
  for (;;) {
    if (reply.ok !== 1) throw new Error(JSON.stringify(reply))
    const { send, done } = await scram.step((reply.payload as Binary).buffer)
    if (done?.ok === false) throw new Error(done.reason)
    if (done?.ok === true) return
    reply = await client.ask({
      saslContinue: 1,
      conversationId: reply.conversationId,
      payload: new Binary(send ?? new Uint8Array()),
      $db: 'admin',
    })
  }
}
