/** OP_MSG: flags, one body, sequences of documents, a checksum (MongoDB manual, "Wire Protocol", OP_MSG). */
import {
  DEEPEST_COMMAND,
  DEEPEST_DOCUMENT,
  documentValue,
  elements,
  int32At,
  type ListedDocument,
  putInt32,
  type Value,
  validateDocument,
} from '../bson/index.js'
import { crc32c } from './checksum.js'
import { HEADER, OPCODE, putHeader, readHeader } from './header.js'
import { LARGEST_BATCH } from './layout.js'
import { readSequence, type Sequence, sequenceSize } from './sequence.js'
import { asWireFault, NATIVE, WireFault } from './wire-fault.js'

export const FLAG = { CHECKSUM: 1, MORE_TO_COME: 2, EXHAUST_ALLOWED: 0x10000 } as const

/** Flags in the low half must be known; in the high half whoever does not know them passes over them. */
const REQUIRED = 0xffff

export interface OpMsg {
  readonly requestId: number
  readonly responseTo: number
  readonly flags: number
  /** The document of the section of kind 0, validated. */
  readonly body: Value
  /** Sections of kind 1 by identifier, validated. */
  readonly sequences: ReadonlyMap<string, readonly ListedDocument[]>
}

export interface MessageCeilings {
  /** Levels of nesting in a command. */
  readonly depth: number
  /** Levels of nesting in a document to be stored. */
  readonly documentDepth: number
  /** Elements of all documents together. */
  readonly elements: number
  /** Documents of one sequence. */
  readonly documents: number
}

export const MESSAGE_CEILINGS: MessageCeilings = {
  depth: DEEPEST_COMMAND,
  documentDepth: DEEPEST_DOCUMENT,
  elements: 8_000_000,
  documents: LARGEST_BATCH,
}

/** Those that a command may have (OP_MSG specification, "Document Sequences"; bulkWrite's own). */
const SEQUENCES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['insert', new Set(['documents'])],
  ['update', new Set(['updates'])],
  ['delete', new Set(['deletes'])],
  ['bulkWrite', new Set(['ops', 'nsInfo'])],
])
const MOST_SEQUENCES = 2
const NO_SEQUENCES: ReadonlyMap<string, readonly ListedDocument[]> = new Map()

/**
 * `frame`: one whole message. A checksum is verified, and no section is left unread. Throws WireFault with what the server
 * would say.
 */
export function readOpMsg(frame: Uint8Array, ceilings: MessageCeilings = MESSAGE_CEILINGS): OpMsg {
  try {
    return readSections(frame, ceilings)
  } catch (fault) {
    throw asWireFault(fault)
  }
}

function readSections(frame: Uint8Array, ceilings: MessageCeilings): OpMsg {
  if (frame.length < HEADER + 5) throw new WireFault(NATIVE.NO_BODY, 'OP_MSG messages must have a body')
  const { length, requestId, responseTo, opCode } = readHeader(frame)
  if (length !== frame.length || opCode !== OPCODE.MSG)
    throw new WireFault(NATIVE.PROTOCOL, 'not one whole OP_MSG message')
  const flags = int32At(frame, HEADER)
  const end = sectionsEnd(frame, flags)
  let body: Value | undefined
  let sequences: Map<string, readonly ListedDocument[]> | undefined
  let left = ceilings.elements
  let at = HEADER + 4
  while (at < end) {
    const kind = frame[at] as number
    at += 1
    if (kind === 0) {
      if (body !== undefined) throw new WireFault(NATIVE.TWO_BODIES, 'Multiple body sections in message')
      const bodyEnd = at + (end - at < 4 ? 0 : int32At(frame, at))
      // What the length says is checked by whoever validates; here it only tells where the next section begins.
      if (bodyEnd > end) throw new WireFault(NATIVE.INVALID_BSON, 'a document beyond its message')
      left -= validateDocument(frame, at, bodyEnd, { depth: ceilings.depth, elements: left })
      body = documentValue(frame, at, bodyEnd)
      at = bodyEnd
    } else if (kind === 1) {
      const found: Sequence = readSequence(frame, at, end, left, ceilings)
      sequences ??= new Map()
      if (sequences.has(found.identifier))
        throw new WireFault(NATIVE.DUPLICATE_SEQUENCE, 'Duplicate document sequence')
      sequences.set(found.identifier, found.documents)
      if (sequences.size > MOST_SEQUENCES)
        throw new WireFault(NATIVE.TOO_MANY_SEQUENCES, 'Too many document sequences in OP_MSG')
      left -= found.elements
      at = found.end
    } else throw new WireFault(NATIVE.UNKNOWN_SECTION, `Unknown section kind ${kind}`)
  }
  if (body === undefined) throw new WireFault(NATIVE.NO_BODY, 'OP_MSG messages must have a body')
  if (sequences !== undefined) checkSequences(body, sequences)
  return { requestId, responseTo, flags, body, sequences: sequences ?? NO_SEQUENCES }
}

/** Where the sections end: before the checksum, when there is one and it is right. */
function sectionsEnd(frame: Uint8Array, flags: number): number {
  const unknown = flags & REQUIRED & ~(FLAG.CHECKSUM | FLAG.MORE_TO_COME)
  if (unknown !== 0)
    throw new WireFault(NATIVE.ILLEGAL_FLAG, `Message contains illegal flags value: ${flags >>> 0}`)
  if ((flags & FLAG.CHECKSUM) === 0) return frame.length
  const end = frame.length - 4
  if (end < HEADER + 4 || crc32c(frame, 0, end) !== int32At(frame, end))
    throw new WireFault(NATIVE.CHECKSUM, 'OP_MSG checksum does not match contents')
  return end
}

/** What stands in a sequence must be a field that the command has, and must not stand in the body as well. */
function checkSequences(body: Value, sequences: ReadonlyMap<string, unknown>): void {
  let command: string | undefined
  for (const { name } of elements(body)) {
    command ??= name
    if (sequences.has(name))
      throw new WireFault(NATIVE.BODY_AND_SEQUENCE, 'Duplicate field between body and document sequence')
  }
  const known = SEQUENCES.get(command ?? '')
  for (const identifier of sequences.keys())
    if (known?.has(identifier) !== true)
      throw new WireFault(NATIVE.UNKNOWN_FIELD, 'a document sequence that the command does not have')
}

/** The whole message, without checksum. Throws `GH_WIRE` for an identifier that holds a NUL. */
export function writeOpMsg({ requestId, responseTo, flags, body, sequences }: OpMsg): Buffer {
  let length = HEADER + 5 + body.end - body.start
  for (const [identifier, documents] of sequences) length += 1 + sequenceSize(identifier, documents)
  const frame = Buffer.allocUnsafe(length)
  putHeader(frame, 0, { length, requestId, responseTo, opCode: OPCODE.MSG })
  putInt32(frame, HEADER, flags & ~FLAG.CHECKSUM)
  frame[HEADER + 4] = 0
  frame.set(body.source.subarray(body.start, body.end), HEADER + 5)
  let at = HEADER + 5 + body.end - body.start
  for (const [identifier, documents] of sequences) {
    frame[at] = 1
    putInt32(frame, at + 1, sequenceSize(identifier, documents))
    at += 5
    at += frame.write(identifier, at)
    frame[at] = 0
    at += 1
    at = putDocuments(frame, at, documents)
  }
  return frame
}

/** Documents that stand behind one another where they come from are copied as one; answers where the last one ends. */
function putDocuments(frame: Uint8Array, from: number, documents: readonly Value[]): number {
  let at = from
  for (let next = 0; next < documents.length; ) {
    const { source, start } = documents[next] as Value
    let end = start
    for (let each = documents[next]; each?.source === source && each.start === end; each = documents[next]) {
      end = each.end
      next += 1
    }
    frame.set(source.subarray(start, end), at)
    at += end - start
  }
  return at
}
