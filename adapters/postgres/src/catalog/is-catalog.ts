/** Knows a catalog of a Postgres database by its shape: one that came from a file may be anything. */
import type { Catalog } from '@gatehouse/sql'

const LISTS = ['relations', 'routines', 'types', 'operators', 'casts', 'schemas'] as const

export function isCatalog(read: unknown): read is Catalog {
  if (typeof read !== 'object' || read === null) return false
  const members = read as Readonly<Record<string, unknown>>
  return (
    members.engine === 'postgres' &&
    typeof members.major === 'number' &&
    typeof members.database === 'string' &&
    LISTS.every((name) => Array.isArray(members[name]))
  )
}
