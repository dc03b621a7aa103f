/** What a redacted value of each type is: its zero, or as good as empty. */
import { append } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import { TYPE } from '../bson/index.js'
import { type LeafMask, nullLeaf } from './compiled-mask.js'

const EMPTY_STRING = [1, 0, 0, 0, 0]
const EMPTY_DOCUMENT = [5, 0, 0, 0, 0]
/** Decimal128 of 0 with exponent 0, which is biased by 6176 (IEEE 754-2008). */
const DECIMAL_ZERO = [...new Array<number>(14).fill(0), 0x40, 0x30]

const CONSTANTS: ReadonlyMap<number, Uint8Array> = new Map(
  [
    [TYPE.BOOLEAN, [0]],
    [TYPE.INT32, new Array<number>(4).fill(0)],
    [TYPE.INT64, new Array<number>(8).fill(0)],
    [TYPE.DOUBLE, new Array<number>(8).fill(0)],
    [TYPE.DATE, new Array<number>(8).fill(0)],
    [TYPE.TIMESTAMP, new Array<number>(8).fill(0)],
    [TYPE.DECIMAL128, DECIMAL_ZERO],
    [TYPE.OBJECT_ID, new Array<number>(12).fill(0)],
    [TYPE.REGEX, [0, 0]],
    [TYPE.CODE, EMPTY_STRING],
    [TYPE.CODE_WITH_SCOPE, [14, 0, 0, 0, ...EMPTY_STRING, ...EMPTY_DOCUMENT]],
    [TYPE.DB_POINTER, [...EMPTY_STRING, ...new Array<number>(12).fill(0)]],
  ].map(([type, bytes]) => [type as number, Uint8Array.from(bytes as number[])]),
)

/** These show nothing but the type; every other mask that comes here does not fit it. */
export function isBlank(kind: MaskKind): boolean {
  return kind === 'redact' || kind === 'partial'
}

export function constantLeaf(kind: MaskKind, type: number): LeafMask {
  const constant = CONSTANTS.get(type)
  if (!isBlank(kind) || constant === undefined) return nullLeaf
  return (_source, _start, _end, out) => {
    append(out, constant, 0, constant.length)
    return type
  }
}
