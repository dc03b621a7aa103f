/** Which of the session's own columns a statement brings values into, and what they are made of (R19). */
import type { CatalogRelation } from '../../catalog.js'
import type { Value } from '../../lineage/value.js'
import type { Effect } from '../plan.js'
import type { Analysis } from '../query/index.js'
import { grown, isOfSession, type SessionColumn, type SessionRelation } from './session-relation.js'
import { storedValues } from './stored-values.js'

export interface Growth {
  readonly stored: (relation: CatalogRelation, column: string, value: Value) => void
  effects(): readonly Effect[]
}

export function createGrowth(analysis: Pick<Analysis, 'catalog' | 'session'>): Growth {
  const { catalog, session } = analysis
  const changed = new Map<number, Map<number, SessionColumn>>()
  const originals = new Map<SessionColumn, SessionColumn>()

  function add(relation: SessionRelation, column: SessionColumn, value: Value): void {
    const columns = changed.get(relation.oid) ?? new Map<number, SessionColumn>()
    const now = grown(columns.get(column.number) ?? column, storedValues(value))
    columns.set(column.number, now)
    originals.set(now, column)
    changed.set(relation.oid, columns)
  }

  /** The tables that a write to a view can end in: any of those it was bound to. */
  function below(view: CatalogRelation): readonly SessionRelation[] {
    const found = new Map<number, SessionRelation>()
    const open: CatalogRelation[] = [view]
    for (let each = open.pop(); each !== undefined; each = open.pop()) {
      if (!isOfSession(each) || found.has(each.oid)) continue
      found.set(each.oid, each)
      for (const { oid } of each.bases ?? []) {
        const base = catalog.relationByOid(oid)
        if (base) open.push(base)
      }
    }
    return [...found.values()].filter(({ kind }) => kind !== 'view')
  }

  return {
    stored(relation, name, value) {
      if (session === undefined) return
      if (relation.kind === 'view') {
        for (const each of below(relation)) for (const column of each.columns) add(each, column, value)
        return
      }
      for (const each of [relation, ...catalog.descendants(relation), ...catalog.ancestors(relation)]) {
        if (!isOfSession(each)) continue
        const column = each.columns.find((own) => own.name === name)
        if (column) add(each, column, value)
      }
    },
    effects() {
      const effects: Effect[] = []
      for (const [relation, columns] of changed) {
        const more = [...columns.values()].filter(
          (column) => JSON.stringify(column) !== JSON.stringify(originals.get(column)),
        )
        if (more.length > 0) effects.push({ kind: 'grow', relation, columns: more.map(valuesOf) })
      }
      return effects
    },
  }
}

function valuesOf({ number, classes, sources, computed, unprovable }: SessionColumn) {
  return {
    number,
    classes,
    ...(sources === undefined ? {} : { sources }),
    ...(computed === undefined ? {} : { computed }),
    ...(unprovable === undefined ? {} : { unprovable }),
  }
}
