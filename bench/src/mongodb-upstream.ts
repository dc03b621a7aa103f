/** A MongoDB server that answers at once: SCRAM, what a catalog asks, and four answers that are ready before they are asked for. */
import { randomBytes } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { Binary, type Document, Double, Int32, Long, serialize } from 'bson'
import { BEFORE_BODY, bodyOf, cutting, message, OP_QUERY, person } from './mongodb-wire.js'
import { scramAttribute, scramProof } from './scram.js'

const [, , password = ''] = process.argv
const NAMESPACE = 'bench.people'
const FIRST = 101
const ALL = 1000
const CURSOR = Long.fromNumber(4711)
const SALT = Buffer.from('salt of a bench 1')
const ITERATIONS = 4096

const cursor = (name: string, from: number, count: number, id: Long) =>
  message({
    cursor: { [name]: Array.from({ length: count }, (_, index) => person(from + index)), id, ns: NAMESPACE },
    ok: new Double(1),
  })
const ONE = cursor('firstBatch', 1, 1, Long.ZERO)
const BEGUN = cursor('firstBatch', 0, FIRST, CURSOR)
const REST = cursor('nextBatch', FIRST, ALL - FIRST, Long.ZERO)
const INSERTED = message({ n: new Int32(100), ok: new Double(1) })

/** By the name of the command; a `find` by `_id`, or one that wants no cursor, gets one document. */
function ready(frame: Buffer): Buffer | undefined {
  switch (frame.toString('latin1', BEFORE_BODY + 5, BEFORE_BODY + 10)) {
    case 'find\0':
      return frame.includes('_id\0') || frame.includes('singleBatch') ? ONE : BEGUN
    case 'getMo':
      return REST
    case 'inser':
      return INSERTED
    default:
      return undefined
  }
}

const plain = (command: Document): Document => {
  const [name = ''] = Object.keys(command)
  switch (name) {
    case 'hello':
    case 'isMaster':
    case 'ismaster':
      return {
        isWritablePrimary: true,
        ismaster: true,
        helloOk: true,
        minWireVersion: 0,
        maxWireVersion: 21,
        maxBsonObjectSize: 16_777_216,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
        logicalSessionTimeoutMinutes: 30,
      }
    case 'buildInfo':
      return { version: '7.0.12' }
    case 'connectionStatus': {
      const rights = { resource: { db: 'bench', collection: '' }, actions: ['find', 'insert'] }
      return { authInfo: { authenticatedUserPrivileges: [rights] } }
    }
    case 'listDatabases':
      return { databases: [{ name: 'bench' }] }
    case 'listCollections': {
      const found = ['people', 'written'].map((each) => ({ name: each, type: 'collection', options: {} }))
      return { cursor: { firstBatch: found, id: Long.ZERO, ns: 'bench.$cmd.listCollections' } }
    }
    case 'listIndexes': {
      const found = [{ v: 2, key: { _id: 1 }, name: '_id_' }]
      return { cursor: { firstBatch: found, id: Long.ZERO, ns: NAMESPACE } }
    }
    default:
      return {}
  }
}

/** Drivers say their first hello in the old way: OP_REPLY answers it. */
function legacyHello(frame: Buffer): Buffer {
  const reply = Buffer.concat([Buffer.alloc(36), serialize({ ...plain({ hello: 1 }), ok: new Double(1) })])
  reply.writeInt32LE(reply.length, 0)
  frame.copy(reply, 8, 4, 8)
  reply.writeInt32LE(1, 12)
  reply.writeInt32LE(1, 32)
  return reply
}

function serve(socket: Socket): void {
  let first = ''
  let second = ''
  const sign = (command: Document): Document | undefined => {
    if (command.saslStart === undefined && command.saslContinue === undefined) return undefined
    const said = Buffer.from((command.payload as Binary).buffer).toString()
    const payload = command.saslStart === undefined ? last(said) : begin(said)
    return {
      conversationId: new Int32(1),
      done: command.saslStart === undefined,
      payload: new Binary(Buffer.from(payload)),
    }
  }
  const begin = (said: string) => {
    first = said.slice('n,,'.length)
    const nonce = `${scramAttribute(first, 'r')}${randomBytes(18).toString('base64')}`
    second = `r=${nonce},s=${SALT.toString('base64')},i=${ITERATIONS}`
    return second
  }
  const last = (said: string) => {
    const without = said.slice(0, said.lastIndexOf(',p='))
    const messages = [first, second, without] as const
    return `v=${scramProof({ password, salt: SALT, iterations: ITERATIONS, messages }).signature}`
  }
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on(
    'data',
    cutting((frame) => {
      if (frame.readInt32LE(12) === OP_QUERY) {
        socket.write(legacyHello(frame))
        return
      }
      const known = ready(frame)
      const command = known === undefined ? bodyOf(frame) : undefined
      const reply = known ?? message({ ...(sign(command ?? {}) ?? plain(command ?? {})), ok: new Double(1) })
      const head = Buffer.from(reply.subarray(0, BEFORE_BODY))
      frame.copy(head, 8, 4, 8)
      if (reply.length < 4096) socket.write(Buffer.concat([head, reply.subarray(BEFORE_BODY)]))
      else {
        socket.cork()
        socket.write(head)
        socket.write(reply.subarray(BEFORE_BODY))
        socket.uncork()
      }
    }),
  )
}

const server = createServer(serve)
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify(server.address())}\n`)
})
process.on('SIGTERM', () => process.exit(0))
