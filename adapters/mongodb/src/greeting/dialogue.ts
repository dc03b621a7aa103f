/** Requests of a client that is not yet known, read one by one under ceilings of their own (mongodb.md §1). */
import type { Wire } from '@gatehouse/adapter-kit'
import { documentValue, elements, readName, TYPE, type Value } from '../bson/index.js'
import {
  asWireFault,
  FLAG,
  greetingLayout,
  HEADER,
  OPCODE,
  REPLY_FLAG,
  readHeader,
  readLegacyHello,
  readOpMsg,
  writeOpMsg,
  writeOpReply,
} from '../messages/index.js'
import { failureDocument } from '../refusing.js'

export interface Request {
  readonly requestId: number
  /** Came as OP_QUERY, and is answered by OP_REPLY. */
  readonly legacy: boolean
  /** Wants no answer. */
  readonly silent: boolean
  /** The body's first key. */
  readonly name: string
  readonly database: string
  readonly body: Value
}

export type Heard =
  | { readonly kind: 'request'; readonly request: Request }
  /** Nothing more can be believed; `answer` is what a server would say before it closes. */
  | { readonly kind: 'fault'; readonly answer: Uint8Array | undefined }

/** Invariant: a length is held against the ceiling before anything of the message is gathered. */
export async function hear(wire: Wire): Promise<Heard> {
  const header = await wire.read(HEADER)
  const { length, requestId, opCode } = readHeader(header)
  if (length < HEADER || length > greetingLayout.ceiling(opCode)) return { kind: 'fault', answer: undefined }
  const frame = Buffer.concat([header, await wire.read(length - HEADER)])
  const legacy = opCode === OPCODE.QUERY
  try {
    return { kind: 'request', request: legacy ? readLegacy(frame) : readMessage(frame) }
  } catch (fault) {
    const { native, message } = asWireFault(fault)
    const { code, codeName } = native
    const failure = failureDocument({ code, codeName, errmsg: message })
    return {
      kind: 'fault',
      answer: legacy
        ? writeOpReply(0, requestId, failure, REPLY_FLAG.AWAIT_CAPABLE | REPLY_FLAG.QUERY_FAILURE)
        : writeReply(requestId, failure),
    }
  }
}

function readLegacy(frame: Uint8Array): Request {
  const { requestId, database, body } = readLegacyHello(frame)
  return { requestId, database, body, legacy: true, silent: false, name: nameOf(body) }
}

function readMessage(frame: Uint8Array): Request {
  const { requestId, flags, body } = readOpMsg(frame)
  let database = ''
  for (const { name, value } of elements(body))
    if (name === '$db' && value.type === TYPE.STRING) database = readName(value)
  const silent = (flags & FLAG.MORE_TO_COME) !== 0
  return { requestId, database, body, legacy: false, silent, name: nameOf(body) }
}

function nameOf(body: Value): string {
  for (const { name } of elements(body)) return name
  return ''
}

/** `document`: a whole reply. */
export function answer(request: Pick<Request, 'requestId' | 'legacy'>, document: Uint8Array): Uint8Array {
  return request.legacy
    ? writeOpReply(0, request.requestId, document)
    : writeReply(request.requestId, document)
}

const NO_SEQUENCES: ReadonlyMap<string, readonly Value[]> = new Map()

/** A reply of our own. */
export function writeReply(responseTo: number, document: Uint8Array): Uint8Array {
  return writeOpMsg({
    requestId: 0,
    responseTo,
    flags: 0,
    body: documentValue(document),
    sequences: NO_SEQUENCES,
  })
}
