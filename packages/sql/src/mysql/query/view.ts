/** A view's body, read where it is mentioned: its bases count for every restriction (R4). */
import type { Column } from '../../lineage/value.js'
import type { MysqlRelation } from '../catalog.js'
import { type Env, type MysqlAnalysis, opaque } from './analysis.js'
import { resourceOf } from './names.js'
import { isOwnersAlone } from './owned-definition.js'
import { readQueryNode } from './select.js'
import { as, tree } from './tree.js'

/** Views on views on views: beyond this a view is opaque. */
const DEPTH = 32

/** What a view's columns are made of, by position and only when asked; undefined when nothing of it is known. */
export function expandView(relation: MysqlRelation, env: Env): readonly Column[] | undefined {
  const { analysis } = env
  const query = tree(as(analysis.catalog.viewStatement(relation, analysis.parse), 'Query'))
  const problem =
    env.depth >= DEPTH || env.ledger.budget <= 0
      ? `view \`${relation.name}\` nests too deeply`
      : query === undefined
        ? `the body of view \`${relation.name}\` is not known`
        : undefined
  if (problem !== undefined) {
    opaque({ ...env, stored: false }, problem, resourceOf(relation))
    return undefined
  }
  const own: MysqlAnalysis = {
    ...analysis,
    // Definitions qualify every relation; what else is in them belongs to the view's own database.
    database: relation.schema,
    literalMattered: () => {},
    parameterTypes: [],
  }
  const inner: Env = {
    ...env,
    analysis: own,
    derived: true,
    ctes: undefined,
    outer: undefined,
    depth: env.depth + 1,
    top: false,
    parameters: new Map(),
    owned: query !== undefined && isOwnersAlone(query, own),
    steering: undefined,
  }
  const body = readQueryNode(query, inner, { lazily: true })
  return body.open === undefined && body.columns.length === relation.columns.length ? body.columns : undefined
}
