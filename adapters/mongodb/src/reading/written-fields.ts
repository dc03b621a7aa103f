/** The fields that stored documents would have: their names on every level, and masks among their values (R19). */
import { isIssuedMask } from '@gatehouse/core'
import { elements, TYPE, type Value } from '../bson/index.js'
import { type Draft, type Ledger, touch } from './ledger.js'

/** Records every name as written; documents inside lists stand where the list stands. */
export function writeDocument(
  ledger: Ledger,
  target: Draft,
  document: Value,
  prefix: readonly string[] = [],
): void {
  writeNames(ledger, target, document, prefix, namesSeen(target))
}

interface Names {
  written: boolean
  readonly inside: Map<string, Names>
}

const seen = new WeakMap<Draft, Names>()

/** Names that were recorded already: documents of one command are much alike. */
function namesSeen(target: Draft): Names {
  const known = seen.get(target) ?? { written: false, inside: new Map() }
  seen.set(target, known)
  return known
}

function writeNames(
  ledger: Ledger,
  target: Draft,
  document: Value,
  path: readonly string[],
  names: Names,
): void {
  const listed = document.type === TYPE.ARRAY
  for (const { name, value } of elements(document)) {
    if (target.unknown !== undefined) return
    const inner = listed ? names : enter(names, name)
    if (!listed && !inner.written) {
      inner.written = true
      touch(ledger, target, [...path, name], 'written')
    }
    if (value.type === TYPE.DOCUMENT || value.type === TYPE.ARRAY) {
      writeNames(ledger, target, value, listed ? path : [...path, name], inner)
    } else if (holdsMask(value))
      touch(ledger, target, listed ? path : [...path, name], 'written', { issued: true })
  }
}

function enter(names: Names, name: string): Names {
  let inner = names.inside.get(name)
  if (inner === undefined) {
    inner = { written: false, inside: new Map() }
    names.inside.set(name, inner)
  }
  return inner
}

/** One value under a path that is known. */
export function writeValue(ledger: Ledger, target: Draft, path: readonly string[], value: Value): void {
  touch(ledger, target, path, 'written', hasMask(value) ? { issued: true } : undefined)
  if (value.type === TYPE.DOCUMENT || value.type === TYPE.ARRAY) {
    writeNames(ledger, target, value, path, { written: true, inside: new Map() })
  }
}

function hasMask(value: Value): boolean {
  return value.type !== TYPE.DOCUMENT && value.type !== TYPE.ARRAY && holdsMask(value)
}

/** `"`, `*`, `P`, `p`: what an issued mask begins with, or the letter before its stars. */
function holdsMask({ type, source, start, end }: Value): boolean {
  if (type !== TYPE.STRING || end - start < 8) return false
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
