/** What an upstream reads, and what it says. */
import { type Document, deserialize, serialize } from 'bson'

/** One command as it came: kind-1 sections stand in it as arrays. */
export interface Received {
  readonly document: Document
  readonly flags: number
  readonly requestId: number
  readonly connection: number
}

/** Header, flags and sections of one OP_MSG. */
export function decode(frame: Buffer): Omit<Received, 'connection'> {
  const flags = frame.readInt32LE(16)
  let document: Document = {}
  const lists: Document = {}
  for (let at = 20; at < frame.length; ) {
    const kind = frame[at]
    const size = frame.readInt32LE(at + 1)
    if (kind === 0) document = deserialize(frame.subarray(at + 1, at + 1 + size), { promoteLongs: false })
    else {
      const nul = frame.indexOf(0, at + 5)
      const documents: Document[] = []
      for (let each = nul + 1; each < at + 1 + size; each += frame.readInt32LE(each))
        documents.push(deserialize(frame.subarray(each, each + frame.readInt32LE(each))))
      lists[frame.toString('utf8', at + 5, nul)] = documents
    }
    at += 1 + size
  }
  return { document: { ...document, ...lists }, flags, requestId: frame.readInt32LE(4) }
}

export function encode(document: Document, responseTo: number, flags = 0): Buffer {
  const body = serialize(document)
  const frame = Buffer.alloc(21 + body.length)
  frame.writeInt32LE(frame.length, 0)
  frame.writeInt32LE(90_000 + responseTo, 4)
  frame.writeInt32LE(responseTo, 8)
  frame.writeInt32LE(2013, 12)
  frame.writeInt32LE(flags, 16)
  frame.set(body, 21)
  return frame
}
