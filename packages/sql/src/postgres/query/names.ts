/** Which thing a name means: search_path as the server walks it, relations, and types. */
import type { Resource } from '@gatehouse/core'
import type { CatalogRelation, CatalogType } from '../../catalog.js'
import { builtinType } from '../functions/builtin-types.js'
import { list, text, tree, words } from '../tree.js'
import type { Analysis } from './analysis.js'

const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set(['pg_catalog', 'information_schema', 'pg_toast'])

export function isSystemSchema(schema: string): boolean {
  return SYSTEM_SCHEMAS.has(schema)
}

const searched = new WeakMap<Analysis, readonly string[]>()

/** The schemas that an unqualified name is looked for in, in order; undefined when that is not known. */
export function searchedSchemas(analysis: Analysis): readonly string[] | undefined {
  if (analysis.searchPath === 'unknown') return undefined
  const known = searched.get(analysis)
  if (known) return known
  const path = analysis.searchPath
    .map((entry) => entry.trim().replace(/^"(.*)"$/s, (_, inner: string) => inner.replaceAll('""', '"')))
    .map((entry) => (entry === '$user' ? analysis.account : entry))
  const schemas = path.includes('pg_catalog') ? path : ['pg_catalog', ...path]
  searched.set(analysis, schemas)
  return schemas
}

function relationResource(analysis: Analysis, schema: string | undefined, name: string): Resource {
  const { database } = analysis.catalog.catalog
  return {
    kind: 'relation',
    path: schema === undefined ? [database, name] : [database, schema, name],
    system: schema !== undefined && isSystemSchema(schema),
  }
}

export function resourceOf(analysis: Analysis, relation: CatalogRelation): Resource {
  return relationResource(analysis, relation.schema, relation.name)
}

export interface ResolvedRelation {
  readonly relation?: CatalogRelation
  readonly resource: Resource
  readonly problem?: string
}

/** The relation of a qualified name: one to three parts. */
export function findRelation(parts: readonly string[], analysis: Analysis): ResolvedRelation {
  const name = parts.at(-1) ?? ''
  const schema = parts.at(-2)
  const resource = relationResource(analysis, schema, name)
  if (parts.length > 3 || (parts.length === 3 && parts[0] !== analysis.catalog.catalog.database))
    return { resource, problem: `relation \`${parts.join('.')}\` is in another database` }
  if (analysis.overlay.has(name))
    return { resource, problem: `\`${name}\` was defined in this session and is not in the catalog yet` }
  if (schema !== undefined) {
    const relation = analysis.catalog.relation(schema, name)
    if (relation) return readable(relation, resource)
    analysis.unknownName(name)
    return { resource, problem: `relation \`${schema}.${name}\` is not in the catalog` }
  }
  const schemas = searchedSchemas(analysis)
  if (schemas === undefined)
    return { resource, problem: `search_path is not known, so \`${name}\` needs its schema's name` }
  for (const each of schemas) {
    const relation = analysis.catalog.relation(each, name)
    if (relation) return readable(relation, resourceOf(analysis, relation))
  }
  analysis.unknownName(name)
  return { resource, problem: `relation \`${name}\` is not in the catalog` }
}

function readable(relation: CatalogRelation, resource: Resource): ResolvedRelation {
  if (relation.kind === 'toast' || relation.kind === 'index' || relation.kind === 'composite')
    return { resource, problem: `\`${relation.name}\` is a ${relation.kind}` }
  return { relation, resource }
}

/** The relation that a RangeVar names. */
export function resolveRelation(rangeVar: unknown, analysis: Analysis): ResolvedRelation {
  const node = tree(tree(rangeVar)?.RangeVar) ?? tree(rangeVar)
  const name = text(node?.relname)
  if (node === undefined || name === undefined)
    return { resource: relationResource(analysis, undefined, '?'), problem: 'the relation has no name' }
  const parts = [text(node.catalogname), text(node.schemaname), name]
  return findRelation(
    parts.filter((part) => part !== undefined),
    analysis,
  )
}

/** The parts of an identifier written inside a literal (`nextval('"My".seq')`); undefined when it is malformed. */
export function parseIdentifier(literal: string): readonly string[] | undefined {
  const parts: string[] = []
  const pattern = /\s*(?:"((?:[^"]|"")+)"|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*))\s*(\.|$)/y
  for (;;) {
    const match = pattern.exec(literal)
    if (!match) return undefined
    parts.push(match[1] === undefined ? (match[2] ?? '').toLowerCase() : match[1].replaceAll('""', '"'))
    if (match[3] === '') return parts
  }
}

export interface ResolvedType {
  readonly name: string
  /** 0 when there is no OID to tell. */
  readonly oid: number
  readonly array: boolean
  /** Length or precision was given. */
  readonly limited: boolean
  readonly user?: CatalogType
  readonly problem?: string
}

/** The type that a TypeName names. */
export function resolveType(typeName: unknown, analysis: Analysis): ResolvedType {
  const node = tree(tree(typeName)?.TypeName) ?? tree(typeName)
  const parts = words(node?.names)
  const array = list(node?.arrayBounds).length > 0
  const limited = list(node?.typmods).length > 0
  const name = parts?.at(-1)
  const shape = { name: name ?? '?', oid: 0, array, limited }
  if (
    node === undefined ||
    parts === undefined ||
    name === undefined ||
    parts.length > 2 ||
    node.pct_type === true
  )
    return { ...shape, problem: 'the type has no plain name' }
  if (analysis.overlay.has(name)) return { ...shape, problem: `type \`${name}\` was defined in this session` }
  const schemas = parts.length === 2 ? [parts[0] ?? ''] : searchedSchemas(analysis)
  if (schemas === undefined) {
    const oid = analysis.catalog.types(name).length > 0 ? undefined : builtinType(name, array)
    return oid === undefined
      ? { ...shape, problem: `search_path is not known, so type \`${name}\` is not` }
      : { ...shape, oid }
  }
  for (const schema of schemas) {
    if (schema === 'pg_catalog') {
      const plain = name.startsWith('_') ? builtinType(name.slice(1), true) : undefined
      const oid = plain ?? builtinType(name, array)
      if (oid !== undefined) return { ...shape, oid, array: array || plain !== undefined }
      const relation = analysis.catalog.relation(schema, name)
      if (relation) return shape
    } else if (schema === 'information_schema') {
      if (parts.length === 2) return { ...shape, name: 'text', oid: 25 }
    } else {
      const user = analysis.catalog.types(name).find((type) => type.schema === schema)
      if (user) return { ...shape, oid: array ? 0 : user.oid, user }
    }
  }
  analysis.unknownName(name)
  return { ...shape, problem: `type \`${name}\` is not in the catalog` }
}

/** A name inside a list of String nodes, one to three parts; undefined when something else is among them. */
export function nameParts(nodes: unknown): readonly string[] | undefined {
  const found = words(nodes)
  return found !== undefined && found.length > 0 && found.length <= 4 ? found : undefined
}
