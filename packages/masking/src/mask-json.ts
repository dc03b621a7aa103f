/** Masks JSON texts by the names of their keys, wherever they stand (R6). */
import { type JsonEdit, scanJson } from './json-scan.js'
import { createKeyMemo, type JudgeKey, type KeyMask } from './key-memo.js'
import { maskDecimal } from './mask-number.js'
import { maskText, REDACTED } from './mask-text.js'

export interface JsonMaskOptions {
  readonly judge: JudgeKey
  /** The judge looks at more than the last key. */
  readonly byPath: boolean
  /**
   * The text was put together by the statement: strings may be JSON that was made text before, whose keys no longer
   * show. Those that look like it are redacted.
   */
  readonly computed: boolean
}

/**
 * The edits that mask `source[start … end)`, in order; none when it is clean, so that its bytes can stay as they are.
 * `whole`: it cannot be read as JSON, or is nested too deep: nothing of it may be shown.
 */
export type JsonMask = (source: Uint8Array, start: number, end: number) => readonly JsonEdit[] | 'whole'

export function createJsonMask({ judge, byPath, computed }: JsonMaskOptions): JsonMask {
  const memo = createKeyMemo(judge, byPath)
  const scan = {
    root: memo.root,
    lookUp: memo.lookUp,
    replace: (
      entry: { readonly mask: KeyMask | undefined },
      source: Uint8Array,
      start: number,
      end: number,
    ) => (entry.mask === undefined ? undefined : maskJsonValue(entry.mask, source, start, end)),
    checkString: computed ? isPlainString : undefined,
  }
  return (source, start, end) => scanJson(scan, source, start, end)
}

/** A JSON value in place of one; undefined for null, which stays: whether there is a value is no secret (R17). */
export function maskJsonValue(
  mask: KeyMask,
  source: Uint8Array,
  start: number,
  end: number,
): string | undefined {
  const text = Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('utf8')
  if (text === 'null') return undefined
  if (text.startsWith('"')) return maskJsonString(mask, text)
  if (text.startsWith('{') || text.startsWith('['))
    return mask.with === 'null' ? 'null' : JSON.stringify(REDACTED)
  return maskDecimal(mask.with, text) ?? 'null'
}

function maskJsonString(mask: KeyMask, text: string): string {
  let value: string
  try {
    value = String(JSON.parse(text))
  } catch {
    return 'null'
  }
  const year = mask.with === 'year' ? /^(\d{4})-\d\d-\d\d(?:$|[T ])/.exec(value)?.[1] : undefined
  const masked = year === undefined ? maskText(mask.with, mask.classes, value, mask.key) : `${year}-01-01`
  return masked === null ? 'null' : JSON.stringify(masked)
}

/** Has no escaped quote before a colon, as every key within a string has, however often it was made text. */
function isPlainString(source: Uint8Array, start: number, end: number): boolean {
  const text = Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('latin1')
  if (!text.includes('\\')) return true
  return !/\\(?:"|u0022)(?:\s|\\[nrt])*(?::|\\u003a)/i.test(text)
}
