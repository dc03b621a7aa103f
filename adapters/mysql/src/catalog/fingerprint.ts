/** Whether a catalog may have changed: counters that cost the server nothing, and a digest of all that a reading would show. */
import type { CatalogClient } from './client.js'
import { DIGEST, OPENED_COUNTERS, STATEMENT_COUNTERS } from './queries.js'

/**
 * Moves with every definition statement that any connection begins. One that takes long shows its end in
 * `readOpened`.
 */
export async function readStatementCounters(client: CatalogClient): Promise<string> {
  return joined(client, STATEMENT_COUNTERS)
}

/** Moves when the server reads a definition from its dictionary, which it does before anybody sees a new one. */
export async function readOpened(client: CatalogClient): Promise<string> {
  return joined(client, OPENED_COUNTERS)
}

/** Longest that a server may think about its counters, in milliseconds: one that is gone is noticed by it. */
const PROMPT_MS = 5000

async function joined(client: CatalogClient, text: string): Promise<string> {
  return (await client.rows(text, PROMPT_MS)).map(([name, value]) => `${name}=${value}`).join(';')
}

/** Differs after any change that a reading would show. From milliseconds to seconds, with the number of columns. */
export async function fingerprint(client: CatalogClient): Promise<string> {
  const [row] = await client.rows(DIGEST)
  return String(row?.[0])
}
