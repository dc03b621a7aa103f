/** The views through which a relation's rows could be written (MySQL manual 27.6.3, updatable views). */
import type { MysqlCatalog, MysqlRelation } from '../catalog.js'

const known = new WeakMap<MysqlCatalog, Map<MysqlRelation, readonly (readonly string[])[]>>()

/**
 * Paths of the views whose definitions name it, at any remove. By text and without regard to case, so rather too many than
 * too few; a view whose definition is not known may be over anything.
 */
export function viewsOver(relation: MysqlRelation, catalog: MysqlCatalog): readonly (readonly string[])[] {
  const answers = known.get(catalog) ?? new Map<MysqlRelation, readonly (readonly string[])[]>()
  known.set(catalog, answers)
  const answer = answers.get(relation) ?? find(relation, catalog)
  answers.set(relation, answer)
  return answer
}

function find(relation: MysqlRelation, catalog: MysqlCatalog): readonly (readonly string[])[] {
  const found = new Set<MysqlRelation>()
  const open = [relation]
  for (let each = open.pop(); each; each = open.pop()) {
    const name = each.name.replaceAll('`', '``').toLowerCase()
    for (const view of catalog.relations)
      if (view.kind === 'view' && view !== relation && !found.has(view) && names(view, name)) {
        found.add(view)
        open.push(view)
      }
  }
  return [...found].map(({ schema, name }) => [schema, name])
}

function names(view: MysqlRelation, name: string): boolean {
  return view.definition === undefined || view.definition.toLowerCase().includes(name)
}
