/** A literal key into a JSON column narrows the column to a path inside it: `profile:contact.email`. */

import type { Leaf, Value } from '../../lineage/value.js'
import { TYPE } from '../functions/builtin-types.js'
import type { Env } from './analysis.js'

/** What a path may hold to be written unambiguously. */
const PLAIN = /^[^.:*\0]+$/

/**
 * The value under literal keys; undefined when it is no JSON column or path of one. `document`: it is JSON again, so that
 * further keys go deeper.
 */
export function narrow(
  value: Value,
  keys: readonly string[],
  document: boolean,
  env: Env,
): Value | undefined {
  if (value.type !== TYPE.json && value.type !== TYPE.jsonb) return undefined
  if (value.same.size === 0 || keys.length === 0 || !keys.every((key) => PLAIN.test(key))) return undefined
  env.analysis.literalMattered()
  const narrowed: Leaf[] = [...value.same].map((leaf) => ({
    mention: leaf.mention,
    column: `${leaf.column}${leaf.column.includes(':') ? '.' : ':'}${keys.join('.')}`,
    classes: leaf.classes,
  }))
  const others = [...value.leaves].filter((leaf) => !value.same.has(leaf))
  return {
    how: 'computed',
    leaves: new Set([...narrowed, ...others]),
    same: document ? new Set(narrowed) : new Set(),
    type: document ? value.type : TYPE.text,
    ...(value.unprovable === undefined ? {} : { unprovable: value.unprovable }),
  }
}

/** The keys of a text[] literal such as `{contact,email}`; undefined for anything less plain. */
export function pathKeys(literal: string): readonly string[] | undefined {
  const match = /^\{([^{}"\\\s]+)\}$/.exec(literal)
  return match?.[1]?.split(',')
}
