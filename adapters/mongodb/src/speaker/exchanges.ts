/** The exchanges of one connection: commands with their replies, and what was fetched of their cursors. */
import type { Answer, Failure, Talk } from '@gatehouse/adapter-contract'
import { REFUSAL_CODES } from '@gatehouse/core'
import { type Document, EJSON, Long } from 'bson'
import { cutMessage, isSilent, type Message, OP } from './messages.js'

/** One exchange as the suite counts them: a command, and every getMore of its cursor. */
export interface Exchange {
  readonly collection: string
  /** Is open, and nothing is being fetched. */
  readonly cursor: unknown
  readonly answer: Answer | undefined
}

export interface Reading {
  readonly exchanges: readonly Exchange[]
  readonly farewell: Failure | undefined
  readonly malformed: string | undefined
  readonly rest: number
}

/** Codes after which a server closes the connection: shutting down, and what cannot be a message. */
const CLOSING = new Set([17, 22, 91, 223, 233, 288, 352, 11600])
const LAST_WORDS = new Set([
  'GH_ENDED',
  'GH_DRAINING',
  'GH_UPSTREAM',
  'GH_PROTOCOL',
  'GH_SIGN_IN',
  'GH_TOO_MANY',
])

/** Of a reply with `ok: 0`. `atSignIn`: whatever is refused there ends the connection. */
export function failureOf(reply: Document, atSignIn = false): Failure {
  const { code, errmsg, errInfo } = reply
  const said: unknown = errInfo?.gatehouse?.code
  const own = REFUSAL_CODES.find((name) => name === said)
  return {
    native: String(code),
    text: `${errmsg} ${EJSON.stringify(reply)}`,
    fatal: atSignIn || (own === undefined ? CLOSING.has(code) : LAST_WORDS.has(own)),
    ...(own === undefined ? {} : { code: own }),
  }
}

/** A cursor's id, where it is one that can be asked for more. */
export function cursorIn({ cursor }: Document): unknown {
  const id: unknown = cursor?.id
  return id === undefined || String(id) === '0' ? undefined : id
}

interface Course {
  readonly request: Message
  readonly rows: (readonly (string | null)[])[]
  phase: 'running' | 'open' | 'over'
  cursor: unknown
  failure: Failure | undefined
}

export function readExchanges({ sent, received }: Talk): Reading {
  const bytes = asBuffer(received)
  const courses: Course[] = []
  let at = 0
  let farewell: Failure | undefined
  let malformed: string | undefined

  /** Undefined while it is not whole, or when there is none any more. */
  const replyTo = (request: Message | undefined): Message | undefined => {
    const reply = farewell === undefined ? cutMessage(bytes, at) : undefined
    if (reply === undefined) return undefined
    if (reply.opCode !== OP.MSG || reply.flags !== 0)
      throw new Error(`a reply of opcode ${reply.opCode} with flags ${reply.flags}`)
    const failure = isFailed(reply) ? failureOf(reply.document) : undefined
    if (request !== undefined && reply.responseTo !== request.requestId)
      throw new Error(`an answer to ${reply.responseTo} in the place of one to ${request.requestId}`)
    if (request === undefined && failure?.fatal !== true) throw new Error('an answer that nobody waits for')
    at = reply.end
    if (failure?.fatal === true) farewell = failure
    return reply
  }
  const courseOf = (request: Message): Course => {
    const { getMore } = request.document
    const known = courses.find(({ phase, cursor }) => phase === 'open' && String(cursor) === String(getMore))
    if (getMore !== undefined && known !== undefined) return known
    const course: Course = { request, rows: [], phase: 'running', cursor: undefined, failure: undefined }
    courses.push(course)
    return course
  }

  try {
    for (const request of requestsOf(sent)) {
      const course = courseOf(request)
      course.phase = 'running'
      const reply = replyTo(request)
      if (reply === undefined || farewell !== undefined) continue
      if (isFailed(reply)) course.failure = failureOf(reply.document)
      else course.rows.push(...rowsIn(reply.document, columnsOf(course.request.document)))
      course.cursor = cursorIn(reply.document)
      course.phase = course.cursor === undefined ? 'over' : 'open'
    }
    while (replyTo(undefined) !== undefined);
    if (farewell !== undefined && at < bytes.length) throw new Error('a message after the farewell')
  } catch (fault) {
    malformed = fault instanceof Error ? fault.message : String(fault)
  }
  return { exchanges: courses.map(exchangeOf), farewell, malformed, rest: bytes.length - at }
}

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array) => Buffer.from(buffer, byteOffset, length)
const isFailed = ({ document }: Message) => Number(document.ok) !== 1

/** Whole ones that want an answer, up to the first bytes that cannot be one. */
function requestsOf(sent: Uint8Array): readonly Message[] {
  const bytes = asBuffer(sent)
  const found: Message[] = []
  try {
    for (let next = cutMessage(bytes, 0); next !== undefined; next = cutMessage(bytes, next.end))
      if (!isSilent(next)) found.push(next)
  } catch {
    return found
  }
  return found
}

/** As the command names them; none: as they come. */
function columnsOf({ projection, pipeline }: Document): readonly string[] {
  const shown: Document = projection ?? pipeline?.at(-1)?.$project ?? {}
  return Object.keys(shown).filter((name) => shown[name] !== 0)
}

function rowsIn(reply: Document, columns: readonly string[]): readonly (readonly (string | null)[])[] {
  const { cursor, values, value } = reply
  if (values !== undefined) return values.map((each: unknown) => [cellOf(each)])
  const documents: Document[] = cursor?.firstBatch ?? cursor?.nextBatch ?? (value ? [value] : [])
  return documents.map((document) => {
    // What was not asked for is seen, too.
    const more = Object.keys(document).filter((name) => !columns.includes(name))
    return [...columns, ...more].map((name) => cellOf(document[name]))
  })
}

function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const isPlain = typeof value === 'string' || typeof value === 'number' || Long.isLong(value)
  return isPlain ? String(value) : EJSON.stringify(value)
}

function exchangeOf({ request, rows, phase, cursor, failure }: Course): Exchange {
  const { document } = request
  return {
    collection: String(Object.values(document)[0]),
    cursor: phase === 'open' ? cursor : undefined,
    answer: phase === 'over' ? { rows, ...(failure === undefined ? {} : { failure }) } : undefined,
  }
}
