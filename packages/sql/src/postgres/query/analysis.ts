/** What the resolver is given, what it hands back, and the surroundings in which it reads one query block. */
import type { Action, Output, Resource } from '@gatehouse/core'
import type { Ledger } from '../../lineage/mention.js'
import { addOther, type Other } from '../../lineage/mention.js'
import type { Scope } from '../../lineage/scope.js'
import type { CatalogIndex } from '../catalog-index.js'
import type { CteFrame } from './cte.js'

/** One statement's analysis context. */
export interface Analysis {
  readonly catalog: CatalogIndex
  readonly searchPath: readonly string[] | 'unknown'
  /** Names that this session defined and the catalog lacks: anything by such a name is opaque. */
  readonly overlay: ReadonlySet<string>
  readonly account: string
  readonly parameterTypes: readonly number[]
  /** Called whenever the value of a literal mattered: forbids sharing the plan by shape. */
  readonly literalMattered: () => void
  /** Called when a relation, function, type or column was not found: the catalog is read again before the answer. */
  readonly unknownName: (name: string) => void
}

export interface QueryReading {
  readonly actions: readonly Action[]
  readonly outputs: readonly Output[] | 'unknown'
  readonly collects: boolean
}

/** Where a query block stands. */
export interface Env {
  readonly analysis: Analysis
  readonly ledger: Ledger
  /** The native command that a mention here belongs to. */
  readonly command: string
  /** Within a view's body: what is mentioned binds restrictions, permission is not needed (R4). */
  readonly derived: boolean
  readonly ctes: CteFrame | undefined
  /** The scopes of the queries around it. */
  readonly outer: Scope | undefined
  /** Views around it. */
  readonly depth: number
  /** The statement's own outermost query block: the one place of lookups (R17). */
  readonly top: boolean
  /** Its rows were stored when it ran: only where they came from matters (a materialised view's body). */
  readonly stored: boolean
}

export function serverResource(analysis: Analysis): Resource {
  return { kind: 'server', path: [analysis.catalog.catalog.database], system: false }
}

/** An action on something other than a relation's rows. What a stored result did, it did when it was stored. */
export function act(env: Env, other: Omit<Other, 'command'>): void {
  if (!env.stored) addOther(env.ledger, { ...other, command: env.command })
}

/** What cannot be read: an opaque action that says why. */
export function opaque(env: Env, why: string, resource: Resource = serverResource(env.analysis)): void {
  act(env, { verb: 'opaque', resource, certainty: 'opaque', why })
}
