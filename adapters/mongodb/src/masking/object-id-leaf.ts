/** Masks of ObjectIds: the digest's first twelve bytes, so that equal ones stay equal, or zeros. */
import { append } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import type { FieldKey } from '@gatehouse/masking'
import { TYPE } from '../bson/index.js'
import type { LeafMask } from './compiled-mask.js'
import { constantLeaf } from './constant-leaf.js'

const BYTES = 12

export function objectIdLeaf(kind: MaskKind, key: FieldKey | undefined): LeafMask {
  if (key === undefined) return constantLeaf(kind, TYPE.OBJECT_ID)
  return (source, start, end, out) => {
    append(out, key.digest(source, start, end), 0, BYTES)
    return TYPE.OBJECT_ID
  }
}
