/** Prepares passwords for SCRAM as Postgres does (RFC 4013, RFC 3454). */
import { LEFT_TO_RIGHT, NOTHING, PROHIBITED, RIGHT_TO_LEFT, SPACES, UNASSIGNED } from './saslprep-tables.js'

type Table = (codePoint: number) => boolean

const spaces = table(SPACES)
const nothing = table(NOTHING)
const prohibited = table(PROHIBITED)
const unassigned = table(UNASSIGNED)
const rightToLeft = table(RIGHT_TO_LEFT)
const leftToRight = table(LEFT_TO_RIGHT)

/**
 * The password as libpq and Postgres feed it to PBKDF2: pure ASCII and what SASLprep prohibits stay as they are
 * (RFC 4013 would have the latter fail).
 */
export function saslprep(password: string): string {
  if (isAscii(password)) return password
  const prepared = mapAndNormalise(password)
  const points = Array.from(prepared, (character) => character.codePointAt(0) ?? 0)
  if (points.length === 0 || points.some((point) => prohibited(point) || unassigned(point))) return password
  return bidirectional(points) ? prepared : password
}

/**
 * Every form of one password that drivers are known to derive from: libpq's, that of drivers which normalise but
 * prohibit nothing (node-postgres), and the bytes as typed. No doubles; the first is `saslprep`'s.
 */
export function passwordForms(password: string): readonly string[] {
  if (isAscii(password)) return [password]
  return [...new Set([saslprep(password), mapAndNormalise(password), password])]
}

/** RFC 4013 §2.1 and §2.2. */
function mapAndNormalise(text: string): string {
  let mapped = ''
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    if (spaces(point)) mapped += ' '
    else if (!nothing(point)) mapped += character
  }
  return mapped.normalize('NFKC')
}

/** RFC 3454 §6: text with right-to-left characters has no left-to-right ones, and begins and ends with the former. */
function bidirectional(points: readonly number[]): boolean {
  if (!points.some(rightToLeft)) return true
  const first = points[0] ?? 0
  const last = points[points.length - 1] ?? 0
  return !points.some(leftToRight) && rightToLeft(first) && rightToLeft(last)
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text)
}

/** Read on first use: most passwords are ASCII. */
function table(source: string): Table {
  let starts: number[] | undefined
  const ends: number[] = []
  return (codePoint) => {
    if (starts === undefined) {
      starts = []
      for (const range of source.trim().split(/\s+/)) {
        const [start = '', end = start] = range.split('-')
        starts.push(Number.parseInt(start, 16))
        ends.push(Number.parseInt(end, 16))
      }
    }
    let low = 0
    let high = starts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= codePoint) low = middle + 1
      else high = middle
    }
    return low > 0 && codePoint <= (ends[low - 1] ?? -1)
  }
}
