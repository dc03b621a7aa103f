/** A view's body, read where it is mentioned: its bases count for every restriction (R4). */
import type { CatalogRelation } from '../../catalog.js'
import { unwrap } from '../tree.js'
import type { Env } from './analysis.js'
import { opaque } from './analysis.js'
import { resourceOf } from './names.js'
import { readSelect } from './select.js'
import type { Value } from './value.js'

/** Views on views on views: beyond this a view is opaque. */
const DEPTH = 32

/** The values of a view's columns by position; undefined when nothing of them is known. */
export function expandView(relation: CatalogRelation, env: Env): readonly Value[] | undefined {
  const query = unwrap(env.analysis.catalog.viewQuery(relation))
  const problem =
    env.depth >= DEPTH || env.ledger.budget <= 0
      ? `view \`${relation.name}\` nests too deeply`
      : query?.type !== 'SelectStmt'
        ? `the body of view \`${relation.name}\` is not known`
        : undefined
  if (problem !== undefined || query === undefined) {
    opaque({ ...env, stored: false }, problem ?? 'a view has no body', resourceOf(env.analysis, relation))
    return undefined
  }
  const inner: Env = {
    ...env,
    // Definitions are read with search_path = pg_catalog, so that everything else in them is qualified.
    analysis: { ...env.analysis, searchPath: ['pg_catalog'], literalMattered: () => {}, parameterTypes: [] },
    derived: true,
    ctes: undefined,
    outer: undefined,
    depth: env.depth + 1,
    top: false,
    stored: env.stored || relation.kind === 'materialized',
  }
  const { columns, open } = readSelect(query.node, inner, { lazily: true })
  if (open !== undefined) return undefined
  return relation.columns.map((_, position) => columns[position]?.value ?? missing(relation))
}

function missing(relation: CatalogRelation): Value {
  return {
    how: 'computed',
    leaves: new Set(),
    same: new Set(),
    unprovable: `view \`${relation.name}\` has changed`,
  }
}
