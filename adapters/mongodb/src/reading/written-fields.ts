/** The fields that stored documents would have: their names on every level, and masks among their values (R19). */
import { isIssuedMask } from '@gatehouse/core'
import { nulAt, TYPE, textAt, type Value, valueEnd } from '../bson/index.js'
import { type Draft, type Ledger, touch } from './ledger.js'

/** Records every name as written; documents inside lists stand where the list stands. */
export function writeDocument(ledger: Ledger, target: Draft, document: Value): void {
  writeNames(ledger, target, document, namesSeen(target))
}

/** Names that were recorded already: documents of one command are much alike. */
interface Names {
  readonly path: readonly string[]
  /** As the names' bytes stand, in the order in which they were met. */
  readonly inside: { readonly bytes: Uint8Array; readonly names: Names }[]
  readonly byName: Map<string, Names>
}

const seen = new WeakMap<Draft, Names>()

function namesUnder(path: readonly string[]): Names {
  return { path, inside: [], byName: new Map() }
}

function namesSeen(target: Draft): Names {
  const known = seen.get(target) ?? namesUnder([])
  seen.set(target, known)
  return known
}

function writeNames(ledger: Ledger, target: Draft, { source, start, end, type }: Value, names: Names): void {
  const listed = type === TYPE.ARRAY
  const last = end - 1
  let at = start + 4
  let ordinal = 0
  while (at < last && target.unknown === undefined) {
    const kind = source[at] as number
    const nul = nulAt(source, at + 1, last)
    const next = valueEnd(kind, source, nul + 1, last)
    const inner = listed ? names : enter(ledger, target, names, source, at + 1, nul, ordinal)
    ordinal += 1
    if (kind === TYPE.DOCUMENT || kind === TYPE.ARRAY) {
      writeNames(ledger, target, { source, start: nul + 1, end: next, type: kind }, inner)
    } else if (kind === TYPE.STRING && holdsMask(source, nul + 1, next)) {
      touch(ledger, target, inner.path, 'written', { issued: true })
    }
    at = next
  }
}

/** A document's names mostly stand where those of the one before it stood. */
function enter(
  ledger: Ledger,
  target: Draft,
  { path, inside, byName }: Names,
  source: Uint8Array,
  start: number,
  end: number,
  ordinal: number,
): Names {
  const guess = inside[ordinal]
  if (guess !== undefined && isSame(guess.bytes, source, start, end)) return guess.names
  const name = textAt(source, start, end)
  const known = byName.get(name)
  if (known !== undefined) return known
  const made = namesUnder([...path, name])
  byName.set(name, made)
  inside.push({ bytes: source.slice(start, end), names: made })
  touch(ledger, target, made.path, 'written')
  return made
}

function isSame(bytes: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  if (bytes.length !== end - start) return false
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== source[start + at]) return false
  return true
}

/** One value under a path that is known. */
export function writeValue(ledger: Ledger, target: Draft, path: readonly string[], value: Value): void {
  touch(ledger, target, path, 'written', hasMask(value) ? { issued: true } : undefined)
  if (value.type === TYPE.DOCUMENT || value.type === TYPE.ARRAY) {
    writeNames(ledger, target, value, namesUnder(path))
  }
}

function hasMask({ type, source, start, end }: Value): boolean {
  return type === TYPE.STRING && holdsMask(source, start, end)
}

/** `"`, `*`, `P`, `p`: what an issued mask begins with, or the letter before its stars. */
function holdsMask(source: Uint8Array, start: number, end: number): boolean {
  if (end - start < 8) return false
  const first = source[start + 4]
  const second = source[start + 5]
  const third = source[start + 6]
  const stars = first === 0x2a || second === 0x2a || (third === 0x2a && first === 0x22)
  const may =
    stars || (first !== undefined && first > 0x7f) || ((first === 0x70 || first === 0x50) && second === 0x5f)
  if (!may) return false
  return isIssuedMask(
    Buffer.from(source.buffer, source.byteOffset + start + 4, end - start - 5).toString('utf8'),
  )
}
