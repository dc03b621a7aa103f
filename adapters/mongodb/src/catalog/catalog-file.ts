/** A catalog as a file, for policy tests and explanations without a server. */
import { GatehouseError } from '@gatehouse/core'
import type { Description } from './description.js'

export function writeCatalogFile(catalog: Description): string {
  return `${JSON.stringify(catalog)}\n`
}

/** Throws `GH_CATALOG` when the text is not what `writeCatalogFile` wrote. */
export function readCatalogFile(text: string): Description {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch (cause) {
    throw new GatehouseError('GH_CATALOG', 'the catalog file is not JSON', { cause })
  }
  if (!isCatalog(read))
    throw new GatehouseError('GH_CATALOG', 'the file holds no catalog of a MongoDB server')
  return read
}

function isCatalog(read: unknown): read is Description {
  if (typeof read !== 'object' || read === null) return false
  const members = read as Readonly<Record<string, unknown>>
  return (
    members.engine === 'mongodb' &&
    typeof members.version === 'string' &&
    Array.isArray(members.databases) &&
    Array.isArray(members.collections)
  )
}
