/** OP_MSG as bytes, and the documents that the bench reads and writes (MongoDB manual, "Wire Protocol"). */
import { type Document, deserialize, serialize } from 'bson'

/** Of the header, the flags and the kind of the first section. */
export const BEFORE_BODY = 21

/** Of the header: a message in the old way. */
export const OP_QUERY = 2004

/** `sequence`: a section of kind 1. */
export function message(
  command: Document,
  sequence?: { readonly name: string; readonly documents: readonly Document[] },
): Buffer {
  const parts = [Buffer.alloc(BEFORE_BODY), serialize(command)]
  if (sequence !== undefined) {
    const content = Buffer.concat([
      Buffer.from(`${sequence.name}\0`),
      ...sequence.documents.map((each) => serialize(each)),
    ])
    const head = Buffer.alloc(5)
    head[0] = 1
    head.writeInt32LE(content.length + 4, 1)
    parts.push(head, content)
  }
  const bytes = Buffer.concat(parts)
  bytes.writeInt32LE(bytes.length, 0)
  bytes.writeInt32LE(2013, 12)
  return bytes
}

/** The document of the first section. */
export function bodyOf(frame: Buffer): Document {
  const length = frame.readInt32LE(BEFORE_BODY)
  return deserialize(frame.subarray(BEFORE_BODY, BEFORE_BODY + length), { useBigInt64: true })
}

/** Gives whole messages of what comes in pieces. */
export function cutting(take: (frame: Buffer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let have = 0
  return (chunk) => {
    chunks.push(chunk)
    have += chunk.length
    while (have >= 4) {
      let first = chunks[0] as Buffer
      if (first.length < 4) {
        first = Buffer.concat(chunks)
        chunks = [first]
      }
      const length = first.readInt32LE(0)
      if (have < length) return
      const whole = chunks.length === 1 ? first : Buffer.concat(chunks)
      have -= length
      chunks = have > 0 ? [whole.subarray(length)] : []
      take(whole.subarray(0, length))
    }
  }
}

/** Some 480 bytes, nested as documents are. */
export function person(id: number): Document {
  return {
    _id: id,
    name: `Person Number ${id}`,
    email: `person.number.${id}@mail.example.com`,
    phone: `+49 30 ${String(1_000_000 + id)}`,
    since: new Date(1_600_000_000_000 + id * 1000),
    address: {
      street: `${id} Long Street`,
      city: 'Springfield',
      zip: '01234',
      lines: ['c/o', 'third floor'],
    },
    orders: Array.from({ length: 3 }, (_, index) => ({
      number: id * 10 + index,
      total: 9.99 + index,
      state: 'delivered',
    })),
    tags: ['regular', 'newsletter'],
    score: 0.5,
    active: true,
    note: 'what somebody once wrote about an order that came late, and how it was made good',
  }
}
