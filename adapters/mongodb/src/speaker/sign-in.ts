/** Signing in as a client: hello with what a driver says of itself, then SCRAM-SHA-256 on the visitor's database. */
import { randomBytes } from 'node:crypto'
import type { Failure, Visitor } from '@gatehouse/adapter-contract'
import { createScramClient, SCRAM_SHA_256, type Wire } from '@gatehouse/adapter-kit'
import { Binary, type Document, serialize } from 'bson'
import { failureOf } from './exchanges.js'
import { cutMessage, HEADER, message } from './messages.js'

const CLIENT = { driver: { name: 'contract', version: '1' }, os: { type: 'any' } }

export async function signIn(wire: Wire, visitor: Visitor): Promise<Failure | undefined> {
  let requestId = 0
  const ask = async (command: Document): Promise<Document> => {
    requestId += 1
    wire.write(message({ requestId, body: serialize(command) }))
    const header = Buffer.from(await wire.read(HEADER))
    const rest = await wire.read(header.readInt32LE(0) - HEADER)
    const reply = cutMessage(Buffer.concat([header, rest]), 0)
    if (reply?.responseTo !== requestId) throw new Error('an answer to something else')
    return reply.document
  }
  const $db = visitor.database
  const hello = await ask({ hello: 1, client: CLIENT, compression: ['zlib'], $db: 'admin' })
  if (hello.ok !== 1) return failureOf(hello, true)
  const scram = createScramClient({
    mechanism: SCRAM_SHA_256,
    user: visitor.name,
    password: visitor.password,
    nonce: randomBytes(24).toString('base64'),
  })
  let reply = await ask({
    saslStart: 1,
    mechanism: SCRAM_SHA_256,
    payload: new Binary(scram.initial),
    options: { skipEmptyExchange: true },
    $db,
  })
  while (reply.ok === 1) {
    const { send, done } = await scram.step(Buffer.from((reply.payload as Binary).buffer))
    if (done !== undefined) {
      if (!done.ok) throw new Error(`the server does not prove itself: ${done.reason}`)
      return undefined
    }
    const payload = new Binary(send ?? new Uint8Array())
    reply = await ask({ saslContinue: 1, conversationId: reply.conversationId, payload, $db })
  }
  return failureOf(reply, true)
}
