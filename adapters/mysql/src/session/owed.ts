/** What the upstream owes for the one command that is open. */
import type { Completion } from '@gatehouse/adapter-kit'
import type { Permit } from '@gatehouse/core'
import type { MysqlContext, MysqlStatement, ParameterType } from '@gatehouse/sql'
import type { RowFormat } from '../masking/index.js'
import type { Bracket } from './limiting.js'
import type { Moment, Prepared, Run } from './memory.js'

export type Owed =
  | Statements
  /** An OK, EOF or ERR of a command that is no statement. `done` may go on with commands of our own. */
  | { readonly kind: 'plain'; readonly done?: ((answer: Uint8Array) => Next | undefined) | undefined }
  /** Our own commands, one after the other, before the client is answered with `answer`. */
  | Own
  /** What the session has become, asked by the gateway: a result of one row; `packets`: those that came. */
  | { readonly kind: 'state'; packets: number }
  /** COM_STATISTICS: one packet that is a text. */
  | { readonly kind: 'statistics' }
  | {
      readonly kind: 'prepare'
      readonly text: string
      readonly statement: MysqlStatement
      readonly moment: Moment
      readonly foreseen: Permit
      prepared: Prepared | undefined
    }
  | { readonly kind: 'fetch'; readonly prepared: Prepared }
  /** COM_FIELD_LIST; `text`: the statement that says the same. */
  | { readonly kind: 'fields'; readonly run: Run; readonly text: string }

/** COM_QUERY and COM_STMT_EXECUTE: one result or more for each statement, in their order. */
export interface Statements {
  readonly kind: 'statements'
  readonly runs: readonly Run[]
  index: number
  readonly format: RowFormat
  /** Canonical. */
  readonly text: string
  /** How it was read. */
  readonly read: MysqlContext
  readonly prepared: Prepared | undefined
  /** What its parameters are bound as. */
  readonly kinds: readonly ParameterType[] | undefined
  /** Undefined: what it does stands when it is done. */
  readonly bracket: Bracket | undefined
}

/** Commands of the gateway's own, whose answers the client does not see. */
export interface Own {
  readonly kind: 'own'
  /** Payloads. */
  readonly commands: readonly Uint8Array[]
  /** They set how the session is followed. */
  readonly settings: boolean
  /** The client's statements that hang on them. */
  readonly runs: readonly Run[]
  index: number
  /** All were answered by OK. */
  readonly then: () => Next
  /** One was answered by this ERR. */
  readonly failed: (error: Uint8Array) => Next
}

/** What goes upstream next, or what the client is told and the command is over. */
export type Next =
  | { readonly kind: 'command'; readonly content: Uint8Array; readonly owed: Owed }
  | {
      readonly kind: 'answer'
      readonly client: Uint8Array
      readonly completions?: readonly Completion[]
    }

export function own(
  commands: readonly Uint8Array[],
  runs: readonly Run[],
  then: Own['then'],
  failed: Own['failed'],
  settings = false,
): Next {
  const [content] = commands
  return content === undefined
    ? then()
    : { kind: 'command', content, owed: { kind: 'own', commands, runs, index: 0, then, failed, settings } }
}
