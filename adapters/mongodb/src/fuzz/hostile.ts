/** What an upstream may say that it should not: documents that lie, and bytes that are none. */
import { type Dice, pick } from '@gatehouse/adapter-contract'
import { Decimal128, type Document, Int32, Long, serialize, Timestamp } from 'bson'
import { crc32c } from '../messages/index.js'
import { encode } from '../wire/replies.js'
import { framed, int32 } from '../wire/requests.js'
import { type Answer, documentOf } from './server.js'
import { SECRET } from './world.js'

export interface Lie {
  readonly bytes: Uint8Array
  /** Names may have been hit, and what stands under another name is nobody's secret. */
  readonly renamed: boolean
}

const secret = { email: SECRET }
const IDS: readonly unknown[] = [
  ...[
    Long.MIN_VALUE,
    Long.NEG_ONE,
    Long.ZERO,
    Long.ONE,
    Long.MAX_VALUE,
    new Int32(7),
    7.5,
    'x',
    null,
    secret,
  ],
  ...[Decimal128.fromString('7'), new Timestamp(0n)],
]
const NAMESPACES: readonly unknown[] = [
  '',
  '.',
  'shop',
  'shop.',
  '.people',
  'admin.x',
  'shop.vault',
  5,
  secret,
]
const OKS: readonly unknown[] = [
  ...[
    0,
    1,
    new Int32(1),
    Long.ONE,
    Decimal128.fromString('1'),
    true,
    '1',
    null,
    2,
    -1,
    Number.NaN,
    0.5,
    secret,
  ],
]
/** Fields that a reply may have, and what might be told in them. */
const FIELDS = [
  ...[
    'value',
    'values',
    'results',
    'result',
    'extra',
    'n',
    'nModified',

    'writeErrors',
    'errInfo',
  ],
  ...[
    'writeConcernError',
    'keyValue',
    'errmsg',
    'code',
    'codeName',
    'cursor',
    '$clusterTime',
    'operationTime',
  ],
  ...[
    'lastErrorObject',
    'queryPlanner',
    'errorLabels',
    'recoveryToken',
    'cursorsKilled',
    'topologyVersion',
    '',
  ],
]
const SHAPES: readonly unknown[] = [
  secret,
  [secret],
  [[secret]],
  { firstBatch: [secret], nextBatch: [secret], id: Long.ONE },
  { a: { b: [{ c: secret }] } },
  [{ index: 0, code: 11000, keyValue: secret, keyPattern: { email: 1 }, errInfo: { details: secret } }],
  [
    {
      index: 0,
      code: 121,
      errInfo: { details: { operatorName: '$x', consideredValue: secret, email: SECRET } },
    },
  ],
  { q: 1, email: [SECRET, { email: SECRET }] },
  5,
  null,
  [],
  {},
]

/** One document behind the other: names stand twice. */
function joined(one: Document, other: Document): Uint8Array {
  const parts = [serialize(one).subarray(4, -1), serialize(other).subarray(4)]
  const content = Buffer.concat(parts)
  return Buffer.concat([int32(content.length + 4), content])
}

function lying(dice: Dice, document: Document): Document | Uint8Array {
  const { cursor } = document
  const inCursor = (more: Document) => ({ ...document, cursor: { ...cursor, ...more } })
  const any = () => ({ [pick(dice, FIELDS)]: pick(dice, SHAPES) })
  switch (dice(cursor === undefined ? 5 : 14)) {
    case 0:
      return { ...document, ok: pick(dice, OKS) }
    case 1:
      return { ...document, ...any() }
    case 2:
      return { ...any(), ...any(), ...document }
    case 3:
      return joined(document, { ...any(), ...(dice(2) === 0 ? { ok: pick(dice, OKS) } : {}) })
    case 4: {
      const { ok, ...rest } = document
      return dice(2) === 0 ? rest : { ok: 0, code: pick<unknown>(dice, [0, 11000, 'x', secret]), ...rest }
    }
    case 5:
      return inCursor({ id: pick(dice, IDS) })
    case 6:
      return inCursor({ ns: pick(dice, NAMESPACES) })
    case 7: {
      const { firstBatch = cursor.nextBatch, id, ns } = cursor
      const other = cursor.firstBatch === undefined ? 'firstBatch' : 'nextBatch'
      return { ...document, cursor: { [other]: firstBatch, id, ns } }
    }
    case 8:
      return inCursor({ firstBatch: [documentOf(1)], nextBatch: [documentOf(2)] })
    case 9:
      return inCursor({
        [pick(dice, [...FIELDS, 'postBatchResumeToken', 'ns', 'invalidated'])]: pick(dice, SHAPES),
      })
    case 10:
      return inCursor({ [cursor.firstBatch ? 'firstBatch' : 'nextBatch']: pick(dice, SHAPES) })
    case 11:
      return joined(document, {
        cursor: { firstBatch: [secret], id: Long.fromNumber(99), ns: 'shop.people' },
      })
    case 12: {
      const inner = joined(cursor, { firstBatch: [secret], nextBatch: [secret], id: Long.fromNumber(98) })
      // A value that is written as it is: type, name, content.
      const head = Buffer.concat([Buffer.of(3), Buffer.from('cursor\0'), inner])
      const rest = serialize({ ok: 1 }).subarray(4)
      return Buffer.concat([int32(4 + head.length + rest.length), head, rest])
    }
    default:
      return { ...document, cursor: pick(dice, SHAPES) }
  }
}

const frameOf = (document: Document | Uint8Array, responseTo: number, flags = 0): Buffer => {
  if (!(document instanceof Uint8Array)) return encode(document, responseTo, flags)
  const frame = framed(1, 2013, Buffer.concat([int32(flags), Buffer.of(0), document]))
  frame.writeInt32LE(responseTo, 8)
  return frame
}

/** Nothing of documents stands in their replies, so none of it is masked. */
const FREE: ReadonlySet<string> = new Set([
  ...['commitTransaction', 'abortTransaction', 'endSessions', 'drop', 'listCollections', 'explain'],
])

/** Two in three replies are as they should be. */
export function tamper(dice: Dice, { name, document, requestId }: Answer): Lie {
  const honest = encode(document, requestId)
  const kind = dice(30)
  if (kind > 19) return { bytes: honest, renamed: false }
  const told = (bytes: Uint8Array) => ({ bytes, renamed: FREE.has(name) })
  if (kind < 9) return told(frameOf(lying(dice, document), requestId))
  switch (kind) {
    case 9:
      return told(encode(document, requestId + pick(dice, [1, -1, 1000, -requestId])))
    case 10:
      return told(encode(document, requestId, pick(dice, [2, 0x10000, 0x10002, 4, 0x8000, -1])))
    case 11:
      // Exhaust that nobody asked for.
      return told(
        Buffer.concat([encode(document, requestId, 2), encode(document, 90_000 + requestId), honest]),
      )
    case 12:
      return told(Buffer.concat([honest, honest]))
    case 13:
      return told(Buffer.concat([honest, encode({ ok: 1 }, requestId)]))
    case 14: {
      const longer = Buffer.concat([honest, Buffer.alloc(4)])
      longer.writeInt32LE(longer.length, 0)
      longer.writeInt32LE(1, 16)
      const sum = crc32c(longer, 0, longer.length - 4) >>> 0
      longer.writeUInt32LE(dice(2) === 0 ? sum : (sum ^ 1) >>> 0, longer.length - 4)
      return told(longer)
    }
    case 15: {
      const list = Buffer.concat([Buffer.from('documents\0'), serialize(secret)])
      const one = Buffer.concat([Buffer.of(dice(3)), int32(list.length + 4), list])
      const frame = framed(1, 2013, Buffer.concat([honest.subarray(16), one]))
      frame.writeInt32LE(requestId, 8)
      return told(frame)
    }
    case 16:
      honest.writeInt32LE(pick(dice, [1, 2004, 2012, 2010, 0, -1]), 12)
      return told(honest)
    case 17:
      honest.writeInt32LE(
        pick(dice, [0, 15, 16, 20, 21, 25, honest.length - 1, honest.length + 1, 1 << 30, -1]),
        0,
      )
      return { bytes: honest, renamed: true }
    case 18:
      return told(honest.subarray(0, dice(honest.length)))
    default: {
      for (let flaws = 1 + dice(4); flaws > 0; flaws -= 1) honest[16 + dice(honest.length - 16)] = dice(256)
      return { bytes: honest, renamed: true }
    }
  }
}

/** Has no place when nothing is owed. */
export const OUT_OF_TURN: readonly Uint8Array[] = [
  encode({ ok: 1 }, 0),
  encode({ ok: 1 }, 1),
  encode({ ok: 1 }, 2, 2),
  encode({ ok: 0, code: 91, codeName: 'ShutdownInProgress', errmsg: 'going' }, 0),
  encode({ cursor: { id: Long.ZERO, ns: 'shop.people', nextBatch: [secret] }, ok: 1 }, 3),
  framed(1, 1, new Uint8Array(20)),
  Buffer.from('rubbish that is long enough for one header'),
]
