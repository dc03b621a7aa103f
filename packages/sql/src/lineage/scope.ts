/** The names that an expression can see, and what a column reference means among them. */
import type { Mention } from './mention.js'
import type { Column, Value } from './value.js'
import { composite, either, unprovable } from './value.js'

/** One thing in FROM that a qualified name can point to. */
export interface Item {
  readonly name: string | undefined
  readonly schema?: string
  readonly columns: readonly Column[]
  /** ctid, xmin, tableoid …; in no `*`. */
  readonly system?: (name: string) => Value | undefined
  /** Why its columns are not all known. */
  readonly open?: string
  readonly rowType?: number
  /** A relation's own rows, not what a query made of them. */
  readonly relation?: true
  /** What reading it mentions, where that is known. */
  readonly mentions?: readonly Mention[]
}

export interface Namespace {
  readonly items: readonly Item[]
  /** What a bare name and `*` see, in order. */
  readonly columns: readonly Column[]
  readonly open?: string
}

export interface Scope extends Namespace {
  readonly outer: Scope | undefined
}

export const EMPTY: Namespace = { items: [], columns: [] }

export function within(namespace: Namespace, outer: Scope | undefined): Scope {
  return { ...namespace, outer }
}

export function single(item: Item): Namespace {
  return { items: [item], columns: item.columns, ...(item.open === undefined ? {} : { open: item.open }) }
}

export function together(left: Namespace, right: Namespace): Namespace {
  const open = left.open ?? right.open
  return {
    items: [...left.items, ...right.items],
    columns: [...left.columns, ...right.columns],
    ...(open === undefined ? {} : { open }),
  }
}

/** A bare column name, innermost query first; undefined when nothing of that name is in sight. */
export function findColumn(scope: Scope | undefined, name: string): Value | undefined {
  let open: string | undefined
  for (let each = scope; each; each = each.outer) {
    const found = each.columns.filter((column) => column.name === name).map((column) => column.value)
    if (found.length === 0)
      for (const item of each.items) {
        const value = item.system?.(name)
        if (value) found.push(value)
      }
    if (found.length > 0) {
      const value = either(found)
      return open === undefined ? value : unprovable(open, [value])
    }
    open ??= each.open
  }
  return open === undefined ? undefined : unprovable(open)
}

export function findItem(scope: Scope | undefined, name: string, schema?: string): Item | undefined {
  for (let each = scope; each; each = each.outer) {
    const found = each.items.find(
      (item) => item.name === name && (schema === undefined || item.schema === schema),
    )
    if (found) return found
  }
  return undefined
}

export function columnOf(item: Item, name: string): Value | undefined {
  const found = item.columns.filter((column) => column.name === name).map((column) => column.value)
  if (found.length > 0) return either(found)
  return (
    item.system?.(name) ?? (item.open === undefined ? undefined : unprovable(item.open, [wholeRow(item)]))
  )
}

/** The item as one composite value: every column of it. A stored row is one stored value, however wide. */
export function wholeRow(item: Item): Value {
  const whole = composite(item.columns, item.rowType)
  return {
    ...whole,
    ...(item.relation === true ? { weight: 1 } : {}),
    ...(item.open === undefined ? {} : { how: 'computed', unprovable: item.open }),
  }
}
