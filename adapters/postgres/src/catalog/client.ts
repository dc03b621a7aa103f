/** The connection over which a catalog is read: its own account, one database, never a client's session. */
import { Client, type ClientConfig } from 'pg'

export interface CatalogClient {
  query(
    text: string,
    parameters?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>
  end(): Promise<void>
}

/** A locked relation may not hold up the reading of the others (R2). */
export const LOCK_TIMEOUT_MS = 300

/** Connects and makes the session fit for reading. Rejects when the server can't be reached. */
export async function connectCatalog(config: ClientConfig): Promise<CatalogClient> {
  const client = new Client({
    connectionTimeoutMillis: 10_000,
    query_timeout: 60_000,
    application_name: 'gatehouse catalog',
    ...config,
  })
  // A connection that dies between queries is found by the next query.
  client.on('error', () => undefined)
  await client.connect()
  const reading: CatalogClient = {
    query: async (text, parameters) =>
      client.query(text, parameters === undefined ? undefined : [...parameters]),
    end: () => client.end(),
  }
  try {
    await prepareSession(reading)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  return reading
}

/** For a connection of the caller's own. */
export async function prepareSession(client: CatalogClient): Promise<void> {
  await client.query('set search_path = pg_catalog')
  await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`)
  await client.query('set default_transaction_read_only = on')
}
