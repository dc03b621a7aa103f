/** Signing in, on either side of the gateway, with somebody in between who lies. */
import {
  createPorch,
  type Dice,
  type Ends,
  intercept,
  judgeSignIn,
  KNOWN,
  PASSWORD,
  pick,
  type SignInAttack,
  type SignInPlayed,
} from '@gatehouse/adapter-contract'
import type { Hall, Wire } from '@gatehouse/adapter-kit'
import type { Arrival } from '../greeting/arrival.js'
import { greet } from '../greeting/greeting.js'
import { logIn } from '../login/login.js'
import {
  AUTH_MORE_DATA,
  AUTH_SWITCH,
  CLIENT,
  nulString,
  okPayload,
  packets,
  payload,
  STATUS,
  u32,
} from '../messages/index.js'
import { handshakeResponse, sslRequest } from '../speaker/handshake.js'
import { signIn } from '../speaker/sign-in.js'
import * as ask from '../wire/requests.js'
import * as say from './backend.js'
import { ELSEWHERE } from './hostile.js'
import { capabilitiesOf, OLD } from './layout.js'
import type { Played } from './play.js'
import { meaningOf } from './statements.js'
import { CONTEXT } from './world.js'

const { client: capabilities } = capabilitiesOf(OLD, false)
const proof = new Uint8Array(32).fill(1)
const base = { capabilities, user: 'adam', proof, plugin: 'caching_sha2_password' }
/** What a client may say instead of what it should. */
const OPENINGS: readonly Uint8Array[] = [
  packets(1, sslRequest({ ...base, capabilities: capabilities | CLIENT.SSL })),
  packets(1, sslRequest(base)),
  packets(1, handshakeResponse(base)),
  packets(
    1,
    handshakeResponse({ ...base, plugin: 'mysql_clear_password', proof: Buffer.from(`${PASSWORD}\0`) }),
  ),
  packets(1, handshakeResponse({ ...base, plugin: 'mysql_old_password', proof: new Uint8Array(0) })),
  packets(1, handshakeResponse({ ...base, user: KNOWN, proof: new Uint8Array(0) })),
  packets(1, handshakeResponse({ ...base, user: '', proof: new Uint8Array(0) })),
  packets(1, handshakeResponse({ ...base, capabilities: 0xffffffff, database: 'shop' })),
  packets(1, handshakeResponse({ ...base, capabilities: 0 })),
  packets(1, handshakeResponse({ ...base, collation: 255 })),
  packets(1, payload(u32(0x0d), [0, 0, 0], nulString('ann'), [0])),
  packets(2, handshakeResponse({ ...base, user: KNOWN })),
  packets(3, proof),
  packets(3, new Uint8Array(0)),
  packets(3, Buffer.from(`${PASSWORD}\0`)),
  packets(0, ask.query('select 1')),
  packets(1, ask.quit),
  packets(1, new Uint8Array(0)),
  Uint8Array.of(255, 255, 255, 1),
  Uint8Array.of(1, 0, 2, 1),
  Uint8Array.of(22, 3, 1, 0, 5),
]
/** What a server may say instead of what it should. */
const WELCOMES: readonly Uint8Array[] = [
  ...ELSEWHERE.flatMap((content) => [0, 2, 4].map((number) => packets(number, content))),
  packets(2, payload([AUTH_SWITCH], nulString('mysql_clear_password'))),
  packets(2, payload([AUTH_SWITCH], nulString('mysql_native_password'), new Uint8Array(3))),
  packets(2, payload([AUTH_SWITCH], nulString('sha256_password'), new Uint8Array(21))),
  packets(2, payload([AUTH_SWITCH], nulString('caching_sha2_password'), new Uint8Array(21))),
  packets(2, payload([AUTH_MORE_DATA, 4])),
  packets(2, payload([AUTH_MORE_DATA, 9])),
  packets(2, payload([AUTH_MORE_DATA])),
  packets(4, payload([AUTH_MORE_DATA], Buffer.from('-----BEGIN PUBLIC KEY-----\n'))),
  packets(0, payload([10], nulString('5.7.1'), u32(1), new Uint8Array(8))),
  packets(0, payload([9], nulString('3.2.1'))),
  packets(0, payload([10], new Uint8Array(300))),
  Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
]

/** The number that is due. */
const fit = (other: Buffer, { 3: number = 0 }: Uint8Array) => {
  if (other.length > 3) other[3] = number
}

const SERVERS = {
  mariadb: '5.5.5-10.11.19-MariaDB',
  mysql: '9.7.0',
} as const
const visitor = { name: KNOWN, password: PASSWORD, database: 'shop' }
const ROW = [
  'shop',
  'STRICT_ALL_TABLES',
  'utf8mb4',
  'utf8mb4',
  'utf8mb4',
  'utf8mb4_bin',
  'SYSTEM',
  '1',
  '1048576',
  '0',
  '9',
]

/** The rest of the gateway's own sign-in is settings, and a question after them. */
async function serve(wire: Wire): Promise<void> {
  for (;;) {
    const head = Buffer.from(await wire.read(4))
    const text = Buffer.from(await wire.read(head.readUIntLE(0, 3))).toString('latin1', 1)
    const [id] = meaningOf('select 1')?.result?.columns ?? []
    const columns = id === undefined || !text.startsWith('SELECT DATABASE()') ? [] : ROW.map(() => id)
    const reply =
      columns.length === 0
        ? [okPayload({ status: STATUS.AUTOCOMMIT })]
        : [
            ...say.head({ columns, rows: [], masked: [] }, STATUS.AUTOCOMMIT, OLD),
            say.textRow(ROW),
            say.end(STATUS.AUTOCOMMIT, OLD),
          ]
    for (const [index, part] of reply.entries()) wire.write(packets(index + 1, part))
  }
}

async function admitted(wire: Wire, hall: Hall, flavour: keyof typeof SERVERS): Promise<Arrival | undefined> {
  const server = {
    flavour,
    serverVersion: SERVERS[flavour],
    serves: (database?: string) => database === 'shop',
  }
  const arrival = await greet(wire, hall, { server })
  if (arrival !== undefined) wire.write(packets(arrival.sequence, okPayload({ status: STATUS.AUTOCOMMIT })))
  return arrival
}

const attack: SignInAttack = async (dice, outside) => {
  const hall = await createPorch(dice)
  const flavour = pick(dice, ['mariadb', 'mysql'] as const)
  const arrival: Omit<Arrival, 'identity'> = {
    ...{ login: KNOWN, database: 'shop', application: undefined, attributes: new Map() },
    ...{ capabilities, extended: 0, charset: CONTEXT.charset, collation: 45, threadId: 8, sequence: 2 },
  }
  const ends: Ends<string | undefined> = outside
    ? {
        attacked: async (wire) => (await admitted(wire, hall, flavour))?.identity.name,
        overheard: (wire) => signIn(wire, visitor),
        foreign: OPENINGS,
        fit,
      }
    : {
        attacked: async (wire) => {
          const { identity } = (await hall.prove({ kind: 'scramble', login: KNOWN })) as {
            identity: Arrival['identity']
          }
          const login = {
            user: KNOWN,
            password: PASSWORD,
            host: 'localhost',
            tls: 'disable',
            session: 's',
          } as const
          const limits = { statement: 1 << 16, message: 1 << 20 }
          const ready = await logIn(wire, { ...login, limits, arrival: { ...arrival, identity } })
          return ready.charset
        },
        overheard: async (wire) => {
          if ((await admitted(wire, hall, flavour)) !== undefined) await serve(wire)
        },
        foreign: WELCOMES,
        fit,
      }
  return intercept(dice, dice(outside ? 2 : 18), ends)
}

export async function playSignIn(dice: Dice): Promise<Played & SignInPlayed> {
  return { ...(await judgeSignIn(dice, attack)), expected: [] }
}
