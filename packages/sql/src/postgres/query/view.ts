/** A view's body, read where it is mentioned: its bases count for every restriction (R4). */
import type { CatalogRelation } from '../../catalog.js'
import type { Column } from '../../lineage/value.js'
import { isOfSession } from '../session/session-relation.js'
import { unwrap } from '../tree.js'
import type { Env } from './analysis.js'
import { type Analysis, definedAnalysis, opaque } from './analysis.js'
import { unknownNodeOnce } from './known-nodes.js'
import { resourceOf } from './names.js'
import { isOwnersAlone } from './owned-definition.js'
import { readSelect } from './select.js'

/** Views on views on views: beyond this a view is opaque. */
const DEPTH = 32

/** A view of the session is bound to its relations; what it calls is found by the path of its making. */
function bodyAnalysis(relation: CatalogRelation, env: Env): Analysis {
  const defined = definedAnalysis(env.analysis)
  return isOfSession(relation)
    ? { ...defined, bound: false, searchPath: relation.path ?? 'unknown' }
    : defined
}

/** What a view's columns are made of, by position and only when asked; undefined when nothing of it is known. */
export function expandView(relation: CatalogRelation, env: Env): readonly Column[] | undefined {
  const query = unwrap(env.analysis.catalog.viewQuery(relation))
  const problem =
    env.depth >= DEPTH || env.ledger.budget <= 0
      ? `view \`${relation.name}\` nests too deeply`
      : query?.type !== 'SelectStmt' || unknownNodeOnce(query.node) !== undefined
        ? `the body of view \`${relation.name}\` is not known`
        : undefined
  if (problem !== undefined || query === undefined) {
    opaque({ ...env, stored: false }, problem ?? 'a view has no body', resourceOf(env.analysis, relation))
    return undefined
  }
  const inner: Env = {
    ...env,
    analysis: bodyAnalysis(relation, env),
    derived: true,
    ctes: undefined,
    outer: undefined,
    depth: env.depth + 1,
    top: false,
    stored: env.stored || relation.kind === 'materialized',
    owned: isOwnersAlone(relation, query.node),
    steering: undefined,
  }
  const body = readSelect(query.node, inner, { lazily: true })
  return body.open === undefined && body.columns.length >= relation.columns.length ? body.columns : undefined
}
