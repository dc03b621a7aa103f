/** A catalog as a file, for policy tests and explanations without a server. */
import { GatehouseError } from '@gatehouse/core'
import type { Catalog } from '@gatehouse/sql'

export function writeCatalogFile(catalog: Catalog): string {
  return `${JSON.stringify(catalog)}\n`
}

const LISTS = ['relations', 'routines', 'types', 'operators', 'casts', 'schemas'] as const

/** Throws `GH_CATALOG` when the text is not what `writeCatalogFile` wrote. */
export function readCatalogFile(text: string): Catalog {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch (cause) {
    throw new GatehouseError('GH_CATALOG', 'the catalog file is not JSON', { cause })
  }
  if (!isCatalog(read))
    throw new GatehouseError('GH_CATALOG', 'the file holds no catalog of a Postgres database')
  return read
}

function isCatalog(read: unknown): read is Catalog {
  if (typeof read !== 'object' || read === null) return false
  const members = read as Readonly<Record<string, unknown>>
  return (
    members.engine === 'postgres' &&
    typeof members.major === 'number' &&
    typeof members.database === 'string' &&
    LISTS.every((name) => Array.isArray(members[name]))
  )
}
