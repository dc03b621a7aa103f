/** A MySQL or MariaDB upstream's catalog as its reader needs it: plain data, so that a worker or a file can hold it. */

import type { VariableNames } from './user-variables.js'

export type MysqlFlavour = 'mysql' | 'mariadb'

export interface MysqlColumn {
  readonly name: string
  /** ORDINAL_POSITION, from 1. */
  readonly number: number
  /** COLUMN_TYPE, e.g. `varchar(40)`, `int(10) unsigned`, `json`. */
  readonly type: string
  /** Left out for types that have none. */
  readonly collation?: string
  /** Classes of data: by name, comment or a Classes document (R6, R22). */
  readonly classes: readonly string[]
  readonly nullable: boolean
  /** Text of a generated column's expression, when it has one. */
  readonly generated?: string
  /** Text of a default that is an expression over other columns of the row, when it has one. */
  readonly copies?: string
  /** In no `*` and in no INSERT without a column list. */
  readonly invisible: boolean
}

export interface MysqlForeignKey {
  readonly columns: readonly string[]
  readonly schema: string
  readonly relation: string
  readonly references: readonly string[]
  /** ON DELETE or ON UPDATE changes the referencing rows too. */
  readonly cascades: boolean
}

export interface MysqlRelation {
  readonly schema: string
  readonly name: string
  readonly kind: 'table' | 'view' | 'sequence' | 'system'
  readonly columns: readonly MysqlColumn[]
  /** A view's query; left out when it could not be read: then it is opaque (R2). */
  readonly definition?: string
  /** Writing does more than its text says. */
  readonly triggers: boolean
  /** Its engine knows no rollback: what is written stays. Left out: it does. */
  readonly lasting?: true
  readonly foreignKeys: readonly MysqlForeignKey[]
}

export interface MysqlRoutine {
  readonly schema: string
  readonly name: string
  readonly kind: 'function' | 'procedure'
  /** ROUTINE_DEFINITION; its hash names it in a Functions document (R3). Left out when it could not be read: no document names it then. */
  readonly body?: string
  readonly parameters: number
}

/** Every schema that the account can see; of the server's own (information_schema, mysql …) relations alone. */
export interface MysqlCatalog {
  readonly engine: 'mysql'
  readonly flavour: MysqlFlavour
  /** Major, minor, patch: `/*!NNNNN` compares with it. */
  readonly version: readonly [number, number, number]
  readonly serverVersion: string
  /** @@lower_case_table_names: 0 as written, 1 folded, 2 folded when compared. */
  readonly lowerCaseTableNames: 0 | 1 | 2
  /** @@global.sql_mode, as a new session finds it; left out: none. */
  readonly sqlMode?: readonly string[]
  /** Grows with each reading that differs. */
  readonly epoch: number
  readonly schemas: readonly string[]
  readonly relations: readonly MysqlRelation[]
  readonly routines: readonly MysqlRoutine[]
  /** User variables that triggers, or what they call, name; left out: none. */
  readonly codeVariables?: VariableNames
  /** Names of loadable functions (mysql.func, mysql.plugin): nothing is known of what they do. */
  readonly loadable: readonly string[]
}
