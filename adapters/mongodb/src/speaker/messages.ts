/** Messages cut and written by hand, their documents by npm's `bson`: the speaker must not share the adapter's eyes (manual, "Wire Protocol"). */
import { deflateSync, inflateSync } from 'node:zlib'
import { type Document, deserialize, serialize } from 'bson'

export const OP = { REPLY: 1, COMPRESSED: 2012, MSG: 2013 } as const
export const HEADER = 16
const ZLIB = 2
const MORE_TO_COME = 2

export interface Message {
  readonly requestId: number
  readonly responseTo: number
  readonly opCode: number
  readonly flags: number
  /** Sections of kind 1 stand in it as arrays, behind what the body holds. */
  readonly document: Document
  readonly end: number
}

/** Wants no answer. */
export const isSilent = ({ flags }: Message): boolean => (flags & MORE_TO_COME) !== 0

/** The message that begins at `start`; undefined while part of it has not come. Throws for what is none. */
export function cutMessage(bytes: Buffer, start: number): Message | undefined {
  if (bytes.length - start < HEADER) return undefined
  const length = bytes.readInt32LE(start)
  if (length < HEADER) throw new Error(`a message of ${length} bytes`)
  const end = start + length
  if (end > bytes.length) return undefined
  const requestId = bytes.readInt32LE(start + 4)
  const responseTo = bytes.readInt32LE(start + 8)
  const opCode = bytes.readInt32LE(start + 12)
  const content = bytes.subarray(start + HEADER, end)
  const sections = opCode === OP.COMPRESSED ? unpacked(content) : content
  if (opCode !== OP.MSG && opCode !== OP.COMPRESSED) throw new Error(`a message of opcode ${opCode}`)
  return { requestId, responseTo, opCode, ...readSections(sections), end }
}

function unpacked(content: Buffer): Buffer {
  if (content.readInt32LE(0) !== OP.MSG || content[8] !== ZLIB) throw new Error('packed by other means')
  const whole = inflateSync(content.subarray(9))
  if (whole.length !== content.readInt32LE(4)) throw new Error('unpacked to another size than was said')
  return whole
}

function readSections(content: Buffer): Pick<Message, 'flags' | 'document'> {
  const flags = content.readInt32LE(0)
  let document: Document | undefined
  const lists: Document = {}
  for (let at = 4; at < content.length; ) {
    const kind = content[at]
    const end = at + 1 + content.readInt32LE(at + 1)
    if (end <= at + 5 || end > content.length) throw new Error('a section beyond its message')
    if (kind === 0 && document === undefined) document = read(content.subarray(at + 1, end))
    else if (kind === 1) {
      const nul = content.indexOf(0, at + 5)
      lists[content.toString('utf8', at + 5, nul)] = documentsIn(content.subarray(nul + 1, end))
    } else throw new Error(`a section of kind ${kind} where none can be`)
    at = end
  }
  if (document === undefined) throw new Error('a message without a body')
  return { flags, document: { ...document, ...lists } }
}

/** Ids of cursors fill all their eight bytes. */
const read = (bytes: Buffer): Document => deserialize(bytes, { promoteLongs: false })

function documentsIn(bytes: Buffer): Document[] {
  const found: Document[] = []
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at))
    found.push(read(bytes.subarray(at, at + bytes.readInt32LE(at))))
  return found
}

export interface Outgoing {
  readonly requestId: number
  readonly responseTo?: number
  readonly flags?: number
  /** Of the body: one document, whole. */
  readonly body: Uint8Array
  /** Sections of kind 1. */
  readonly lists?: Readonly<Record<string, readonly Document[]>>
  readonly packed?: boolean
}

export function message({
  requestId,
  responseTo = 0,
  flags = 0,
  body,
  lists = {},
  packed,
}: Outgoing): Buffer {
  const sections = Object.entries(lists).map(([name, documents]) => {
    const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((each) => serialize(each))])
    return Buffer.concat([Buffer.of(1), int32(content.length + 4), content])
  })
  const content = Buffer.concat([int32(flags), Buffer.of(0), body, ...sections])
  return packed === true
    ? framed(OP.COMPRESSED, requestId, responseTo, [
        int32(OP.MSG),
        int32(content.length),
        Buffer.of(ZLIB),
        deflateSync(content),
      ])
    : framed(OP.MSG, requestId, responseTo, [content])
}

export function framed(opCode: number, requestId: number, responseTo: number, parts: readonly Uint8Array[]) {
  const length = parts.reduce((sum, part) => sum + part.length, HEADER)
  return Buffer.concat([int32(length), int32(requestId), int32(responseTo), int32(opCode), ...parts])
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
