/** Which thing a name means: search_path as the server walks it, relations, and types. */
import type { Resource, Verb } from '@gatehouse/core'
import type { CatalogRelation, CatalogType, CatalogUsage } from '../../catalog.js'
import { mention } from '../../lineage/mention.js'
import { builtinType } from '../functions/builtin-types.js'
import { folded, keptName } from '../search-path.js'
import { isOfSession, TEMPORARY } from '../session/session-relation.js'
import { list, text, tree, words } from '../tree.js'
import type { Analysis, Env } from './analysis.js'

const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set(['pg_catalog', 'information_schema', 'pg_toast'])

export function isSystemSchema(schema: string): boolean {
  return SYSTEM_SCHEMAS.has(schema)
}

const NUMBERED = /^pg_temp_\d+$/

/** The names of one statement are looked for in one path, one after the other. */
let latest: { readonly analysis: Analysis; readonly schemas: readonly string[] } | undefined

/** The schemas that an unqualified name is looked for in, in order; undefined when that is not known. */
export function searchedSchemas(analysis: Analysis): readonly string[] | undefined {
  if (analysis.searchPath === 'unknown') return undefined
  if (
    latest?.analysis.searchPath === analysis.searchPath &&
    latest.analysis.account === analysis.account &&
    latest.analysis.catalog === analysis.catalog
  )
    return latest.schemas
  const path = analysis.searchPath
    .map((entry) => entry.trim().replace(/^"(.*)"$/s, (_, inner: string) => inner.replaceAll('""', '"')))
    .map((entry) => (entry === '$user' ? analysis.account : entry))
  // By its number it may be this session's own, or another's.
  if (path.some((entry) => NUMBERED.test(entry))) return undefined
  const schemas = usable(path.includes('pg_catalog') ? path : ['pg_catalog', ...path], analysis)
  latest = { analysis, schemas }
  return schemas
}

/** The server skips a schema that the role may not use (namespace.c, recomputeNamespacePath). */
function usable(schemas: readonly string[], analysis: Analysis): readonly string[] {
  const usage = usageOf(analysis)
  const { catalog } = analysis.catalog
  if (usage === undefined) return schemas
  return schemas.filter(
    (each) =>
      isSystemSchema(each) ||
      !catalog.schemas.includes(each) ||
      usage.schemas.includes(each) ||
      usage.doubtful.includes(each),
  )
}

function usageOf({ catalog, account }: Analysis): CatalogUsage | undefined {
  return catalog.catalog.usage?.find(({ role }) => role === account)
}

/** Whether the server may look past the schema, because of the role that the session has taken. */
function maySkip(schema: string, analysis: Analysis): boolean {
  return usageOf(analysis)?.doubtful.includes(schema) === true
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
  /** It is certainly not there: where it could have been. */
  readonly absent?: readonly Resource[]
}

/** The session's own relation of this name, where nothing that is not known can stand before it. */
function ownRelation(
  schema: string | undefined,
  name: string,
  analysis: Analysis,
): CatalogRelation | undefined {
  const { session } = analysis
  if (session === undefined || analysis.bound === true) return undefined
  if (schema !== undefined) return session.find(schema, name)
  const schemas = searchedSchemas(analysis)
  // What is temporary comes first unless search_path says where (namespace.c).
  const first = schemas !== undefined && schemas.indexOf(TEMPORARY) <= 0
  return first ? session.find(TEMPORARY, name) : undefined
}

/** The relation of a qualified name: one to three parts. */
export function findRelation(parts: readonly string[], analysis: Analysis): ResolvedRelation {
  const name = parts.at(-1) ?? ''
  const schema = parts.at(-2)
  const resource = relationResource(analysis, schema, name)
  if (parts.length > 3 || (parts.length === 3 && parts[0] !== analysis.catalog.catalog.database))
    return { resource, problem: `relation \`${parts.join('.')}\` is in another database` }
  const own = ownRelation(schema, name, analysis)
  if (own && analysis.late === true)
    return {
      resource,
      problem: `a routine's body may mean \`${name}\` of the session or what stands behind it`,
    }
  if (own) return readable(own, resourceOf(analysis, own))
  if (analysis.overlay.has(name))
    return { resource, problem: `\`${name}\` was defined in this session and is not in the catalog yet` }
  // A definition that the catalog holds names what the catalog held.
  const catalog = analysis.bound === true ? (analysis.session?.catalog ?? analysis.catalog) : analysis.catalog
  if (schema !== undefined) {
    const relation = catalog.relation(schema, name)
    if (relation) return readable(relation, resource)
    analysis.unknownName(name)
    const problem = `relation \`${schema}.${name}\` is not in the catalog`
    return NUMBERED.test(schema) ? { resource, problem } : { resource, problem, absent: [resource] }
  }
  const schemas = searchedSchemas(analysis)
  if (schemas === undefined)
    return { resource, problem: `search_path is not known, so \`${name}\` needs its schema's name` }
  for (const [at, each] of schemas.entries()) {
    const relation = catalog.relation(each, name)
    if (!relation) continue
    const other = schemas.slice(at + 1).some((next) => catalog.relation(next, name) !== undefined)
    if (other && maySkip(each, analysis))
      return { resource, problem: `which \`${name}\` is meant depends on the role of the session` }
    return readable(relation, resourceOf(analysis, relation))
  }
  analysis.unknownName(name)
  const absent = schemas
    .filter((each) => catalog.catalog.schemas.includes(each) && !isSystemSchema(each))
    .map((each) => relationResource(analysis, each, name))
  return { resource, problem: `relation \`${name}\` is not in the catalog`, absent }
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
  if (typeof node.boundTo === 'number') return boundRelation(node.boundTo, name, analysis)
  const given = [text(node.catalogname), text(node.schemaname), name]
  const parts = given.filter((part) => part !== undefined)
  const found = findRelation(parts, analysis)
  if (found.relation) analysis.resolved?.(node, found.relation)
  else if (found.absent)
    analysis.missing?.(node, {
      code: '42P01',
      message: `relation "${parts.join('.')}" does not exist`,
      why: found.problem ?? '',
    })
  return found
}

/** What is not there counts where it could be: that it is not, only those may learn who may use what is there. */
export function mentionAbsent(verb: Verb, places: readonly Resource[] | undefined, env: Env): void {
  if (env.derived) return
  for (const resource of places ?? [])
    mention(env.ledger, { verb, resource, command: env.command, derived: false, bounded: true })
}

/** What a view of the session was bound to when it was made. */
function boundRelation(oid: number, name: string, analysis: Analysis): ResolvedRelation {
  const relation = analysis.catalog.relationByOid(oid)
  const resource = relation ? resourceOf(analysis, relation) : relationResource(analysis, undefined, name)
  if (relation === undefined || (!isOfSession(relation) && analysis.overlay.has(relation.name)))
    return { resource, problem: `\`${name}\` was changed in this session` }
  return readable(relation, resource)
}

/** The parts of an identifier written inside a literal (`nextval('"My".seq')`); undefined when it is malformed. */
export function parseIdentifier(literal: string): readonly string[] | undefined {
  const parts: string[] = []
  const pattern =
    /[ \t\n\r\f]*(?:"((?:[^"]|"")+)"|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*))[ \t\n\r\f]*(\.|$)/y
  for (;;) {
    const match = pattern.exec(literal)
    if (!match) return undefined
    const part = keptName(match[1] === undefined ? folded(match[2] ?? '') : match[1].replaceAll('""', '"'))
    if (part === undefined) return undefined
    parts.push(part)
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
  if (analysis.overlay.has(name) || (analysis.bound !== true && analysis.session?.has(name) === true))
    return { ...shape, problem: `type \`${name}\` was defined in this session` }
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
