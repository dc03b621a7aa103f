/** MongoDB, as the gateway's commands know it. */
import {
  createCatalog,
  createReader,
  type Description,
  explainCommand,
  fieldName,
  isCatalog,
  isSystem,
  mongodb,
} from '@gatehouse/adapter-mongodb'
import { compileDocuments } from '@gatehouse/masking'
import {
  type CatalogView,
  defaultDatabase,
  type Engine,
  type OfflineKnowledge,
  type OfflineReader,
} from './engine.js'

export const mongodbEngine: Engine = {
  adapter: mongodb,
  viewCatalog: (catalog) => (isCatalog(catalog) ? view(catalog) : undefined),
}

function view(description: Description): CatalogView {
  const databases = description.databases.filter((name) => !isSystem(name, ''))
  return {
    wholeServer: true,
    databases,
    relations: () =>
      description.collections.map(({ database, name, fields }) => ({
        database,
        name,
        holdsRows: !isSystem(database, name),
        columns: fields.map(({ path, types, classes = [] }) => ({
          name: fieldName(path),
          type: types.length === 1 ? (types[0] ?? '') : '',
          classes,
        })),
      })),
    openReader: async (known) => openReader(description, databases, known),
  }
}

/** Classes are judged by names and documents, as they are over a server. */
function openReader(
  description: Description,
  databases: readonly string[],
  { knowledge, database: chosen }: OfflineKnowledge,
): OfflineReader {
  const catalog = createCatalog(description, compileDocuments(knowledge.classes))
  const reader = createReader()
  const database = defaultDatabase(chosen, databases)
  return {
    protocol: 'mongodb',
    database,
    read: async (text) => explainCommand(reader, catalog, text, database),
    close: async () => {},
  }
}
