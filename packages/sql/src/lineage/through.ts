/** A view's column: the column itself, and whatever its body takes it from (R4). */
import { type Using, use } from './mention.js'
import type { Value } from './value.js'

/** `inner`: the column of the body; undefined when the body cannot be read. */
export function through(value: Value, inner: Value | undefined, view: string, env: Using): Value {
  if (inner === undefined)
    return { ...value, how: 'computed', unprovable: `the body of view \`${view}\` cannot be read` }
  const counted = inner.how === 'counted'
  if (counted) use(env, [inner], 'output')
  return {
    ...value,
    how: inner.how === 'computed' ? 'computed' : 'copied',
    leaves: counted ? value.leaves : new Set([...value.leaves, ...inner.leaves]),
    same: new Set([...value.same, ...inner.same]),
    ...(inner.unprovable === undefined ? {} : { unprovable: inner.unprovable }),
    ...(inner.how === 'copied' && !inner.mixed ? {} : { mixed: true }),
  }
}
