/** What a reader of one kind of statement finds, and the parts that they build it from. */
import type { Action, Output, Resource } from '@gatehouse/core'
import type { Catalog } from '../../catalog.js'
import { action, resource } from '../../reading/actions.js'
import type { CopyForm, Effect, PostgresStatement } from '../plan.js'
import type { Analysis } from '../query/index.js'
import type { SessionRelation } from '../session/session-relation.js'
import type { Tree } from '../tree.js'

export interface Found {
  readonly command: string
  readonly actions: readonly Action[]
  /** Left out: no rows come back. */
  readonly outputs?: readonly Output[] | 'unknown'
  readonly collects?: boolean
  readonly effects?: readonly Effect[]
  readonly refersTo?: PostgresStatement['refersTo']
  readonly copy?: CopyForm
  readonly reserve?: boolean
  readonly never?: string
  readonly uncounted?: string
  readonly streams?: true
}

/** Everything that reading one statement needs besides its tree. */
export interface Reading {
  readonly analysis: Analysis
  readonly catalog: Catalog
  /** Upstream accounts that the gateway uses (R11). */
  readonly accounts: ReadonlySet<string>
  /** The trees of a text inside the statement, such as a function's body; undefined when it is no SQL. */
  readonly parse: (text: string) => readonly unknown[] | undefined
  /** What the session has defined, what it dropped of the catalog's included. */
  readonly definitions: readonly SessionRelation[]
  /** The statement's own part of the text. */
  readonly source: string
  /** Reads a wrapped statement node. */
  readonly statement: (node: unknown) => Found
  /** A whole statement for an effect to hold; shares the text of the statement that it stands in. */
  readonly inner: (node: unknown, parameterTypes: readonly number[]) => PostgresStatement
}

export { type ActionParts, action, column, command, resource } from '../../reading/actions.js'

export type UtilityReader = (node: Tree, reading: Reading) => Found

export function opaque(reading: Reading, command: string, why: string): Action {
  return action('opaque', resource('server', [reading.catalog.database]), command, {
    fields: 'unknown',
    certainty: 'opaque',
    why,
  })
}

export function database(reading: Reading): Resource {
  return resource('database', [reading.catalog.database])
}
