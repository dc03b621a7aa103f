/** Fast look-ups over one reading of the catalog; view bodies and generated expressions are parsed once, when asked for. */
import { createHash } from 'node:crypto'
import type {
  Catalog,
  CatalogCast,
  CatalogForeignKey,
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
  /** The parsed expression of a generated column, a default, a check or a policy. */
  generatedExpression(text: string): unknown
  /** The statements of a body in SQL, wrapped; undefined when it is in no SQL or unreadable. */
  routineBody(routine: CatalogRoutine): readonly unknown[] | undefined
  /** The defaults of a routine's last input parameters; undefined when they are not known. */
  defaultExpressions(routine: CatalogRoutine): readonly unknown[] | undefined
  /** The foreign keys that refer to this relation, with the relation that holds them. */
  referrers(relation: CatalogRelation): readonly Referrer[]
}

export interface Referrer {
  readonly relation: CatalogRelation
  readonly key: CatalogForeignKey
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

function statementsOf(parsed: unknown): readonly unknown[] | undefined {
  const statements = (parsed as { stmts?: readonly { stmt?: unknown }[] } | null | undefined)?.stmts
  return Array.isArray(statements) ? statements.map((each) => each?.stmt) : undefined
}

/** The lists in lists that BEGIN ATOMIC makes, or the one RETURN. */
function flatten(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body.flatMap((each) => flatten(each))
  const items = (body as { List?: { items?: unknown } } | null | undefined)?.List?.items
  return items === undefined ? [body] : flatten(items)
}

/** What stands before a body that was parsed when it was made, so that the grammar takes it. */
const BEFORE_ATOMIC = 'CREATE FUNCTION f() RETURNS void LANGUAGE sql '
const ATOMIC = /^\s*(?:BEGIN\s+ATOMIC|RETURN)\b/i

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
  const parsed = new Map<string, readonly unknown[] | undefined>()
  const referring = grouped(
    catalog.relations.flatMap((relation) => (relation.foreignKeys ?? []).map((key) => ({ relation, key }))),
    ({ key }) => key.relation,
  )

  function parseAll(text: string): readonly unknown[] | undefined {
    if (!parsed.has(text)) {
      try {
        parsed.set(text, statementsOf(options.parse(text)))
      } catch {
        parsed.set(text, undefined)
      }
    }
    return parsed.get(text)
  }

  function parse(text: string): unknown {
    const found = parseAll(text)
    return found?.length === 1 ? found[0] : undefined
  }

  function targets(text: string): readonly unknown[] | undefined {
    const select = (parse(`SELECT ${text}`) as { SelectStmt?: Record<string, unknown> } | undefined)
      ?.SelectStmt
    const found = select?.targetList
    if (!Array.isArray(found) || select === undefined) return undefined
    // The text is one expression or a list of them, and nothing that a SELECT could have besides.
    if (Object.keys(select).some((member) => !PLAIN_SELECT.has(member))) return undefined
    return found.map((each) => (each as { ResTarget?: { val?: unknown } }).ResTarget?.val)
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
      const found = targets(text)
      return found?.length === 1 ? found[0] : undefined
    },
    routineBody(routine) {
      if (routine.language !== 'sql') return undefined
      if (!(routine.atomic ?? ATOMIC.test(routine.body))) return parseAll(routine.body)
      const made = parse(`${BEFORE_ATOMIC}${routine.body}`) as
        | { CreateFunctionStmt?: { sql_body?: unknown } }
        | undefined
      const body = made?.CreateFunctionStmt?.sql_body
      return body === undefined ? undefined : flatten(body)
    },
    defaultExpressions(routine) {
      if (routine.defaults === 0) return []
      const found = routine.defaultTexts === undefined ? undefined : targets(routine.defaultTexts)
      return found?.length === routine.defaults ? found : undefined
    },
    referrers: (relation) => referring.get(relation.oid) ?? [],
  }
}

const PLAIN_SELECT: ReadonlySet<string> = new Set(['targetList', 'limitOption', 'op'])
