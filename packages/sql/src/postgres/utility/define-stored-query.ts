/** A table or view made from a query: its columns carry what the query's values are made of (R2, R4, R19). */
import type { Action } from '@gatehouse/core'
import type { CatalogRelation } from '../../catalog.js'
import type { Column } from '../../lineage/value.js'
import { nextOid } from '../session/session-names.js'
import {
  columnsDigest,
  type SessionColumn,
  type SessionRelation,
  TEMPORARY,
  type Underlying,
} from '../session/session-relation.js'
import { storedType, storedValues } from '../session/stored-values.js'
import { isTree, type Tree, text, tree, walk, words } from '../tree.js'
import { blank, existing, isTold, type Place, placeOf } from './define-table.js'
import type { Reading } from './found.js'

/** CREATE TABLE AS and SELECT INTO; undefined when the text does not tell. */
export function defineFromQuery(
  node: Tree,
  read: { readonly actions: readonly Action[]; readonly columns?: readonly Column[] },
  reading: Reading,
): readonly SessionRelation[] | undefined {
  const into = tree(node.into)
  const place = placeOf(tree(into?.rel) ?? {}, reading)
  if (place === undefined || read.columns === undefined || !isTold(read.actions)) return undefined
  const skipped = existing(place, node, reading)
  if (skipped !== undefined) return skipped === 'stands' ? [] : undefined
  const columns = named(read.columns, words(into?.colNames) ?? []).map(
    ({ name, value }, at): SessionColumn => ({
      name,
      number: at + 1,
      type: storedType(value),
      nullable: true,
      ...storedValues(value),
    }),
  )
  return [
    {
      ...blank(nextOid(reading.definitions), place),
      columns,
      next: columns.length + 1,
      ...(into?.onCommit === 'ONCOMMIT_DROP' ? { dropped: 'at-commit' as const } : {}),
    },
  ]
}

function named(columns: readonly Column[], names: readonly string[]): readonly Column[] {
  return columns.map((column, at) => {
    const name = names[at]
    return name === undefined ? column : { name, value: column.value }
  })
}

/** Relations by the RangeVar that named them, gathered while the query was read. */
export type Resolved = ReadonlyMap<unknown, CatalogRelation>

/** Longer definitions are not kept (R30). */
const MOST_BYTES = 100_000

export interface ViewParts {
  readonly range: Tree
  readonly query: unknown
  readonly names: readonly string[]
  readonly kind: 'view' | 'materialized'
  readonly resolved: Resolved
  readonly actions: readonly Action[]
  readonly columns: readonly Column[] | undefined
}

/** A view, bound to the relations that its names mean now; undefined when the text does not tell. */
export function defineView(parts: ViewParts, place: Place, reading: Reading): SessionRelation | undefined {
  const { query, names, kind, resolved, actions, columns } = parts
  if (columns === undefined || !isTold(actions)) return undefined
  const bound = bind(query, resolved)
  if (bound === undefined || JSON.stringify(bound).length > MOST_BYTES) return undefined
  const stands = reading.analysis.session?.find(place.schema, place.name)
  if (stands !== undefined && stands.kind !== 'view') return undefined
  return {
    ...blank(stands?.oid ?? nextOid(reading.definitions), place),
    kind,
    columns: named(columns, names).map(({ name, value }, at) => ({
      name,
      number: at + 1,
      type: storedType(value),
      classes: [],
      nullable: true,
    })),
    next: columns.length + 1,
    query: bound,
    path: reading.analysis.searchPath,
    bases: basesOf(resolved),
  }
}

function basesOf(resolved: Resolved): readonly Underlying[] {
  const bases = new Map<number, Underlying>()
  for (const relation of resolved.values())
    bases.set(relation.oid, { oid: relation.oid, columns: columnsDigest(relation) })
  return [...bases.values()]
}

/** A copy whose relations are named by OID; undefined when one of its names was not found. */
function bind(query: unknown, resolved: Resolved): unknown {
  const ctes = new Set<string>()
  let whole = true
  walk(query, (type, node) => {
    if (type === 'CommonTableExpr') ctes.add(text(node.ctename) ?? '')
  })
  walk(query, (type, node) => {
    if (type !== 'RangeVar' || resolved.has(node)) return
    if (node.schemaname !== undefined || !ctes.has(text(node.relname) ?? '')) whole = false
  })
  return whole ? copy(query, resolved) : undefined
}

function copy(value: unknown, resolved: Resolved): unknown {
  if (Array.isArray(value)) return value.map((each) => copy(each, resolved))
  if (!isTree(value)) return value
  const relation = resolved.get(value)
  if (relation !== undefined)
    return { ...value, boundTo: relation.oid, alias: value.alias ?? { aliasname: value.relname } }
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, copy(inner, resolved)]))
}

/** A view over something temporary is temporary itself, unless its name says a schema (view.c, DefineView). */
export function viewPlace(
  range: Tree,
  read: { readonly actions: readonly Action[] },
  reading: Reading,
): Place | undefined {
  const place = placeOf(range, reading)
  const over = read.actions.some(
    ({ resource }) => resource.kind === 'relation' && resource.path.at(-2) === TEMPORARY,
  )
  return place !== undefined && over ? { ...place, schema: TEMPORARY } : place
}
