/** Knows a catalog of a MongoDB server by its shape: one that came from a file may be anything. */
import type { Description } from './description.js'

export function isCatalog(read: unknown): read is Description {
  if (typeof read !== 'object' || read === null) return false
  const members = read as Readonly<Record<string, unknown>>
  return (
    members.engine === 'mongodb' &&
    typeof members.version === 'string' &&
    Array.isArray(members.databases) &&
    Array.isArray(members.collections)
  )
}
