/** What values a type's cells hold, behind domains, arrays and extensions. */
import type { CatalogType } from '@gatehouse/sql'
import { ARRAY_ELEMENTS, CELL_FAMILIES, type CellFamily } from './cell-families.js'

/** Users' types by OID. */
export type TypeOf = (oid: number) => CatalogType | undefined

export type CellType =
  | { readonly kind: 'scalar'; readonly family: CellFamily }
  | { readonly kind: 'array'; readonly element: CellType; readonly elementOid: number }
  | { readonly kind: 'hstore' }

/** Domains over domains. */
const DEEPEST = 32

/** Undefined: nothing is known of its form, or nothing can be put in its place but NULL. */
export function cellTypeOf(oid: number, typeOf: TypeOf | undefined, depth = 0): CellType | undefined {
  const family = CELL_FAMILIES.get(oid)
  if (family !== undefined) return { kind: 'scalar', family }
  if (depth > DEEPEST) return undefined
  const type = typeOf?.(oid)
  const elementOid = ARRAY_ELEMENTS.get(oid) ?? (isArray(type) ? type?.element : undefined)
  if (elementOid !== undefined) {
    const element = cellTypeOf(elementOid, typeOf, depth + 1)
    return element === undefined || element.kind === 'array'
      ? undefined
      : { kind: 'array', element, elementOid }
  }
  if (type?.kind === 'domain') return cellTypeOf(type.base, typeOf, depth + 1)
  if (type?.kind !== 'base') return undefined
  if (type.name === 'citext') return { kind: 'scalar', family: 'text' }
  return type.name === 'hstore' ? { kind: 'hstore' } : undefined
}

function isArray(type: CatalogType | undefined): boolean {
  return type?.kind === 'base' && type.element > 0 && type.name.startsWith('_')
}

/** Holds keys and their values. */
export function isDocument(type: CellType | undefined): boolean {
  if (type?.kind === 'array') return isDocument(type.element)
  return type?.kind === 'hstore' || (type?.kind === 'scalar' && /^jsonb?$/.test(type.family))
}
