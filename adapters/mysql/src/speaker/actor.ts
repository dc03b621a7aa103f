/** A scripted MySQL server: greeting, sign-in by caching_sha2, text and prepared statements, cursors, session tracking, KILL. */
import type { Actor, Scene } from '@gatehouse/adapter-contract'
import { concatBytes } from '@gatehouse/adapter-kit'
import type { MysqlFlavour } from '@gatehouse/sql'
import {
  CLIENT,
  errPayload,
  nulString,
  okPayload,
  packets,
  payload,
  readPacket,
  STATUS,
  u16,
  u32,
} from '../messages/index.js'
import { VERSIONS } from './catalog.js'
import { cutPacket, type Packet } from './packets.js'
import { cachingSha2 } from './scrambles.js'
import { createServing, type Serving } from './serving.js'

/** The account that the actor lets in. */
export const ACCOUNT = { user: 'gatehouse', password: 'the account signs in with this' }

const OFFERED =
  CLIENT.FOUND_ROWS |
  CLIENT.LONG_FLAG |
  CLIENT.CONNECT_WITH_DB |
  CLIENT.ODBC |
  CLIENT.IGNORE_SPACE |
  CLIENT.PROTOCOL_41 |
  CLIENT.INTERACTIVE |
  CLIENT.TRANSACTIONS |
  CLIENT.SECURE_CONNECTION |
  CLIENT.MULTI_STATEMENTS |
  CLIENT.MULTI_RESULTS |
  CLIENT.PS_MULTI_RESULTS |
  CLIENT.PLUGIN_AUTH |
  CLIENT.CONNECT_ATTRS |
  CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA |
  CLIENT.SESSION_TRACK
/** MariaDB says that it is itself by not offering it. */
const offeredBy = (flavour: MysqlFlavour) =>
  (flavour === 'mysql' ? OFFERED | CLIENT.LONG_PASSWORD : OFFERED) >>> 0

const PLUGIN = 'caching_sha2_password'
let connections = 100

function greetingOf(flavour: MysqlFlavour, threadId: number, nonce: Buffer): Uint8Array {
  const offered = offeredBy(flavour)
  return payload(
    [10],
    nulString(VERSIONS[flavour].said),
    u32(threadId),
    nonce.subarray(0, 8),
    [0],
    u16(offered & 0xffff),
    [45],
    u16(STATUS.AUTOCOMMIT),
    u16(offered >>> 16),
    [21],
    new Uint8Array(10),
    nonce.subarray(8),
    [0],
    nulString(PLUGIN),
  )
}

/** What of a HandshakeResponse41 a server goes by; undefined: it is none, or not by our plugin. */
function readResponse(content: Uint8Array, offered: number) {
  const reader = readPacket(content)
  const capabilities = (reader.u32() & offered) >>> 0
  reader.skip(28)
  const user = Buffer.from(reader.nulBytes()).toString()
  const proof = Buffer.from(reader.lenencBytes() ?? [])
  const named = (capabilities & CLIENT.CONNECT_WITH_DB) !== 0
  const database = named ? Buffer.from(reader.nulBytes()).toString() : undefined
  return { capabilities, user, proof, database: database === '' ? undefined : database }
}

export function createActor(flavour: MysqlFlavour, scene: Scene): Actor & { readonly greeting: Uint8Array } {
  connections += 1
  const nonce = Buffer.from(Array.from({ length: 20 }, (_, index) => 40 + ((index * 7 + connections) % 80)))
  let rest: Buffer = Buffer.alloc(0)
  let serving: Serving | undefined
  let over = false

  const close = (sequence: number, code: number, state: string, message: string) => {
    over = true
    return packets(sequence, errPayload(code, message, state))
  }
  const start = ({ sequence, following, payload: content }: Packet): Uint8Array => {
    if (sequence !== 1) return close(following, 1156, '08S01', 'Got packets out of order')
    const { capabilities, user, proof, database } = readResponse(content, offeredBy(flavour))
    if (user !== ACCOUNT.user || !proof.equals(cachingSha2(ACCOUNT.password, nonce)))
      return close(following, 1045, '28000', 'Access denied')
    serving = createServing(scene, { flavour, capabilities, database })
    const ok = okPayload({ status: STATUS.AUTOCOMMIT })
    return concatBytes([packets(following, Uint8Array.of(1, 3)), packets(following + 1, ok)])
  }
  const take = (packet: Packet): Uint8Array => {
    if (serving === undefined) return start(packet)
    if (packet.sequence !== 0) return close(0, 1156, '08S01', 'Got packets out of order')
    const replies = serving.answer(packet.payload)
    over = serving.over
    let sequence = packet.following
    return concatBytes(
      replies.map((content) => {
        const bytes = packets(sequence, content)
        sequence = (sequence + 1 + Math.floor(content.length / 0xffffff)) & 255
        return bytes
      }),
    )
  }

  return {
    greeting: packets(0, greetingOf(flavour, connections, nonce)),
    push(chunk) {
      const out: Uint8Array[] = []
      rest = Buffer.concat([rest, chunk])
      for (let packet = cutPacket(rest, 0); packet !== undefined && !over; packet = cutPacket(rest, 0)) {
        rest = rest.subarray(packet.end)
        out.push(take(packet))
      }
      return concatBytes(out)
    },
    get signedIn() {
      return serving !== undefined
    },
    get state() {
      return serving?.state ?? 'idle'
    },
    get over() {
      return over
    },
  }
}
