/** From the plan of a reply and what policy says of its outputs to one tree of masks over the whole reply (decision 8, R1). */
import type { Permission, SessionGate, Statement } from '@gatehouse/core'
import { compileMask, cutMask, type MaskNode, nullMask } from '../masking/index.js'
import type { ReadStatement, ReplyPlace, Shape } from '../reading/read-command.js'
import type { ConversationParts } from '../session/parts.js'
import { judgeOrigins } from './judge-origins.js'
import { pathTextMask } from './path-texts.js'

export interface MaskTree {
  /** Undefined: nothing of the reply can be masked. */
  readonly root: MaskNode | undefined
}

type Trees = WeakMap<Permission, Map<ReadStatement, { first?: MaskTree; next?: MaskTree }>>
const trees = new WeakMap<SessionGate, Trees>()

/**
 * Kept for as long as the decision is: every batch of a cursor goes by the same tree. Invariant: a tree asks the gate of one
 * session, and serves no other.
 */
export function maskTreeOf(
  read: ReadStatement,
  permission: Permission,
  parts: ConversationParts,
  isNext: boolean,
): MaskTree {
  const own: Trees = trees.get(parts.gate) ?? new WeakMap()
  trees.set(parts.gate, own)
  const known = own.get(permission) ?? new Map<ReadStatement, { first?: MaskTree; next?: MaskTree }>()
  own.set(permission, known)
  const found = known.get(read) ?? {}
  known.set(read, found)
  const which = isNext ? 'next' : 'first'
  const tree = found[which] ?? { root: rootOf(read, permission, parts, isNext) }
  found[which] = tree
  return tree
}

function rootOf(
  read: ReadStatement,
  permission: Permission,
  parts: ConversationParts,
  isNext: boolean,
): MaskNode | undefined {
  let root: MaskNode | undefined
  for (const place of read.reply.places) {
    const node = nodeOf(place.shape, read.statement, permission, parts)
    if (node === undefined || node === STAYS) continue
    const path = pathOf(place, isNext)
    root = path.length === 0 ? aroundEnvelope(node) : planted(root, path, node)
  }
  return root
}

/** The whole reply is one place: what says how the command went is none of it. */
function aroundEnvelope(node: MaskNode): MaskNode {
  const { mask, ...below } = node
  const children = new Map(below.children)
  for (const name of ENVELOPE) children.set(name, STAYS)
  return mask === undefined ? { ...below, children } : { children, unknown: () => ({ mask }) }
}

const ENVELOPE: readonly string[] = ['ok', '$clusterTime', 'operationTime', 'recoveryToken', 'errorLabels']

/** A getMore's documents stand under another name. */
export function pathOf({ path }: ReplyPlace, isNext: boolean): readonly string[] {
  return isNext
    ? path.map((name, index) => (index === 1 && name === 'firstBatch' ? 'nextBatch' : name))
    : path
}

/** The tree with `node` at `path`. */
function planted(root: MaskNode | undefined, path: readonly string[], node: MaskNode): MaskNode {
  const [name, ...rest] = path
  if (name === undefined) return node
  const children = new Map(root?.children)
  children.set(name, planted(children.get(name), rest, node))
  return { ...root, children }
}

/** Invariant: a name that the plan does not have is judged, or nothing of what stands under it is shown. */
function nodeOf(
  shape: Shape,
  statement: Statement,
  permission: Permission,
  parts: ConversationParts,
): MaskNode | undefined {
  const mask = maskOf(shape, statement, permission, parts)
  const children = new Map<string, MaskNode>()
  for (const [name, child] of shape.children ?? []) {
    // What stays needs a node too: it is known, and not to be judged.
    children.set(name, nodeOf(child, statement, permission, parts) ?? {})
  }
  const { origins = [], free, dotted, named, documents } = shape
  // A mask is no permission: what stands below it can have a stricter one (R18).
  const below = { ...mask, ...(children.size === 0 ? {} : { children }) }
  if (free === true || (mask !== undefined && origins.length === 0))
    return mask === undefined && children.size === 0 ? STAYS : { ...STAYS, ...below }
  const unknown =
    origins.length > 0 ? judgeOrigins(origins, dotted === true || named === true, parts) : closed
  if (named === true) return { mask: pathTextMask({ ...below, unknown }) }
  return documents === true ? { ...below, unknown, documents } : { ...below, unknown }
}

/** Whoever stands above does not judge what is beneath it. */
const STAYS: MaskNode = { unknown: () => undefined }
const CLOSED: MaskNode = { mask: cutMask }
const HIDDEN: MaskNode = { mask: nullMask }
const closed = (): MaskNode => CLOSED

function maskOf(
  { output: index }: Shape,
  { outputs }: Statement,
  { maskAll, masks }: Permission,
  { house, gate }: ConversationParts,
): MaskNode | undefined {
  const mask = maskAll ?? (index === undefined ? undefined : masks[index])
  const output = outputs === 'unknown' || index === undefined ? undefined : outputs[index]
  // Of what is not proven nobody can say that no forbidden field is in it.
  if (mask === undefined) return gate.withholds && output?.unprovable !== undefined ? HIDDEN : undefined
  const classes = output?.sources.flatMap((source) => source.classes) ?? []
  const computed = output?.how !== 'copied' || output.sources.length !== 1
  return {
    mask: compileMask({ mask: mask.with, classes, field: mask.field, key: house.maskKey, computed }),
  }
}
