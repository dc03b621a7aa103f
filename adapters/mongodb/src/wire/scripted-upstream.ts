/** An upstream that says what it is told to: SCRAM, cursors, sessions and writes in memory, written from MongoDB's own documentation. */
import { randomBytes } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import {
  createScramServer,
  deriveScramKeys,
  type ScramServer,
  type ScramVerifier,
} from '@gatehouse/adapter-kit'
import { Binary, type Document, Double, Int32, Long } from 'bson'
import { decode, encode, type Received } from './replies.js'

export { decode, encode, type Received } from './replies.js'

export interface ScriptedUpstream {
  readonly port: number
  readonly received: readonly Received[]
  /** Names of the commands, without those of signing in. */
  names(): readonly string[]
  /** Documents by `database.collection`. */
  readonly data: Map<string, Document[]>
  /** Answers in the place of what it would say: `hang` says nothing. */
  answer: ((document: Document) => Document | 'hang' | undefined) | undefined
  /** Raw bytes in a reply's place. */
  raw: ((document: Document, requestId: number) => Uint8Array | undefined) | undefined
  readonly connections: () => number
  /** Every connection ends; new ones are taken. */
  hangUp(): void
  close(): Promise<void>
}

export const ACCOUNT = { user: 'gw', password: 'secret of gw' }

const OK = { ok: new Double(1) }
const SIGN_IN = new Set(['hello', 'saslStart', 'saslContinue'])

interface OpenCursor {
  readonly namespace: string
  readonly rest: Document[]
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const salt = randomBytes(16)
  const verifier: ScramVerifier = {
    salt,
    iterations: 4096,
    keys: await deriveScramKeys(ACCOUNT.password, salt, 4096),
  }
  const received: Received[] = []
  const data = new Map<string, Document[]>()
  const cursors = new Map<string, OpenCursor>()
  const sockets = new Set<Socket>()
  let connections = 0
  let cursorId = 1000

  const batch = (namespace: string, documents: Document[], size: number, field: string): Document => {
    const given = documents.slice(0, size)
    const rest = documents.slice(size)
    let id = Long.ZERO
    if (rest.length > 0) {
      cursorId += 1
      id = Long.fromNumber(cursorId)
      cursors.set(id.toString(), { namespace, rest })
    }
    return { cursor: { [field]: given, id, ns: namespace }, ...OK }
  }
  const matches = (filter: Document | undefined) => (document: Document) =>
    Object.entries(filter ?? {}).every(([name, value]) => String(document[name]) === String(value))

  const act = (document: Document): Document => {
    const [name = ''] = Object.keys(document)
    const database = document.$db as string
    const namespace = `${database}.${document[name]}`
    const found = data.get(namespace) ?? []
    switch (name) {
      case 'ping':
      case 'endSessions':
      case 'killSessions':
      case 'refreshSessions':
      case 'commitTransaction':
      case 'abortTransaction':
        return OK
      case 'find': {
        const documents = found.filter(matches(document.filter))
        const limited = document.limit > 0 ? documents.slice(0, Number(document.limit)) : documents
        return batch(namespace, limited, Number(document.batchSize ?? 101), 'firstBatch')
      }
      case 'aggregate':
        return batch(namespace, found, Number(document.cursor?.batchSize ?? 101), 'firstBatch')
      case 'getMore': {
        const key = String(document.getMore)
        const open = cursors.get(key)
        cursors.delete(key)
        if (open === undefined)
          return {
            ok: new Double(0),
            code: 43,
            codeName: 'CursorNotFound',
            errmsg: `cursor id ${key} not found`,
          }
        const size = Number(document.batchSize ?? 101)
        const given = open.rest.slice(0, size)
        const rest = open.rest.slice(size)
        if (rest.length > 0) cursors.set(key, { ...open, rest })
        return {
          cursor: {
            nextBatch: given,
            id: rest.length > 0 ? Long.fromString(key) : Long.ZERO,
            ns: open.namespace,
          },
          ...OK,
        }
      }
      case 'killCursors': {
        const killed = (document.cursors as unknown[]).map(String)
        for (const key of killed) cursors.delete(key)
        return {
          cursorsKilled: killed.map((key) => Long.fromString(key)),
          cursorsNotFound: [],
          cursorsAlive: [],
          cursorsUnknown: [],
          ...OK,
        }
      }
      case 'insert':
        data.set(namespace, [...found, ...(document.documents as Document[])])
        return { n: new Int32(document.documents.length), ...OK }
      case 'delete':
        data.set(namespace, [])
        return { n: new Int32(found.length), ...OK }
      case 'update':
        return { n: new Int32(1), nModified: new Int32(1), ...OK }
      case 'distinct':
        return { values: found.map((each) => each[document.key as string]), ...OK }
      case 'count':
        return { n: new Int32(found.length), ...OK }
      default:
        return {
          ok: new Double(0),
          code: 59,
          codeName: 'CommandNotFound',
          errmsg: `no such command: '${name}'`,
        }
    }
  }

  const upstream: ScriptedUpstream = {
    port: 0,
    received,
    names: () =>
      received.map(({ document }) => Object.keys(document)[0] ?? '').filter((name) => !SIGN_IN.has(name)),
    data,
    answer: undefined,
    raw: undefined,
    connections: () => sockets.size,
    hangUp() {
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    connections += 1
    const connection = connections
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    let scram: ScramServer | undefined
    let kept = Buffer.alloc(0)
    const sign = (document: Document): Document | undefined => {
      if (document.hello !== undefined)
        return { isWritablePrimary: true, maxWireVersion: 21, minWireVersion: 0, ...OK }
      if (document.saslStart !== undefined)
        scram = createScramServer({
          mechanism: document.mechanism,
          nonce: randomBytes(24).toString('base64'),
          verifier: () => verifier,
        })
      else if (document.saslContinue === undefined) return undefined
      const { send, done } = (scram as ScramServer).step((document.payload as Binary).buffer)
      if (done?.ok === false)
        return {
          ok: new Double(0),
          code: 18,
          codeName: 'AuthenticationFailed',
          errmsg: 'Authentication failed.',
        }
      return {
        conversationId: new Int32(7),
        done: done !== undefined,
        payload: new Binary(send ?? new Uint8Array()),
        ...OK,
      }
    }
    socket.on('data', (chunk) => {
      kept = Buffer.concat([kept, chunk])
      while (kept.length >= 4 && kept.length >= kept.readInt32LE(0)) {
        const frame = kept.subarray(0, kept.readInt32LE(0))
        kept = kept.subarray(frame.length)
        const { document, flags, requestId } = decode(frame)
        received.push({ document, flags, requestId, connection })
        if ((flags & 2) !== 0) {
          act(document)
          continue
        }
        const signing = sign(document)
        const raw = signing === undefined ? upstream.raw?.(document, requestId) : undefined
        if (raw !== undefined) {
          socket.write(raw)
          continue
        }
        const reply = signing ?? upstream.answer?.(document) ?? act(document)
        if (reply !== 'hang') socket.write(encode(reply, requestId))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(upstream, { port: (server.address() as { port: number }).port })
}
