/** Classes that a column was given stay with it through rename, move and retype (R6), without a lasting number to know it by. */
import type { DescribedRelation } from './read-relations.js'

export interface StickyClasses {
  /** What sticks to each column of each relation, in order, and forgets nothing of those that a lock hides. */
  of(relations: readonly DescribedRelation[]): ReadonlyMap<DescribedRelation, readonly (readonly string[])[]>
  /** Takes note of what was decided. */
  keep(relation: DescribedRelation, classes: readonly (readonly string[])[]): void
  /** The reading is over: relations that were not kept are gone. */
  settle(relations: readonly DescribedRelation[]): void
}

interface Known {
  readonly name: string
  readonly number: number
  readonly type: string
  readonly classes: readonly string[]
}

const keyOf = ({ schema, name }: DescribedRelation) => `${schema}\0${name}`

export function createStickyClasses(): StickyClasses {
  let known = new Map<string, readonly Known[]>()
  let next = new Map<string, readonly Known[]>()

  /** Relations that went away, by the names of their columns: one that appears with the same ones is a renamed one. */
  function vanished(
    relations: readonly DescribedRelation[],
  ): ReadonlyMap<string, readonly (readonly Known[])[]> {
    const present = new Set(relations.map(keyOf))
    const gone = new Map<string, (readonly Known[])[]>()
    for (const [key, columns] of known) {
      if (present.has(key) || columns.every(({ classes }) => classes.length === 0)) continue
      const signature = columns.map(({ name }) => name).join('\0')
      gone.set(signature, [...(gone.get(signature) ?? []), columns])
    }
    return gone
  }

  return {
    of(relations) {
      const gone = vanished(relations)
      const stuck = new Map<DescribedRelation, readonly (readonly string[])[]>()
      for (const relation of relations) {
        const before = known.get(keyOf(relation))
        const candidates =
          before !== undefined
            ? [before]
            : gone.size === 0
              ? []
              : (gone.get(relation.columns.map(({ name }) => name).join('\0')) ?? [])
        if (candidates.length === 0) continue
        const found = candidates.map((columns) => inherit(columns, relation))
        stuck.set(
          relation,
          relation.columns.map((_, at) => [...new Set(found.flatMap((classes) => classes[at] ?? []))]),
        )
      }
      return stuck
    },
    keep(relation, classes) {
      next.set(
        keyOf(relation),
        relation.columns.map(({ name, number, type }, at) => ({
          name,
          number,
          type,
          classes: classes[at] ?? [],
        })),
      )
    },
    settle(relations) {
      for (const relation of relations) {
        const key = keyOf(relation)
        const before = known.get(key)
        if (relation.columns.length === 0 && before !== undefined) next.set(key, before)
      }
      known = next
      next = new Map()
    },
  }
}

/**
 * By name; by place, too, where there are as many columns and the name stood elsewhere, which columns leave that pass their names
 * on; and a new name takes what a name that went away had at its place, or failing that of its type.
 */
function inherit(before: readonly Known[], { columns }: DescribedRelation): readonly (readonly string[])[] {
  const names = new Map(before.map((column) => [column.name, column]))
  const places = new Map(before.map((column) => [column.number, column]))
  const present = new Set(columns.map(({ name }) => name))
  const gone = before.filter(({ name }) => !present.has(name))
  const renamed = columns.length === before.length
  return columns.map(({ name, number, type }) => {
    const own = names.get(name)
    if (own !== undefined)
      return renamed && own.number !== number
        ? [...own.classes, ...(places.get(number)?.classes ?? [])]
        : own.classes
    const there = gone.find((column) => column.number === number)
    if (there !== undefined) return there.classes
    return gone.filter((column) => column.type === type).flatMap(({ classes }) => classes)
  })
}
