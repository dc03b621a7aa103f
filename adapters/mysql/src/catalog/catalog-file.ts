/** A catalog as a file, for policy tests and explanations without a server. */
import { GatehouseError } from '@gatehouse/core'
import type { MysqlCatalog } from '@gatehouse/sql'

export function writeCatalogFile(catalog: MysqlCatalog): string {
  return `${JSON.stringify(catalog)}\n`
}

const LISTS = ['relations', 'routines', 'schemas', 'loadable', 'version'] as const

/** Throws `GH_CATALOG` when the text is not what `writeCatalogFile` wrote. */
export function readCatalogFile(text: string): MysqlCatalog {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch (cause) {
    throw new GatehouseError('GH_CATALOG', 'the catalog file is not JSON', { cause })
  }
  if (!isCatalog(read))
    throw new GatehouseError('GH_CATALOG', 'the file holds no catalog of a MySQL or MariaDB server')
  return read
}

function isCatalog(read: unknown): read is MysqlCatalog {
  if (typeof read !== 'object' || read === null) return false
  const members = read as Readonly<Record<string, unknown>>
  return (
    members.engine === 'mysql' &&
    (members.flavour === 'mysql' || members.flavour === 'mariadb') &&
    [0, 1, 2].includes(members.lowerCaseTableNames as number) &&
    LISTS.every((name) => Array.isArray(members[name]))
  )
}
