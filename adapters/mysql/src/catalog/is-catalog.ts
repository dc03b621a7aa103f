/** Knows a catalog of a MySQL or MariaDB server by its shape: one that came from a file may be anything. */
import type { MysqlCatalog } from '@gatehouse/sql'

const LISTS = ['relations', 'routines', 'schemas', 'loadable', 'version'] as const

export function isCatalog(read: unknown): read is MysqlCatalog {
  if (typeof read !== 'object' || read === null) return false
  const members = read as Readonly<Record<string, unknown>>
  return (
    members.engine === 'mysql' &&
    (members.flavour === 'mysql' || members.flavour === 'mariadb') &&
    [0, 1, 2].includes(members.lowerCaseTableNames as number) &&
    LISTS.every((name) => Array.isArray(members[name]))
  )
}
