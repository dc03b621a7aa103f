/** Relations with their columns, definitions, parents and the classes of data in them. */
import type { Catalog, CatalogColumn, CatalogRelation, RelationKind } from '@gatehouse/sql'
import type { CatalogClient } from './client.js'
import { readDefinitions } from './definitions.js'
import { COLUMNS, GENERATED, PARENTS, RELATIONS, VIEWS } from './queries.js'

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

/** No grammar takes it: a generated column whose expression could not be read depends on anything. */
export const UNREAD = '('

export async function readRelations(
  client: CatalogClient,
  classify: Classify,
  previous: Catalog | undefined,
): Promise<CatalogRelation[]> {
  const database = String((await client.query('select current_database() as name')).rows[0]?.name)
  const { rows } = await client.query(RELATIONS)
  const columns = grouped((await client.query(COLUMNS)).rows, 'relation')
  const parents = grouped((await client.query(PARENTS)).rows, 'child')
  const views = await readDefinitions(client, VIEWS)
  const generated = new Map<string, string>()
  for (const row of (await readDefinitions(client, GENERATED)).values()) {
    generated.set(`${row.relation}.${row.number}`, String(row.text))
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
      columns: own.map((column, at) => columnOf(column, classes[at] ?? [], generated)),
      ...(typeof definition === 'string' ? { definition } : {}),
      parents: (parents.get(oid) ?? []).map((each) => Number(each.parent)),
      rules: row.rules === true,
      triggers: row.triggers === true,
    }
  })
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
  generated: ReadonlyMap<string, string>,
): CatalogColumn {
  const key = `${row.relation}.${row.number}`
  return {
    name: String(row.name),
    number: Number(row.number),
    type: Number(row.type),
    classes,
    nullable: row.notNull !== true,
    ...(row.generated === true ? { generated: generated.get(key) ?? UNREAD } : {}),
  }
}
