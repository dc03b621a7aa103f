/** The catalog as one session sees it: what it defined in front of what the catalog holds (R2). */
import type { CatalogRelation } from '../../catalog.js'
import type { CatalogIndex } from '../catalog-index.js'
import { columnsDigest, isOfSession, type SessionRelation } from './session-relation.js'

export interface SessionDefinitions {
  /** The catalog without the session: what stored definitions were parsed against. */
  readonly catalog: CatalogIndex
  readonly all: readonly SessionRelation[]
  find(schema: string, name: string): SessionRelation | undefined
  /** Some relation of the session has this name, in whatever schema. */
  has(name: string): boolean
}

export interface Overlaid {
  readonly index: CatalogIndex
  readonly session: SessionDefinitions
}

export function overlay(catalog: CatalogIndex, definitions: readonly SessionRelation[]): Overlaid {
  const byOid = new Map(definitions.map((each) => [each.oid, each]))
  const live = definitions.filter(({ gone }) => gone !== true)
  const names = new Map(live.map((each) => [`${each.schema}\0${each.name}`, each]))
  const bare = new Set(live.map(({ name }) => name))

  const current = (relation: CatalogRelation): readonly CatalogRelation[] => {
    const own = byOid.get(relation.oid)
    return own === undefined ? [relation] : own.gone === true ? [] : [own]
  }
  const byOidNow = (oid: number): CatalogRelation | undefined => {
    const own = byOid.get(oid)
    return own === undefined ? catalog.relationByOid(oid) : own.gone === true ? undefined : own
  }
  const children = (oids: ReadonlySet<number>) =>
    live.filter(({ parents }) => parents.some((oid) => oids.has(oid)))

  function descendants(relation: CatalogRelation): readonly CatalogRelation[] {
    const found = new Map<number, CatalogRelation>()
    const add = (each: CatalogRelation) => {
      if (each.oid === relation.oid || found.has(each.oid)) return
      found.set(each.oid, each)
      if (!isOfSession(each))
        for (const below of catalog.descendants(each)) for (const now of current(below)) add(now)
      for (const below of children(new Set([each.oid]))) add(below)
    }
    if (!isOfSession(relation))
      for (const below of catalog.descendants(relation)) for (const now of current(below)) add(now)
    for (const below of children(new Set([relation.oid]))) add(below)
    return [...found.values()]
  }

  function ancestors(relation: CatalogRelation): readonly CatalogRelation[] {
    const found = new Map<number, CatalogRelation>()
    const open = [...relation.parents]
    for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
      const parent = found.has(oid) ? undefined : byOidNow(oid)
      if (parent === undefined) continue
      found.set(oid, parent)
      open.push(...parent.parents)
    }
    return [...found.values()]
  }

  /** Invariant: a view whose relations have other columns than it was bound to is not read by their names. */
  function boundQuery(view: SessionRelation): unknown {
    const stands = (view.bases ?? []).every(({ oid, columns }) => {
      const base = byOidNow(oid)
      return base !== undefined && columnsDigest(base) === columns
    })
    return stands ? view.query : undefined
  }

  const index: CatalogIndex = {
    ...catalog,
    relation(schema, name) {
      const own = names.get(`${schema}\0${name}`)
      if (own) return own
      const found = catalog.relation(schema, name)
      return found === undefined || byOid.has(found.oid) ? undefined : found
    },
    relationByOid: byOidNow,
    descendants,
    ancestors,
    viewQuery: (relation) => (isOfSession(relation) ? boundQuery(relation) : catalog.viewQuery(relation)),
    generatedExpression(text) {
      const [, oid, number] = /^\0(\d+)\.(\d+)$/.exec(text) ?? []
      if (oid === undefined) return catalog.generatedExpression(text)
      return byOid.get(Number(oid))?.columns.find((column) => column.number === Number(number))?.expression
    },
  }
  const session: SessionDefinitions = {
    catalog,
    all: live,
    find: (schema, name) => names.get(`${schema}\0${name}`),
    has: (name) => bare.has(name),
  }
  return { index, session }
}

/** The key by which a session's generated column finds its expression: no text of a catalog begins so. */
export function expressionKey(oid: number, number: number): string {
  return `\0${oid}.${number}`
}
