/** Cell masks of text, bytes and JSON: the same in both formats. */
import { append } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import { documentValueMask, type FieldKey, maskBytes, textValueMask } from '@gatehouse/masking'
import type { CellMask } from './cell.js'
import { type Encoding, encodingOfJson } from './encodings.js'

/** In the characters that the result is sent in: `character_set_results`, or the column's own where that is NULL. */
export function textCellMask(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
  encoding: Encoding,
): CellMask {
  const mask = textValueMask(kind, classes, key, encoding.decode)
  return (source, start, end, out) => {
    const masked = mask(source, start, end)
    if (masked === null) return false
    encoding.append(out, masked)
    return true
  }
}

/** `told`: undefined where the definition does not tell the characters. */
export function documentCellMask(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
  told: Encoding | undefined,
): CellMask {
  const mask = documentValueMask(kind, classes, key)
  return (source, start, end, out) => {
    const masked = mask(source, start, end)
    if (masked === null) return false
    const encoding = told ?? encodingOfJson(source, start, end)
    encoding.append(out, masked)
    return true
  }
}

export function bytesCellMask(kind: MaskKind, key: FieldKey | undefined): CellMask {
  return (source, start, end, out) => {
    const masked = maskBytes(kind, source.subarray(start, end), key)
    if (masked === null) return false
    append(out, masked, 0, masked.length)
    return true
  }
}
