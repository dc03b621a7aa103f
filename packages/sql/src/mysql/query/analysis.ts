/** What the resolver is given, what it hands back, and the surroundings in which it reads one query block. */
import type { Action, Output, Resource } from '@gatehouse/core'
import type { Ledger, Other } from '../../lineage/mention.js'
import { addOther, use } from '../../lineage/mention.js'
import type { Namespace } from '../../lineage/scope.js'
import type { Column, Value } from '../../lineage/value.js'
import type { MissingName } from '../../reading/missing-part.js'
import type { MysqlCatalogIndex } from '../catalog-index.js'
import type { ParameterTypes } from '../plan.js'
import type { CteFrame } from './cte.js'

/** One statement's analysis context. */
export interface MysqlAnalysis {
  readonly catalog: MysqlCatalogIndex
  /** The default database. */
  readonly database: string | undefined
  /** Names that this session defined and the catalog lacks (`*`: any): anything by such a name is opaque. */
  readonly overlay: ReadonlySet<string>
  readonly account: string
  /** Left out: they may be bound as anything, and are no lookup (R17). */
  readonly parameterTypes?: ParameterTypes
  /** Called where the type of a parameter that is `open` would decide. */
  readonly typeMattered?: () => void
  /** Called whenever the value of a literal mattered: forbids sharing the plan by shape. */
  readonly literalMattered: () => void
  /** Called when a relation, function or column was not found: the catalog is read again before the answer. */
  readonly unknownName: (name: string) => void
  /** The tree of the one statement in a text of the catalog's, e.g. a view's definition; undefined or a throw: unreadable. */
  readonly parse: (text: string) => unknown
  /** Told of every name that means nothing; undefined: one of which that is not certain, or not the statement's own. */
  readonly missing?: (missing: MissingName | undefined) => void
}

export interface QueryReading {
  readonly actions: readonly Action[]
  readonly outputs: readonly Output[] | 'unknown'
  readonly collects: boolean
  /** Why the server's count of changed rows is not all that it changes (R21). */
  readonly uncounted?: string
  /** User variables that it assigns, in lower case, without `@`. */
  readonly variables: readonly string[]
}

/** A query block's names: its FROM, and the aliases of its select list where the server lets them be seen. */
export interface Scope extends Namespace {
  readonly outer: Scope | undefined
  readonly aliases?: () => readonly Column[]
  /** Aliases that only the subqueries within it see: those of the select list that is being read. */
  readonly later?: () => readonly Column[]
  /** Which of the two a bare name means when both have it; left out: the column. */
  readonly prefer?: 'aliases' | 'both'
}

/** Where a name stands, for the server's errors. `insert`, `set`: columns that are written; `update`: in ON DUPLICATE KEY. */
export type Clause =
  | 'select'
  | 'where'
  | 'on'
  | 'group'
  | 'having'
  | 'order'
  | 'insert'
  | 'values'
  | 'set'
  | 'update'

/** Where a query block stands. */
export interface Env {
  readonly analysis: MysqlAnalysis
  readonly ledger: Ledger
  readonly variables: Set<string>
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
  /** Its rows were stored when it ran: only where they came from matters (a generated column's expression). */
  readonly stored: boolean
  /** Numbers of the parameters, by their node. */
  readonly parameters: ReadonlyMap<object, number>
  /** The values that INSERT would have stored: `VALUES(column)` in ON DUPLICATE KEY UPDATE. */
  readonly inserted?: readonly Column[]
  /** Within the definition of a view that stands in the catalog (R16). */
  readonly owned?: boolean
  /** Gathers what steers the output that is being read there. */
  readonly steering?: Value[] | undefined
  /** The block's WINDOW clause, by names in lower case. */
  readonly windows?: ReadonlyMap<string, unknown>
  /** Left out: the select list. */
  readonly clause?: Clause
}

/** For reading a part of the statement that was read already. */
export function quietly(env: Env): Env {
  const { analysis } = env
  return {
    ...env,
    stored: true,
    steering: undefined,
    analysis: { ...analysis, unknownName: () => {}, missing: () => {} },
  }
}

/** A name that the catalog does not hold; within a definition it is not the statement's own. */
export function missing(env: Env, told: MissingName | undefined): void {
  env.analysis.missing?.(env.derived || env.stored ? undefined : told)
}

export function serverResource(analysis: MysqlAnalysis): Resource {
  return { kind: 'server', path: [analysis.database ?? analysis.catalog.catalog.flavour], system: false }
}

/** An action on something other than a relation's rows. What a stored result did, it did when it was stored. */
export function act(env: Env, other: Omit<Other, 'command'>): void {
  if (!env.stored) addOther(env.ledger, { ...other, command: env.command })
}

/** What cannot be read: an opaque action that says why. */
export function opaque(env: Env, why: string, resource: Resource = serverResource(env.analysis)): void {
  act(env, { verb: 'opaque', resource, certainty: 'opaque', why })
}

/**
 * A use by what can raise, warn or vary in cost. It counts even when it reads no field: what stands beside it decides
 * whether it is worked out at all, as in `pw = 'a' and exp(1000)`.
 */
export function argue(env: Env, values: readonly Value[]): void {
  env.ledger.raising += 1
  use(env, values, 'argument')
}
