/** Signing in, on either side of the gateway, with somebody in between who lies. */
import {
  createPorch,
  type Dice,
  type Ends,
  intercept,
  judgeSignIn,
  KNOWN,
  PASSWORD,
  randomBy,
  type SignInAttack,
  type SignInPlayed,
} from '@gatehouse/adapter-contract'
import type { Wire } from '@gatehouse/adapter-kit'
import { greet } from '../greeting/greeting.js'
import { logIn } from '../login/login.js'
import { cstring, int32, message, parameterStatus, STARTUP } from '../messages.js'
import { signIn, startupPacket } from '../speaker/sign-in.js'
import { cancelRequest, header, P, Q, X } from '../wire/requests.js'
import * as say from './backend.js'
import { OUT_OF_TURN } from './hostile.js'
import type { Played } from './play.js'

const code = (letter: string) => letter.charCodeAt(0)
const start = (version: number, pairs: readonly (readonly [string, string])[]) => {
  const packet = Buffer.from(startupPacket(pairs))
  packet.writeInt32BE(version, 4)
  return packet
}
const who = [['user', KNOWN] as const, ['database', 'shop'] as const]
/** What a client may say instead of what it should. */
const OPENINGS: readonly Uint8Array[] = [
  Buffer.from([0, 0, 0, 8, ...int32(STARTUP.ssl)]),
  Buffer.from([0, 0, 0, 8, ...int32(STARTUP.gssenc)]),
  Buffer.from([0, 0, 0, 9, ...int32(STARTUP.ssl), 22]),
  Buffer.from([22, 3, 1, 0, 5]),
  cancelRequest(8, new Uint8Array(4)),
  cancelRequest(8, new Uint8Array(300)),
  startupPacket([...who, ['user', 'adam']]),
  startupPacket([['user', 'adam'], ...who.slice(1)]),
  startupPacket([...who, ['replication', 'database']]),
  startupPacket([...who, ['options', '-c search_path=x -c role=adam']]),
  startupPacket([...who, ['client_encoding', 'SQL_ASCII'], ['session_authorization', 'adam']]),
  ...[0x30002, 0x30063, 0x20000, 0x40000, -1].map((version) => start(version, who)),
  start(STARTUP.protocol32, [...who, ['_pq_.unheard_of', '1'], ['_pq_.', '']]),
  message(code('p'), cstring('SCRAM-SHA-256'), int32(-1)),
  message(code('p'), cstring('SCRAM-SHA-256'), int32(5), Buffer.from('n,,n=')),
  message(code('p'), cstring('SCRAM-SHA-256-PLUS'), int32(0)),
  message(code('p'), Buffer.from('c=biws,r=,p=AAAA')),
  message(code('p'), cstring(PASSWORD)),
  header('p', 0),
  header('p', 0x7fffffff),
  header('p', 70_000),
  Q('select 1'),
  P('', 'select 1'),
  X,
  new Uint8Array(20_000),
]
/** What a server may say instead of what it should. */
const WELCOMES: readonly Uint8Array[] = [
  ...OUT_OF_TURN,
  ...[0, 2, 3, 5, 7, 8, 9, 10, 11, 12, 99].map((kind) => message(code('R'), int32(kind))),
  message(code('R')),
  message(code('R'), Uint8Array.of(0, 0)),
  message(code('R'), int32(10), cstring('SCRAM-SHA-256-PLUS'), Uint8Array.of(0)),
  message(code('R'), int32(11), Buffer.from('r=x,s=AAAA,i=1')),
  message(code('R'), int32(11), Buffer.from('r=x,s=AAAA,i=999999999')),
  message(code('R'), int32(12), Buffer.from('v=AAAA')),
  message(code('R'), int32(12), Buffer.from('e=other-error')),
  message(code('K')),
  message(code('K'), int32(7)),
  message(code('K'), int32(7), new Uint8Array(300)),
  message(code('S'), Buffer.from('name')),
  header('S', 65_000),
  Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
  message(code('E'), Buffer.from('SFATAL')),
]

/** As a server goes on once it knows whom it has. */
const welcome = (wire: Wire) => {
  wire.write(message(code('R'), int32(0)))
  wire.write(parameterStatus('client_encoding', 'UTF8'))
  wire.write(message(code('K'), int32(7), int32(9)))
  wire.write(say.ready('I'))
}
const visitor = { name: KNOWN, password: PASSWORD, database: 'shop' }

const attack: SignInAttack = async (dice, outside) => {
  const hall = await createPorch(dice)
  const server = async (wire: Wire) => {
    const arrival = await greet(wire, hall, new Map())
    if (arrival === undefined) return undefined
    welcome(wire)
    return arrival.identity.name
  }
  const account = {
    user: KNOWN,
    password: PASSWORD,
    database: 'shop',
    applicationName: 'gh',
    settings: new Map(),
  }
  const ends: Ends<string | undefined> = outside
    ? { attacked: server, overheard: (wire) => signIn(wire, visitor), foreign: OPENINGS }
    : {
        attacked: async (wire) => (await logIn(wire, account, randomBy(dice))).parameters.size.toString(),
        overheard: server,
        foreign: WELCOMES,
      }
  return intercept(dice, dice(outside ? 4 : 9), ends)
}

export async function playSignIn(dice: Dice): Promise<Played & SignInPlayed> {
  return { ...(await judgeSignIn(dice, attack)), expected: [] }
}
