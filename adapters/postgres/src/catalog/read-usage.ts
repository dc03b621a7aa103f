/** The schemas in which each account may look names up: the server skips the others of search_path without a word. */
import type { CatalogUsage } from '@gatehouse/sql'
import type { CatalogClient } from './client.js'
import { USAGE } from './queries.js'

export async function readUsage(client: CatalogClient, roles: readonly string[]): Promise<CatalogUsage[]> {
  if (roles.length === 0) return []
  const { rows } = await client.query(USAGE, [roles])
  const found = new Map<string, { schemas: string[]; doubtful: string[] }>()
  for (const row of rows) {
    const role = String(row.role)
    const lists = found.get(role) ?? { schemas: [], doubtful: [] }
    found.set(role, lists)
    if (row.differs === true) lists.doubtful.push(String(row.schema))
    else if (row.own === true) lists.schemas.push(String(row.schema))
  }
  return [...found].map(([role, lists]) => ({ role, ...lists }))
}
