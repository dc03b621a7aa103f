/** How the keys inside an output's documents are judged: by the classes that their places have, or their names (R6). */
import { type KeyMask as BoundMask, keyMaskFor, type Output } from '@gatehouse/core'
import type { ClassesDocument } from './classes-document.js'
import { classifyPath } from './classify-inside.js'
import type { JudgeKey, KeyMask } from './key-memo.js'
import type { MaskKey } from './mask-key.js'

export interface KeysToJudge {
  readonly keys: readonly BoundMask[]
  /** Undefined: nothing is known of where the documents come from. */
  readonly output: Output | undefined
  /** More than one stored value may stand behind them. */
  readonly computed: boolean
  readonly document: ClassesDocument | undefined
  readonly key: MaskKey | undefined
  /** A resource's segments as the Classes document names them; undefined when there is no such relation. */
  relationPath(resource: string): readonly string[] | undefined
}

const NO_PLACE: readonly string[] = []

/** `byPath`: more than the last key counts. */
export function judgeKeys({ keys, output, computed, document, key, relationPath }: KeysToJudge): {
  readonly judgeKey: JudgeKey
  readonly byPath: boolean
} {
  const sources = (output?.sources ?? []).map(({ resource, field }) => {
    const relation = relationPath(resource)
    const [column = field, inside] = field.split(':', 2)
    return {
      field: relation && [...relation, column],
      inside: inside === undefined ? NO_PLACE : inside.split('.'),
      name: `${resource}.${field}`,
    }
  })
  const judgeKey: JudgeKey = (path) => {
    const classes =
      sources.length === 0
        ? classifyPath(undefined, undefined, path)
        : sources.flatMap(({ field, inside }) => classifyPath(document, field, [...inside, ...path]))
    const mask = keyMaskFor(keys, classes)
    if (mask === undefined) return undefined
    return { with: kindOf(mask, computed), classes, key: fieldKey(mask, key, sources[0]?.name, path) }
  }
  return { judgeKey, byPath: document?.patterns.some(({ inside }) => inside.length > 0) ?? false }
}

/** Of a value that was put together nothing may depend on the value (R18). */
function kindOf(mask: BoundMask, computed: boolean): KeyMask['with'] {
  return computed && mask.with !== 'null' ? 'redact' : mask.with
}

function fieldKey(
  mask: BoundMask,
  key: MaskKey | undefined,
  place: string | undefined,
  path: readonly string[],
) {
  const keyed = mask.with === 'hash' || mask.with === 'pseudonym'
  return keyed && place !== undefined ? key?.forField(`${place}:${path.join('.')}`) : undefined
}
