/** Texts that are names of fields, as a change event tells which were removed: shown where a field's name would be. */
import { append } from '@gatehouse/adapter-kit'
import { TYPE } from '../bson/index.js'
import { type CompiledMask, CUT, cutMask, type LeafMask, type MaskNode } from '../masking/index.js'

const kept =
  (type: number): LeafMask =>
  (source, start, end, out) => {
    append(out, source, start, end)
    return type
  }

/** Any other mask is stricter. */
const LEAST = Number.MAX_SAFE_INTEGER
const MOST_STEPS = 128

/** `node`: of the document whose fields are named. */
export function pathTextMask(node: MaskNode): CompiledMask {
  const texts: LeafMask = (source, start, end, out) => {
    const path = Buffer.from(source.buffer, source.byteOffset + start + 4, end - start - 5).toString('utf8')
    return isHidden(path, node) ? CUT : kept(TYPE.STRING)(source, start, end, out)
  }
  return {
    strictness: LEAST,
    whole: false,
    leaf: (type) => (type === TYPE.STRING ? texts : kept(type)),
  }
}

/** It stands below what is masked, or is data itself. */
function isHidden(path: string, node: MaskNode): boolean {
  if (node.unknown?.([path])?.mask === cutMask) return true
  const steps = path.split('.', MOST_STEPS)
  let at: MaskNode | undefined = node
  for (let count = 0; count < steps.length - 1; count++) {
    const listed: MaskNode | undefined = at?.children?.get(steps[count] ?? '')
    const met = listed ?? node.unknown?.([steps.slice(0, count + 1).join('.')])
    if (met?.mask !== undefined) return true
    at = listed
  }
  return false
}
