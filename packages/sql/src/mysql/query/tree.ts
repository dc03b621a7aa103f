/** Walking sqlparser's tree without trusting its shape: a member that nobody expected makes the statement opaque. */

export type Tree = { readonly [member: string]: unknown }

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function tree(value: unknown): Tree | undefined {
  return isTree(value) ? value : undefined
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A value of a tagged union: `"Name"` or `{Name: node}`; undefined for anything else. */
export function variant(value: unknown): { readonly type: string; readonly node: unknown } | undefined {
  if (typeof value === 'string') return { type: value, node: undefined }
  if (!isTree(value)) return undefined
  const [type, ...others] = Object.keys(value)
  return type === undefined || others.length > 0 ? undefined : { type, node: value[type] }
}

/** What a union's value holds if it is of this type. */
export function as(value: unknown, type: string): unknown {
  const found = variant(value)
  return found?.type === type ? found.node : undefined
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0)
  )
}

/** Members that say where in the text a node stands. */
const PLACES = /(^|_)(token|span)$/

/** The first member that says something and that the reader does not look at; undefined when all is known. */
export function stranger(node: Tree, known: string): string | undefined {
  const names = known.split(' ')
  return Object.keys(node).find(
    (member) => !names.includes(member) && !PLACES.test(member) && !isEmpty(node[member]),
  )
}

/** Whether any node below has a union's value of this type. */
export function contains(value: unknown, test: (type: string, node: unknown) => boolean): boolean {
  const open: unknown[] = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (Array.isArray(next)) open.push(...next)
    else if (isTree(next))
      for (const [member, inner] of Object.entries(next)) {
        if (/^[A-Z]/.test(member) && test(member, inner)) return true
        if (typeof inner === 'object') open.push(inner)
        else if (typeof inner === 'string' && test(inner, undefined)) return true
      }
    else if (typeof next === 'string' && test(next, undefined)) return true
  }
  return false
}

export interface Place {
  readonly line: number
  readonly column: number
}

/** Where a node starts and ends; undefined when the parser did not say. */
export function placeOf(value: unknown): { readonly start: Place; readonly end: Place } | undefined {
  const span = tree(tree(value)?.span)
  const [start, end] = [tree(span?.start), tree(span?.end)]
  if (!start || !end) return undefined
  const [a, b, c, d] = [start.line, start.column, end.line, end.column]
  if (typeof a !== 'number' || typeof b !== 'number' || typeof c !== 'number' || typeof d !== 'number')
    return undefined
  return a === 0 ? undefined : { start: { line: a, column: b }, end: { line: c, column: d } }
}
