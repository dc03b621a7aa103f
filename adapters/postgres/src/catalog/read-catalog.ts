/** Reads everything that the statement reader must know of one database (rules R2, R6). */
import type { Catalog, CatalogCast, CatalogOperator, CatalogRoutine, CatalogType } from '@gatehouse/sql'
import type { CatalogClient } from './client.js'
import { readDefinitions } from './definitions.js'
import { BODIES, CASTS, FINGERPRINT, OPERATORS, RIGHTS, ROUTINES, SCHEMAS, SERVER, TYPES } from './queries.js'
import { type Classify, readRelations, UNREAD } from './read-relations.js'

export interface CatalogOptions {
  readonly classify: Classify
  /** Classes once given stay with (relation OID, attribute), and the epoch goes on from here. */
  readonly previous?: Catalog
}

const ATTEMPTS = 3

/** The reading is of one moment: it is repeated while the fingerprint moves under it. */
export async function readCatalog(client: CatalogClient, options: CatalogOptions): Promise<Catalog> {
  let before = await fingerprint(client)
  for (let attempt = 1; ; attempt++) {
    const catalog = await readOnce(client, options)
    const after = await fingerprint(client)
    if (after === before || attempt >= ATTEMPTS) return catalog
    before = after
  }
}

/** Differs after any change that a reading would show. A few milliseconds. */
export async function fingerprint(client: CatalogClient): Promise<string> {
  const { rows } = await client.query(FINGERPRINT)
  return String(rows[0]?.fingerprint)
}

async function readOnce(client: CatalogClient, { classify, previous }: CatalogOptions): Promise<Catalog> {
  const server = (await client.query(SERVER)).rows[0] ?? {}
  const schemas = (await client.query(SCHEMAS)).rows.map((row) => String(row.name))
  const relations = await readRelations(client, classify, previous)
  return {
    engine: 'postgres',
    major: Math.floor(Number(server.number) / 10_000),
    serverVersion: String(server.version),
    database: String(server.database),
    epoch: (previous?.epoch ?? 0) + 1,
    relations,
    routines: await readRoutines(client),
    types: (await client.query(TYPES)).rows.map((row) => typeOf(row)),
    operators: (await client.query(OPERATORS)).rows.map((row) => operatorOf(row)),
    casts: (await client.query(CASTS)).rows.map((row) => castOf(row)),
    schemas,
  }
}

/** False when a lock kept a definition from being read: it is worth another try though the fingerprint stands still. */
export function isComplete(catalog: Catalog): boolean {
  const views = new Set(['view', 'materialized'])
  const whole = catalog.relations.every(
    (relation) =>
      isSystem(relation.schema) ||
      ((relation.definition !== undefined || !views.has(relation.kind)) &&
        relation.columns.every((column) => column.generated !== UNREAD)),
  )
  return whole && catalog.routines.every((routine) => routine.language !== UNREADABLE)
}

function isSystem(schema: string): boolean {
  return schema === 'pg_catalog' || schema === 'information_schema'
}

const UNREADABLE = 'unreadable'

type Row = Readonly<Record<string, unknown>>

const ROUTINE_KINDS: Readonly<Record<string, CatalogRoutine['kind']>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
}

/** A body that was parsed when it was made and can't be shown now is in no language that anyone reads. */
async function readRoutines(client: CatalogClient): Promise<CatalogRoutine[]> {
  const { rows } = await client.query(ROUTINES)
  const bodies = rows.some((row) => row.parsed === true)
    ? await readDefinitions(client, BODIES)
    : new Map<number, Row>()
  return rows.map((row) => {
    const oid = Number(row.oid)
    const body = row.parsed === true ? bodies.get(oid)?.text : row.body
    return {
      oid,
      schema: String(row.schema),
      name: String(row.name),
      kind: ROUTINE_KINDS[String(row.kind)] ?? 'function',
      arguments: String(row.arguments)
        .split(' ')
        .filter((type) => type !== '')
        .map(Number),
      variadic: row.variadic === true,
      defaults: Number(row.defaults),
      returns: Number(row.returns),
      returnsSet: row.returnsSet === true,
      language: body === undefined ? UNREADABLE : String(row.language),
      body: String(body ?? ''),
      securityDefiner: row.securityDefiner === true,
    }
  })
}

const TYPE_KINDS: Readonly<Record<string, CatalogType['kind']>> = {
  b: 'base',
  c: 'composite',
  d: 'domain',
  e: 'enum',
  p: 'pseudo',
  r: 'range',
  m: 'multirange',
}

function typeOf(row: Row): CatalogType {
  return {
    oid: Number(row.oid),
    schema: String(row.schema),
    name: String(row.name),
    kind: TYPE_KINDS[String(row.kind)] ?? 'base',
    relation: Number(row.relation),
    element: Number(row.element),
    base: Number(row.base),
  }
}

function operatorOf(row: Row): CatalogOperator {
  return {
    schema: String(row.schema),
    name: String(row.name),
    left: Number(row.left),
    right: Number(row.right),
    routine: Number(row.routine),
  }
}

function castOf(row: Row): CatalogCast {
  return { source: Number(row.source), target: Number(row.target), routine: Number(row.routine) }
}

/** What an upstream account may do beyond its grants (R12). */
export interface AccountRights {
  readonly account: string
  readonly superuser: boolean
  readonly bypassrls: boolean
  readonly replication: boolean
  readonly createrole: boolean
  /** Roles that it is a member of, at any depth. */
  readonly memberOf: readonly string[]
}

export async function readAccountRights(client: CatalogClient): Promise<AccountRights> {
  const row = (await client.query(RIGHTS)).rows[0] ?? {}
  return {
    account: String(row.account),
    superuser: row.superuser !== false,
    bypassrls: row.bypassrls !== false,
    replication: row.replication !== false,
    createrole: row.createrole !== false,
    memberOf: Array.isArray(row.memberOf) ? row.memberOf.map(String) : [],
  }
}
