/** What is known of one field's uses in one place of a statement, and how the uses in several places add up. */
import type { Field, FieldPlace, FieldUse, KeyJoin } from '@gatehouse/core'

/** What a use is about, where it is plain enough to be judged by that. */
export interface UseDetail {
  /** Of a `flow`: an unchanged copy into these. */
  readonly into?: readonly FieldPlace[]
  /** Of a `written`: unchanged copies of these. */
  readonly from?: readonly FieldPlace[]
  /** Of a `join`: the equality. */
  readonly join?: KeyJoin
  /** Of a `definition`: the relations that it compares the field with. */
  readonly beside?: readonly (readonly string[])[]
  /** Of a `written`: a constant among the values looks like a mask (R19). */
  readonly issued?: boolean
}

export interface FieldUses {
  readonly classes: readonly string[]
  readonly uses: Set<FieldUse>
  readonly details: UseDetail[]
  /** Uses that say nothing more of themselves: whatever else is known of such a use does not hold of all. */
  readonly plain: Set<FieldUse>
}

export function startUses(classes: readonly string[]): FieldUses {
  return { classes, uses: new Set(), details: [], plain: new Set() }
}

const TELLING: ReadonlySet<FieldUse> = new Set(['flow', 'written', 'join', 'definition'])

export function addUse(found: FieldUses, use: FieldUse, detail: UseDetail | undefined): void {
  found.uses.add(use)
  if (detail) found.details.push(detail)
  const told = detail?.into ?? detail?.from ?? detail?.join ?? detail?.beside
  if (told === undefined && TELLING.has(use)) found.plain.add(use)
}

export function mergeUses(into: FieldUses, other: FieldUses): void {
  for (const use of other.uses) into.uses.add(use)
  for (const use of other.plain) into.plain.add(use)
  into.details.push(...other.details)
}

export function toField(name: string, { classes, uses, details, plain }: FieldUses): Field {
  const told = <T extends object>(
    use: FieldUse,
    of: (detail: UseDetail) => readonly T[] | undefined,
  ): T[] | undefined =>
    uses.has(use) && !plain.has(use) ? distinct(details.flatMap((detail) => of(detail) ?? [])) : undefined
  const joins = told('join', ({ join }) => join && [join])
  const into = told('flow', (detail) => detail.into)
  const from = told('written', (detail) => detail.from)
  const beside = told('definition', (detail) => detail.beside)
  return {
    name,
    uses: [...uses].sort(),
    classes,
    ...(joins && { joins }),
    ...(into && { into }),
    ...(from && { from }),
    ...(beside && { beside }),
    ...(details.some(({ issued }) => issued) && { issued: true }),
  }
}

/** The same detail stands in many fields: a chain of joins would be written out once for each pair of them. */
const written = new WeakMap<object, string>()

function distinct<T extends object>(items: readonly T[]): T[] {
  const different = new Set(items)
  if (different.size < 2) return [...different]
  const seen = new Map<string, T>()
  for (const item of different) {
    const text = written.get(item) ?? JSON.stringify(item)
    written.set(item, text)
    seen.set(text, item)
  }
  return [...seen.values()]
}
