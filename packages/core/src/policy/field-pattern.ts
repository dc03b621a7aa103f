/** Patterns over fields: a resource's pattern, a dot, the column, and after a colon a path inside the column. */
import {
  fitsJoined,
  fitsNames,
  fitsSegment,
  type NamePattern,
  names,
  parsePattern,
  reaches,
  type Segment,
} from './name-pattern.js'

export interface FieldPattern {
  readonly text: string
  readonly literal: boolean
  readonly resource: NamePattern
  readonly column: readonly string[]
  /** Empty: the whole column. */
  readonly inside: readonly Segment[]
}

const ANY = ['', '']

/** Undefined when the text is no field pattern: fewer than two segments, or an empty one. */
export function parseFieldPattern(text: string): FieldPattern | undefined {
  const colon = text.indexOf(':')
  const outer = colon < 0 ? text : text.slice(0, colon)
  const inner = colon < 0 ? undefined : parsePattern(text.slice(colon + 1))
  if (colon >= 0 && inner === undefined) return undefined
  const inside = inner?.segments ?? []
  const literal = !text.includes('*')
  if (outer === '**' || outer.endsWith('.**')) {
    const resource = parsePattern(outer)
    return resource && { text, literal, resource, column: ANY, inside }
  }
  const dot = outer.lastIndexOf('.')
  const resource = dot < 0 ? undefined : parsePattern(outer.slice(0, dot))
  const column = parsePattern(outer.slice(dot + 1))?.segments[0]
  if (!resource || column === undefined || column === '**') return undefined
  return { text, literal, resource, column, inside }
}

interface FieldName {
  readonly column: string
  readonly inside: readonly string[]
}

function cutField(name: string): FieldName {
  const colon = name.indexOf(':')
  if (colon < 0) return { column: name, inside: [] }
  return { column: name.slice(0, colon), inside: name.slice(colon + 1).split('.') }
}

/** A key that is not known, and a place in a list: readers name them so, and no plain key is. */
const OPEN_KEYS: ReadonlySet<string> = new Set(['*', '[]'])

/** One is inside the other, or they are the same place, or may be. */
function overlaps(pattern: readonly Segment[], path: readonly string[]): boolean {
  const open = path.findIndex((key) => OPEN_KEYS.has(key))
  const inside = open < 0 ? path : path.slice(0, open)
  const depth = Math.min(pattern.length, inside.length)
  return pattern.includes('**') || fitsNames(pattern.slice(0, depth), inside.slice(0, depth))
}

/**
 * Whether a restriction's pattern touches a field. A path inside a document touches the whole document and the
 * document's pattern touches every path in it: masking too much is the safe side.
 */
export function touches(pattern: FieldPattern, resource: readonly string[], name: string): boolean {
  const field = cutField(name)
  const inColumn = fitsSegment(pattern.column, field.column) && overlaps(pattern.inside, field.inside)
  // The column's own name may hold a colon.
  const isColumn = field.inside.length > 0 && fitsSegment(pattern.column, name)
  if ((inColumn || isColumn) && reaches(pattern.resource, resource)) return true
  const dotted = field.column.includes('.') || resource.some((part) => part.includes('.'))
  if (!dotted) return false
  const outer = pattern.text.split(':', 1)[0] ?? ''
  return fitsJoined(outer, [...resource, field.column].join('.')) && overlaps(pattern.inside, field.inside)
}

/** Whether a permit's pattern covers all of a field. */
export function covers(pattern: FieldPattern, resource: readonly string[], name: string): boolean {
  if (!names(pattern.resource, resource)) return false
  const field = cutField(name)
  if (!fitsSegment(pattern.column, field.column)) return false
  if (pattern.inside.length === 0) return true
  if (pattern.inside.includes('**')) return fitsNames(pattern.inside, field.inside)
  return (
    field.inside.length >= pattern.inside.length &&
    fitsNames(pattern.inside, field.inside.slice(0, pattern.inside.length))
  )
}
