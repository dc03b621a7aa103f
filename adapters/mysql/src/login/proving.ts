/** Proving an upstream account's password to its server, by whatever plugin the server asks for (mysql-wire §2.7). */
import { type ScramblePlugin, scramble, text } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import {
  AUTH_MORE_DATA,
  AUTH_SWITCH,
  type Dialogue,
  ERR,
  nulString,
  OK,
  payload,
  readErr,
  readPacket,
} from '../messages/index.js'

const SCRAMBLES: readonly string[] = [
  'caching_sha2_password',
  'mysql_native_password',
] satisfies ScramblePlugin[]
const CLEAR = 'mysql_clear_password'

const FAST_OK = 3
const FULL = 4

/** Questions of one sign-in; a server that asks again and again is none. */
const ROUNDS = 5

const fault = (what: string) => new GatehouseError('GH_WIRE', what)

/** The answer that goes along with the response, and by which plugin: the server's first choice where it is one of ours. */
export function firstAnswer(plugin: string, password: string | undefined, nonce: Uint8Array) {
  const chosen: ScramblePlugin = isScramble(plugin) ? plugin : 'caching_sha2_password'
  return { plugin: chosen, answer: answerBy(chosen, password, nonce) }
}

/** Up to the server's OK, whose payload is returned. Throws `GH_WIRE`. */
export async function provePassword(upstream: Dialogue, password: string | undefined): Promise<Uint8Array> {
  const { encrypted } = upstream.wire
  const secret = (why: string) => {
    if (password === undefined) throw fault('the upstream asks for a password and none is configured')
    if (!encrypted) throw fault(why)
    return nulString(password)
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const packet = await upstream.read()
    switch (packet[0]) {
      case OK:
        return packet
      case ERR:
        throw fault(`the upstream refused the sign-in with error ${readErr(packet).code}`)
      case AUTH_SWITCH: {
        const { plugin, nonce } = readSwitch(packet)
        if (isScramble(plugin)) upstream.write(answerBy(plugin, password, nonce))
        else if (plugin === CLEAR)
          upstream.write(secret('the upstream asks for a cleartext password without TLS'))
        else throw fault('the upstream asks for a kind of sign-in that the gateway does not know')
        break
      }
      case AUTH_MORE_DATA:
        if (packet[1] === FULL && packet.length === 2)
          upstream.write(
            secret('the upstream has no cached password of this account and would need it over TLS'),
          )
        else if (packet[1] !== FAST_OK || packet.length !== 2)
          throw fault('the upstream left the password exchange')
        break
      default:
        throw fault('the upstream left the password exchange')
    }
  }
  throw fault('the upstream does not end the sign-in')
}

function isScramble(plugin: string): plugin is ScramblePlugin {
  return SCRAMBLES.includes(plugin)
}

/** An account without a password answers with nothing. */
function answerBy(plugin: ScramblePlugin, password: string | undefined, nonce: Uint8Array): Uint8Array {
  return password === undefined || password === '' ? payload() : scramble(plugin, password, nonce)
}

function readSwitch(packet: Uint8Array): { readonly plugin: string; readonly nonce: Uint8Array } {
  if (packet.length === 1) throw fault('the upstream asks for a sign-in from before 4.1')
  const reader = readPacket(packet, 1)
  const plugin = text(reader.nulBytes())
  return { plugin, nonce: reader.rest().slice(0, 20) }
}
