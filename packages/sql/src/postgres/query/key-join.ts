/** An equality of two columns and nothing else: what R17 leaves to who sees one of them masked. */
import type { FieldPlace, KeyJoin } from '@gatehouse/core'
import { use } from '../../lineage/mention.js'
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
  const declared = isDeclared(left, right, env.analysis.catalog)
  use(env, [left], 'join', { join: joinOf(left, right, declared) })
  use(env, [right], 'join', { join: joinOf(right, left, declared) })
  return true
}

/** Two columns of one row are compared, not joined. */
function sharesMention(left: Value, right: Value): boolean {
  const mentions = new Set([...left.leaves].map((leaf) => leaf.mention))
  return [...right.leaves].some((leaf) => mentions.has(leaf.mention))
}

function joinOf(ours: Value, theirs: Value, declared: boolean): KeyJoin {
  const through = [...theirs.leaves].flatMap(({ mention }) => mention.through?.() ?? [])
  return { ours: placesOf(ours), theirs: placesOf(theirs), declared, through }
}

export function placeOf({ mention, column, classes }: Leaf): FieldPlace {
  return { resource: mention.resource.path, field: column, classes }
}

/** Each once, however often the statement mentions its relation. */
function placesOf({ leaves }: Value): FieldPlace[] {
  const places = new Map<string, FieldPlace>()
  for (const leaf of leaves)
    places.set(`${leaf.mention.resource.path.join('\0')}\0${leaf.column}`, placeOf(leaf))
  return [...places.values()]
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
