/** A client's side of the handshake: the greeting read, the response written (protocol manual, "Connection Phase"). */
import { CLIENT, type Field, lenencString, nulString, payload, readPacket, u32 } from '../messages/index.js'

export interface ServerGreeting {
  readonly version: string
  readonly threadId: number
  readonly salt: Buffer
  readonly capabilities: number
  /** MariaDB's, where LONG_PASSWORD is clear; otherwise 0. */
  readonly extended: number
  readonly collation: number
  readonly status: number
  readonly plugin: string
}

const ascii = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

/** HandshakeV10. Throws when it is another, or an ERR. */
export function readGreeting(packet: Uint8Array): ServerGreeting {
  const reader = readPacket(packet)
  const protocol = reader.u8()
  if (protocol !== 10) throw new Error(`a greeting of protocol ${protocol}`)
  const version = ascii(reader.nulBytes())
  const threadId = reader.u32()
  const first = reader.bytes(8).slice()
  reader.skip(1)
  const low = reader.u16()
  const collation = reader.u8()
  const status = reader.u16()
  const capabilities = (low | (reader.u16() << 16)) >>> 0
  const length = reader.u8()
  reader.skip(6)
  const extended = reader.u32()
  const second = reader.bytes(Math.max(13, length - 8)).slice(0, 12)
  const plugin = capabilities & CLIENT.PLUGIN_AUTH ? ascii(reader.nulBytes()) : 'mysql_native_password'
  if (reader.left !== 0) throw new Error('a greeting that is longer than its fields')
  return {
    version,
    threadId,
    salt: Buffer.concat([first, second]),
    capabilities,
    extended: capabilities & CLIENT.LONG_PASSWORD ? 0 : extended,
    collation,
    status,
    plugin,
  }
}

export interface Response {
  /** What the client asks for: it decides which fields there are. */
  readonly capabilities: number
  readonly extended?: number
  readonly largestPacket?: number
  readonly collation?: number
  readonly user: string
  readonly proof: Uint8Array
  readonly database?: string
  readonly plugin?: string
  readonly attributes?: readonly (readonly [string, string])[]
}

const head = ({ capabilities, extended = 0, largestPacket = 1 << 24, collation = 45 }: Response) =>
  payload(u32(capabilities), u32(largestPacket), [collation], new Uint8Array(19), u32(extended))

/** SSLRequest: the head alone. */
export const sslRequest = (response: Response): Uint8Array => head(response)

/** HandshakeResponse41. */
export function handshakeResponse(response: Response): Uint8Array {
  const { capabilities, user, proof, database = '', plugin = '', attributes = [] } = response
  const has = (flag: number) => (capabilities & flag) !== 0
  const sized = has(CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA)
  const own: Field[] = sized ? [lenencString(proof)] : [[proof.length], proof]
  return payload(
    head(response),
    nulString(user),
    ...(sized || has(CLIENT.SECURE_CONNECTION) ? own : [proof, [0]]),
    ...(has(CLIENT.CONNECT_WITH_DB) ? [nulString(database)] : []),
    ...(has(CLIENT.PLUGIN_AUTH) ? [nulString(plugin)] : []),
    ...(has(CLIENT.CONNECT_ATTRS) ? [attributeBlock(attributes)] : []),
  )
}

export function attributeBlock(attributes: readonly (readonly [string, string])[]): Uint8Array {
  return lenencString(
    payload(...attributes.flatMap(([name, value]) => [lenencString(name), lenencString(value)])),
  )
}
