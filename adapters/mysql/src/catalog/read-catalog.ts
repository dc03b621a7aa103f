/** Reads everything that the statement reader must know of one server (rules R2, R6). */
import { type MysqlCatalog, type MysqlForeignKey, variablesNamed } from '@gatehouse/sql'
import { readActiveGrants } from './account-rights.js'
import { type Classify, classifyRelations } from './classify.js'
import type { CatalogClient } from './client.js'
import { type Grants, mayShowTriggers } from './grants.js'
import { SCHEMAS } from './queries.js'
import { readForeignKeys } from './read-foreign-keys.js'
import { type DescribedRelation, readRelations, relationKey } from './read-relations.js'
import { readLoadable, readRoutines } from './read-routines.js'
import type { ServerFacts } from './server-facts.js'
import type { StickyClasses } from './sticky-classes.js'

export interface CatalogSource {
  readonly client: CatalogClient
  readonly facts: ServerFacts
}

export interface CatalogOptions {
  readonly classify: Classify
  readonly sticky: StickyClasses
  readonly epoch: number
}

export interface ReadCatalog {
  readonly catalog: MysqlCatalog
  /** False when a lock kept something from being read. */
  readonly complete: boolean
}

export async function readCatalog(
  { client, facts }: CatalogSource,
  { classify, sticky, epoch }: CatalogOptions,
): Promise<ReadCatalog> {
  const { flavour, version, serverVersion, lowerCaseTableNames, sqlMode } = facts
  const schemas = (await client.rows(SCHEMAS)).map(([name]) => String(name))
  const { relations, complete, bodies } = await readRelations(client, flavour)
  const foreignKeys = await readForeignKeys(client)
  const routines = await readRoutines(client)
  const loadable = await readLoadable(client)
  // What the reading account may see; it may have changed since it connected.
  const grants = await readActiveGrants(client)
  const whole = relations.map((relation) => withKeys(relation, foreignKeys, grants))
  // What a trigger calls may set them as well; a body that does not show may do anything.
  const hidden = whole.some(({ triggers }, at) => triggers && relations[at]?.triggers === false)
  const codeVariables =
    bodies.size === 0 && !hidden
      ? []
      : variablesNamed([...bodies, ...routines.map(({ body }) => body), ...(hidden ? [undefined] : [])])
  return {
    complete,
    catalog: {
      engine: 'mysql',
      flavour,
      version,
      serverVersion,
      lowerCaseTableNames,
      sqlMode,
      epoch,
      schemas,
      relations: classifyRelations(whole, classify, sticky),
      routines,
      ...(codeVariables.length === 0 ? {} : { codeVariables }),
      loadable,
    },
  }
}

/** Triggers that the account may not see are taken to be there. */
function withKeys(
  relation: DescribedRelation,
  keys: ReadonlyMap<string, readonly MysqlForeignKey[]>,
  grants: Grants,
): DescribedRelation {
  const found = keys.get(relationKey(relation.schema, relation.name))
  const hidden = relation.kind === 'table' && !mayShowTriggers(grants, relation.schema, relation.name)
  if (found === undefined && !hidden) return relation
  return { ...relation, triggers: relation.triggers || hidden, foreignKeys: found ?? [] }
}
