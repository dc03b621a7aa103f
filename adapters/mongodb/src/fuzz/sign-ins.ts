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
import type { Hall, Wire } from '@gatehouse/adapter-kit'
import { Binary, serialize } from 'bson'
import { createVisit } from '../greeting/greeting.js'
import { logIn } from '../login/login.js'
import { signIn } from '../speaker/sign-in.js'
import { encode } from '../wire/replies.js'
import { framed, int32, message, query } from '../wire/requests.js'
import { OUT_OF_TURN } from './hostile.js'
import type { Played } from './play.js'
import { openHouse } from './world.js'

const $db = 'shop'
const start = (payload: string, mechanism = 'SCRAM-SHA-256', more = {}) => ({
  ...{ saslStart: 1, mechanism, payload: new Binary(Buffer.from(payload)), $db },
  ...more,
})
const said = (document: object, requestId = 2) => message(document, { requestId })
const body = serialize({ hello: 1, $db })
/** What a client may say instead of what it should. */
const OPENINGS: readonly Uint8Array[] = [
  said(start('n,,n=adam,r=x')),
  said(start(`\0${KNOWN}\0${PASSWORD}`, 'PLAIN')),
  said(start('n,a=adam,n=ann,r=x')),
  said(start('', 'MONGODB-OIDC')),
  said(start('n,,n=ann,r=x', 'SCRAM-SHA-1')),
  said(start('n,,n=ann,r=x', 'SCRAM-SHA-256', { options: { skipEmptyExchange: 'yes' }, payload: 7 })),
  said({ saslContinue: 1, conversationId: 1, payload: new Binary(new Uint8Array(0)), $db }, 3),
  said({ saslContinue: 1, conversationId: 2, payload: new Binary(Buffer.from('c=biws,r=x,p=AAAA')), $db }, 3),
  said({ authenticate: 1, mechanism: 'MONGODB-X509', user: 'CN=ann', $db: '$external' }),
  said({ hello: 1, client: { driver: 7 }, $db: 'admin' }),
  said({
    hello: 1,
    speculativeAuthenticate: start('n,,n=adam,r=x', 'SCRAM-SHA-256', { db: 'shop' }),
    $db: 'admin',
  }),
  said({ hello: 1, speculativeAuthenticate: { saslStart: 1, db: 7 }, compression: [1, {}], $db: 'admin' }),
  said({ isMaster: 1, saslSupportedMechs: 'shop.ann', $db: 'admin' }),
  said({ find: 'people', $db }),
  said({ logout: 1, $db }),
  query('admin.$cmd', { isMaster: 1, helloOk: true }, 2),
  query('shop.people', { a: 1 }, 2),
  framed(2, 2013, Buffer.concat([int32(0), Buffer.of(0), body, Buffer.of(0), body])),
  framed(2, 2013, Buffer.concat([int32(4), Buffer.of(0), body])),
  framed(2, 2012, Buffer.concat([int32(2013), int32(1 << 20), Buffer.of(2), Buffer.alloc(9)])),
  framed(2, 2010, body),
  int32(0),
  int32(0x7fffffff),
  int32(-1),
  Uint8Array.of(22, 3, 1, 0, 5),
]
/** What a server may say instead of what it should. */
const WELCOMES: readonly Uint8Array[] = [
  ...OUT_OF_TURN,
  ...[1, 2, 3, 4].flatMap((to) => [
    encode({ ok: 1 }, to),
    encode({ ok: 1, done: true, conversationId: 1, payload: new Binary(new Uint8Array(0)) }, to),
    encode({ ok: 1, done: false, conversationId: 'x', payload: 'x' }, to),
    encode({ ok: 1, conversationId: 1, payload: new Binary(Buffer.from('r=x,s=AAAA,i=999999999')) }, to),
    encode({ ok: 1, done: true, conversationId: 1, payload: new Binary(Buffer.from('v=AAAA')) }, to),
    encode({ ok: 0, code: 'x', errmsg: 7 }, to),
    encode({ ok: { ok: 1 } }, to),
    encode({}, to),
  ]),
  Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
]
/** The request that is answered. */
const fit = (other: Buffer, said: Uint8Array) => {
  if (other.length > 11 && said.length > 11) other.set(said.subarray(8, 12), 8)
}
const visitor = { name: KNOWN, password: PASSWORD, database: $db }

async function admitted(wire: Wire, hall: Hall): Promise<string | undefined> {
  const visit = createVisit(openHouse().house)
  for (;;) {
    const taken = await visit.take(wire, hall)
    if (taken.kind === 'stays') continue
    if (taken.kind === 'settled') return undefined
    wire.write(taken.arrival.welcome)
    return taken.arrival.identity.name
  }
}

const attack: SignInAttack = async (dice, outside) => {
  const hall = await createPorch(dice)
  const account = { user: KNOWN, password: PASSWORD, host: 'localhost', stamp: 'gh', version: '0' }
  const ends: Ends<string | undefined> = outside
    ? {
        attacked: (wire) => admitted(wire, hall),
        overheard: (wire) => signIn(wire, visitor),
        foreign: OPENINGS,
      }
    : {
        attacked: async (wire) => {
          const { requestId } = await logIn(wire, { ...account, tls: 'disable', random: randomBy(dice) })
          return String(requestId)
        },
        overheard: (wire) => admitted(wire, hall),
        foreign: WELCOMES,
        fit,
      }
  return intercept(dice, dice(5), ends)
}

export async function playSignIn(dice: Dice): Promise<Played & SignInPlayed> {
  return { ...(await judgeSignIn(dice, attack)), asked: [] }
}
