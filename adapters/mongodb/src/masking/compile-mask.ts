/** Chooses how each type of value is masked, so that it keeps its type where the mask has a form in it (mongodb.md §7, R18). */
import { MASK_KINDS, type MaskKind } from '@gatehouse/core'
import { type FieldKey, type MaskKey, maskForComputed } from '@gatehouse/masking'
import { TYPE } from '../bson/index.js'
import { binaryLeaf } from './binary-leaf.js'
import { type CompiledMask, type LeafMask, nullLeaf, nullMask } from './compiled-mask.js'
import { constantLeaf } from './constant-leaf.js'
import { dateLeaf } from './date-leaf.js'
import { decimalLeaf, doubleLeaf, integerLeaf } from './number-leaf.js'
import { objectIdLeaf } from './object-id-leaf.js'
import { textLeaf } from './text-leaf.js'

export interface MaskToCompile {
  readonly mask: MaskKind
  readonly classes: readonly string[]
  /** `resource.field`: hash and pseudonym are keyed by it. */
  readonly field: string
  readonly key: MaskKey | undefined
  /** True unless the output is the stored value of exactly one field: then no mask may depend on the value. */
  readonly computed: boolean
}

/**
 * `redact` and `partial` have a form in every type (text's own, otherwise the type's zero); hash and pseudonym in text,
 * ObjectId, bytes and (pseudonym) integers; bucket in numbers; year in dates. Where there is none, and without a key where one
 * is needed, null stands in the value's place.
 */
export function compileMask({ mask, classes, field, key, computed }: MaskToCompile): CompiledMask {
  const kind = computed ? maskForComputed(mask) : mask
  if (kind === 'null') return nullMask
  const keyed = kind === 'hash' || kind === 'pseudonym'
  const fieldKey = keyed ? key?.forField(field) : undefined
  if (keyed && fieldKey === undefined) return { strictness: 0, whole: false, leaf: () => nullLeaf }
  const leaves = leavesOf(kind, classes, fieldKey)
  return { strictness: MASK_KINDS.indexOf(kind), whole: false, leaf: (type) => leaves.get(type) ?? nullLeaf }
}

function leavesOf(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
): ReadonlyMap<number, LeafMask> {
  const text = textLeaf(kind, classes, key)
  return new Map<number, LeafMask>([
    [TYPE.STRING, text(TYPE.STRING)],
    [TYPE.SYMBOL, text(TYPE.SYMBOL)],
    [TYPE.INT32, integerLeaf(kind, key, TYPE.INT32)],
    [TYPE.INT64, integerLeaf(kind, key, TYPE.INT64)],
    [TYPE.DOUBLE, doubleLeaf(kind)],
    [TYPE.DECIMAL128, decimalLeaf(kind)],
    [TYPE.DATE, dateLeaf(kind)],
    [TYPE.OBJECT_ID, objectIdLeaf(kind, key)],
    [TYPE.BINARY, binaryLeaf(kind, key)],
    [TYPE.BOOLEAN, constantLeaf(kind, TYPE.BOOLEAN)],
    [TYPE.TIMESTAMP, constantLeaf(kind, TYPE.TIMESTAMP)],
    [TYPE.REGEX, constantLeaf(kind, TYPE.REGEX)],
    [TYPE.CODE, constantLeaf(kind, TYPE.CODE)],
    [TYPE.CODE_WITH_SCOPE, constantLeaf(kind, TYPE.CODE_WITH_SCOPE)],
    [TYPE.DB_POINTER, constantLeaf(kind, TYPE.DB_POINTER)],
  ])
}
