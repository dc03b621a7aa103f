/** A literal path into a JSON column narrows the column to what is under it: `profile:contact.email`. */
import type { Leaf, Value } from '../../lineage/value.js'
import type { Env } from './analysis.js'
import { TYPE } from './known-types.js'

/** The keys of a path that only descends by name, e.g. `$.contact."e-mail"`; undefined for anything less plain. */
export function pathKeys(path: string): readonly string[] | undefined {
  if (!/^\s*\$/.test(path)) return undefined
  const keys: string[] = []
  let rest = path.trim().slice(1)
  while (rest !== '') {
    const match = /^\.(?:([A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*)|"([^"\\.:*\0]+)")/.exec(rest)
    if (!match) return undefined
    keys.push(match[1] ?? match[2] ?? '')
    rest = rest.slice(match[0].length)
  }
  return keys.length > 0 ? keys : undefined
}

/**
 * The value under these keys; undefined when it is no JSON column or path of one. MariaDB's documents are strings.
 * `document`: it is JSON again, so that further keys go deeper.
 */
export function narrow(
  value: Value,
  keys: readonly string[],
  document: boolean,
  env: Env,
): Value | undefined {
  const strings = env.analysis.catalog.catalog.flavour === 'mariadb'
  if (value.type !== TYPE.json && !(strings && value.type === TYPE.string)) return undefined
  if (value.same.size === 0) return undefined
  env.analysis.literalMattered()
  const narrowed: Leaf[] = [...value.same].map((leaf) => ({
    ...leaf,
    column: `${leaf.column}${leaf.column.includes(':') ? '.' : ':'}${keys.join('.')}`,
  }))
  const others = [...value.leaves].filter((leaf) => !value.same.has(leaf))
  return {
    how: 'computed',
    leaves: new Set([...narrowed, ...others]),
    same: document ? new Set(narrowed) : new Set(),
    type: document ? (value.type ?? TYPE.json) : TYPE.string,
    ...(value.unprovable === undefined ? {} : { unprovable: value.unprovable }),
  }
}
