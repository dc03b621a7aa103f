/** Patterns over dot-separated names: `*` stands for anything within one segment, `**` for any number of segments. */
import type { Resource, Verb } from '../action.js'

export interface NamePattern {
  readonly text: string
  /** No wildcard in it. */
  readonly literal: boolean
  readonly segments: readonly Segment[]
}

/** The pieces between the stars of one segment; `**` for any number of segments. */
export type Segment = '**' | readonly string[]

/** Undefined when the text is no pattern: an empty segment, or `**` beside other characters. */
export function parsePattern(text: string): NamePattern | undefined {
  const segments: Segment[] = []
  for (const part of text.split('.')) {
    if (part === '') return undefined
    if (part === '**') {
      if (segments.at(-1) !== '**') segments.push('**')
    } else if (part.includes('**')) return undefined
    else segments.push(part.split('*'))
  }
  return { text, literal: !text.includes('*'), segments }
}

/** Whether one name fits one segment; greedy from the left, so linear in the name. */
export function fitsSegment(pieces: readonly string[], name: string): boolean {
  const first = pieces[0] ?? ''
  if (pieces.length === 1) return name === first
  if (pieces.length === 2 && first === '' && pieces[1] === '') return true
  const last = pieces.at(-1) ?? ''
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
    return false
  const end = name.length - last.length
  let from = first.length
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i] ?? ''
    const found = name.indexOf(piece, from)
    if (found < 0 || found + piece.length > end) return false
    from = found + piece.length
  }
  return true
}

/** Whether the names fit the segments, one by one; returns to the last `**` alone, so at worst names × segments. */
export function fitsNames(segments: readonly Segment[], names: readonly string[]): boolean {
  let s = 0
  let n = 0
  let star = -1
  let mark = 0
  while (n < names.length) {
    const segment = segments[s]
    if (segment === '**') {
      star = s++
      mark = n
    } else if (segment !== undefined && fitsSegment(segment, names[n] ?? '')) {
      s++
      n++
    } else if (star >= 0) {
      s = star + 1
      n = ++mark
    } else return false
  }
  while (segments[s] === '**') s++
  return s === segments.length
}

/** Whether a joined name fits when a star may also stand for dots: for names that hold dots themselves. */
export function fitsJoined(pattern: string, name: string): boolean {
  return fitsSegment(pattern.replaceAll('**', '*').split('*'), name)
}

const hasDot = (name: string): boolean => name.includes('.')

let lastPath: readonly string[] = []
let lastDotted = false

/** Asked of one path by many rules in a row: the last answer is kept. */
export function isDotted(path: readonly string[]): boolean {
  if (path === lastPath) return lastDotted
  lastPath = path
  lastDotted = path.some(hasDot)
  return lastDotted
}

/**
 * Whether a restriction's pattern reaches a path. A name that holds a dot can be cut in several ways; a restriction
 * takes any of them.
 */
export function reaches(pattern: NamePattern, path: readonly string[], dotted = isDotted(path)): boolean {
  if (fitsNames(pattern.segments, path)) return true
  return dotted && fitsJoined(pattern.text, path.join('.'))
}

/**
 * Whether a permit's pattern names a path. Only the last name may hold dots that the pattern writes out: there is one
 * way to cut it then.
 */
export function names(pattern: NamePattern, path: readonly string[]): boolean {
  if (fitsNames(pattern.segments, path)) return true
  const last = path.at(-1)
  if (last === undefined || !hasDot(last) || pattern.segments.includes('**')) return false
  const outer = path.slice(0, -1)
  return !outer.some(hasDot) && fitsNames(pattern.segments, [...outer, ...last.split('.')])
}

const CONTAINER_VERBS: ReadonlySet<Verb> = new Set<Verb>(['drop', 'alter', 'truncate', 'grant'])

/** Whether what is done to this resource is done to what it contains. */
export function holdsOthers(verb: Verb, { kind }: Resource): boolean {
  return (kind === 'schema' || kind === 'database') && CONTAINER_VERBS.has(verb)
}

/** Whether the pattern reaches something inside a schema or database; a name `*` in its path stands for all. */
export function reachesInside(pattern: NamePattern, { path }: Resource): boolean {
  const end = path.indexOf('*')
  const outer = end < 0 ? path : path.slice(0, end)
  for (let length = 1; length <= pattern.segments.length; length++) {
    if (fitsNames(pattern.segments.slice(0, length), outer)) return true
  }
  return false
}
