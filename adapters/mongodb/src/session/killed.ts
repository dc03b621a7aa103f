/** Cursors that their client wants no more: gone here, and told by its own ids. */
import { createByteWriter } from '@gatehouse/adapter-kit'
import { createDocumentWriter } from '../bson/index.js'
import type { Cursors } from './cursors.js'
import type { NamedCursor } from './lending.js'

/** By the client's ids; undefined: not known, or not its. */
export type Named = readonly (readonly [bigint, NamedCursor | undefined])[]

/** The reply's document. */
export function forgetKilled(named: Named, cursors: Cursors): Uint8Array {
  for (const [, cursor] of named) if (cursor !== undefined) cursors.close(cursor)
  const idsOf = (known: boolean) =>
    named.filter(([, cursor]) => (cursor !== undefined) === known).map(([id]) => id)
  const out = createByteWriter(256)
  const writer = createDocumentWriter(out).begin()
  for (const [name, ids] of [
    ['cursorsKilled', idsOf(true)],
    ['cursorsNotFound', idsOf(false)],
    ['cursorsAlive', []],
    ['cursorsUnknown', []],
  ] as const) {
    writer.beginArray(name)
    for (const [index, id] of ids.entries()) writer.int64(String(index), id)
    writer.end()
  }
  writer.double('ok', 1).end()
  return out.bytes.subarray(0, out.length)
}
