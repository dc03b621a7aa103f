/** What a reader of one kind of MySQL statement finds, and what it is given. */
import type { Action, MissingPart, Output, Resource } from '@gatehouse/core'
import { action, resource } from '../../reading/actions.js'
import type { MysqlCatalogIndex } from '../catalog-index.js'
import type { MysqlEffect, MysqlStatement } from '../plan.js'
import type { MysqlAnalysis, QueryReading, ReadOptions } from '../query/index.js'
import type { Cursor } from './cursor.js'

export interface Found {
  readonly command: string
  readonly actions: readonly Action[]
  /** Left out: no rows come back. */
  readonly outputs?: readonly Output[] | 'unknown'
  readonly collects?: boolean
  readonly effects?: readonly MysqlEffect[]
  readonly refersTo?: MysqlStatement['refersTo']
  readonly local?: MysqlStatement['local']
  readonly reserve?: boolean
  readonly never?: string
  /** Why the server's count of changed rows is not all that it changes (R21). */
  readonly uncounted?: string
  readonly missing?: MissingPart
  /** Of the text within it: see MysqlStatement. */
  readonly variables?: MysqlStatement['variables']
  readonly codeVariables?: MysqlStatement['codeVariables']
  /** Not to be understood at all: the whole text is refused. */
  readonly unreadable?: string
}

export interface Reading {
  readonly catalog: MysqlCatalogIndex
  readonly analysis: MysqlAnalysis
  readonly database: string | undefined
  /** Upstream accounts that the gateway uses (R11). */
  readonly accounts: ReadonlySet<string>
  readonly account: string
  /** Reads a query's text, cut from the statement. */
  readonly query: (text: string, options?: ReadOptions) => QueryReading
  /** Reads a part of the statement as a statement. */
  readonly statement: (text: string) => Found
  /** Reads a text that a literal of the statement holds, as a statement of its own; a string: why it cannot be read. */
  readonly inner: (text: string) => MysqlStatement | string
}

export type StatementReader = (cursor: Cursor, reading: Reading) => Found

export function opaque(reading: Reading, command: string, why: string): Action {
  return action('opaque', server(reading), command, { fields: 'unknown', certainty: 'opaque', why })
}

export function server(reading: Reading): Resource {
  return resource('server', [reading.database ?? reading.catalog.catalog.flavour])
}

/** The default database; where none was chosen, the server. */
export function database(reading: Reading): Resource {
  return reading.database === undefined ? server(reading) : databaseOf(reading.database)
}

const SYSTEM: ReadonlySet<string> = new Set(['mysql', 'information_schema', 'performance_schema', 'sys'])

export function isSystem(schema: string): boolean {
  return SYSTEM.has(schema.toLowerCase())
}

export function databaseOf(name: string): Resource {
  return resource('database', [name], isSystem(name))
}

/** A relation of information_schema and its like, as tools read it. */
export function catalogRelation(schema: string, name: string): Resource {
  return resource('relation', [schema, name], true)
}

/** What stands nowhere in a statement that the reader understands. */
export function notUnderstood(reading: Reading, command: string): Found {
  return {
    command,
    actions: [opaque(reading, command, `this form of ${command} is not understood`)],
    outputs: 'unknown',
    collects: true,
  }
}
