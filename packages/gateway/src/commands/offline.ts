/** Reading statements without a database: a catalog from a file, the reader of its engine. */
import { readFileSync } from 'node:fs'
import type { Knowledge } from '@gatehouse/adapter-kit'
import { readCatalogFile as parseCatalog } from '@gatehouse/adapter-postgres'
import { GatehouseError, type Statement } from '@gatehouse/core'
import { compileClasses, documentedClasses } from '@gatehouse/masking'
import { type Catalog, createPostgresReader, type PostgresReader } from '@gatehouse/sql'
import { reasonOf } from '../configuration/secret.js'

export type Read =
  | { readonly kind: 'read'; readonly statements: readonly Statement[] }
  | { readonly kind: 'unreadable'; readonly why: string }

export interface OfflineReader {
  readonly catalog: Catalog
  read(text: string, account: string): Promise<Read>
  close(): Promise<void>
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

/** What `gatehouse catalog export` printed. Throws GH_CATALOG. */
export function readCatalogFile(path: string): Catalog {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new GatehouseError('GH_CATALOG', `the catalog \`${path}\` cannot be read: ${reasonOf(cause)}`, {
      cause,
    })
  }
  return parseCatalog(text)
}

/** `catalog` left out: an empty database. */
export async function openOfflineReader(
  catalog: Catalog | undefined,
  knowledge: Knowledge,
  accounts: readonly string[],
): Promise<OfflineReader> {
  const known = withClasses(catalog ?? EMPTY, knowledge)
  const reader: PostgresReader = await createPostgresReader({
    major: known.major,
    catalog: known,
    reviewed: knowledge.functions,
    accounts,
  })
  return {
    catalog: known,
    async read(text, account) {
      const plan = await reader.read(text, [], { searchPath: ['$user', 'public'], overlay: [], account })
      return plan.kind === 'read' ? plan : { kind: 'unreadable', why: plan.why }
    },
    close: () => reader.close(),
  }
}

/** Classes documents have the last word over what the file says (interface.md §3). */
function withClasses(catalog: Catalog, { classes }: Knowledge): Catalog {
  const document = compileClasses(
    classes.flatMap(({ fields }) =>
      Object.entries(fields).map(([pattern, given]) => ({ pattern, classes: given })),
    ),
  )
  if (document.patterns.length === 0) return catalog
  const relations = catalog.relations.map((relation) => ({
    ...relation,
    columns: relation.columns.map((column) => {
      const said = documentedClasses(document, [
        catalog.database,
        relation.schema,
        relation.name,
        column.name,
      ])
      return said === undefined ? column : { ...column, classes: said.classes }
    }),
  }))
  return { ...catalog, relations }
}
