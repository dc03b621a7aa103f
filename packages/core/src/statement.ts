/** One statement as read: what it does and where each output column comes from. */
import type { Action } from './action.js'

/** A field whose value can show in an output column. */
export interface Source {
  /** The relation or collection, dot-separated: `shop.public.customers`. */
  readonly resource: string
  readonly field: string
  readonly classes: readonly string[]
}

export interface Output {
  readonly name: string
  /** `copied`: the value itself. `computed`: total functions over it. `counted`: how many. `constant`: no source. */
  readonly how: 'copied' | 'computed' | 'counted' | 'constant'
  readonly sources: readonly Source[]
  /** Why the sources cannot all be known; such a column is masked as the strictest class, or refused. */
  readonly unprovable?: string
}

/** A name that the server does not have, in the server's own words, and what could show that it has. */
export interface MissingPart {
  /** The server's code, e.g. SQLSTATE 42P01. */
  readonly code: string
  readonly message: string
  /** Character of the text, from 1. */
  readonly position?: number
  /** What the statement would do if the name were there. Invariant: only whoever may do that learns that it is not. */
  readonly actions: readonly Action[]
}

export interface Statement {
  /** The native command, e.g. `SELECT`, `CREATE TABLE`. */
  readonly command: string
  readonly actions: readonly Action[]
  /** In result order; empty when no rows come back. `unknown`: rows may come back and nothing is known of them. */
  readonly outputs: readonly Output[] | 'unknown'
  /** Gathers many values into one (json_agg, array_agg …), or copies rows uncounted: refused under a row limit (R21). */
  readonly collects: boolean
  /** Copies rows out in a stream that no limit can stop; left out: it does not. */
  readonly streams?: true
  /** Why the server's count of changed rows is not all that it changes (R21); left out: it is. */
  readonly uncounted?: string
  /** Why no rule whatsoever can permit it (R11): it would change the account that the gateway itself uses. */
  readonly never?: string
  /** Nothing stands in the way of understanding it but names that are certainly not there. */
  readonly missing?: MissingPart
  /** The text with every literal redacted, as records show it. */
  readonly text: string
  /** What records tell it by (their digest of this): the same for statements that differ in literals alone. Left out: the text. */
  readonly identity?: string
  /** Length of the text in bytes, as it was first read; another text that differs in its literals alone may be a little longer. */
  readonly bytes: number
}
