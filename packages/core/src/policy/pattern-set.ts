/** The patterns of one rule, found by the last name: most patterns end in a plain one. */
import { type FieldPattern, touches } from './field-pattern.js'
import { isDotted, type NamePattern, names, reaches } from './name-pattern.js'

export interface PatternSet<P> {
  readonly all: readonly P[]
  readonly byLast: ReadonlyMap<string, readonly P[]>
  /** Their last segment has a star: any name may fit. */
  readonly open: readonly P[]
}

const NONE: readonly never[] = []

/** `last` gives the pieces of a pattern's last segment. */
function gather<P>(
  all: readonly P[],
  last: (pattern: P) => '**' | readonly string[] | undefined,
): PatternSet<P> {
  const byLast = new Map<string, P[]>()
  const open: P[] = []
  for (const pattern of all) {
    const pieces = last(pattern)
    const plain = pieces !== '**' && pieces?.length === 1 ? pieces[0] : undefined
    if (plain === undefined) open.push(pattern)
    else byLast.set(plain, [...(byLast.get(plain) ?? NONE), pattern])
  }
  return { all, byLast, open }
}

export function resourceSet(all: readonly NamePattern[]): PatternSet<NamePattern> {
  return gather(all, (pattern) => pattern.segments.at(-1))
}

export function fieldSet(all: readonly FieldPattern[]): PatternSet<FieldPattern> {
  return gather(all, (pattern) => pattern.column)
}

export function someReaches(set: PatternSet<NamePattern>, path: readonly string[]): boolean {
  // A name that holds dots can be cut in several ways, so its last name says nothing.
  const dotted = isDotted(path)
  if (dotted) return set.all.some((pattern) => reaches(pattern, path, true))
  for (const pattern of set.byLast.get(path.at(-1) ?? '') ?? NONE)
    if (reaches(pattern, path, false)) return true
  for (const pattern of set.open) if (reaches(pattern, path, false)) return true
  return false
}

const always = (): boolean => true

export function someNames(
  set: PatternSet<NamePattern>,
  path: readonly string[],
  allowed: (pattern: NamePattern) => boolean = always,
): boolean {
  if (isDotted(path)) return set.all.some((pattern) => allowed(pattern) && names(pattern, path))
  for (const pattern of set.byLast.get(path.at(-1) ?? '') ?? NONE) {
    if (allowed(pattern) && names(pattern, path)) return true
  }
  for (const pattern of set.open) if (allowed(pattern) && names(pattern, path)) return true
  return false
}

export function someTouches(set: PatternSet<FieldPattern>, path: readonly string[], name: string): boolean {
  if (name.includes(':') || name.includes('.') || isDotted(path)) {
    return set.all.some((pattern) => touches(pattern, path, name))
  }
  for (const pattern of set.byLast.get(name) ?? NONE) if (touches(pattern, path, name)) return true
  for (const pattern of set.open) if (touches(pattern, path, name)) return true
  return false
}
