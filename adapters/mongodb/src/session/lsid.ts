/** Session ids: one that a client chose stands upstream for that person's alone (mongodb.md §2, Sessions). */
import { findValue, int32At, SUBTYPE, TYPE, type Value } from '../bson/index.js'

/** Bytes of a UUID. */
export const SESSION_ID = 16
/** Bytes of `{id: UUID}`: nothing else may stand in it. */
const WHOLE = 30
/** Where the UUID begins within it. */
const AT = 13

/** The id's 16 bytes, a view; undefined: more than an id, or none, which is refused. */
export function sessionIdIn(lsid: Value): Uint8Array | undefined {
  const { source, start, end } = lsid
  if (lsid.type !== TYPE.DOCUMENT || end - start !== WHOLE) return undefined
  const id = findValue(lsid, 'id')
  const isUuid =
    id?.type === TYPE.BINARY &&
    int32At(source, id.start) === SESSION_ID &&
    source[id.start + 4] === SUBTYPE.UUID
  return isUuid ? source.subarray(start + AT, start + AT + SESSION_ID) : undefined
}

/** `{id: UUID}` with another id. */
export function sessionDocument(lsid: Value, id: Uint8Array): Value {
  const source = Uint8Array.from(lsid.source.subarray(lsid.start, lsid.end))
  source.set(id, AT)
  return { type: TYPE.DOCUMENT, source, start: 0, end: source.length }
}

/** A driver uses few sessions at a time; with more of them all begins anew. */
const MOST_KEPT = 64

/** The same ids, each found once: a keyed digest per command costs as much as reading it. */
export function remembering(find: (id: Uint8Array) => Uint8Array): (id: Uint8Array) => Uint8Array {
  const found = new Map<string, Uint8Array>()
  return (id) => {
    const key = Buffer.from(id.buffer, id.byteOffset, id.length).toString('latin1')
    const known = found.get(key)
    if (known !== undefined) return known
    if (found.size >= MOST_KEPT) found.clear()
    const made = find(id)
    found.set(key, made)
    return made
  }
}
