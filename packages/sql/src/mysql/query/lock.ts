/** FOR UPDATE and FOR SHARE: a lock on every relation that they reach (R14). */
import { type Mention, mention } from '../../lineage/mention.js'
import type { Namespace } from '../../lineage/scope.js'
import { type Env, opaque } from './analysis.js'
import { list, stranger, tree } from './tree.js'

/** `OF t` counts for all of FROM, and a subquery for what it reads: the safe side. */
export function lockMentions(
  mentions: readonly Mention[],
  namespace: Namespace,
  locks: unknown,
  env: Env,
): void {
  if (env.stored) return
  for (const each of list(locks)) {
    const clause = tree(each)
    if (!clause || stranger(clause, 'lock_type of nonblock') !== undefined)
      opaque(env, 'a lock is not understood')
  }
  const reached = new Set<Mention>(mentions)
  for (const item of namespace.items) for (const each of item.mentions ?? []) reached.add(each)
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
