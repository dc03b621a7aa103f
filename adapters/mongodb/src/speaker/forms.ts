/** The ways to put a command to a MongoDB server, and the turns of one whose cursor stays open. */
import type { Form, Heard, Talk } from '@gatehouse/adapter-contract'
import { type Document, Long, serialize } from 'bson'
import { cursorIn, readExchanges } from './exchanges.js'
import { cutMessage, HEADER, message } from './messages.js'
import { documentsOf, joined } from './texts.js'

const BODY: Form = { name: 'OP_MSG, all in the body', prepared: false, binary: true }
const LISTS: Form = { name: 'OP_MSG with document sequences', prepared: false, binary: true }
const PACKED: Form = { name: 'OP_COMPRESSED by zlib', prepared: false, binary: true }

export const FORMS = [BODY, LISTS, PACKED] as const satisfies readonly Form[]

/** Fields that may be sections of their own (OP_MSG specification, "Document Sequences"). */
const SEQUENCES = ['documents', 'updates', 'deletes']

/** These run on the database of administrators (driver transactions specification). */
const ENDINGS = /^\{"(commit|abort)Transaction"/

/** A text says every whole number alike; this one is an int64. */
const carrying = (document: Document): Document =>
  document.txnNumber === undefined ? document : { ...document, txnNumber: Long.fromValue(document.txnNumber) }

let requests = 0
const next = () => {
  requests += 1
  return requests
}

export function ask(text: string, form: Form): Uint8Array {
  const documents: readonly Document[] = documentsOf(text)
    .map(carrying)
    .concat({ $db: ENDINGS.test(text) ? 'admin' : 'shop' })
  const requestId = next()
  const lists: Record<string, Document[]> = {}
  const bodies = documents.map((document) =>
    Object.fromEntries(
      Object.entries(document).filter(([name, value]) => {
        const apart = form === LISTS && SEQUENCES.includes(name) && Array.isArray(value)
        if (apart) lists[name] = value
        return !apart
      }),
    ),
  )
  return message({ requestId, body: joined(bodies), lists, packed: form === PACKED })
}

/** A cursor that stays open is asked for the rest, as every driver does. */
export function goOn(talk: Talk): Uint8Array | undefined {
  // Most replies leave none open: then what was received need not be read again and again.
  const last = lastReply(talk.received)
  if (last === undefined || cursorIn(last) === undefined) return undefined
  const turns = readExchanges(talk).exchanges.flatMap(({ cursor, collection }) =>
    cursor === undefined
      ? []
      : [message({ requestId: next(), body: serialize({ getMore: cursor, collection, $db: 'shop' }) })],
  )
  return turns.length === 0 ? undefined : Buffer.concat(turns)
}

/** Where the bytes end with a whole message, that one. */
function lastReply(received: Uint8Array): Document | undefined {
  const bytes = Buffer.from(received.buffer, received.byteOffset, received.length)
  let at = 0
  while (at + HEADER <= bytes.length) {
    const end = at + Math.max(HEADER, bytes.readInt32LE(at))
    if (end === bytes.length) return cutMessage(bytes, at)?.document
    at = end
  }
  return undefined
}

/** Clients and servers number their messages as they like. */
export function comparable(received: Uint8Array): Uint8Array {
  const bytes = Buffer.from(received)
  for (let at = 0; at + HEADER <= bytes.length; at += Math.max(HEADER, bytes.readInt32LE(at)))
    bytes.fill(0, at + 4, at + 12)
  return bytes
}

export function hear(talk: Talk): Heard {
  const { exchanges, farewell, malformed, rest } = readExchanges(talk)
  const pending = exchanges.findIndex(({ answer }) => answer === undefined)
  const whole = pending < 0 ? exchanges : exchanges.slice(0, pending)
  return {
    answers: whole.flatMap(({ answer }) => (answer === undefined ? [] : [answer])),
    unasked: [],
    rest,
    ...(farewell === undefined ? {} : { farewell }),
    ...(malformed === undefined ? {} : { malformed }),
  }
}
