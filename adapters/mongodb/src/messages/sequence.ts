/** Document sequences: OP_MSG's sections of kind 1 (MongoDB manual, "Wire Protocol", OP_MSG). */
import {
  bsonFault,
  documentEnd,
  Form,
  int32At,
  type ListedDocument,
  nulAt,
  TYPE,
  textAt,
  type Value,
  validateDocument,
} from '../bson/index.js'
import type { MessageCeilings } from './op-msg.js'

export interface Sequence {
  readonly identifier: string
  readonly documents: readonly ListedDocument[]
  /** Of all documents together. */
  readonly elements: number
  readonly end: number
}

/** Its documents are stored as they are; those of other sequences are parts of a command. */
const STORED = 'documents'
/** Documents of forms of their own, until no more are learned. */
const MOST_FORMS = 4
/** One sequence is read at a time. */
const form = new Form()

/** `at`: of the size, which counts itself; `elements`: how many are left. Throws `GH_WIRE`. */
export function readSequence(
  frame: Uint8Array,
  at: number,
  end: number,
  elements: number,
  ceilings: Pick<MessageCeilings, 'depth' | 'documentDepth' | 'documents'>,
): Sequence {
  const size = end - at < 4 ? 0 : int32At(frame, at)
  if (size < 5 || size > end - at) throw bsonFault('a document sequence of an impossible size')
  const last = at + size
  const nul = nulAt(frame, at + 4, last)
  const identifier = textAt(frame, at + 4, nul)
  const isStored = identifier === STORED
  const depth = isStored ? ceilings.documentDepth : ceilings.depth
  const documents: ListedDocument[] = []
  let count = 0
  let forms = 0
  form.forget()
  for (let next = nul + 1; next < last; ) {
    if (documents.length >= ceilings.documents) throw bsonFault('more documents in a sequence than may be')
    const documentLast = documentEnd(frame, next, last)
    const again = form.matches(frame, next, documentLast) && count + form.elements <= elements
    if (again) count += form.elements
    else {
      count += validateDocument(frame, next, documentLast, { depth, elements: elements - count })
      // What stands alone has nobody to be compared with.
      if (isStored && documentLast < last && forms++ < MOST_FORMS) form.learn(frame, next, documentLast)
      else form.forget()
    }
    documents.push({ type: TYPE.DOCUMENT, source: frame, start: next, end: documentLast, again })
    next = documentLast
  }
  return { identifier, documents, elements: count, end: last }
}

/** Bytes, the size itself included. */
export function sequenceSize(identifier: string, documents: readonly Value[]): number {
  if (identifier.includes('\0')) throw bsonFault('a NUL inside an identifier')
  let size = 4 + Buffer.byteLength(identifier) + 1
  for (const { start, end } of documents) size += end - start
  return size
}
