/** A client for tests that speaks in single messages: what it sends and hears is what stands on the wire. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { concatBytes, createScramClient, endpointBinding, SCRAM_SHA_256 } from '@gatehouse/adapter-kit'
import { cstring, int32, message } from '../messages.js'
import { code, describeMessages, fieldsOf, type Message } from './transcript.js'

export interface RawClient {
  send(...messages: readonly Uint8Array[]): void
  /** The next message; rejects when none comes or the connection closes. */
  next(): Promise<Message>
  /** Up to and with the `count`th message of this type. */
  until(type: string, count?: number): Promise<readonly Message[]>
  /** `until` as one line, e.g. `1 2 D C:SELECT_1 Z:I`. */
  hears(type: string, count?: number): Promise<string>
  /** All that still comes until the other side closes. */
  rest(): Promise<readonly Message[]>
  /** `rest` as one line. */
  ends(): Promise<string>
  /** What came and was not taken yet. */
  readonly waiting: number
  readonly parameters: ReadonlyMap<string, string>
  readonly processId: number
  readonly key: Uint8Array
  readonly socket: Socket
  /** Messages of the sign-in, in order. */
  readonly greeting: readonly Message[]
  close(): Promise<void>
}

export interface Connecting {
  readonly port: number
  /** Protocol version; 3.0 unless said otherwise. */
  readonly version?: number
  readonly user: string
  readonly password: string
  readonly database?: string
  /** Start-up parameters beside user and database, in order. */
  readonly parameters?: readonly (readonly [string, string])[]
  readonly socket?: Socket
  /** The gateway's own certificate, for SCRAM-SHA-256-PLUS. */
  readonly certificate?: Uint8Array
}

/** Milliseconds that an answer may take before a test gives up: no answer, not a slow one, is what fails. */
const PATIENCE = 60_000

export const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f])
export const GSSENC_REQUEST = Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x30])

export function startup(parameters: readonly (readonly [string, string])[], version = 196608): Uint8Array {
  const body = concatBytes([
    int32(version),
    ...parameters.flatMap(([name, value]) => [cstring(name), cstring(value)]),
    Uint8Array.of(0),
  ])
  return concatBytes([int32(body.length + 4), body])
}

export function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.setNoDelay(true)
    socket.once('error', reject)
  })
}

/** Direct TLS, or after an SSLRequest that was answered `S`. */
export function secure(socket: Socket, alpn: readonly string[], ca: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({
      socket,
      host: 'localhost',
      servername: 'localhost',
      ca,
      ALPNProtocols: [...alpn],
    })
    tls.once('secureConnect', () => resolve(tls))
    tls.once('error', reject)
    tls.once('close', () => reject(new Error('the TLS handshake was refused')))
  })
}

/** One byte, as the answer to SSLRequest and GSSENCRequest is. */
export function readByte(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('closed'))
    socket.once('close', gone)
    const look = () => {
      const byte: Buffer | null = socket.read(1)
      if (byte === null) return
      socket.off('readable', look)
      socket.off('close', gone)
      resolve(byte.toString('latin1'))
    }
    socket.on('readable', look)
    look()
  })
}

/** Listens without having signed in. */
export function attend(socket: Socket): RawClient {
  let parts: Buffer[] = []
  let size = 0
  /** Bytes without which no further message is whole. */
  let wanted = 5
  const messages: Message[] = []
  let closed = false
  let wake: (() => void) | undefined
  const greeting: Message[] = []
  const parameters = new Map<string, string>()
  const own = { processId: 0, key: new Uint8Array() }
  socket.on('data', (chunk: Buffer) => {
    parts.push(chunk)
    size += chunk.length
    if (size < wanted) return
    const buffer = Buffer.concat(parts)
    let at = 0
    wanted = 5
    while (buffer.length - at >= 5) {
      const end = at + 1 + buffer.readUInt32BE(at + 1)
      wanted = end - at
      if (buffer.length < end) break
      messages.push({
        type: String.fromCharCode(buffer[at] as number),
        body: Buffer.from(buffer.subarray(at + 5, end)),
      })
      at = end
      wanted = 5
    }
    parts = [buffer.subarray(at)]
    size = buffer.length - at
    wake?.()
  })
  const gone = () => {
    closed = true
    wake?.()
  }
  socket.on('error', gone)
  socket.on('end', gone)
  socket.on('close', gone)

  const arrival = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`nothing came; waiting: ${describeMessages(messages)}`))
      }, PATIENCE)
      wake = () => {
        clearTimeout(timer)
        wake = undefined
        resolve()
      }
    })
  const next = async (): Promise<Message> => {
    for (;;) {
      const first = messages.shift()
      if (first !== undefined) return first
      if (closed) throw new Error(`the connection closed (${size} bytes of a message left)`)
      await arrival()
    }
  }
  const until = async (type: string, count = 1) => {
    const found: Message[] = []
    let left = count
    while (left > 0) {
      const one = await next().catch((fault: Error) => {
        throw new Error(`${fault.message} after: ${describeMessages(found)}`)
      })
      found.push(one)
      if (one.type === type) left -= 1
    }
    return found
  }
  const rest = async () => {
    while (!closed) await arrival()
    return messages.splice(0)
  }

  return {
    send: (...parts) => {
      if (!socket.destroyed) socket.write(concatBytes(parts))
    },
    next,
    until,
    hears: async (type, count) => describeMessages(await until(type, count)),
    rest,
    ends: async () => describeMessages(await rest()),
    get waiting() {
      return messages.length
    },
    parameters,
    get processId() {
      return own.processId
    },
    set processId(value) {
      own.processId = value
    },
    get key() {
      return own.key
    },
    set key(value) {
      own.key = value
    },
    socket,
    greeting,
    close: async () => {
      if (!socket.destroyed) socket.end(message(code('X')))
      await rest().catch(() => {})
      socket.destroy()
    },
  }
}

/** Signs in; rejects with the ErrorResponse's code and text when turned away. */
export async function signIn(options: Connecting): Promise<RawClient> {
  const socket = options.socket ?? (await dial(options.port))
  const client = attend(socket)
  const own: [string, string][] = [['user', options.user]]
  if (options.database !== '') own.push(['database', options.database ?? 'shop'])
  client.send(startup([...own, ...(options.parameters ?? [])], options.version))
  await answerPassword(client, options)
  for (;;) {
    const one = await client.next()
    ;(client.greeting as Message[]).push(one)
    if (one.type === 'E') throw new TurnedAway(one)
    if (one.type === 'S') {
      const [name = '', value = ''] = one.body.toString().split('\0')
      ;(client.parameters as Map<string, string>).set(name, value)
    }
    if (one.type === 'K') {
      const writable = client as { processId: number; key: Uint8Array }
      writable.processId = one.body.readInt32BE(0)
      writable.key = one.body.subarray(4)
    }
    if (one.type === 'Z') return client
  }
}

/** The ErrorResponse that a sign-in ended in. */
export class TurnedAway extends Error {
  readonly native: string
  readonly severity: string
  constructor(response: Message) {
    const fields = fieldsOf(response)
    super(`${fields.get('V')} ${fields.get('C')} ${fields.get('M')}`)
    this.native = fields.get('C') ?? ''
    this.severity = fields.get('V') ?? ''
  }
}

async function answerPassword(client: RawClient, options: Connecting): Promise<void> {
  const password = (...parts: Uint8Array[]) => client.send(message(code('p'), ...parts))
  const binding = options.certificate === undefined ? undefined : endpointBinding(options.certificate)
  const scram = createScramClient({
    mechanism: binding === undefined ? SCRAM_SHA_256 : 'SCRAM-SHA-256-PLUS',
    password: options.password,
    nonce: 'a nonce of the tests'.replaceAll(' ', '-') + String(Math.random()),
    ...(binding === undefined ? {} : { channelBinding: binding }),
  })
  for (;;) {
    const one = await client.next()
    ;(client.greeting as Message[]).push(one)
    if (one.type === 'E') throw new TurnedAway(one)
    if (one.type === 'v') continue
    switch (one.body.readInt32BE(0)) {
      case 0:
        return
      case 3:
        password(cstring(options.password))
        break
      case 10:
        password(cstring(scram.mechanism), int32(scram.initial.length), scram.initial)
        break
      default: {
        const step = await scram.step(one.body.subarray(4))
        if (step.done?.ok === false) throw new Error(`the gateway failed at SCRAM: ${step.done.reason}`)
        if (step.send !== undefined) password(step.send)
      }
    }
  }
}
