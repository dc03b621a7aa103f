/** Which mask stands at each name below a tree of masks; what a name was found to mean is kept by its bytes. */
import { textAt } from '../bson/index.js'
import { type CompiledMask, cutMask, nullMask } from './compiled-mask.js'

export interface MaskNode {
  /**
   * Of the whole subtree: its leaves are masked, each by its type, or by a stricter mask that a child has (R18). Names below
   * can be data as well: those that are not listed go, with what stands there.
   */
  readonly mask?: CompiledMask
  readonly children?: ReadonlyMap<string, MaskNode>
  /**
   * Judges a name that is not listed, here or anywhere below unless a node there has its own; `path` are the names from this
   * node on, without places in arrays. Undefined: what stands there stays, as far as masks above it and names below it let it.
   */
  readonly unknown?: (path: readonly string[]) => MaskNode | undefined
  /** Of what stands right here, in lists too: documents alone are shown, and anything else as null. */
  readonly documents?: true
}

/** What is known of the names directly below a place. */
export interface Scope {
  readonly mask: CompiledMask | undefined
  /** Nothing here or below is ever masked. */
  readonly idle: boolean
  readonly documents: boolean
  readonly children: ReadonlyMap<string, MaskNode> | undefined
  readonly judge: Judge | undefined
  readonly path: readonly string[]
  /** Names that were met, by hash; of one epoch. */
  met: Map<number, Met[]>
  /** The name that was met last at each of the first places of a document: the next document is much like it. */
  guesses: (Met | undefined)[]
  epoch: number
}

type Judge = NonNullable<MaskNode['unknown']>
type Judged = (within: Scope, name: string) => MaskNode | undefined

export interface Met {
  readonly name: Uint8Array
  readonly scope: Scope
}

export interface Names {
  readonly root: Scope
  /** A document begins: so many names may be judged in it. */
  begin(): void
  /** What may stand as a document's element of each ordinal. */
  guesses(within: Scope): readonly (Met | undefined)[]
  /** `hash`: of the name's bytes, by `hashStep` over each. */
  below(within: Scope, source: Uint8Array, start: number, end: number, hash: number, ordinal: number): Scope
}

export const hashStep = (hash: number, byte: number): number => (Math.imul(hash, 31) + byte) | 0

/** Names can be data: no more are kept, and then all begins anew. */
const MOST = 4096
/** Names of one hash; more of them are looked up each time. */
const CHAIN = 8
/** Places of a document whose names are guessed. */
const MOST_GUESSES = 64
/** Longer ones are looked up each time, and judged by their end: the last words say what a name means. */
const LONGEST = 256
/** Steps of a name with dots in it. */
const MOST_STEPS = 100
/** Judgements in one reply: more than names that say something need, and a bound to what names that are data can cost. */
const MOST_JUDGED = 500_000
/** Steps from where a judge stands. */
const LONGEST_PATH = 128
const NO_PATH: readonly string[] = []
const NO_GUESSES: readonly (Met | undefined)[] = []
const HIDDEN: MaskNode = { mask: nullMask }

const GONE: MaskNode = { mask: cutMask }

const IDLE: Scope = {
  mask: undefined,
  idle: true,
  documents: false,
  children: undefined,
  judge: undefined,
  path: NO_PATH,
  met: new Map(),
  guesses: [],
  epoch: 0,
}

export function createNames(tree: MaskNode): Names {
  let size = 0
  let epoch = 1
  let left = MOST_JUDGED

  const judged: Judged = ({ judge, path }, name) => {
    if (judge === undefined) return undefined
    if (left === 0 || path.length >= LONGEST_PATH) return HIDDEN
    left -= 1
    return judge([...path, name.slice(-LONGEST)])
  }

  const keep = (within: Scope, name: Uint8Array, hash: number, scope: Scope): void => {
    if (size >= MOST) {
      size = 0
      epoch += 1
    }
    if (within.epoch !== epoch) {
      within.met = new Map()
      within.guesses = []
      within.epoch = epoch
    }
    const chain = within.met.get(hash)
    if (chain === undefined) within.met.set(hash, [{ name, scope }])
    else if (chain.length < CHAIN) chain.push({ name, scope })
    size += 1
  }

  return {
    root: scopeOf(tree, undefined, undefined, NO_PATH),
    begin: () => {
      left = MOST_JUDGED
    },
    guesses: (within) => (within.epoch === epoch ? within.guesses : NO_GUESSES),
    below(within, source, start, end, hash, ordinal) {
      const chain = within.epoch === epoch ? within.met.get(hash) : undefined
      if (chain !== undefined)
        for (const met of chain)
          if (isSame(met.name, source, start, end)) {
            while (within.guesses.length < ordinal && ordinal < MOST_GUESSES) within.guesses.push(undefined)
            if (ordinal < MOST_GUESSES) within.guesses[ordinal] = met
            return met.scope
          }
      const given = textAt(source, start, end)
      const scope = isTold(within, given) ? enter(within, given, GONE) : step(within, given, judged)
      // What was hidden for the number of names alone is judged in the next document.
      if (left > 0 && end - start <= LONGEST)
        keep(within, Uint8Array.from(source.subarray(start, end)), hash, scope)
      return scope
    },
  }
}

function scopeOf(
  node: MaskNode | undefined,
  inherited: CompiledMask | undefined,
  judge: Judge | undefined,
  path: readonly string[],
): Scope {
  const mask = strictest(node?.mask, inherited)
  const children = node?.children
  const own = node?.unknown
  if (mask === undefined && judge === undefined && own === undefined && (children?.size ?? 0) === 0)
    return IDLE
  return {
    mask,
    idle: false,
    documents: node?.documents === true,
    children,
    judge: own ?? judge,
    path: own === undefined ? path : NO_PATH,
    met: new Map(),
    guesses: [],
    epoch: 0,
  }
}

function strictest(own: CompiledMask | undefined, above: CompiledMask | undefined): CompiledMask | undefined {
  if (own === undefined || above === undefined) return own ?? above
  return own.strictness <= above.strictness ? own : above
}

/** Below a mask a name that is not listed tells of the value that the mask hides. */
function isTold({ mask, children }: Scope, name: string): boolean {
  if (mask === undefined || children?.has(name) === true) return false
  let at = children
  for (const segment of name.includes('.') ? name.split('.', MOST_STEPS) : [name]) {
    const node = at?.get(segment)
    if (node === undefined) return true
    at = node.children
  }
  return false
}

/** A stored name with dots in it counts as itself where it is listed, and otherwise as the path that it spells; it is judged as both. */
function step(within: Scope, name: string, judged: Judged): Scope {
  const listed = within.children?.get(name)
  if (listed !== undefined) return enter(within, name, listed)
  if (!name.includes('.')) return enter(within, name, judged(within, name))
  const literal = judged(within, name)
  let scope = literal?.mask === undefined ? within : { ...within, mask: strictest(literal.mask, within.mask) }
  for (const [at, segment] of name.split('.', MOST_STEPS).entries()) {
    // What a change stream tells of an array's element names its place (`lines.0.text`).
    const isPlace = at > 0 && /^\d+$/.test(segment) && scope.children?.has(segment) !== true
    if (isPlace) continue
    const node = isTold(scope, segment) ? GONE : scope.children?.get(segment)
    scope = enter(scope, segment, node ?? judged(scope, segment))
  }
  return scope
}

function enter(within: Scope, name: string, node: MaskNode | undefined): Scope {
  const path = within.judge === undefined ? NO_PATH : [...within.path, name.slice(-LONGEST)]
  return scopeOf(node, within.mask, within.judge, path)
}

function isSame(name: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false
  for (let at = 0; at < name.length; at++) if (name[at] !== source[start + at]) return false
  return true
}
