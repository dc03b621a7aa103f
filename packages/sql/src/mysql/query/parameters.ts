/** The numbers of a statement's parameters: sqlparser shows each as `?`, so their places in the text count them. */
import { isTree, list, type Place, placeOf, tree } from './tree.js'

/** From 0, in the order of the text; empty when a place is not known. */
export function numberParameters(statement: unknown): ReadonlyMap<object, number> {
  const found: { readonly node: object; readonly start: Place }[] = []
  const open: unknown[] = [statement]
  let lost = false
  while (open.length > 0) {
    const next = open.pop()
    if (Array.isArray(next)) open.push(...list(next))
    else if (isTree(next)) {
      if (tree(next.value)?.Placeholder !== undefined) {
        const start = placeOf(next)?.start
        if (start) found.push({ node: next, start })
        else lost = true
      }
      for (const inner of Object.values(next)) if (typeof inner === 'object') open.push(inner)
    }
  }
  if (lost) return new Map()
  found.sort((a, b) => a.start.line - b.start.line || a.start.column - b.start.column)
  return new Map(found.map(({ node }, position) => [node, position]))
}
