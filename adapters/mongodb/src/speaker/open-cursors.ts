/** Cursors of a scripted server: the first batch at once, the rest when it is asked for (manual, "Iterate a Cursor"). */
import { type Document, Int32, Long, serialize } from 'bson'
import { failed, OK } from './results.js'

/** As a server gives them unless it is told otherwise: 101 documents first, then as many as fit. */
const FIRST = 101
const FITTING = 1 << 20

export interface OpenCursors {
  /** Of a reply that holds all, what is sent at once. */
  first(whole: Document, size: unknown): Document
  more(id: unknown, size: unknown): Document
  kill(ids: readonly unknown[]): Document
}

export function createOpenCursors(): OpenCursors {
  const open = new Map<string, { readonly namespace: string; readonly rest: readonly Document[] }>()
  let ids = 0x1234_5678_9abcn
  const reply = (name: string, namespace: string, given: readonly Document[], id: Long): Document => ({
    cursor: { [name]: given, id, ns: namespace },
    ...OK,
  })
  const keep = (key: bigint, namespace: string, rest: readonly Document[]): Long => {
    if (rest.length === 0) {
      open.delete(String(key))
      return Long.ZERO
    }
    open.set(String(key), { namespace, rest })
    return Long.fromBigInt(key)
  }
  return {
    first(whole, size) {
      if (whole.cursor === undefined) return whole
      const { ns: namespace, firstBatch: documents } = whole.cursor as { ns: string; firstBatch: Document[] }
      const count = sizeOf(size) ?? FIRST
      ids += 1n
      const id = keep(ids, namespace, documents.slice(count))
      return reply('firstBatch', namespace, documents.slice(0, count), id)
    },
    more(id, size) {
      const found = open.get(String(id))
      if (found === undefined) return failed(43, 'CursorNotFound', `cursor id ${String(id)} not found`)
      const count = Math.min(fitting(found.rest), sizeOf(size) ?? Number.POSITIVE_INFINITY)
      const left = keep(BigInt(String(id)), found.namespace, found.rest.slice(count))
      return reply('nextBatch', found.namespace, found.rest.slice(0, count), left)
    },
    kill(given) {
      const killed = given.filter((id) => open.delete(String(id)))
      const cursorsNotFound = given.filter((id) => !killed.includes(id))
      return { cursorsKilled: killed, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [], ...OK }
    },
  }
}

function sizeOf(size: unknown): number | undefined {
  return size === undefined ? undefined : Number(size instanceof Int32 ? size.value : size)
}

/** At least one. */
function fitting(documents: readonly Document[]): number {
  let bytes = 0
  const past = documents.findIndex((each, at) => {
    bytes += serialize(each).length
    return at > 0 && bytes > FITTING
  })
  return past < 0 ? documents.length : past
}
