/** Texts whose reading takes locks: all at once, and one by one when a lock or a fault is in the way (R2). */
import type { CatalogClient } from './client.js'

export interface DefinitionQueries {
  readonly all: string
  readonly keys: string
  readonly one: string
}

export type DefinitionRow = Readonly<Record<string, unknown>>

/** Most that stay unread before the rest is given up: each may have cost the whole lock timeout. */
const PATIENCE = 8

/** Rows by OID; one that could not be read in time is left out. */
export async function readDefinitions(
  client: CatalogClient,
  queries: DefinitionQueries,
): Promise<ReadonlyMap<number, DefinitionRow>> {
  try {
    return byOid((await client.query(queries.all)).rows)
  } catch (error) {
    if (!isServerError(error)) throw error
  }
  const found: DefinitionRow[] = []
  let failed = 0
  for (const { oid } of (await client.query(queries.keys)).rows) {
    if (failed >= PATIENCE) break
    try {
      found.push(...(await client.query(queries.one, [oid])).rows)
    } catch (error) {
      if (!isServerError(error)) throw error
      failed++
    }
  }
  return byOid(found)
}

function byOid(rows: readonly DefinitionRow[]): ReadonlyMap<number, DefinitionRow> {
  return new Map(
    rows.flatMap((row) => (typeof row.text === 'string' ? [[Number(row.oid), row] as const] : [])),
  )
}

/** The server answered with an error, as opposed to a connection that is gone. */
function isServerError(error: unknown): boolean {
  return (
    error instanceof Error && 'severity' in error && (error as { severity?: unknown }).severity === 'ERROR'
  )
}
