/** The catalogs that a listener's adapter holds. */
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import type { Catalog } from '@gatehouse/sql'

export async function catalogsOf(
  adapter: OpenAdapter,
  databases: readonly string[] | undefined,
): Promise<Catalog[]> {
  const catalogs: Catalog[] = []
  for (const database of databases ?? [undefined]) {
    const catalog = await adapter.catalog(database)
    if (isCatalog(catalog)) catalogs.push(catalog)
  }
  return catalogs
}

function isCatalog(value: unknown): value is Catalog {
  return (
    typeof value === 'object' &&
    value !== null &&
    'relations' in value &&
    Array.isArray(value.relations) &&
    'database' in value &&
    typeof value.database === 'string'
  )
}
