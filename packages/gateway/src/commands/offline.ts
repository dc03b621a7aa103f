/** Reading statements without a database: a catalog from a file, the reader of its engine. */
import { readFileSync } from 'node:fs'
import type { Knowledge } from '@gatehouse/adapter-kit'
import {
  createCatalog,
  createReader,
  type Description,
  explainCommand,
  readCatalogFile as parseMongodbCatalog,
} from '@gatehouse/adapter-mongodb'
import { explainStatement, readCatalogFile as parseMysqlCatalog } from '@gatehouse/adapter-mysql'
import { readCatalogFile as parsePostgresCatalog } from '@gatehouse/adapter-postgres'
import { GatehouseError, type Statement } from '@gatehouse/core'
import { compileDocuments, documentedClasses } from '@gatehouse/masking'
import { type Catalog, createMysqlReader, createPostgresReader, type MysqlCatalog } from '@gatehouse/sql'
import { type AnyCatalog, databasesOf } from '../catalogs.js'
import { reasonOf } from '../configuration/secret.js'

export type Read =
  | { readonly kind: 'read'; readonly statements: readonly Statement[] }
  | { readonly kind: 'unreadable'; readonly why: string }

export interface OfflineReader {
  readonly protocol: AnyCatalog['engine']
  /** Where names without a database are looked for; undefined: they mean nothing. */
  readonly database: string | undefined
  read(text: string, account: string): Promise<Read>
  close(): Promise<void>
}

export interface OfflineKnowledge {
  readonly knowledge: Knowledge
  readonly accounts: readonly string[]
  /** The default database of a catalog that holds several; left out: its only one. */
  readonly database?: string | undefined
}

const EMPTY: Catalog = {
  engine: 'postgres',
  major: 18,
  serverVersion: '18',
  database: 'postgres',
  epoch: 0,
  relations: [],
  routines: [],
  types: [],
  operators: [],
  casts: [],
  schemas: ['public'],
}

/** What `gatehouse catalog export` printed, of any engine. Throws GH_CATALOG. */
export function readCatalogFile(path: string): AnyCatalog {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new GatehouseError('GH_CATALOG', `the catalog \`${path}\` cannot be read: ${reasonOf(cause)}`, {
      cause,
    })
  }
  const engine = engineOf(text)
  if (engine === 'mongodb') return parseMongodbCatalog(text)
  return engine === 'mysql' ? parseMysqlCatalog(text) : parsePostgresCatalog(text)
}

function engineOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { engine?: unknown } | null)?.engine
  } catch {
    return undefined
  }
}

/** `catalog` left out: an empty database of Postgres. */
export async function openOfflineReader(
  catalog: AnyCatalog | undefined,
  known: OfflineKnowledge,
): Promise<OfflineReader> {
  if (catalog?.engine === 'mongodb') return openMongodbReader(catalog, known)
  const classified = withClasses(catalog ?? EMPTY, known.knowledge)
  return classified.engine === 'mysql'
    ? openMysqlReader(classified, known)
    : openPostgresReader(classified, known)
}

async function openPostgresReader(
  catalog: Catalog,
  { knowledge, accounts }: OfflineKnowledge,
): Promise<OfflineReader> {
  const { major } = catalog
  const reader = await createPostgresReader({ major, catalog, reviewed: knowledge.functions, accounts })
  return {
    protocol: catalog.engine,
    database: catalog.database,
    async read(text, account) {
      const plan = await reader.read(text, [], { searchPath: ['$user', 'public'], overlay: [], account })
      return plan.kind === 'read' ? plan : { kind: 'unreadable', why: plan.why }
    },
    close: () => reader.close(),
  }
}

async function openMysqlReader(
  catalog: MysqlCatalog,
  { knowledge, accounts, database }: OfflineKnowledge,
): Promise<OfflineReader> {
  const { flavour, version } = catalog
  const reader = await createMysqlReader({
    flavour,
    version,
    catalog,
    reviewed: knowledge.functions,
    accounts,
  })
  const [only, ...others] = databasesOf(catalog)
  const chosen = database ?? (others.length === 0 ? only : undefined)
  return {
    protocol: catalog.engine,
    database: chosen,
    read: (text, account) => explainStatement(reader, catalog, text, { account, database: chosen }),
    close: () => reader.close(),
  }
}

/** Classes are judged by names and documents, as they are over a server. */
function openMongodbReader(
  description: Description,
  { knowledge, database }: OfflineKnowledge,
): OfflineReader {
  const catalog = createCatalog(description, compileDocuments(knowledge.classes))
  const reader = createReader()
  const [only, ...others] = databasesOf(description)
  const chosen = database ?? (others.length === 0 ? only : undefined)
  return {
    protocol: description.engine,
    database: chosen,
    read: async (text) => explainCommand(reader, catalog, text, chosen),
    close: async () => {},
  }
}

type SqlCatalog = Exclude<AnyCatalog, Description>

/** Classes documents have the last word over what the file says (interface.md §3). */
function withClasses(catalog: SqlCatalog, { classes }: Knowledge): SqlCatalog {
  const document = compileDocuments(classes)
  if (document.patterns.length === 0) return catalog
  const classed = <Column extends { readonly name: string }>(path: readonly string[], column: Column) => {
    const said = documentedClasses(document, [...path, column.name])
    return said === undefined ? column : { ...column, classes: said.classes }
  }
  if (catalog.engine === 'mysql')
    return {
      ...catalog,
      relations: catalog.relations.map((relation) => ({
        ...relation,
        columns: relation.columns.map((column) => classed([relation.schema, relation.name], column)),
      })),
    }
  return {
    ...catalog,
    relations: catalog.relations.map((relation) => ({
      ...relation,
      columns: relation.columns.map((column) =>
        classed([catalog.database, relation.schema, relation.name], column),
      ),
    })),
  }
}
