/** Where the things that a utility statement names stand in the catalog. */
import type { Resource, ResourceKind } from '@gatehouse/core'
import type { CatalogRelation } from '../../catalog.js'
import { resolveRelation } from '../query/index.js'
import { as, list, type Tree, text, tree, unwrap, word, words } from '../tree.js'
import { type Reading, resource } from './found.js'

/** Stands where the schema cannot be known: no pattern names it, `*` alone matches it. */
const UNKNOWN_SCHEMA = '?'

export function isSystemSchema(schema: string): boolean {
  return schema === 'information_schema' || (schema.startsWith('pg_') && !isTemporarySchema(schema))
}

function isTemporarySchema(schema: string): boolean {
  return schema === 'pg_temp' || schema.startsWith('pg_temp_')
}

/** The schema in which an unqualified new object lands. */
export function creationSchema(reading: Reading): string {
  const { searchPath, account } = reading.analysis
  if (searchPath === 'unknown') return UNKNOWN_SCHEMA
  for (const entry of searchPath) {
    const schema = entry === '$user' ? account : entry
    if (isTemporarySchema(schema) || reading.catalog.schemas.includes(schema)) return schema
  }
  return UNKNOWN_SCHEMA
}

function inSchema(reading: Reading, kind: ResourceKind, schema: string, name: string): Resource {
  return resource(kind, [reading.catalog.database, schema, name], isSystemSchema(schema))
}

/** A RangeVar's bare members: the relation that it will make. */
export function newRelation(range: Tree, reading: Reading): Resource {
  const name = text(range.relname) ?? UNKNOWN_SCHEMA
  const schema = text(range.schemaname)
  if (schema !== undefined) return inSchema(reading, 'relation', schema, name)
  return inSchema(reading, 'relation', isTemporary(range) ? 'pg_temp' : creationSchema(reading), name)
}

export function isTemporary(range: Tree): boolean {
  const schema = text(range.schemaname)
  return range.relpersistence === 't' || (schema !== undefined && isTemporarySchema(schema))
}

export interface Located {
  readonly resource: Resource
  readonly relation?: CatalogRelation
}

/** A relation that stands already. Unresolved ones keep the name that was given. */
export function relation(range: Tree, reading: Reading): Located {
  const found = resolveRelation(range, reading.analysis)
  return found.relation
    ? { resource: found.resource, relation: found.relation }
    : { resource: found.resource }
}

/** A qualified name as a RangeVar's members; undefined for more than three parts or none. */
export function rangeOf(names: readonly string[]): Tree | undefined {
  const [last, schema, catalog] = [...names].reverse()
  if (last === undefined || names.length > 3) return undefined
  return {
    relname: last,
    ...(schema === undefined ? {} : { schemaname: schema }),
    ...(catalog === undefined ? {} : { catalogname: catalog }),
    inh: true,
    relpersistence: 'p',
  }
}

/** The name that a node gives an object by: String, List, TypeName, ObjectWithArgs or RangeVar. */
export function nameOf(node: unknown): readonly string[] {
  const found = unwrap(node)
  if (!found) return []
  switch (found.type) {
    case 'String':
      return [word(node) ?? '']
    case 'List':
      return list(found.node.items).flatMap((item) => nameOf(item))
    case 'TypeName':
      return words(found.node.names) ?? []
    case 'ObjectWithArgs':
      return words(found.node.objname) ?? []
    case 'RangeVar':
      return [found.node.schemaname, found.node.relname].flatMap((part) => text(part) ?? [])
    default:
      return []
  }
}

/** A routine, type, operator or other object in a schema: the one on the search path, or where a new one would land. */
export function object(names: readonly string[], reading: Reading, kind: ResourceKind = 'object'): Resource {
  const name = names.at(-1) ?? UNKNOWN_SCHEMA
  const schema = names.at(-2)
  return inSchema(reading, kind, schema ?? schemaOf(name, reading), name)
}

function schemaOf(name: string, reading: Reading): string {
  const { catalog, analysis } = reading
  if (analysis.searchPath === 'unknown') return UNKNOWN_SCHEMA
  for (const entry of analysis.searchPath) {
    const schema = entry === '$user' ? analysis.account : entry
    const here = (thing: { readonly schema: string; readonly name: string }) =>
      thing.name === name && thing.schema === schema
    if (catalog.routines.some(here) || catalog.types.some(here) || catalog.operators.some(here)) return schema
  }
  return creationSchema(reading)
}

export function relationResource(found: CatalogRelation, reading: Reading): Resource {
  return inSchema(reading, 'relation', found.schema, found.name)
}

/** A RangeVar node's members from a wrapped or bare one. */
export function rangeVar(value: unknown): Tree | undefined {
  return as(value, 'RangeVar') ?? tree(value)
}
