/** Identifiers, and what a table name means: the default database, case, what the session defined. */
import type { Resource } from '@gatehouse/core'
import type { MissingName } from '../../reading/missing-part.js'
import type { MysqlRelation } from '../catalog.js'
import { fold } from '../catalog-index.js'
import { RESERVED_WORDS } from '../reserved-words.js'
import type { MysqlAnalysis } from './analysis.js'
import { as, list, stranger, text, tree } from './tree.js'

const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set([
  'information_schema',
  'performance_schema',
  'mysql',
  'sys',
])

export function isSystemSchema(schema: string): boolean {
  return SYSTEM_SCHEMAS.has(fold(schema))
}

export interface Name {
  readonly value: string
  readonly quoted: boolean
}

/** What an unquoted name can be made of (MySQL reference manual §11.2). */
const UNQUOTED = /^[0-9A-Za-z$_\u0080-\uffff]+$/

/**
 * An identifier as the server would read it; undefined for a word that would be no identifier there, or quotes that
 * make a string. `alias`: strings name columns too; `dotted`: behind a dot every word is a name (MySQL manual §11.2).
 */
export function nameOf(node: unknown, place: 'plain' | 'alias' | 'dotted' = 'plain'): Name | undefined {
  const found = tree(node)
  const value = text(found?.value)
  if (found === undefined || value === undefined) return undefined
  if (stranger(found, 'value quote_style') !== undefined) return undefined
  const quote = found.quote_style
  if (quote === '`') return { value, quoted: true }
  if (quote === "'" || quote === '"') return place === 'alias' ? { value, quoted: true } : undefined
  if (quote !== undefined && quote !== null) return undefined
  const word = place !== 'dotted' && RESERVED_WORDS.has(fold(value))
  return UNQUOTED.test(value) && !word ? { value, quoted: false } : undefined
}

/** The parts of a qualified name `[{Identifier}]`; undefined when one of them is none. */
export function partsOf(node: unknown): readonly Name[] | undefined {
  const names = list(node).map((part, at) => nameOf(as(part, 'Identifier'), at > 0 ? 'dotted' : 'plain'))
  return names.length > 0 && names.every((name) => name !== undefined) ? (names as Name[]) : undefined
}

export function relationResource(schema: string, name: string): Resource {
  return { kind: 'relation', path: [schema, name], system: isSystemSchema(schema) }
}

export function resourceOf(relation: MysqlRelation): Resource {
  return relationResource(relation.schema, relation.name)
}

export interface ResolvedRelation {
  readonly relation?: MysqlRelation
  readonly resource: Resource
  readonly problem?: string
  /** It is certainly not there: what the server says, and what would be used if it were. */
  readonly absent?: MissingName
}

const NOWHERE: Resource = { kind: 'relation', path: ['?', '?'], system: false }

/** The relation of `table` or `database.table`; with a problem, nothing is known of what the name means. */
export function resolveRelation(parts: readonly string[], analysis: MysqlAnalysis): ResolvedRelation {
  const name = parts.at(-1)
  const schema = parts.length > 1 ? parts.at(-2) : analysis.database
  if (name === undefined || parts.length > 2)
    return { resource: NOWHERE, problem: 'a relation has no plain name' }
  if (schema === undefined) {
    const why = `no database is chosen for \`${name}\``
    return {
      resource: { ...NOWHERE, path: ['?', name] },
      problem: why,
      absent: { code: '1046', message: 'No database selected', why },
    }
  }
  const relation = analysis.catalog.relation(schema, name)
  const resource = relation ? resourceOf(relation) : relationResource(schema, name)
  const { overlay } = analysis
  if (overlay.has('*') || overlay.has(name) || [...overlay].some((each) => fold(each) === fold(name)))
    return { resource, problem: `relation \`${name}\` was defined in this session` }
  if (relation) return { relation, resource }
  analysis.unknownName(name)
  const why = `relation \`${schema}.${name}\` is not in the catalog`
  // Of the server's own schemas the catalog may leave something out.
  if (isSystemSchema(schema)) return { resource, problem: why }
  // MariaDB does not tell a database that is not there from a table.
  const absent =
    analysis.catalog.hasSchema(schema) || analysis.catalog.catalog.flavour === 'mariadb'
      ? { code: '1146', message: `Table '${schema}.${name}' doesn't exist` }
      : { code: '1049', message: `Unknown database '${schema}'` }
  return { resource, problem: why, absent: { ...absent, why } }
}
