/** The views through which a relation's rows could be written (manual, CREATE VIEW: updatable views). */
import type { Catalog, CatalogRelation } from '../../catalog.js'

const known = new WeakMap<Catalog, Map<number, readonly (readonly string[])[]>>()

/**
 * Paths of the views whose definitions name it, at any remove. By text, so rather too many than too few: a definition
 * always spells a relation's name out.
 */
export function viewsOver(relation: CatalogRelation, catalog: Catalog): readonly (readonly string[])[] {
  const answers = known.get(catalog) ?? new Map<number, readonly (readonly string[])[]>()
  known.set(catalog, answers)
  const answer = answers.get(relation.oid) ?? find(relation, catalog)
  answers.set(relation.oid, answer)
  return answer
}

function find(relation: CatalogRelation, catalog: Catalog): readonly (readonly string[])[] {
  const found = new Set<CatalogRelation>()
  const open = [relation]
  for (let each = open.pop(); each; each = open.pop()) {
    const name = each.name.replaceAll('"', '""')
    for (const view of catalog.relations)
      if (view.kind === 'view' && !found.has(view) && view.definition?.includes(name)) {
        found.add(view)
        open.push(view)
      }
  }
  return [...found].map(({ schema, name }) => [catalog.database, schema, name])
}
