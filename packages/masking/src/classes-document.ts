/** Applies `kind: Classes` documents: the last word over names and comments (interface.md §3). */
import { type Classification, classifyRelation, type RelationToClassify } from './classify.js'
import { withUmbrellas } from './data-class.js'

export interface ClassesEntry {
  /** A resource pattern, a dot, and the column; a path inside it follows a colon. */
  readonly pattern: string
  /** Replaces what names and comments say; empty: reviewed, nothing sensitive. */
  readonly classes: readonly string[]
}

interface FieldPattern {
  readonly text: string
  readonly segments: readonly string[]
  /** Path inside a document column; empty for the column itself. */
  readonly inside: readonly string[]
  readonly classes: readonly string[]
  /** How exactly it names one field: literals count most, `**` least. */
  readonly weight: number
}

export interface ClassesDocument {
  readonly patterns: readonly FieldPattern[]
}

export function compileClasses(entries: readonly ClassesEntry[]): ClassesDocument {
  return {
    patterns: entries.map(({ pattern, classes }) => {
      const colon = pattern.indexOf(':')
      const segments = (colon < 0 ? pattern : pattern.slice(0, colon)).split('.')
      const inside = colon < 0 ? [] : pattern.slice(colon + 1).split('.')
      const weight = [...segments, ...inside].reduce((sum, segment) => sum + weigh(segment), 0)
      return { text: pattern, segments, inside, classes: withUmbrellas(classes), weight }
    }),
  }
}

/** All `kind: Classes` documents as one; `fields`: classes by pattern. */
export function compileDocuments(
  documents: readonly { readonly fields: Readonly<Record<string, readonly string[]>> }[],
): ClassesDocument {
  return compileClasses(
    documents.flatMap(({ fields }) =>
      Object.entries(fields).map(([pattern, classes]) => ({ pattern, classes })),
    ),
  )
}

/**
 * What the document says of one field, or undefined when it is silent. The most exact pattern speaks; where several are
 * equally exact their classes add up, so that a contradiction never unmasks.
 */
export function documentedClasses(
  document: ClassesDocument,
  path: readonly string[],
  inside: readonly string[] = [],
): { readonly classes: readonly string[]; readonly pattern: string } | undefined {
  let weight = Number.NEGATIVE_INFINITY
  let spoke: FieldPattern[] = []
  for (const pattern of document.patterns) {
    if (pattern.weight < weight || !fits(pattern, path) || !matchSegments(pattern.inside, inside)) continue
    if (pattern.weight > weight) spoke = []
    weight = pattern.weight
    spoke.push(pattern)
  }
  if (spoke.length === 0) return undefined
  return {
    classes: [...new Set(spoke.flatMap((pattern) => pattern.classes))],
    pattern: spoke.map((pattern) => pattern.text).join(', '),
  }
}

/**
 * A relation's columns by names and comments, then by the document. `database` is the first segment of the patterns. A
 * pattern with a colon yields an entry of its own, `profile:email`, after its column.
 */
export function classifyDocumented(
  relation: RelationToClassify,
  database: string,
  document: ClassesDocument,
): readonly Classification[] {
  const path = [database, ...(relation.schema === '' ? [] : [relation.schema]), relation.relation]
  return classifyRelation(relation).flatMap((named) => {
    const field = [...path, named.column]
    const said = documentedClasses(document, field)
    const column = said === undefined ? named : classification(named.column, said)
    const insides = document.patterns
      .filter((pattern) => pattern.inside.length > 0 && fits(pattern, field))
      .map((pattern) => pattern.inside.join('.'))
    return [
      column,
      ...[...new Set(insides)].map((inside) =>
        classification(
          `${named.column}:${inside}`,
          documentedClasses(document, field, inside.split('.')) ?? { classes: [], pattern: '' },
        ),
      ),
    ]
  })
}

/** A name with a dot in it is also tried cut at its dots, as a pattern has to write it; so found, it only adds classes. */
function fits(pattern: FieldPattern, path: readonly string[]): boolean {
  if (matchSegments(pattern.segments, path)) return true
  if (pattern.classes.length === 0 || !path.some((name) => name.includes('.'))) return false
  return matchSegments(pattern.segments, path.join('.').split('.'))
}

/** Whether a pattern's segments fit a path: `*` is anything within one segment, `**` any number of segments. */
export function matchSegments(pattern: readonly string[], path: readonly string[]): boolean {
  // Reach: the positions of the path at which the pattern so far can end; linear in both lengths, whatever the pattern.
  let reach = new Set([0])
  for (const segment of pattern) {
    const next = new Set<number>()
    if (segment === '**') {
      const first = Math.min(...reach)
      for (let at = first; at <= path.length; at++) next.add(at)
    } else {
      for (const at of reach) if (matchSegment(segment, path[at])) next.add(at + 1)
    }
    if (next.size === 0) return false
    reach = next
  }
  return reach.has(path.length)
}

function matchSegment(pattern: string, name: string | undefined): boolean {
  if (name === undefined) return false
  const [head = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return name === pattern
  const tail = rest.pop() ?? ''
  if (!name.startsWith(head) || name.length < head.length + tail.length || !name.endsWith(tail)) return false
  let at = head.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0 || found + part.length > name.length - tail.length) return false
    at = found + part.length
  }
  return true
}

function weigh(segment: string): number {
  if (segment === '**') return -1
  if (segment === '*') return 1
  return segment.includes('*') ? 1000 : 1_000_000
}

function classification(
  column: string,
  said: { readonly classes: readonly string[]; readonly pattern: string },
): Classification {
  return { column, classes: said.classes, rule: `Classes ${said.pattern}`, confidence: 1 }
}
