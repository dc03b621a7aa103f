/** What a reply holds, counted, and what of it limits leave (R21). */
import type { PassedLimit } from '@gatehouse/adapter-kit'
import type { Permission } from '@gatehouse/core'
import { TYPE, type Value } from '../bson/index.js'
import type { Cursor } from '../session/cursors.js'
import { type CursorReply, measure, valueAt } from './batch.js'

export interface Counted {
  readonly count: number
  readonly bytes: number
}

export function count(
  body: Value,
  places: readonly { readonly path: readonly string[]; readonly each: boolean }[],
  cursor: CursorReply | undefined,
): Counted {
  if (cursor?.batch !== undefined) return measure(cursor.batch.value)
  let all = { count: 0, bytes: 0 }
  for (const { path, each } of places) {
    // A whole reply that is one place tells of the server, and holds no documents.
    if (path.length === 0) continue
    const value = valueAt(body, path)
    if (value === undefined || value.type === TYPE.NULL) continue
    const batch =
      each && value.type === TYPE.ARRAY ? measure(value) : { count: 1, bytes: value.end - value.start }
    all = { count: all.count + batch.count, bytes: all.bytes + batch.bytes }
  }
  return all
}

export interface Verdict {
  readonly over: PassedLimit | undefined
  /** Documents of the batch that may be given; undefined: all. */
  readonly keep: number | undefined
}

export function judgeLimits(
  { rows, bytes }: Permission,
  cursor: Cursor | undefined,
  batch: Counted,
): Verdict {
  const before = cursor ?? { returned: 0, bytes: 0 }
  if (bytes !== undefined && before.bytes + batch.bytes > bytes.limit)
    return { over: { what: 'bytes', ...bytes }, keep: undefined }
  if (rows !== undefined && before.returned + batch.count > rows.limit)
    return { over: { what: 'rows', ...rows }, keep: rows.limit - before.returned }
  return { over: undefined, keep: undefined }
}
