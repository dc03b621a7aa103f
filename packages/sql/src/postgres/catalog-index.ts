/** Fast look-ups over one reading of the catalog; view bodies and generated expressions are parsed once, when asked for. */
import { createHash } from 'node:crypto'
import type {
  Catalog,
  CatalogCast,
  CatalogOperator,
  CatalogRelation,
  CatalogRoutine,
  CatalogType,
  ReviewedRoutine,
} from '../catalog.js'

export interface CatalogIndex {
  readonly catalog: Catalog
  relation(schema: string, name: string): CatalogRelation | undefined
  /** What RowDescription's origin names (R1). */
  relationByOid(oid: number): CatalogRelation | undefined
  /** Every partition and child below it, at any depth. */
  descendants(relation: CatalogRelation): readonly CatalogRelation[]
  /** Every parent above it, at any depth. */
  ancestors(relation: CatalogRelation): readonly CatalogRelation[]
  /** User-defined routines of this name, in any schema. */
  routines(name: string): readonly CatalogRoutine[]
  routineByOid(oid: number): CatalogRoutine | undefined
  operators(name: string): readonly CatalogOperator[]
  types(name: string): readonly CatalogType[]
  typeByOid(oid: number): CatalogType | undefined
  castsTo(target: number): readonly CatalogCast[]
  castsFrom(source: number): readonly CatalogCast[]
  /** The reviewed entry of a routine whose body is the one that was reviewed (R3). */
  reviewed(routine: CatalogRoutine): ReviewedRoutine | undefined
  /** The parsed query `{SelectStmt}` of a view; undefined when its definition is missing or unreadable. */
  viewQuery(relation: CatalogRelation): unknown
  /** The parsed expression of a generated column. */
  generatedExpression(text: string): unknown
}

export interface CatalogIndexOptions {
  /** The server's own grammar: `{stmts: [{stmt}]}`; may throw. */
  readonly parse: (text: string) => unknown
  readonly reviewed?: readonly ReviewedRoutine[]
}

function grouped<Key, Item>(items: readonly Item[], key: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const found = groups.get(key(item))
    if (found) found.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}

/** As a Functions document names it: of the body as `catalog export` shows it, in UTF-8. */
export function hashBody(body: string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}

function firstStatement(parsed: unknown): unknown {
  const statements = (parsed as { stmts?: readonly { stmt?: unknown }[] } | null | undefined)?.stmts
  return Array.isArray(statements) && statements.length === 1 ? statements[0]?.stmt : undefined
}

export function createCatalogIndex(catalog: Catalog, options: CatalogIndexOptions): CatalogIndex {
  const relations = new Map(
    catalog.relations.map((relation) => [`${relation.schema}\0${relation.name}`, relation]),
  )
  const byOid = new Map(catalog.relations.map((relation) => [relation.oid, relation]))
  const children = new Map<number, CatalogRelation[]>()
  for (const relation of catalog.relations)
    for (const parent of relation.parents) children.set(parent, [...(children.get(parent) ?? []), relation])
  const routines = grouped(catalog.routines, (routine) => routine.name)
  const routineOids = new Map(catalog.routines.map((routine) => [routine.oid, routine]))
  const operators = grouped(catalog.operators, (operator) => operator.name)
  const types = grouped(catalog.types, (type) => type.name)
  const typeOids = new Map(catalog.types.map((type) => [type.oid, type]))
  const casts = grouped(catalog.casts, (cast) => cast.target)
  const castsFrom = grouped(catalog.casts, (cast) => cast.source)
  const reviews = grouped(options.reviewed ?? [], (routine) => routine.name)
  const parsed = new Map<string, unknown>()

  function parse(text: string): unknown {
    if (!parsed.has(text)) {
      try {
        parsed.set(text, firstStatement(options.parse(text)))
      } catch {
        parsed.set(text, undefined)
      }
    }
    return parsed.get(text)
  }

  function reach(from: CatalogRelation, next: (relation: CatalogRelation) => readonly CatalogRelation[]) {
    const found = new Set<CatalogRelation>()
    const open = [...next(from)]
    for (let relation = open.pop(); relation; relation = open.pop()) {
      if (relation === from || found.has(relation)) continue
      found.add(relation)
      open.push(...next(relation))
    }
    return [...found]
  }

  return {
    catalog,
    relation: (schema, name) => relations.get(`${schema}\0${name}`),
    relationByOid: (oid) => byOid.get(oid),
    descendants: (relation) =>
      children.has(relation.oid) ? reach(relation, ({ oid }) => children.get(oid) ?? []) : [],
    ancestors: (relation) =>
      relation.parents.length === 0
        ? []
        : reach(relation, ({ parents }) => parents.flatMap((oid) => byOid.get(oid) ?? [])),
    routines: (name) => routines.get(name) ?? [],
    routineByOid: (oid) => routineOids.get(oid),
    operators: (name) => operators.get(name) ?? [],
    types: (name) => types.get(name) ?? [],
    typeByOid: (oid) => typeOids.get(oid),
    castsTo: (target) => casts.get(target) ?? [],
    castsFrom: (source) => castsFrom.get(source) ?? [],
    reviewed(routine) {
      const named = reviews.get(`${catalog.database}.${routine.schema}.${routine.name}`)
      // What an aggregate does stands in other routines' bodies.
      if (named === undefined || routine.kind === 'aggregate') return undefined
      const hash = hashBody(routine.body)
      return named.find(({ body }) => body === hash)
    },
    viewQuery: (relation) => (relation.definition === undefined ? undefined : parse(relation.definition)),
    generatedExpression(text) {
      const select = (
        parse(`SELECT ${text}`) as { SelectStmt?: { targetList?: readonly unknown[] } } | undefined
      )?.SelectStmt
      const target = select?.targetList?.length === 1 ? select.targetList[0] : undefined
      return (target as { ResTarget?: { val?: unknown } } | undefined)?.ResTarget?.val
    },
  }
}
