/** A model of the server: it answers what it is asked, keeps cursors, and says what it was made to run. */
import { type Document, Double, Long } from 'bson'
import { decode } from '../wire/replies.js'
import { FOREIGN, SECRET, UPSTREAM_SESSION } from './world.js'

export interface Ran {
  readonly name: string
  readonly document: Document
  /** Of the gateway's comment. */
  readonly id: string | undefined
}

export interface Answer {
  readonly name: string
  readonly document: Document
  readonly requestId: number
}

export interface ModelServer {
  hear(bytes: Uint8Array): void
  take(): Answer[]
  /** All that it has said has arrived. */
  arrived(): void
}

interface OpenCursor {
  readonly marker: number
  rest: number
}

const OK = { ok: new Double(1) }
const failed = (code: number, codeName: string, errmsg: string, more: Document = {}) => ({
  ok: new Double(0),
  errmsg,
  code,
  codeName,
  ...more,
})
const DUPLICATE = `E11000 duplicate key error collection: shop.people index: email_1 dup key: { email: "${SECRET}" }`
const KEYS = { keyPattern: { email: 1 }, keyValue: { email: SECRET } }

export function documentOf(n: number): Document {
  return { n, email: SECRET, city: 'x', box: { email: SECRET, more: [{ email: [SECRET] }, n] } }
}

/** `onRun`: of each command; `wrong`: what no gateway may say. */
export function createModelServer(onRun: (ran: Ran) => void, wrong: string[]): ModelServer {
  let kept = Buffer.alloc(0)
  let last = 0
  let owed = false
  let cursorId = 1000
  const cursors = new Map<string, OpenCursor>()
  const answers: Answer[] = []

  const batch = (name: string, marker: number, rest: number, size: number, known?: string): Document => {
    const given = Math.min(rest, size)
    let id = known ?? '0'
    if (rest > given) {
      if (known === undefined) {
        cursorId += 1
        id = String(cursorId)
      }
      cursors.set(id, { marker, rest: rest - given })
    } else {
      cursors.delete(id)
      id = '0'
    }
    const documents = Array.from({ length: given }, () => documentOf(marker))
    return { cursor: { [name]: documents, id: Long.fromString(id), ns: 'shop.people' }, ...OK }
  }

  const act = (name: string, document: Document): Document => {
    const of = (value: Document | undefined) => Number(value?.n ?? 0)
    switch (name) {
      case 'find':
      case 'aggregate': {
        const n = of(document.filter ?? document.pipeline?.[0]?.$match)
        if (n % 11 === 0) return failed(2, 'BadValue', 'it cannot')
        const size = document.batchSize ?? document.cursor?.batchSize ?? 101
        const made = batch('firstBatch', n, n % 7, Number(size))
        if (document.find !== 'notes') return made
        return { ...made, cursor: { ...made.cursor, ns: 'shop.notes' } }
      }
      case 'getMore': {
        const id = String(document.getMore)
        if (id === String(FOREIGN)) wrong.push("somebody else's cursor was gone on with")
        const open = cursors.get(id)
        if (open === undefined) return failed(43, 'CursorNotFound', `cursor id ${id} not found`)
        return batch('nextBatch', open.marker, open.rest, Number(document.batchSize ?? 101) || 101, id)
      }
      case 'killCursors': {
        const ids = (document.cursors as unknown[]).map(String)
        if (ids.includes(String(FOREIGN))) wrong.push("somebody else's cursor was killed")
        for (const id of ids) cursors.delete(id)
        return { cursorsKilled: document.cursors, cursorsNotFound: [], cursorsAlive: [], ...OK }
      }
      case 'count':
        return { n: of(document.query), ...OK }
      case 'distinct':
        return { values: [document.key === 'email' ? SECRET : 'x'], ...OK }
      case 'insert': {
        const n = of(document.documents?.[0])
        if (n % 5 === 0)
          return { n: 0, writeErrors: [{ index: 0, code: 11000, ...KEYS, errmsg: DUPLICATE }], ...OK }
        return { n: 1, ...OK }
      }
      case 'update':
        return { n: 1, nModified: 1, ...OK }
      case 'delete':
        return { n: 1, ...OK }
      case 'findAndModify': {
        const n = of(document.query)
        if (n % 5 === 0) return failed(11000, 'DuplicateKey', DUPLICATE, KEYS)
        return { lastErrorObject: { n: 1, updatedExisting: true }, value: documentOf(n), ...OK }
      }
      case 'listCollections':
        return {
          cursor: {
            id: Long.ZERO,
            ns: 'shop.$cmd.listCollections',
            firstBatch: [{ name: 'people', type: 'collection' }],
          },
          ...OK,
        }
      case 'explain':
        return { queryPlanner: { namespace: 'shop.people' }, ...OK }
      default:
        return OK
    }
  }

  const take = (frame: Buffer) => {
    if (frame.readInt32LE(12) !== 2013) wrong.push(`opcode ${frame.readInt32LE(12)} went upstream`)
    const { document, flags, requestId } = decode(frame)
    const name = Object.keys(document)[0] ?? ''
    if ((flags & ~2) !== 0) wrong.push(`flags ${flags} went upstream`)
    if (frame.readInt32LE(8) !== 0) wrong.push('a request that answers something went upstream')
    if (requestId <= last) wrong.push(`request ${requestId} behind ${last}`)
    if (owed) wrong.push(`${name} went upstream before the answer to what was before it`)
    last = requestId
    const session = document.lsid?.id?.buffer?.[0]
    if (session !== undefined && session < UPSTREAM_SESSION - 16)
      wrong.push(`a session of the client's own went upstream: ${session}`)
    const { id } = document.comment?.gatehouse ?? {}
    onRun({ name, document, id })
    const reply = act(name, document)
    if ((flags & 2) !== 0) return
    owed = true
    answers.push({ name, document: reply, requestId })
  }

  return {
    hear(bytes) {
      kept = Buffer.concat([kept, bytes])
      while (kept.length >= 4 && kept.length >= kept.readInt32LE(0)) {
        const frame = kept.subarray(0, kept.readInt32LE(0))
        kept = kept.subarray(frame.length)
        take(frame)
      }
    },
    take: () => answers.splice(0),
    arrived() {
      owed = false
    },
  }
}
