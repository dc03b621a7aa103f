/** What clients may send: commands in any order, in every form that a message has, and what is no message at all. */
import { deflateSync } from 'node:zlib'
import { type Dice, pick } from '@gatehouse/adapter-contract'
import { Binary, type Document, Long, serialize } from 'bson'
import { crc32c } from '../messages/index.js'
import { framed, int32, type MessageParts, message, query } from '../wire/requests.js'

/** What must come of it. */
export type Wants =
  /** One reply; `marker`: in every document of it. */
  | 'reply'
  /** None, ever. */
  | 'nothing'
  /** A reply perhaps, and the end of the connection. */
  | 'end'

export interface Request {
  readonly says: string
  readonly bytes: Uint8Array
  readonly requestId: number
  readonly wants: Wants
  /** Its documents bear it; undefined: it gives none, or a cursor's. */
  readonly marker?: number | undefined
  /** The cursor that it goes on with. */
  readonly cursor?: bigint | undefined
  /** Must be refused. */
  readonly refused?: boolean
  /** Bytes that no reader may take: what comes of them is not foretold. */
  readonly broken?: boolean
}

/** What the client has been told. */
export interface Known {
  readonly cursors: readonly bigint[]
  readonly foreign: bigint
  readonly compresses: boolean
}

interface Form {
  readonly document: Document
  readonly parts?: MessageParts
  readonly marker?: number
  readonly cursor?: bigint
  readonly refused?: boolean
}

const SESSIONS = [1, 2].map((byte) => new Binary(Buffer.alloc(16, byte), 4))
const $db = 'shop'

export function createGenerator(dice: Dice, known: () => Known) {
  let requestId = dice(1000)
  let marker = 100
  const where = () => {
    marker += 1
    return { n: marker }
  }
  const session = () => (dice(3) === 0 ? { lsid: { id: pick(dice, SESSIONS) } } : {})
  const transaction = (): Document => {
    if (dice(6) > 0) return session()
    const starts = dice(2) === 0 ? { startTransaction: true } : {}
    return {
      lsid: { id: pick(dice, SESSIONS) },
      txnNumber: Long.fromNumber(1 + dice(3)),
      autocommit: false,
      ...starts,
    }
  }
  const comment = (): Document => (dice(6) === 0 ? { comment: 'mine' } : {})
  const cursor = () => {
    const { cursors, foreign } = known()
    const which = dice(8)
    return which === 0
      ? foreign
      : which === 1
        ? BigInt(dice(2000))
        : (cursors[dice(cursors.length + 1)] ?? 5n)
  }
  const batch = () => (dice(2) === 0 ? { batchSize: dice(4) } : {})

  const forms: readonly (() => Form)[] = [
    () => {
      const filter = where()
      return {
        document: { find: 'people', filter, ...batch(), ...transaction(), ...comment(), $db },
        marker: filter.n,
      }
    },
    () => {
      const filter = where()
      return {
        document: { find: 'notes', filter, batchSize: 1 + dice(3), ...session(), $db },
        marker: filter.n,
      }
    },
    () => ({ document: { find: 'vault', filter: where(), ...transaction(), $db }, refused: true }),
    () => {
      const filter = where()
      const pipeline = [{ $match: filter }]
      return {
        document: { aggregate: 'people', pipeline, cursor: batch(), ...transaction(), $db },
        marker: filter.n,
      }
    },
    () => ({ document: { count: 'people', query: where(), ...transaction(), $db } }),
    () => ({ document: { distinct: 'people', key: pick(dice, ['email', 'city']), query: where(), $db } }),
    () => {
      const documents = [{ ...where(), email: 'x' }]
      const inline = dice(2) === 0
      return {
        document: { insert: 'people', ...(inline ? { documents } : {}), ...transaction(), ...comment(), $db },
        parts: inline ? {} : { sequences: [['documents', documents]], before: dice(4) === 0 },
      }
    },
    () => ({ document: { update: 'people', updates: [{ q: where(), u: { $set: { city: 'x' } } }], $db } }),
    () => ({ document: { delete: 'people', deletes: [{ q: where(), limit: 1 }], ...transaction(), $db } }),
    () => ({ document: { findAndModify: 'people', query: where(), update: { $set: { city: 'y' } }, $db } }),
    ...[1, 2, 3].map(() => () => {
      const id = cursor()
      const collection = pick(dice, ['people', 'people', 'people', 'notes', 'vault'])
      const document = { getMore: Long.fromBigInt(id), collection, ...batch(), ...session(), $db }
      return { document, cursor: id }
    }),
    () => {
      const cursors = Array.from({ length: dice(3) }, () => Long.fromBigInt(cursor()))
      return { document: { killCursors: pick(dice, ['people', 'notes']), cursors, ...session(), $db } }
    },
    () => ({ document: { hello: 1, $db: 'admin' } }),
    () => ({ document: { ping: 1, $db: 'admin' } }),
    () => ({ document: { buildInfo: 1, $db: 'admin' } }),
    () => ({ document: { nonsense: 1, $db }, refused: true }),
    () => ({ document: { find: 'people', filter: { $where: 'true' }, unheardOf: 1, $db }, refused: true }),
    () => ({ document: { endSessions: [{ id: pick(dice, SESSIONS) }], $db: 'admin' } }),
    () => ({
      document: {
        [pick(dice, ['commitTransaction', 'abortTransaction'])]: 1,
        lsid: { id: pick(dice, SESSIONS) },
        txnNumber: Long.fromNumber(1 + dice(3)),
        autocommit: false,
        $db: 'admin',
      },
    }),
    () => ({ document: { listCollections: 1, nameOnly: true, cursor: {}, $db } }),
    () => ({ document: { drop: 'made', ...comment(), $db } }),
    () => ({ document: { find: 'people', filter: where(), lsid: { id: 7 }, $db }, refused: true }),
    () => ({ document: { explain: { find: 'people', filter: where() }, $db } }),
  ]

  const whole = (wanted?: Form): Request => {
    requestId += 1 + dice(3)
    const { document, parts = {}, marker: told, cursor: id, refused = false } = wanted ?? pick(dice, forms)()
    const name = Object.keys(document)[0] as string
    const silent = wanted === undefined && dice(10) === 0
    const flags = (silent ? 2 : 0) | (dice(8) === 0 ? 0x10000 : 0)
    let bytes: Buffer = message(document, { ...parts, requestId, flags })
    const form = wanted === undefined ? dice(10) : 9
    if (form === 0) bytes = summed(bytes)
    else if (form === 1 && known().compresses && !NEVER.has(name)) bytes = compressed(bytes)
    return {
      says: `${silent ? 'w0 ' : ''}${JSON.stringify(document)}`,
      bytes,
      requestId,
      wants: silent ? 'nothing' : 'reply',
      marker: told,
      cursor: id,
      refused,
    }
  }

  return {
    next: (): Request => {
      if (dice(40) > 0) return whole()
      requestId += 1
      const bytes = query('admin.$cmd', { isMaster: 1 }, requestId)
      return { says: 'OP_QUERY isMaster', bytes, requestId, wants: 'reply' }
    },
    /** Whose answer is known. */
    last(): Request {
      const filter = { ...where() }
      return whole({ document: { count: 'people', query: filter, $db } })
    },
    /** What ends the connection, whatever else it does. */
    ending(): Request {
      requestId += 1
      const document = pick<Document>(dice, [
        { saslStart: 1, mechanism: 'SCRAM-SHA-256', payload: new Binary(Buffer.from('n,,n=adam,r=x')), $db },
        { saslContinue: 1, conversationId: 1, payload: new Binary(Buffer.alloc(3)), $db },
        { logout: 1, $db },
      ])
      const bytes = message(document, { requestId })
      return { says: JSON.stringify(document), bytes, requestId, wants: 'end' }
    },
    broken(): Request {
      requestId += 1
      const { document, parts = {} } = pick(dice, forms)()
      const bytes = spoiled(dice, message(document, { ...parts, requestId }), requestId)
      return { says: `broken ${bytes.toString('hex')}`, bytes, requestId, wants: 'end', broken: true }
    },
  }
}

export type Generator = ReturnType<typeof createGenerator>

const NEVER = new Set(['hello', 'isMaster', 'saslStart', 'saslContinue'])

function summed(bytes: Buffer): Buffer {
  const longer = Buffer.concat([bytes, Buffer.alloc(4)])
  longer.writeInt32LE(longer.length, 0)
  longer.writeInt32LE(longer.readInt32LE(16) | 1, 16)
  longer.writeUInt32LE(crc32c(longer, 0, longer.length - 4) >>> 0, longer.length - 4)
  return longer
}

function compressed(bytes: Buffer): Buffer {
  const head = Buffer.concat([int32(2013), int32(bytes.length - 16), Buffer.of(2)])
  return framed(bytes.readInt32LE(4), 2012, Buffer.concat([head, deflateSync(bytes.subarray(16))]))
}

const SIZES = [0, 1, 4, 5, 15, 16, 21, 255, 0xffff, 0x7fff_ffff, -1, -0x8000_0000, 1 << 20, (1 << 20) + 1]

/** One message as no driver writes it. */
function spoiled(dice: Dice, bytes: Buffer, requestId: number): Buffer {
  const body = serialize({ find: 'people', $db })
  const section = Buffer.concat([Buffer.of(0), body])
  const sections = (...parts: Uint8Array[]) => framed(requestId, 2013, Buffer.concat([int32(0), ...parts]))
  const kind = dice(14)
  if (kind === 0) return sections(section, section)
  if (kind === 1) return sections()
  if (kind === 2)
    return framed(requestId, pick(dice, [0, 1, 2001, 2002, 2005, 2007, 2010, 2014, -1]), bytes.subarray(16))
  if (kind === 3) return sections(Buffer.of(pick(dice, [2, 3, 255])), body)
  if (kind === 4) return query('shop.people', { a: 1 }, requestId)
  if (kind === 5) bytes.writeInt32LE(pick(dice, SIZES), 0)
  else if (kind === 6) bytes.writeInt32LE(pick(dice, SIZES), 21)
  else if (kind === 7) bytes.writeInt32LE(1 << (2 + dice(14)), 16)
  else if (kind === 8) {
    const twice = Buffer.concat([body.subarray(4, -1), serialize({ find: 'vault' }).subarray(4)])
    return sections(Buffer.of(0), int32(twice.length + 4), twice)
  } else if (kind === 9) {
    let deep: Document = {}
    for (let level = 0; level < 100 + dice(150); level += 1) deep = { a: deep }
    return sections(Buffer.of(0), serialize({ find: 'people', filter: deep, $db }))
  } else if (kind === 10) {
    const packed = compressed(bytes)
    packed.writeInt32LE(pick(dice, SIZES), 20)
    return packed
  } else if (kind === 11) {
    const wrong = summed(bytes)
    wrong.writeUInt32LE(dice(1 << 30), wrong.length - 4)
    return wrong
  } else if (kind === 12) {
    const list = Buffer.concat([Buffer.from('documents\0'), serialize({ a: 1 })])
    const one = Buffer.concat([Buffer.of(1), int32(list.length + 4), list])
    return sections(one, one, Buffer.of(0), serialize({ insert: 'people', $db }))
  } else for (let flaws = 1 + dice(4); flaws > 0; flaws -= 1) bytes[dice(bytes.length)] = dice(256)
  return bytes
}
