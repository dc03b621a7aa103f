/** An equality of two columns and nothing else, in any dialect: what R17 leaves to who sees one of them masked. */
import type { FieldPlace, KeyJoin } from '@gatehouse/core'
import { type Using, use } from './mention.js'
import type { Leaf, Value } from './value.js'

/** Records the equality as a join of both; `declared`: a foreign key stands behind it. */
export function joinKeys(left: Value, right: Value, declared: boolean, env: Using): void {
  use(env, [left], 'join', { join: joinOf(left, right, declared) })
  use(env, [right], 'join', { join: joinOf(right, left, declared) })
}

/** Two columns of one row are compared, not joined. */
export function sharesMention(left: Value, right: Value): boolean {
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

/** Where the values of a plain copy stand: a view's own columns show others, which are among its leaves. */
export function sourcesOf(value: Value): FieldPlace[] {
  return [...value.leaves].filter((leaf) => !leaf.shown).map(placeOf)
}

/** Each once, however often the statement mentions its relation. */
function placesOf({ leaves }: Value): FieldPlace[] {
  const places = new Map<string, FieldPlace>()
  for (const leaf of leaves)
    places.set(`${leaf.mention.resource.path.join('\0')}\0${leaf.column}`, placeOf(leaf))
  return [...places.values()]
}
