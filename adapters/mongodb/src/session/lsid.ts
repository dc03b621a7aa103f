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

/** Puts another id into the `{id: UUID}` that ends at `end`. */
export function putSessionId(target: Uint8Array, end: number, id: Uint8Array): void {
  target.set(id, end - WHOLE + AT)
}

/** A driver uses few sessions at a time; with more of them all begins anew. */
const MOST_KEPT = 64

/** The same ids, each found once: a keyed digest per command costs as much as reading it. */
export function remembering(find: (id: Uint8Array) => Uint8Array): (id: Uint8Array) => Uint8Array {
  const found = new Map<string, Uint8Array>()
  const last = new Uint8Array(SESSION_ID)
  let lastFound: Uint8Array | undefined
  const keep = (id: Uint8Array, made: Uint8Array): Uint8Array => {
    last.set(id)
    lastFound = made
    return made
  }
  return (id) => {
    // A connection's commands are mostly of one session.
    if (lastFound !== undefined && isSameId(id, last)) return lastFound
    const key = Buffer.from(id.buffer, id.byteOffset, id.length).toString('latin1')
    const known = found.get(key)
    if (known !== undefined) return keep(id, known)
    if (found.size >= MOST_KEPT) found.clear()
    const made = find(id)
    found.set(key, made)
    return keep(id, made)
  }
}

function isSameId(one: Uint8Array, other: Uint8Array): boolean {
  for (let at = 0; at < SESSION_ID; at++) if (one[at] !== other[at]) return false
  return true
}
