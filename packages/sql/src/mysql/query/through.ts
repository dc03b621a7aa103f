/** A view's column: the column itself, and whatever its body takes it from. */
import { use } from '../../lineage/mention.js'
import type { Value } from '../../lineage/value.js'
import type { MysqlRelation } from '../catalog.js'
import type { Env } from './analysis.js'

export function through(value: Value, inner: Value | undefined, relation: MysqlRelation, env: Env): Value {
  if (inner === undefined)
    return { ...value, how: 'computed', unprovable: `the body of view \`${relation.name}\` cannot be read` }
  const counted = inner.how === 'counted'
  if (counted) use(env, [inner], 'output')
  return {
    ...value,
    how: inner.how === 'computed' ? 'computed' : 'copied',
    leaves: counted ? value.leaves : new Set([...value.leaves, ...inner.leaves]),
    same: new Set([...value.same, ...inner.same]),
    ...(inner.shared ? { shared: true } : {}),
    ...(inner.unprovable === undefined ? {} : { unprovable: inner.unprovable }),
    ...(inner.how === 'copied' && !inner.mixed ? {} : { mixed: true }),
  }
}
