/** Cell masks of text, bytes and JSON: the same in both formats. */
import { append } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import {
  documentValueMask,
  type FieldKey,
  maskBytes,
  textValueMask,
  type ValueMask,
} from '@gatehouse/masking'
import type { CellMask } from './cell.js'
import type { Encoding } from './encodings.js'

/** In the characters that the result is sent in: `character_set_results`, or the column's own where that is NULL. */
export function textCellMask(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
  encoding: Encoding,
): CellMask {
  return encoded(textValueMask(kind, classes, key, encoding.decode), encoding)
}

export function documentCellMask(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
  encoding: Encoding,
): CellMask {
  return encoded(documentValueMask(kind, classes, key), encoding)
}

function encoded(mask: ValueMask, encoding: Encoding): CellMask {
  return (source, start, end, out) => {
    const masked = mask(source, start, end)
    if (masked === null) return false
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
