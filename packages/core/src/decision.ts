/** What policy says of one statement. */
import type { RefusalCode } from './errors.js'

/** Strictest first (R18). */
export const MASK_KINDS = ['null', 'redact', 'hash', 'pseudonym', 'bucket', 'year', 'partial'] as const
export type MaskKind = (typeof MASK_KINDS)[number]

export interface Mask {
  readonly with: MaskKind
  /** The rule that asked for it, `policy/rule`. */
  readonly rule: string
  /** The field that made it necessary, `resource.field`; `*` when the sources are unprovable. */
  readonly field: string
}

/** Masks the values of keys of these classes inside documents. */
export interface KeyMask {
  readonly with: MaskKind
  /** The rule that asks for it, `policy/rule`. */
  readonly rule: string
  readonly classes: readonly string[]
  /** Keys whose classes one of these lists covers are shown. */
  readonly cleared?: readonly (readonly string[])[]
}

export interface Permission {
  readonly effect: 'permit'
  /** Every rule that spoke for or bound it, `policy/rule`. */
  readonly rules: readonly string[]
  /** One entry per output column; empty when no column is masked. */
  readonly masks: readonly (Mask | undefined)[]
  /** Set when rows come back whose columns are not known: every column is masked so. */
  readonly maskAll?: Mask
  /** By output column: what masks keys inside the documents that it holds (R6); left out: nothing does. */
  readonly keys?: readonly (readonly KeyMask[])[]
  /** Rows that may come back. */
  readonly rows?: Limit
  /** Bytes that the rows of one result may have, as the database sends them. */
  readonly bytes?: Limit
  /** Rows that may be changed; with more, nothing is. */
  readonly affected?: Limit
}

/** The lowest of all that bind, and the rule that says so. */
export interface Limit {
  readonly limit: number
  readonly rule: string
}

export interface Prohibition {
  readonly effect: 'forbid'
  readonly rules: readonly string[]
  readonly code: RefusalCode
  readonly message: string
  readonly hint?: string
}

export interface Hold {
  readonly effect: 'hold'
  readonly rules: readonly string[]
  /** `group:NAME` and `user:NAME`; empty: the rule names nobody. */
  readonly approvers: readonly string[]
  readonly message: string
}

export type Decision = Permission | Prohibition | Hold
