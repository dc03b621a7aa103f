/** An equality of two columns and nothing else: what R17 leaves to who sees one of them masked. */
import { joinKeys, sharesMention } from '../../lineage/key-join.js'
import { isPlainCopy, type Leaf, type Value } from '../../lineage/value.js'
import type { CatalogIndex } from '../catalog-index.js'
import type { Env } from './analysis.js'
import { judgeOperator } from './operator.js'

/** Records `left = right` as a join along these columns; false when it is anything more than that. */
export function useKeys(
  operator: readonly string[],
  left: Value | undefined,
  right: Value | undefined,
  env: Env,
): boolean {
  if (left === undefined || right === undefined || env.owned || env.stored) return false
  if (operator.at(-1) !== '=' || !isPlainCopy(left) || !isPlainCopy(right)) return false
  if (sharesMention(left, right) || judgeOperator(operator, left, right, env).kind !== 'total') return false
  joinKeys(left, right, isDeclared(left, right, env.analysis.catalog), env)
  return true
}

function isDeclared(left: Value, right: Value, catalog: CatalogIndex): boolean {
  for (const one of left.leaves)
    for (const other of right.leaves)
      if (refers(one, other, catalog) || refers(other, one, catalog)) return true
  return false
}

function refers(from: Leaf, to: Leaf, catalog: CatalogIndex): boolean {
  const [relation, target] = [from, to].map(({ mention: { resource } }) =>
    catalog.relation(resource.path.at(-2) ?? '', resource.path.at(-1) ?? ''),
  )
  const number = relation?.columns.find(({ name }) => name === from.column)?.number
  const wanted = target?.columns.find(({ name }) => name === to.column)?.number
  if (number === undefined || wanted === undefined) return false
  return (
    relation?.foreignKeys?.some(
      (key) =>
        key.relation === target?.oid &&
        key.columns.some((each, position) => each === number && key.referenced[position] === wanted),
    ) ?? false
  )
}
