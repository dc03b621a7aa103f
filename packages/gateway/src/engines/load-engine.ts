/** The one place that names adapters: each is loaded, with its drivers and parsers, when something asks for its protocol. */
import type { CatalogView, Engine } from './engine.js'

const ENGINES: Readonly<Record<string, () => Promise<Engine>>> = {
  postgres: async () => (await import('./postgres-engine.js')).postgresEngine,
  mysql: async () => (await import('./mysql-engine.js')).mysqlEngine,
  mongodb: async () => (await import('./mongodb-engine.js')).mongodbEngine,
}

/** Undefined: no engine of ours. */
export async function loadEngine(protocol: unknown): Promise<Engine | undefined> {
  return typeof protocol === 'string' && Object.hasOwn(ENGINES, protocol) ? ENGINES[protocol]?.() : undefined
}

/** A Postgres database in which nothing is. */
export async function emptyCatalog(): Promise<CatalogView> {
  return (await import('./postgres-engine.js')).emptyCatalog
}
