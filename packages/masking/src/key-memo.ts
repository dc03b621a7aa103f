/** What each key of JSON values was judged to be, kept by its bytes: a key is decoded and classified once. */
import type { MaskKind } from '@gatehouse/core'
import type { FieldKey } from './mask-key.js'
import { LONGEST_NAME } from './words.js'

/** The mask of the value under a key. */
export interface KeyMask {
  readonly with: MaskKind
  /** Of the key. */
  readonly classes: readonly string[]
  /** The place that hash and pseudonym are keyed by. */
  readonly key: FieldKey | undefined
}

export interface KeyEntry {
  readonly bytes: Uint8Array
  readonly mask: KeyMask | undefined
  readonly path: readonly string[]
  /** Keys inside its value, by hash; shared by all where only names count. */
  readonly inside: Map<number, KeyEntry[]>
}

/** `path`: the keys from the outermost to this one, without places in arrays. */
export type JudgeKey = (path: readonly string[]) => KeyMask | undefined

export interface KeyMemo {
  readonly root: KeyEntry
  lookUp(within: KeyEntry, source: Uint8Array, start: number, end: number, hash: number): KeyEntry
}

/** Keys can be data: a memo holds no more, and begins anew. */
const MOST = 4096
/** Keys of one hash; more of them are judged each time. */
const CHAIN = 8

/** `byPath`: the judge looks at more than the last key. */
export function createKeyMemo(judge: JudgeKey, byPath: boolean): KeyMemo {
  const root: KeyEntry = { bytes: new Uint8Array(), mask: undefined, path: [], inside: new Map() }
  let size = 0
  const judgeNew = (
    within: KeyEntry,
    source: Uint8Array,
    start: number,
    end: number,
    hash: number,
  ): KeyEntry => {
    const name = decodeKey(source, start, end)
    const path = byPath ? [...within.path, name] : [name]
    const inside = byPath ? new Map<number, KeyEntry[]>() : root.inside
    // A copy: a Buffer's `slice` is a view, and other rows are written over what it shows.
    const bytes = Uint8Array.from(source.subarray(start, end))
    const entry = { bytes, mask: judge(path), path, inside }
    if (size >= MOST) {
      root.inside.clear()
      size = 0
    }
    const chain = within.inside.get(hash)
    if (chain === undefined) within.inside.set(hash, [entry])
    else if (chain.length < CHAIN) chain.push(entry)
    size += 1
    return entry
  }
  return {
    root,
    lookUp(within, source, start, end, hash) {
      const chain = within.inside.get(hash)
      if (chain !== undefined)
        for (const entry of chain) if (isSame(entry.bytes, source, start, end)) return entry
      return judgeNew(within, source, start, end, hash)
    },
  }
}

function isSame(bytes: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  if (bytes.length !== end - start) return false
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== source[start + at]) return false
  return true
}

/** The key's name; one that is no JSON string is taken as it stands. */
function decodeKey(source: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('utf8')
  let name = text
  if (text.includes('\\')) {
    try {
      name = String(JSON.parse(`"${text}"`))
    } catch {
      name = text
    }
  }
  // The rest of an endless name is kept by nobody.
  return name.slice(-LONGEST_NAME)
}
