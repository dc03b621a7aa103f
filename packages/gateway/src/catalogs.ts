/** Catalogs of any engine: of an open adapter, of a file, of nothing. */
import { readFileSync } from 'node:fs'
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import { reasonOf } from './configuration/secret.js'
import type { CatalogView } from './engines/engine.js'
import { loadEngine } from './engines/load-engine.js'

/** One per database where a connection is to one; a MySQL or MongoDB server's whole is one catalog. */
export async function catalogsOf(
  adapter: OpenAdapter,
  databases: readonly string[] | undefined,
): Promise<CatalogView[]> {
  const catalogs: CatalogView[] = []
  for (const database of databases ?? [undefined]) {
    const catalog = await viewCatalog(await adapter.catalog(database))
    if (catalog === undefined) continue
    catalogs.push(catalog)
    if (catalog.wholeServer) break
  }
  return catalogs
}

/** What `gatehouse catalog export` printed, of any engine. Throws GH_CATALOG. */
export async function readCatalogFile(path: string): Promise<CatalogView> {
  const fault = (why: string, cause?: unknown) =>
    new GatehouseError('GH_CATALOG', `the catalog \`${path}\` ${why}`, { cause })
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw fault(`cannot be read: ${reasonOf(cause)}`, cause)
  }
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch (cause) {
    throw fault('is not JSON', cause)
  }
  const catalog = await viewCatalog(read)
  if (catalog === undefined) throw fault('is none that `gatehouse catalog export` printed')
  return catalog
}

async function viewCatalog(catalog: unknown): Promise<CatalogView | undefined> {
  if (typeof catalog !== 'object' || catalog === null || !('engine' in catalog)) return undefined
  return (await loadEngine(catalog.engine))?.viewCatalog(catalog)
}
