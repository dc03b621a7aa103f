/** What one MySQL or MariaDB text means in one context; the unit of caching (R5). */
import type { Statement } from '@gatehouse/core'
import type { MysqlCatalog } from './catalog.js'
import type { VariableNames } from './user-variables.js'

/** What a statement changes of the session; the adapter carries it out when the server says that it was done. */
export type MysqlEffect =
  /** `database` undefined: not known from the text. */
  | { readonly kind: 'use'; readonly database: string | undefined }
  /** A session variable, by its own name in lower case; `value` undefined: not known from the text. */
  | { readonly kind: 'set'; readonly name: string; readonly value: string | undefined }
  /** PREPARE of a text that was read. */
  | { readonly kind: 'prepare'; readonly name: string; readonly statement: MysqlStatement }
  | { readonly kind: 'deallocate'; readonly name: string }
  | {
      readonly kind: 'transaction'
      readonly what: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollback-to'
    }
  /** DDL: these names (unqualified; `*` for all) mean something else now; temporary ones shadow others in this session alone (R2). */
  | { readonly kind: 'define'; readonly names: readonly string[]; readonly temporary: boolean }
  /** User variables that now hold something; `untold`: it may quote any data (a message, a plan). */
  | { readonly kind: 'variables'; readonly names: readonly string[]; readonly untold?: true }

export interface MysqlStatement extends Statement {
  readonly effects: readonly MysqlEffect[]
  /** EXECUTE: the adapter puts in the actions, and the outputs where these are `unknown`, of what was prepared by this name. */
  readonly refersTo?: { readonly kind: 'prepared'; readonly name: string }
  /** LOAD DATA LOCAL: the server will ask the client for this file. */
  readonly local?: { readonly file: string }
  /** User variables that what it gives or does depends on, in lower case, without `@`; left out: none. */
  readonly variables?: readonly string[]
  /** User variables that code of the database may assign as it runs along with it; left out: none. */
  readonly codeVariables?: VariableNames
  /** ROLLBACK, COMMIT and the like: recorded from the spool's reserve when it is full (R24). */
  readonly reserve: boolean
  /** What its parameters are bound as decides what it does; it was read with none known (`open`). */
  readonly typed?: true
}

/**
 * What a parameter is bound as. `whole`: a binary floating-point number without a fraction, below 2^53; `issued`: a string that
 * looks like a mask of the gateway's (R19).
 */
export type ParameterType = 'string' | 'integer' | 'whole' | 'decimal' | 'issued' | 'other'

/** `open`: not told yet, each is what it is compared with (COM_STMT_PREPARE: nothing runs). Left out: anything. */
export type ParameterTypes = readonly ParameterType[] | 'open'

export type MysqlPlan =
  | { readonly kind: 'read'; readonly statements: readonly MysqlStatement[] }
  /** Not understood: refused whatever the policy says (`GH_UNREADABLE`). */
  | {
      readonly kind: 'unreadable'
      readonly why: string
      /** Over a ceiling (`GH_TOO_LARGE`). */
      readonly tooLarge?: true
      readonly statement: Statement
    }

/** What goes upstream, and what it means: only this text was read, so only it may be sent (architecture §4.3). */
export interface MysqlReading {
  readonly canonical: string
  readonly plan: MysqlPlan
}

/** Everything but the text that a plan depends on (R5). */
export interface MysqlContext {
  /** The default database; undefined: none was chosen. */
  readonly database: string | undefined
  /** @@sql_mode, each word in upper case; `unknown` makes every text unreadable. */
  readonly sqlMode: readonly string[] | 'unknown'
  /** character_set_client, in lower case. */
  readonly charset: string
  /** Names that this session defined and the catalog does not hold yet: opaque (R2). */
  readonly overlay: readonly string[]
  /** The upstream account. */
  readonly account: string
}

/**
 * Reads statements against one upstream. `read` is synchronous when the plan is cached; otherwise the text is analysed in
 * a worker. Never throws: what fails is `unreadable`.
 */
export interface MysqlReader {
  /** `multiple`: whether the text may hold several statements. `parameters`: by position. */
  read(
    text: string,
    context: MysqlContext,
    multiple?: boolean,
    parameters?: ParameterTypes,
  ): MysqlReading | Promise<MysqlReading>
  /** From here on texts are read against this catalog. */
  learn(catalog: MysqlCatalog): Promise<void>
  close(): Promise<void>
}
