/** What a reader of one kind of statement finds, and the parts that they build it from. */
import type { Action, Field, Output, Resource, ResourceKind, Verb } from '@gatehouse/core'
import type { Catalog } from '../../catalog.js'
import type { CopyForm, Effect, PostgresStatement } from '../plan.js'
import type { Analysis } from '../query/index.js'
import type { Tree } from '../tree.js'

export interface Found {
  readonly command: string
  readonly actions: readonly Action[]
  /** Left out: no rows come back. */
  readonly outputs?: readonly Output[] | 'unknown'
  readonly collects?: boolean
  readonly effects?: readonly Effect[]
  readonly refersTo?: { readonly kind: 'prepared' | 'cursor'; readonly name: string }
  readonly copy?: CopyForm
  readonly reserve?: boolean
  readonly never?: string
}

/** Everything that reading one statement needs besides its tree. */
export interface Reading {
  readonly analysis: Analysis
  readonly catalog: Catalog
  /** Upstream accounts that the gateway uses (R11). */
  readonly accounts: ReadonlySet<string>
  /** The trees of a text inside the statement, such as a function's body; undefined when it is no SQL. */
  readonly parse: (text: string) => readonly unknown[] | undefined
  /** The statement's own part of the text. */
  readonly source: string
  /** Reads a wrapped statement node. */
  readonly statement: (node: unknown) => Found
  /** A whole statement for an effect to hold; shares the text of the statement that it stands in. */
  readonly inner: (node: unknown, parameterTypes: readonly number[]) => PostgresStatement
}

export type UtilityReader = (node: Tree, reading: Reading) => Found

export interface ActionParts {
  readonly fields?: readonly Field[] | 'unknown'
  readonly unfiltered?: boolean
  readonly certainty?: Action['certainty']
  readonly functions?: readonly string[]
  readonly derived?: boolean
  readonly why?: string
}

export function action(verb: Verb, resource: Resource, command: string, parts: ActionParts = {}): Action {
  return {
    verb,
    resource,
    fields: parts.fields ?? [],
    unfiltered: parts.unfiltered ?? true,
    certainty: parts.certainty ?? 'exact',
    command,
    functions: parts.functions ?? [],
    derived: parts.derived ?? false,
    ...(parts.why === undefined ? {} : { why: parts.why }),
  }
}

export function opaque(reading: Reading, command: string, why: string): Action {
  return action('opaque', resource('server', [reading.catalog.database]), command, {
    fields: 'unknown',
    certainty: 'opaque',
    why,
  })
}

export function resource(kind: ResourceKind, path: readonly string[], system = false): Resource {
  return { kind, path, system }
}

export function database(reading: Reading): Resource {
  return resource('database', [reading.catalog.database])
}

/** A server-wide thing or command that has no place in a database. */
export function command(name: string): Resource {
  return resource('command', [name.toLowerCase().replaceAll(' ', '_')])
}

export function column(name: string): Output {
  return { name, how: 'constant', sources: [] }
}
