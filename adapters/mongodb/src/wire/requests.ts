/** Messages as a client writes them, and such as none would. */
import { type Document, serialize } from 'bson'

export interface MessageParts {
  readonly requestId?: number
  readonly flags?: number
  /** Sections of kind 1. */
  readonly sequences?: readonly (readonly [string, readonly Document[]])[]
  /** Kind 1 stands before the body. */
  readonly before?: boolean
}

export function message(document: Document, parts: MessageParts = {}): Buffer {
  const { requestId = 1, flags = 0, sequences = [], before = false } = parts
  const body = Buffer.concat([Buffer.of(0), serialize(document)])
  const lists = sequences.map(([name, documents]) => {
    const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((each) => serialize(each))])
    const head = Buffer.alloc(5)
    head[0] = 1
    head.writeInt32LE(content.length + 4, 1)
    return Buffer.concat([head, content])
  })
  return framed(
    requestId,
    2013,
    Buffer.concat([int32(flags), ...(before ? [...lists, body] : [body, ...lists])]),
  )
}

/** OP_QUERY. */
export function query(collection: string, document: Document, requestId = 1): Buffer {
  return framed(
    requestId,
    2004,
    Buffer.concat([int32(0), Buffer.from(`${collection}\0`), int32(0), int32(-1), serialize(document)]),
  )
}

export function framed(requestId: number, opCode: number, content: Uint8Array): Buffer {
  return Buffer.concat([int32(16 + content.length), int32(requestId), int32(0), int32(opCode), content])
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
