/** From accept to a proven identity: greeting, encryption, response, proof (protocol manual, "Connection Phase"). */
import type { Hall, Wire } from '@gatehouse/adapter-kit'
import type { Server } from '../catalog/server.js'
import { CLIENT, createDialogue, type Dialogue, OutOfOrder, TooLong } from '../messages/index.js'
import type { Arrival } from './arrival.js'
import { readsUnmarked } from './attributes.js'
import { type Claim, proveClient, SHA2 } from './authentication.js'
import { readCharacterSet } from './character-sets.js'
import { type HandshakeResponse, readHandshakeResponse } from './handshake-response.js'
import { createNonce, initialHandshake } from './initial-handshake.js'
import { type Describing, type Offer, offered } from './offered.js'
import {
  accessDenied,
  badHandshake,
  charsetRefused,
  ENDINGS,
  type Ending,
  endingPayload,
  noRoom,
  unknownDatabase,
} from './turning-away.js'

export type { Arrival } from './arrival.js'

export interface Porch {
  readonly server: Describing & Pick<Server, 'serves'>
}

/** Of one packet of the sign-in: a token and attributes of 64 KiB each would not be too much. */
export const CEILING = 128 * 1024

const TLS_HANDSHAKE = 0x16

/** Settles everything but a proven client: undefined, and the client was told why. */
export async function greet(wire: Wire, hall: Hall, porch: Porch): Promise<Arrival | undefined> {
  const client = createDialogue(wire, CEILING)
  const full = hall.full()
  if (full !== undefined) return settle(client, noRoom(full.code, full.message), 0)
  return answeringFaults(client, () => converse(client, hall, porch))
}

/** Packets that break the order or a ceiling are answered as a server answers them, then it is over. */
export async function answeringFaults(
  client: Dialogue,
  talk: () => Promise<Arrival | undefined>,
): Promise<Arrival | undefined> {
  try {
    return await talk()
  } catch (fault) {
    if (fault instanceof OutOfOrder) return settle(client, ENDINGS.outOfOrder, 0)
    if (fault instanceof TooLong) return settle(client, ENDINGS.tooLong, 0)
    throw fault
  }
}

async function converse(client: Dialogue, hall: Hall, porch: Porch): Promise<Arrival | undefined> {
  const nonce = createNonce(hall.random)
  const threadId = hall.cancelKey().processId
  const offer = offered(hall.tls !== undefined, porch.server)
  const { serverVersion } = porch.server
  client.write(initialHandshake({ serverVersion, threadId, nonce, offer, plugin: SHA2 }))
  const response = await readResponse(client, hall, offer)
  if (response === undefined) return undefined
  const { login, plugin, answer } = response
  const switches = (response.capabilities & CLIENT.PLUGIN_AUTH) !== 0
  return admit(client, hall, porch, { ...response, threadId }, { login, plugin, answer, nonce, switches })
}

/** What a client asks for once it has said who it is. */
export type Asking = Omit<HandshakeResponse, 'answer' | 'plugin'> & { readonly threadId: number }

/** Settles everything but a proven client whose database is served. */
export async function admit(
  client: Dialogue,
  hall: Hall,
  porch: Porch,
  asking: Asking,
  claim: Claim,
): Promise<Arrival | undefined> {
  const { login, database, capabilities, extended, attributes, threadId } = asking
  const { flavour } = porch.server
  const character = readCharacterSet(asking.collation, flavour)
  if (character.kind === 'refused') return settle(client, charsetRefused(character.charset), capabilities)
  const unmarked = readsUnmarked(attributes, porch.server)
  const proof = await proveClient(client, hall, { ...claim, unmarked })
  if (proof.kind === 'incapable') return settle(client, ENDINGS.old, capabilities)
  if (proof.kind === 'refused') {
    await hall.denied(login, database ?? '', proof.reason, 'GH_SIGN_IN')
    const gave = proof.reason !== 'empty password'
    return settle(client, accessDenied(login, client.wire.peer.address || 'localhost', gave), capabilities)
  }
  if (!porch.server.serves(database)) {
    await hall.denied(login, database ?? '', 'database not served', 'GH_CONNECT')
    return settle(client, unknownDatabase(database ?? ''), capabilities)
  }
  const { charset, collation } = character
  return {
    login,
    identity: proof.identity,
    database,
    application: attributes.get('program_name'),
    attributes,
    capabilities,
    extended,
    charset,
    collation,
    threadId,
    sequence: client.sequence,
  }
}

/** SSLRequest, once, and then the response itself. */
async function readResponse(
  client: Dialogue,
  hall: Hall,
  offer: Offer,
): Promise<HandshakeResponse | undefined> {
  let reading = readHandshakeResponse(await client.read(), offer)
  if (reading.kind === 'ssl') {
    if (!(await secure(client, hall))) return undefined
    reading = readHandshakeResponse(await client.read(), offer)
  }
  switch (reading.kind) {
    case 'old':
      return settle(client, ENDINGS.old, 0)
    case 'ssl':
      return settle(client, badHandshake('a second SSLRequest'), CLIENT.PROTOCOL_41)
    case 'malformed':
      return settle(client, badHandshake(reading.why), CLIENT.PROTOCOL_41)
  }
  const { response } = reading
  const encrypted = (response.capabilities & CLIENT.SSL) !== 0
  if (encrypted !== client.wire.encrypted)
    return settle(client, badHandshake('the SSL flag does not say how it came'), CLIENT.PROTOCOL_41)
  if (hall.requireTls && !encrypted) return settle(client, ENDINGS.insecure, CLIENT.PROTOCOL_41)
  return response
}

/**
 * Invariant: no byte that came in the clear is believed after the handshake: all that follows an SSLRequest is TLS. The
 * server says nothing in between, so a ClientHello may have come along.
 */
async function secure(client: Dialogue, hall: Hall): Promise<boolean> {
  const { wire } = client
  if (hall.tls === undefined) return false
  if ((await wire.peek(1))[0] !== TLS_HANDSHAKE) {
    settle(client, badHandshake('unencrypted data after SSLRequest'), CLIENT.PROTOCOL_41)
    return false
  }
  await wire.secureServer(hall.tls.context)
  return true
}

export function settle(client: Dialogue, ending: Ending, capabilities: number): undefined {
  client.end(endingPayload(ending, capabilities))
  return undefined
}
