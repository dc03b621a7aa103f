/** Names that mean nothing, gathered with the nodes that bear them: only the statement's own are told, with their place. */
import type { Action, MissingPart } from '@gatehouse/core'
import { type MissingName, missingPart } from '../reading/missing-part.js'
import { isTree } from './tree.js'

interface Event {
  readonly node: unknown
  readonly missing: MissingName
}

export interface MissingNames {
  readonly missing: (node: unknown, missing: MissingName) => void
  /** Undefined when something besides is not understood. `text`: the whole text, which positions count in. */
  told(statement: unknown, actions: readonly Action[], text: string): MissingPart | undefined
}

export function gatherMissing(): MissingNames {
  const events: Event[] = []
  return {
    missing(node, missing) {
      events.push({ node, missing })
    },
    told(statement, actions, text) {
      const [first] = events
      if (first === undefined) return undefined
      const own = nodesOf(statement)
      if (events.some(({ node }) => !own.has(node))) return undefined
      const names = events.map(({ missing }) => missing)
      const part = missingPart(names, actions)
      const position = positionOf(first.node, text)
      return part && position !== undefined ? { ...part, position } : part
    },
  }
}

function nodesOf(statement: unknown): ReadonlySet<unknown> {
  const found = new Set<unknown>()
  const open: unknown[] = [statement]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) for (const each of next) open.push(each)
    else if (isTree(next)) {
      found.add(next)
      open.push(...Object.values(next).filter((value) => typeof value === 'object' && value !== null))
    }
  }
  return found
}

/** The grammar counts bytes from 0 and leaves 0 out; ErrorResponse counts characters from 1. */
function positionOf(node: unknown, text: string): number | undefined {
  const location = isTree(node) ? (node.location ?? 0) : undefined
  if (typeof location !== 'number' || location < 0) return undefined
  return [...Buffer.from(text).subarray(0, location).toString()].length + 1
}
