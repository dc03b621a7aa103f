/** COM_CHANGE_USER: a greeting from the middle, with everything proven anew (protocol manual, "COM_CHANGE_USER"). */
import { type Hall, strictText, type Wire } from '@gatehouse/adapter-kit'
import { CLIENT, createDialogue, readPacket } from '../messages/index.js'
import type { Arrival } from './arrival.js'
import { readAttributes } from './attributes.js'
import { admit, answeringFaults, CEILING, type Porch, settle } from './greeting.js'
import { LONGEST_DATABASE, LONGEST_LOGIN, readLast } from './handshake-response.js'
import { createNonce } from './initial-handshake.js'
import { badHandshake, ENDINGS } from './turning-away.js'

interface ChangeUser {
  readonly login: string
  readonly database: string | undefined
  /** Collation's id; of packets that end before it, what the client came with. */
  readonly collation: number
  readonly plugin: string | undefined
  readonly attributes: ReadonlyMap<string, string>
}

/**
 * `before` is who it was until now, `packet` the command's payload. The answer that it holds is not looked at: it is
 * made over the greeting's nonce, or over none. What fails closes the connection: nobody is left to go back to.
 */
export async function greetAgain(
  wire: Wire,
  hall: Hall,
  porch: Porch,
  before: Arrival,
  packet: Uint8Array,
): Promise<Arrival | undefined> {
  const client = createDialogue(wire, CEILING, 1)
  const { capabilities, extended, threadId } = before
  const asked = readChangeUser(packet, before)
  if (asked === undefined) return settle(client, badHandshake('the change of user'), capabilities)
  const switches = (capabilities & CLIENT.PLUGIN_AUTH) !== 0
  if (!switches) return settle(client, ENDINGS.old, capabilities)
  const { login, plugin } = asked
  const claim = { login, plugin, answer: undefined, nonce: createNonce(hall.random), switches }
  const asking = { ...asked, capabilities, extended, threadId }
  return answeringFaults(client, () => admit(client, hall, porch, asking, claim))
}

/** Undefined when it cannot be read. */
export function readChangeUser(
  packet: Uint8Array,
  before: Pick<Arrival, 'capabilities' | 'collation' | 'attributes'>,
): ChangeUser | undefined {
  try {
    const has = (bit: number) => (before.capabilities & bit) !== 0
    const reader = readPacket(packet, 1)
    const login = strictText(reader.nulBytes())
    if (has(CLIENT.SECURE_CONNECTION)) reader.skip(reader.u8())
    else reader.nulBytes()
    const database = readLast(reader)
    const collation = reader.left >= 2 ? reader.u16() : before.collation
    const plugin = has(CLIENT.PLUGIN_AUTH) ? readLast(reader) : ''
    const announced = has(CLIENT.CONNECT_ATTRS) && reader.left > 0
    const attributes = announced ? readAttributes(reader) : before.attributes
    if (login === undefined || [...login].length > LONGEST_LOGIN || attributes === undefined) return undefined
    if (database === undefined || [...database].length > LONGEST_DATABASE) return undefined
    return {
      login,
      database: database === '' ? undefined : database,
      collation,
      plugin: plugin === '' ? undefined : plugin,
      attributes,
    }
  } catch {
    return undefined
  }
}
