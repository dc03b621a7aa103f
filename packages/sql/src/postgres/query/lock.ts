/** FOR UPDATE and FOR SHARE: a lock on every relation that they reach (R14). */

import { type Mention, mention } from '../../lineage/mention.js'
import type { Namespace } from '../../lineage/scope.js'
import { as, list, text } from '../tree.js'
import type { Env } from './analysis.js'

/** Views, subqueries and partitions are locked with what they stand for; `OF t` counts for all of FROM: the safe side. */
export function lockMentions(
  clauses: unknown,
  mentions: readonly Mention[],
  namespace: Namespace,
  env: Env,
): void {
  if (env.stored) return
  const named = list(clauses).map((clause) => list(as(clause, 'LockingClause')?.lockedRels))
  const only =
    named.some((names) => names.length === 0) || namespace.items.length < 2
      ? undefined
      : new Set(named.flat().map((name) => text(as(name, 'RangeVar')?.relname)))
  const reached = new Set<Mention>()
  for (const item of namespace.items) {
    if (only && !only.has(item.name)) continue
    for (const each of item.mentions ?? mentions) reached.add(each)
  }
  for (const each of reached)
    if (each.verb === 'read')
      mention(env.ledger, {
        verb: 'lock',
        resource: each.resource,
        command: env.command,
        derived: each.derived,
        bounded: each.bounded,
      })
}
