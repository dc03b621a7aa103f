/** Finds what must be masked inside one JSON text by the names of its keys, byte by byte and in one pass (RFC 8259). */
import type { KeyEntry } from './key-memo.js'

/** `source[start … end)` is replaced by `text`. */
export interface JsonEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

export interface JsonScan {
  /** The keys of one object, met under a key that stays. */
  readonly root: KeyEntry
  lookUp(within: KeyEntry, source: Uint8Array, start: number, end: number, hash: number): KeyEntry
  /** The text in place of a value under a masked key; undefined: it may stay. */
  replace(entry: KeyEntry, source: Uint8Array, start: number, end: number): string | undefined
  /** A string under a key that stays. */
  checkString: ((source: Uint8Array, start: number, end: number) => boolean) | undefined
}

/** Deeper nesting is masked whole. */
const DEEPEST = 256

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OBJECT = 0x7b
const OBJECT_END = 0x7d
const ARRAY = 0x5b
const ARRAY_END = 0x5d
const COMMA = 0x2c
const COLON = 0x3a

const VALUE = 0
const VALUE_OR_END = 1
const KEY = 2
const KEY_OR_END = 3
const AFTER = 4

const NONE: readonly JsonEdit[] = []
const kinds = new Uint8Array(DEEPEST)
const entries: KeyEntry[] = []

/** The edits that mask it, none when it is clean; `whole`: it is no JSON, or too deep, and nothing of it is proven clean. */
export function scanJson(
  scan: JsonScan,
  source: Uint8Array,
  start: number,
  end: number,
): readonly JsonEdit[] | 'whole' {
  let edits: JsonEdit[] | undefined
  let state = VALUE
  let depth = 0
  let within = scan.root
  let at = start
  for (;;) {
    if ((source[at] as number) <= SPACE) at = skipSpace(source, at, end)
    if (at >= end) break
    const byte = source[at] as number
    if (state === AFTER) {
      if (depth === 0) return 'whole'
      const kind = kinds[depth - 1]
      if (byte === COMMA) state = kind === OBJECT ? KEY : VALUE
      else if (byte === (kind === OBJECT ? OBJECT_END : ARRAY_END)) {
        depth -= 1
        within = entries[depth] as KeyEntry
      } else return 'whole'
      at += 1
    } else if (state === KEY || state === KEY_OR_END) {
      if (byte === OBJECT_END && state === KEY_OR_END) {
        state = AFTER
        depth -= 1
        within = entries[depth] as KeyEntry
        at += 1
        continue
      }
      if (byte !== QUOTE) return 'whole'
      const from = at + 1
      let hash = 0
      for (at = from; at < end; at++) {
        const each = source[at] as number
        if (each === QUOTE) break
        hash = (Math.imul(hash, 31) + each) | 0
        if (each === BACKSLASH) at += 1
      }
      if (at >= end) return 'whole'
      const entry = scan.lookUp(entries[depth - 1] as KeyEntry, source, from, at, hash)
      at += 1
      if (source[at] !== COLON) at = skipSpace(source, at, end)
      if (at >= end || source[at] !== COLON) return 'whole'
      at += 1
      if ((source[at] as number) <= SPACE) at = skipSpace(source, at, end)
      if (entry.mask === undefined) {
        within = entry
        state = VALUE
        continue
      }
      const valueEnd = endOfValue(source, at, end)
      if (valueEnd < 0) return 'whole'
      const text = scan.replace(entry, source, at, valueEnd)
      if (text !== undefined) {
        edits ??= []
        edits.push({ start: at, end: valueEnd, text })
      }
      at = valueEnd
      state = AFTER
    } else if (byte === OBJECT || byte === ARRAY) {
      if (depth === DEEPEST) return 'whole'
      kinds[depth] = byte
      entries[depth] = within
      depth += 1
      state = byte === OBJECT ? KEY_OR_END : VALUE_OR_END
      at += 1
    } else if (byte === ARRAY_END && state === VALUE_OR_END) {
      depth -= 1
      state = AFTER
      at += 1
    } else {
      const valueEnd = byte === QUOTE ? endOfString(source, at, end) : endOfScalar(source, at, end)
      if (valueEnd < 0) return 'whole'
      if (byte === QUOTE && scan.checkString !== undefined && !scan.checkString(source, at, valueEnd)) {
        edits ??= []
        edits.push({ start: at, end: valueEnd, text: '"***"' })
      }
      at = valueEnd
      state = AFTER
    }
  }
  return depth === 0 && state === AFTER ? (edits ?? NONE) : 'whole'
}

function skipSpace(source: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end) {
    const byte = source[at] as number
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
    at += 1
  }
  return at
}

/** One past the closing quote of the string that opens at `at`, or -1. */
function endOfString(source: Uint8Array, at: number, end: number): number {
  for (let each = at + 1; each < end; each++) {
    const byte = source[each]
    if (byte === QUOTE) return each + 1
    if (byte === BACKSLASH) each += 1
  }
  return -1
}

/** A number, true, false or null: what stands up to the next delimiter. */
function endOfScalar(source: Uint8Array, at: number, end: number): number {
  let each = at
  for (; each < end; each++) {
    const byte = source[each] as number
    const digit = byte >= 0x30 && byte <= 0x39
    const letter = byte >= 0x61 && byte <= 0x7a
    if (!digit && !letter && byte !== 0x2d && byte !== 0x2b && byte !== 0x2e && byte !== 0x45) break
  }
  return each > at ? each : -1
}

function endOfValue(source: Uint8Array, at: number, end: number): number {
  const byte = source[at]
  if (at >= end) return -1
  if (byte === QUOTE) return endOfString(source, at, end)
  if (byte !== OBJECT && byte !== ARRAY) return endOfScalar(source, at, end)
  let depth = 0
  for (let each = at; each < end; each++) {
    const inner = source[each]
    if (inner === QUOTE) {
      each = endOfString(source, each, end) - 1
      if (each < 0) return -1
    } else if (inner === OBJECT || inner === ARRAY) depth += 1
    else if (inner === OBJECT_END || inner === ARRAY_END) {
      depth -= 1
      if (depth === 0) return each + 1
    }
  }
  return -1
}
