/** Signing in as a client: the greeting, a response, caching_sha2's fast way or the full one under TLS, then OK or ERR. */
import type { Failure, Visitor } from '@gatehouse/adapter-contract'
import type { Wire } from '@gatehouse/adapter-kit'
import { CLIENT, packets, readErr } from '../messages/index.js'
import { failureOf } from './exchanges.js'
import { handshakeResponse, readGreeting } from './handshake.js'
import { clearPassword, proofBy } from './scrambles.js'

const ASKED =
  CLIENT.LONG_PASSWORD |
  CLIENT.LONG_FLAG |
  CLIENT.CONNECT_WITH_DB |
  CLIENT.PROTOCOL_41 |
  CLIENT.TRANSACTIONS |
  CLIENT.SECURE_CONNECTION |
  CLIENT.MULTI_STATEMENTS |
  CLIENT.MULTI_RESULTS |
  CLIENT.PS_MULTI_RESULTS |
  CLIENT.PLUGIN_AUTH |
  CLIENT.CONNECT_ATTRS |
  CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA

export async function signIn(wire: Wire, visitor: Visitor): Promise<Failure | undefined> {
  let due = 0
  const read = async (): Promise<Buffer> => {
    const [low = 0, middle = 0, high = 0, number] = await wire.read(4)
    if (number !== due) throw new Error(`packet ${number} in the place of packet ${due}`)
    due += 1
    return Buffer.from(await wire.read(low | (middle << 8) | (high << 16)))
  }
  const write = (content: Uint8Array) => {
    wire.write(packets(due, content))
    due += 1
  }
  const first = await read()
  if (first[0] === 0xff) return failureOf(readErr(first), true)
  const greeting = readGreeting(first)
  let { salt } = greeting
  const { name, password, database } = visitor
  const proof = proofBy(greeting.plugin, password, salt)
  if (proof === undefined) throw new Error(`\`${greeting.plugin}\` is not known here`)
  write(
    handshakeResponse({
      capabilities: ASKED,
      user: name,
      proof,
      database,
      plugin: greeting.plugin,
      attributes: [['program_name', 'contract']],
    }),
  )
  for (;;) {
    const packet = await read()
    if (packet[0] === 0xff) return failureOf(readErr(packet), true)
    if (packet[0] === 0) return undefined
    if (packet[0] === 0xfe) {
      const end = packet.indexOf(0, 1)
      salt = packet.subarray(end + 1, end + 21)
      const next = proofBy(packet.toString('latin1', 1, end), password, salt)
      if (next === undefined) throw new Error('asked to sign in by what is not known here')
      write(next)
    } else if (packet[0] === 1 && packet[1] === 4) {
      if (!wire.encrypted) throw new Error('asked for the password in the clear')
      write(clearPassword(password))
    } else if (packet[0] !== 1 || packet[1] !== 3) throw new Error(`an answer that begins with ${packet[0]}`)
  }
}
