/** Fast look-ups over one reading of a MySQL catalog; view bodies and generated expressions are parsed once, when asked for. */
import { createHash } from 'node:crypto'
import type { ReviewedRoutine } from '../catalog.js'
import type { MysqlCatalog, MysqlForeignKey, MysqlRelation, MysqlRoutine } from './catalog.js'
import { fold } from './text/fold.js'

export { fold }

/** A foreign key that points to a relation, and whose it is. */
export interface Referrer {
  readonly relation: MysqlRelation
  readonly key: MysqlForeignKey
}

export interface MysqlCatalogIndex {
  readonly catalog: MysqlCatalog
  /** As the server finds it; with names compared by case where it does, and the nearest other spelling otherwise. */
  relation(schema: string, name: string): MysqlRelation | undefined
  hasSchema(name: string): boolean
  /** Stored functions and procedures; their names are never case-sensitive. */
  routine(schema: string, name: string, kind: MysqlRoutine['kind']): MysqlRoutine | undefined
  /** Whether some schema has a routine of this name. */
  isRoutineName(name: string): boolean
  isLoadable(name: string): boolean
  referrers(relation: MysqlRelation): readonly Referrer[]
  /** The reviewed entry of a routine whose body is the one that was reviewed (R3). */
  reviewed(routine: MysqlRoutine): ReviewedRoutine | undefined
  /** A view's statement as `parse` gives it; undefined when its definition is missing or unreadable. */
  viewStatement(relation: MysqlRelation, parse: (text: string) => unknown): unknown
  /** The tree of a generated column's expression. */
  generatedExpression(text: string, parse: (text: string) => unknown): unknown
}

/** As a Functions document names it: of the body as `catalog export` shows it, in UTF-8. */
export function hashRoutine(body: string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}

export function createMysqlCatalogIndex(
  catalog: MysqlCatalog,
  reviewed: readonly ReviewedRoutine[] = [],
): MysqlCatalogIndex {
  const exact = new Map<string, MysqlRelation>()
  const folded = new Map<string, MysqlRelation>()
  for (const relation of catalog.relations) {
    exact.set(`${relation.schema}\0${relation.name}`, relation)
    const key = `${fold(relation.schema)}\0${fold(relation.name)}`
    if (!folded.has(key)) folded.set(key, relation)
  }
  const schemas = new Set(catalog.schemas.map(fold))
  const routines = new Map<string, MysqlRoutine>()
  for (const routine of catalog.routines)
    routines.set(`${routine.kind}\0${fold(routine.schema)}\0${fold(routine.name)}`, routine)
  const routineNames = new Set(catalog.routines.map(({ name }) => fold(name)))
  const loadable = new Set(catalog.loadable.map(fold))
  const referrers = new Map<string, Referrer[]>()
  for (const relation of catalog.relations)
    for (const key of relation.foreignKeys) {
      const target = `${fold(key.schema)}\0${fold(key.relation)}`
      referrers.set(target, [...(referrers.get(target) ?? []), { relation, key }])
    }
  const reviews = new Map<string, ReviewedRoutine[]>()
  for (const each of reviewed) reviews.set(fold(each.name), [...(reviews.get(fold(each.name)) ?? []), each])
  const parsed = new Map<string, unknown>()

  function parseOnce(text: string, parse: (text: string) => unknown): unknown {
    if (!parsed.has(text)) {
      try {
        parsed.set(text, parse(text))
      } catch {
        parsed.set(text, undefined)
      }
    }
    return parsed.get(text)
  }

  return {
    catalog,
    relation: (schema, name) =>
      exact.get(`${schema}\0${name}`) ?? folded.get(`${fold(schema)}\0${fold(name)}`),
    hasSchema: (name) => schemas.has(fold(name)),
    routine: (schema, name, kind) => routines.get(`${kind}\0${fold(schema)}\0${fold(name)}`),
    isRoutineName: (name) => routineNames.has(fold(name)),
    isLoadable: (name) => loadable.has(fold(name)),
    referrers: (relation) => referrers.get(`${fold(relation.schema)}\0${fold(relation.name)}`) ?? [],
    reviewed(routine) {
      if (routine.body === undefined) return undefined
      const hash = hashRoutine(routine.body)
      return reviews.get(fold(`${routine.schema}.${routine.name}`))?.find(({ body }) => body === hash)
    },
    viewStatement: (relation, parse) =>
      relation.definition === undefined ? undefined : parseOnce(relation.definition, parse),
    generatedExpression(text, parse) {
      const statement = parseOnce(`SELECT ${text}`, parse) as
        | { Query?: { body?: { Select?: { projection?: readonly unknown[] } } } }
        | undefined
      const items = statement?.Query?.body?.Select?.projection
      const item = items?.length === 1 ? (items[0] as { UnnamedExpr?: unknown } | undefined) : undefined
      return item?.UnnamedExpr
    },
  }
}
