/** Reads everything that the statement reader must know of one database (rules R2, R6). */
import type { Catalog, CatalogCast, CatalogOperator, CatalogRelation, CatalogType } from '@gatehouse/sql'
import type { CatalogClient } from './client.js'
import { CASTS, FINGERPRINT, OPERATORS, RIGHTS, SCHEMAS, SERVER, TYPES } from './queries.js'
import { readConstraints, UNREAD } from './read-constraints.js'
import { type Classify, readRelations } from './read-relations.js'
import { isWholeRoutine, readRoutines } from './read-routines.js'
import { readUsage } from './read-usage.js'

export interface CatalogOptions {
  readonly classify: Classify
  /** Classes once given stay with (relation OID, attribute), and the epoch goes on from here. */
  readonly previous?: Catalog
  /** Upstream accounts whose sessions are read against it: where they may look names up is read for each. */
  readonly accounts?: readonly string[]
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

async function readOnce(
  client: CatalogClient,
  { classify, previous, accounts = [] }: CatalogOptions,
): Promise<Catalog> {
  const server = (await client.query(SERVER)).rows[0] ?? {}
  const schemas = (await client.query(SCHEMAS)).rows.map((row) => String(row.name))
  const constraints = await readConstraints(client)
  const relations = await readRelations(client, classify, previous, constraints)
  const routines = await readRoutines(client)
  const definers = routines.flatMap(({ securityDefiner, owner }) =>
    securityDefiner && owner !== undefined ? [owner] : [],
  )
  return {
    engine: 'postgres',
    major: Math.floor(Number(server.number) / 10_000),
    serverVersion: String(server.version),
    database: String(server.database),
    epoch: (previous?.epoch ?? 0) + 1,
    relations,
    routines,
    types: (await client.query(TYPES)).rows.map((row) => typeOf(row, constraints.domainChecks)),
    operators: (await client.query(OPERATORS)).rows.map((row) => operatorOf(row)),
    casts: (await client.query(CASTS)).rows.map((row) => castOf(row)),
    schemas,
    usage: await readUsage(client, [...new Set([...accounts, ...definers])]),
  }
}

/** False when a lock kept a definition from being read: it is worth another try though the fingerprint stands still. */
export function isComplete(catalog: Catalog): boolean {
  const views = new Set(['view', 'materialized'])
  const whole = catalog.relations.every(
    (relation) =>
      isSystem(relation.schema) ||
      ((relation.definition !== undefined || !views.has(relation.kind)) && isWhole(relation)),
  )
  const checked = catalog.types.every(({ checks }) => !checks?.includes(UNREAD))
  return whole && checked && catalog.routines.every(isWholeRoutine)
}

function isWhole({ columns, checks, policies }: CatalogRelation): boolean {
  return (
    columns.every((column) => column.generated !== UNREAD && column.default !== UNREAD) &&
    !checks?.includes(UNREAD) &&
    (policies ?? []).every(({ using, check }) => using !== UNREAD && check !== UNREAD)
  )
}

function isSystem(schema: string): boolean {
  return schema === 'pg_catalog' || schema === 'information_schema'
}

type Row = Readonly<Record<string, unknown>>

const TYPE_KINDS: Readonly<Record<string, CatalogType['kind']>> = {
  b: 'base',
  c: 'composite',
  d: 'domain',
  e: 'enum',
  p: 'pseudo',
  r: 'range',
  m: 'multirange',
}

function typeOf(row: Row, checks: ReadonlyMap<number, readonly string[]>): CatalogType {
  const oid = Number(row.oid)
  return {
    oid,
    schema: String(row.schema),
    name: String(row.name),
    kind: TYPE_KINDS[String(row.kind)] ?? 'base',
    relation: Number(row.relation),
    element: Number(row.element),
    ...(row.kind === 'b' ? { input: Number(row.input) } : {}),
    base: Number(row.base),
    ...(row.kind === 'd' ? { checks: checks.get(oid) ?? [] } : {}),
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
  return {
    source: Number(row.source),
    target: Number(row.target),
    routine: Number(row.routine),
    implicit: row.implicit === true,
  }
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
