/** A client for tests that speaks in single packets: what it sends and hears is what stands on the wire, every number checked. */
import type { Socket } from 'node:net'
import { CLIENT, type ColumnDefinition, packets, readOk } from '../messages/index.js'
import { KINDS } from '../speaker/commands.js'
import {
  handshakeResponse,
  type Response,
  readGreeting,
  type ServerGreeting,
  sslRequest,
} from '../speaker/handshake.js'
import type { Packet } from '../speaker/packets.js'
import { type Agreed, createReplyReader, type ReplyKind } from '../speaker/reply.js'
import { proofBy } from '../speaker/scrambles.js'
import { dial, type Line, listen, secure } from './line.js'
import { prove, TurnedAway } from './proving.js'
import { prepare, query, quit } from './requests.js'
import { describeReply, type Reply } from './transcript.js'

export interface RawClient {
  /** Bytes as they are; nothing is owed for them. */
  send(...bytes: readonly Uint8Array[]): void
  /** A command's packets, numbered from 0; its reply is owed from then on, unless it has none. */
  command(content: Uint8Array): void
  /** The next packet whatever its number; rejects when none comes or the connection closes. */
  next(): Promise<Packet>
  /** The reply to the oldest command that has none yet. Rejects when a packet is out of order or not of such a reply. */
  reply(): Promise<Reply>
  /** One command and its reply. */
  ask(content: Uint8Array): Promise<Reply>
  query(text: string): Promise<Reply>
  /** `query` as one line, e.g. `RS(id,label):20`. */
  hears(text: string): Promise<string>
  prepare(text: string): Promise<Prepared>
  /** Data for a LOCAL INFILE, in one packet each; an empty one ends it. The reply goes on. */
  data(...contents: readonly (string | Uint8Array)[]): void
  /** All packets that still come until the other side closes. */
  rest(): Promise<readonly Packet[]>
  /** Whole packets that came and were not taken. */
  readonly waiting: number
  readonly closed: boolean
  readonly socket: Socket
  readonly greeting: ServerGreeting
  readonly agreed: Agreed
  /** Payloads of the sign-in in order, the greeting first. */
  readonly welcome: readonly Packet[]
  close(): Promise<void>
}

export interface Prepared {
  readonly id: number
  readonly columns: readonly ColumnDefinition[]
  readonly parameters: readonly ColumnDefinition[]
}

export interface Connecting {
  readonly port: number
  readonly user: string
  readonly password: string
  /** `shop` unless said; empty: none. */
  readonly database?: string
  /** Asked for beside the plain ones. */
  readonly more?: number
  /** Asked for, in place of the plain ones. */
  readonly capabilities?: number
  readonly extended?: number
  readonly collation?: number
  readonly attributes?: readonly (readonly [string, string])[]
  /** Named in the response, and what its first proof is made by; the server's own unless said. */
  readonly plugin?: string
  /** The certificate to trust; without it the connection stays plain. */
  readonly ca?: string
  readonly socket?: Socket
}

export const PLAIN =
  CLIENT.LONG_PASSWORD |
  CLIENT.LONG_FLAG |
  CLIENT.PROTOCOL_41 |
  CLIENT.TRANSACTIONS |
  CLIENT.SECURE_CONNECTION |
  CLIENT.MULTI_RESULTS |
  CLIENT.PS_MULTI_RESULTS |
  CLIENT.PLUGIN_AUTH |
  CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA

/** Connects and reads the greeting, no more; `send` what you like. */
export async function meet(port: number): Promise<RawClient> {
  const socket = await dial(port)
  const line = listen(socket)
  const first = await line.next()
  if (first.payload[0] === 0xff) throw new TurnedAway(first)
  return converse(socket, line, readGreeting(first.payload), { capabilities: 0, extended: 0 }, [first])
}

/** Signs in; rejects with `TurnedAway` when the server says no. */
export async function signIn(options: Connecting): Promise<RawClient> {
  let socket = options.socket ?? (await dial(options.port))
  let line = listen(socket)
  const first = await line.next()
  if (first.payload[0] === 0xff) throw new TurnedAway(first)
  const welcome: Packet[] = [first]
  const greeting = readGreeting(first.payload)
  const { user, password, database = 'shop', extended = 0 } = options
  const plain =
    (options.capabilities ?? PLAIN | (options.more ?? 0)) |
    (database === '' ? 0 : CLIENT.CONNECT_WITH_DB) |
    (options.attributes === undefined ? 0 : CLIENT.CONNECT_ATTRS) |
    (options.ca === undefined ? 0 : CLIENT.SSL)
  // MariaDB's own stand where MySQL's clients send zeros: the clear bit says so.
  const capabilities = (extended === 0 ? plain : plain & ~CLIENT.LONG_PASSWORD) >>> 0
  const plugin = options.plugin ?? greeting.plugin
  const response: Response = {
    capabilities,
    extended,
    user,
    proof: proofBy(plugin, password, greeting.salt) ?? Buffer.alloc(0),
    database,
    plugin,
    ...(options.collation === undefined ? {} : { collation: options.collation }),
    ...(options.attributes === undefined ? {} : { attributes: options.attributes }),
  }
  let sequence = 1
  if (options.ca !== undefined) {
    socket.write(packets(sequence, sslRequest(response)))
    sequence += 1
    line.leave()
    socket = await secure(socket, options.ca)
    line = listen(socket)
  }
  socket.write(packets(sequence, handshakeResponse(response)))
  const agreed = {
    capabilities: capabilities & greeting.capabilities,
    extended: extended & greeting.extended,
  }
  await prove(socket, line, welcome, { ...options, plugin, salt: greeting.salt, following: sequence + 1 })
  return converse(socket, line, greeting, agreed, welcome)
}

function converse(
  socket: Socket,
  line: Line,
  greeting: ServerGreeting,
  agreed: Agreed,
  welcome: readonly Packet[],
): RawClient {
  const owed: { readonly kind: ReplyKind; readonly id: number; following: number }[] = []
  const columns = new Map<number, readonly ColumnDefinition[]>()
  let last = 0

  const command = (content: Uint8Array) => {
    if (!socket.destroyed) socket.write(packets(0, content))
    const kind = KINDS[content[0] as number] ?? 'ok'
    const id = content.length < 5 ? 0 : Buffer.from(content).readUInt32LE(1)
    const following = (1 + Math.floor(content.length / 0xffffff)) & 255
    if (kind !== 'none') owed.push({ kind, id, following })
  }
  const reply = async (): Promise<Reply> => {
    const asked = owed[0]
    if (asked === undefined) throw new Error('nothing was asked')
    const id = asked.id === 0xffffffff ? last : asked.id
    const reader = createReplyReader(asked.kind, agreed, columns.get(id))
    const found: Packet[] = []
    while (!reader.done && !reader.waits) {
      const packet = await line.next().catch((fault: Error) => {
        throw new Error(`${fault.message} after: ${describeReply(reader)}`)
      })
      if (packet.sequence !== asked.following)
        throw new Error(`packet ${packet.sequence} in the place of ${asked.following}`)
      asked.following = packet.following
      found.push(packet)
      reader.push(packet.payload)
    }
    // A reply that waits for a file's data goes on under the same command.
    if (!reader.waits) owed.shift()
    for (const part of reader.parts) {
      if (part.kind === 'prepared') {
        last = part.id
        columns.set(part.id, part.columns)
      } else if (part.kind === 'rows' && asked.kind === 'execute') columns.set(id, part.columns)
    }
    const bytes = Buffer.concat(found.flatMap((packet) => rewrite(packet)))
    return { parts: reader.parts, packets: found, bytes }
  }
  const ask = (content: Uint8Array) => {
    command(content)
    return reply()
  }

  return {
    send: (...bytes) => {
      if (!socket.destroyed) socket.write(Buffer.concat(bytes))
    },
    command,
    next: line.next,
    reply,
    ask,
    query: (text) => ask(query(text)),
    hears: async (text) => describeReply(await ask(query(text))),
    async prepare(text) {
      const { parts } = await ask(prepare(text))
      const [first] = parts
      if (first?.kind !== 'prepared') throw new Error(`not prepared: ${describeReply({ parts })}`)
      return first
    },
    data(...contents) {
      const [asked] = owed
      if (asked === undefined) throw new Error('no file was asked for')
      for (const content of contents) {
        const bytes = Buffer.from(content)
        socket.write(packets(asked.following, bytes))
        asked.following = (asked.following + 1 + Math.floor(bytes.length / 0xffffff)) & 255
      }
    },
    rest: line.rest,
    get waiting() {
      return line.waiting
    },
    get closed() {
      return line.closed
    },
    socket,
    greeting,
    agreed,
    welcome,
    close: async () => {
      if (!socket.destroyed) socket.end(packets(0, quit))
      await line.rest().catch(() => {})
      socket.destroy()
    },
  }
}

/** The packet's bytes as they stood on the wire. */
const rewrite = ({ sequence, payload }: Packet) => [packets(sequence, payload)]

/** The OK that ended a sign-in. */
export const signedIn = ({ welcome, agreed }: RawClient) =>
  readOk((welcome.at(-1) as Packet).payload, (agreed.capabilities & CLIENT.SESSION_TRACK) !== 0)
