/** MongoDB as the contract's suite speaks it: a client's side, a server's, and the world's intents as commands. */
import type { Speaker } from '@gatehouse/adapter-contract'
import type { RefusalCode } from '@gatehouse/core'
import { Long, serialize } from 'bson'
import { createActor } from './actor.js'
import { NESTED } from './catalog.js'
import { ask, comparable, FORMS, goOn, hear } from './forms.js'
import { framed, HEADER, int32, message, OP } from './messages.js'
import { cursorReply, failed, OK } from './results.js'
import { disguise, fieldOf, opaque, say, unreadable, ways, wrapped } from './say.js'
import { signIn } from './sign-in.js'
import { textOf } from './texts.js'
import { carriedTransaction } from './transactions.js'

/** interface.md §5, written down once more so that a slip in the adapter's table shows. */
const NATIVE: Partial<Record<RefusalCode, string>> = {
  GH_SIGN_IN: '18',
  GH_AUDIT_UNAVAILABLE: '1',
  GH_TOO_LARGE: '10334',
  GH_PROTOCOL: '17',
  GH_TOO_MANY: '202',
  GH_ENDED: '391',
  GH_DRAINING: '91',
  GH_UPSTREAM: '6',
}

/** Opcodes of old that nobody may use any more, replies, and numbers that are none. */
const FOREIGN = [0, OP.REPLY, 2001, 2002, 2005, 2006, 2007, 2010, 2014, -1]
const LENGTHS = [0, 1, HEADER - 1, -1, -0x8000_0000]
const LARGEST = 0x7fff_ffff

const header = (length: number, opCode: number) =>
  Buffer.concat([int32(Math.min(length, LARGEST)), int32(1), int32(0), int32(opCode)])
const body = serialize({ find: 'customers', $db: 'shop' })
const leaked = serialize(cursorReply('shop.customers', [{ leaked: 'leaked' }]))

export const speaker: Speaker = {
  header: HEADER,
  forms: FORMS,
  carriedTransaction,
  ways,
  resource: (relation) => ['shop', relation],
  field: fieldOf,
  reply: 1 << 20,
  endsSilently: true,
  say,
  ask,
  goOn,
  disguise,
  opaque,
  unreadable,
  wrapped,
  document: () => textOf({ find: NESTED, filter: {}, projection: { shown: 1, _id: 0 } }),
  declare: (length) => header(length, OP.MSG),
  impossible: [
    ...LENGTHS.map((length) => header(length, OP.MSG)),
    ...FOREIGN.map((opCode) => framed(opCode, 1, 0, [int32(0), Buffer.of(0), body])),
  ],
  garble(random) {
    const byte = () => Math.floor(random() * 256)
    const noise = Uint8Array.from({ length: Math.floor(random() * 40) }, byte)
    const kinds = [
      () => framed(OP.MSG, 1, 0, [noise]),
      () => framed(OP.MSG, 1, 0, [int32(0), noise]),
      () => framed(OP.MSG, 1, 0, [int32(0), Buffer.of(byte() % 3), body, noise]),
      () => framed(OP.COMPRESSED, 1, 0, [int32(OP.MSG), int32(byte()), Buffer.of(byte() % 4), noise]),
      () => {
        const wrong = Buffer.from(message({ requestId: 1, body }))
        wrong[HEADER + Math.floor(random() * (wrong.length - HEADER))] = byte()
        return wrong
      },
    ]
    return (kinds[Math.floor(random() * kinds.length)] as () => Buffer)()
  },
  unasked: [],
  outOfTurn: [
    message({ requestId: 9, body: leaked }),
    message({ requestId: 9, responseTo: 1, body: leaked }),
    message({ requestId: 9, responseTo: LARGEST, body: serialize(OK) }),
    message({ requestId: 9, flags: 2, body: serialize(OK) }),
    message({ requestId: 9, body: serialize(failed(26, 'NamespaceNotFound', 'for nobody')) }),
    message({ requestId: 9, body: serialize({ getMore: Long.ONE, collection: 'customers' }) }),
    framed(OP.REPLY, 9, 0, [new Uint8Array(16), int32(1), leaked]),
    framed(OP.MSG, 9, 0, [Buffer.from('no message at all')]),
  ],
  native: (code) => NATIVE[code] ?? '13',
  signIn,
  hear,
  comparable,
  createActor,
}
