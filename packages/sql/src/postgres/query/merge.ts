/** MERGE: a verb per WHEN action. */
import type { Verb } from '@gatehouse/core'
import type { Columns } from '../../lineage/columns.js'
import { EMPTY, type Scope, single, together, within } from '../../lineage/scope.js'
import { as, list, type Tree, tree } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { readValue } from './expression.js'
import { readFromItem } from './from.js'
import { readCondition } from './predicate.js'
import { readReturning } from './returning.js'
import { store } from './store.js'
import { openTarget, type Target } from './target-relation.js'
import { insertedColumns, namesOf, readAssignments, storedBy } from './write.js'

export function readMerge(node: Tree, given: Env): Columns {
  const env: Env = { ...given, top: false }
  const target = openTarget(tree(node.relation), env)
  const source = readFromItem(node.sourceRelation, EMPTY, env)
  const own = single(target.item)
  const namespace = together(own, source)
  const scope = within(namespace, env.outer)
  readCondition(node.joinCondition, scope, env, 'join', own)
  const joined = target.reading?.mention.bounded === true
  for (const each of list(node.mergeWhenClauses)) {
    const clause = as(each, 'MergeWhenClause')
    if (clause) readWhen(clause, scope, target, joined, env)
    else opaque(env, 'a WHEN of MERGE is not understood')
  }
  return readReturning(node, target.item, together(source, own), env)
}

/** ON bounds what matches; what nothing matches is bounded by its own condition alone. */
function readWhen(clause: Tree, scope: Scope, target: Target, joined: boolean, env: Env): void {
  const own = target.reading?.mention
  if (own) own.bounded = false
  readCondition(clause.condition, scope, env, 'filter', single(target.item))
  const conditioned = own?.bounded === true
  if (own) own.bounded = joined
  const unmatched = clause.matchKind === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE'
  const bounded = () => conditioned || (joined && !unmatched)
  switch (clause.commandType) {
    case 'CMD_INSERT': {
      const values = list(clause.values).map((each) => readValue(each, scope, env))
      const names = insertedColumns(clause.targetList, target, values.length)
      const stored = storedBy(names, values)
      store(stored, target, env)
      target.write('insert', names, () => true, stored)
      return
    }
    case 'CMD_UPDATE': {
      const stored = readAssignments(clause.targetList, target, scope, env)
      target.write('update', namesOf(stored), bounded, stored)
      return
    }
    case 'CMD_DELETE':
      target.write('delete' satisfies Verb, [], bounded)
      return
    case 'CMD_NOTHING':
      return
    default:
      opaque(env, 'an action of MERGE is not understood')
  }
}
