/** Relations with their columns, definitions, parents and the classes of data in them. */
import type { Catalog, CatalogColumn, CatalogRelation, RelationKind } from '@gatehouse/sql'
import type { CatalogClient } from './client.js'
import { readDefinitions } from './definitions.js'
import { COLUMNS, DEFAULTS, PARENTS, RELATIONS, VIEWS } from './queries.js'
import { type Constraints, UNREAD } from './read-constraints.js'

export interface ClassifiedColumn {
  readonly name: string
  /** As format_type shows it, e.g. `character varying(20)`. */
  readonly type: string
  readonly comment?: string
  /** Classes that this attribute was given before, under whatever name and type. */
  readonly sticky: readonly string[]
}

export interface ClassifiedRelation {
  readonly database: string
  readonly schema: string
  readonly name: string
  readonly kind: RelationKind
  readonly columns: readonly ClassifiedColumn[]
}

/**
 * Classes per column, in order. A list is added to what sticks to the attribute; `only` replaces it, which is the word
 * of a Classes document alone (R6).
 */
export type Classify = (
  relation: ClassifiedRelation,
) => readonly (readonly string[] | { readonly only: readonly string[] })[]

type Row = Readonly<Record<string, unknown>>

/** Below it everything is the server's own (transam.h). */
const FIRST_USER_OID = 16384

const KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned',
  v: 'view',
  m: 'materialized',
  f: 'foreign',
  S: 'sequence',
  c: 'composite',
  t: 'toast',
  i: 'index',
  I: 'index',
}

export async function readRelations(
  client: CatalogClient,
  classify: Classify,
  previous: Catalog | undefined,
  constraints: Constraints,
): Promise<CatalogRelation[]> {
  const database = String((await client.query('select current_database() as name')).rows[0]?.name)
  const { rows } = await client.query(RELATIONS)
  const columns = grouped((await client.query(COLUMNS)).rows, 'relation')
  const parents = grouped((await client.query(PARENTS)).rows, 'child')
  const views = await readDefinitions(client, VIEWS)
  const expressions = new Map<string, string>()
  for (const row of (await readDefinitions(client, DEFAULTS)).values()) {
    expressions.set(`${row.relation}.${row.number}`, String(row.text))
  }
  const before = new Map(previous?.relations.map((relation) => [relation.oid, relation]))
  return rows.map((row) => {
    const oid = Number(row.oid)
    const kind = KINDS[String(row.kind)] ?? 'table'
    const own = columns.get(oid) ?? []
    const described = { database, schema: String(row.schema), name: String(row.name), kind }
    const classes = row.system === true ? [] : classesOf(described, own, before.get(oid), classify)
    const definition = views.get(oid)?.text
    return {
      oid,
      schema: described.schema,
      name: described.name,
      kind,
      columns: own.map((column, at) => columnOf(column, classes[at] ?? [], expressions)),
      ...(typeof definition === 'string' ? { definition } : {}),
      parents: (parents.get(oid) ?? []).map((each) => Number(each.parent)),
      rules: row.rules === true,
      triggers: row.triggers === true,
      ...(row.system === true ? {} : guardsOf(row, oid, constraints)),
    }
  })
}

/** Whose it is, and what runs when it is read or written. */
function guardsOf(row: Row, oid: number, constraints: Constraints): Partial<CatalogRelation> {
  const foreignKeys = constraints.foreignKeys.get(oid)
  const checks = constraints.checks.get(oid)
  const policies = constraints.policies.get(oid)
  return {
    owner: String(row.owner),
    ...(typeof row.partitionKey === 'string'
      ? { partitionKey: row.partitionKey.split(' ').map(Number) }
      : {}),
    ...(foreignKeys ? { foreignKeys } : {}),
    ...(checks ? { checks } : {}),
    ...(row.rowSecurity === true
      ? { rowSecurity: row.rowSecurityForced === true ? 'forced' : 'enabled' }
      : {}),
    ...(policies ? { policies } : {}),
  }
}

function grouped(rows: readonly Row[], key: string): Map<number, Row[]> {
  const groups = new Map<number, Row[]>()
  for (const row of rows) {
    const at = Number(row[key])
    const group = groups.get(at)
    if (group) group.push(row)
    else groups.set(at, [row])
  }
  return groups
}

/** Invariant: a class sticks to (relation OID, attribute) through rename and retype, until a document removes it (R6). */
function classesOf(
  relation: Omit<ClassifiedRelation, 'columns'>,
  columns: readonly Row[],
  before: CatalogRelation | undefined,
  classify: Classify,
): readonly (readonly string[])[] {
  const known = new Map(before?.columns.map((column) => [column.number, column.classes]))
  const described = columns.map((column) => ({
    name: String(column.name),
    type: String(column.typeName),
    sticky: known.get(Number(column.number)) ?? [],
    ...(typeof column.comment === 'string' ? { comment: column.comment } : {}),
  }))
  const said = classify({ ...relation, columns: described })
  return described.map(({ sticky }, at) => {
    const classes = said[at] ?? []
    return 'only' in classes ? classes.only : [...new Set([...classes, ...sticky])]
  })
}

function columnOf(
  row: Row,
  classes: readonly string[],
  expressions: ReadonlyMap<string, string>,
): CatalogColumn {
  const key = `${row.relation}.${row.number}`
  return {
    name: String(row.name),
    number: Number(row.number),
    type: Number(row.type),
    classes,
    nullable: row.notNull !== true,
    ...(row.generated === true ? { generated: expressions.get(key) ?? UNREAD } : {}),
    ...(row.generated !== true && row.hasDefault === true && Number(row.relation) >= FIRST_USER_OID
      ? { default: expressions.get(key) ?? UNREAD }
      : {}),
  }
}
