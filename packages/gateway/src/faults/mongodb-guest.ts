/** A client of MongoDB's protocol whose socket is at hand: one command at a time, and its cursor to the end. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createScramClient, SCRAM_SHA_256 } from '@gatehouse/adapter-kit'
import { BSON, type Document } from 'mongodb'
import { ENV } from '../end-to-end/home.js'
import type { Guest, Row } from './database.js'

/** A reply that says no. */
export class RefusedByMongodb extends Error {
  constructor(readonly reply: Document) {
    super(String(reply.errmsg))
  }
}

const HEADER = 16
const BEFORE_BODY = HEADER + 5
const OP_MSG = 2013

function message(document: Document, requestId: number): Buffer {
  const body = BSON.serialize(document)
  const frame = Buffer.alloc(BEFORE_BODY + body.length)
  frame.writeInt32LE(frame.length, 0)
  frame.writeInt32LE(requestId, 4)
  frame.writeInt32LE(OP_MSG, 12)
  frame.set(body, BEFORE_BODY)
  return frame
}

export interface MongodbGuest extends Guest {
  /** One command and its reply; a reply that says no is thrown. */
  say(document: Document): Promise<Document>
}

export async function enterMongodb(port: number, user: string): Promise<MongodbGuest> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  let kept = Buffer.alloc(0)
  let requestId = 0
  let waiting: { readonly heard: (reply: Document) => void; readonly lost: (why: Error) => void } | undefined
  let lost: Error | undefined
  const lose = (why: Error) => {
    lost ??= why
    waiting?.lost(why)
    waiting = undefined
  }
  socket.on('error', lose)
  socket.on('close', () => lose(new Error('the connection has closed')))
  socket.on('end', () => socket.end())
  socket.on('data', (chunk) => {
    kept = Buffer.concat([kept, chunk])
    while (kept.length >= 4 && kept.length >= kept.readInt32LE(0)) {
      const frame = kept.subarray(0, kept.readInt32LE(0))
      kept = kept.subarray(frame.length)
      const reply = BSON.deserialize(frame.subarray(BEFORE_BODY), { promoteLongs: false })
      waiting?.heard(reply)
      waiting = undefined
    }
  })

  const say = (document: Document): Promise<Document> =>
    new Promise<Document>((heard, sorry) => {
      if (lost !== undefined) return sorry(lost)
      waiting = { heard, lost: sorry }
      requestId += 1
      socket.write(message(document, requestId))
    }).then((reply) => {
      if (reply.ok !== 1) throw new RefusedByMongodb(reply)
      return reply
    })

  await Promise.race([once(socket, 'connect'), once(socket, 'close').then(() => Promise.reject(lost))])
  await prove(say, user)
  return {
    socket,
    say,
    async ask(text) {
      const command: Document = JSON.parse(text)
      let reply = await say({ ...command, $db: 'shop' })
      const found: Row[] = [...(reply.cursor?.firstBatch ?? [reply])]
      for (let id = reply.cursor?.id; id !== undefined && String(id) !== '0'; id = reply.cursor?.id) {
        // What was numbered has run by now: whatever becomes of the rest, its reply is not whole.
        reply = await say({ getMore: id, collection: reply.cursor.ns.split('.')[1], $db: 'shop' }).catch(
          (why: Error) => Promise.reject(new Error(`after the first batch: ${why.message}`)),
        )
        found.push(...reply.cursor.nextBatch)
      }
      return found
    },
    async end() {
      if (socket.destroyed) return
      const gone = once(socket, 'close')
      socket.end()
      await gone
    },
  }
}

async function prove(say: (document: Document) => Promise<Document>, user: string): Promise<void> {
  const scram = createScramClient({
    mechanism: SCRAM_SHA_256,
    user,
    password: ENV.PASSWORD,
    nonce: randomBytes(24).toString('base64'),
  })
  const options = { skipEmptyExchange: true }
  const first = { saslStart: 1, mechanism: SCRAM_SHA_256, options, payload: new BSON.Binary(scram.initial) }
  let reply = await say({ ...first, $db: 'admin' })
  for (;;) {
    const { send, done } = await scram.step(reply.payload.buffer)
    if (done?.ok === false) throw new Error(done.reason)
    if (done?.ok === true) return
    const payload = new BSON.Binary(send ?? new Uint8Array())
    reply = await say({ saslContinue: 1, conversationId: reply.conversationId, payload, $db: 'admin' })
  }
}
