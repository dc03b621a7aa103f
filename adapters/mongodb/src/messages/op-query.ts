/** OP_QUERY, for the legacy hello alone, and OP_REPLY (MongoDB manual, "Wire Protocol", legacy opcodes). */
import {
  bsonFault,
  documentEnd,
  documentValue,
  elements,
  nulAt,
  putInt32,
  TYPE,
  textAt,
  type Value,
  validateDocument,
} from '../bson/index.js'
import { HEADER, OPCODE, putHeader, readHeader } from './header.js'
import { MESSAGE_CEILINGS, type MessageCeilings } from './op-msg.js'
import { asWireFault, NATIVE, WireFault } from './wire-fault.js'

export interface LegacyHello {
  readonly requestId: number
  readonly database: string
  /** The command itself, also where it came within `$query`. */
  readonly body: Value
}

export const REPLY_FLAG = { CURSOR_NOT_FOUND: 1, QUERY_FAILURE: 2, AWAIT_CAPABLE: 8 } as const

const HELLOS: ReadonlySet<string> = new Set(['hello', 'isMaster', 'ismaster'])
const COMMANDS = '.$cmd'

/** `frame`: one whole OP_QUERY. Throws WireFault: 352 for any other command, as servers since 6.0 do. */
export function readLegacyHello(
  frame: Uint8Array,
  ceilings: Pick<MessageCeilings, 'depth' | 'elements'> = MESSAGE_CEILINGS,
): LegacyHello {
  try {
    return read(frame, ceilings)
  } catch (fault) {
    throw asWireFault(fault)
  }
}

function read(frame: Uint8Array, ceilings: Pick<MessageCeilings, 'depth' | 'elements'>): LegacyHello {
  if (frame.length < HEADER) throw bsonFault('a message without its header')
  const { length, requestId, opCode } = readHeader(frame)
  if (length !== frame.length || opCode !== OPCODE.QUERY)
    throw new WireFault(NATIVE.PROTOCOL, 'not one whole OP_QUERY message')
  const nul = nulAt(frame, HEADER + 4, frame.length)
  const collection = textAt(frame, HEADER + 4, nul)
  // numberToSkip and numberToReturn mean nothing to a command.
  const at = nul + 9
  const end = documentEnd(frame, at, frame.length)
  validateDocument(frame, at, end, ceilings)
  if (end !== frame.length) validateDocument(frame, end, frame.length, ceilings)
  const body = unwrap(documentValue(frame, at, end))
  const [first] = elements(body)
  if (!collection.endsWith(COMMANDS) || first === undefined || !HELLOS.has(first.name))
    throw new WireFault(NATIVE.UNSUPPORTED_QUERY, 'Unsupported OP_QUERY command; use OP_MSG instead')
  return { requestId, database: collection.slice(0, -COMMANDS.length), body }
}

/** Drivers of old put a command into `$query` to say a read preference beside it. */
function unwrap(query: Value): Value {
  const [first] = elements(query)
  const wraps = first?.name === '$query' || first?.name === 'query'
  return wraps && first.value.type === TYPE.DOCUMENT ? first.value : query
}

/** One document in an OP_REPLY, the answer to an OP_QUERY. */
export function writeOpReply(
  requestId: number,
  responseTo: number,
  document: Uint8Array,
  flags: number = REPLY_FLAG.AWAIT_CAPABLE,
): Buffer {
  const length = HEADER + 20 + document.length
  const frame = Buffer.alloc(length)
  putHeader(frame, 0, { length, requestId, responseTo, opCode: OPCODE.REPLY })
  putInt32(frame, HEADER, flags)
  // cursorID (eight bytes) and startingFrom are 0.
  putInt32(frame, HEADER + 16, 1)
  frame.set(document, HEADER + 20)
  return frame
}
