/** What the resolver is given, what it hands back, and the surroundings in which it reads one query block. */
import type { Action, Output, Resource } from '@gatehouse/core'
import type { CatalogRelation } from '../../catalog.js'
import type { Ledger } from '../../lineage/mention.js'
import { addOther, type Other } from '../../lineage/mention.js'
import type { Scope } from '../../lineage/scope.js'
import type { Column, Value } from '../../lineage/value.js'
import type { MissingName } from '../../reading/missing-part.js'
import type { CatalogIndex } from '../catalog-index.js'
import type { SessionDefinitions } from '../session/overlaid-index.js'
import type { CteFrame } from './cte.js'

/** One statement's analysis context. */
export interface Analysis {
  readonly catalog: CatalogIndex
  readonly searchPath: readonly string[] | 'unknown'
  /** What search_path is when the statement runs, where its text was parsed under another (a view's body). */
  readonly runPath?: readonly string[] | 'unknown'
  /** Names that this session defined and the catalog lacks: anything by such a name is opaque. */
  readonly overlay: ReadonlySet<string>
  readonly account: string
  readonly parameterTypes: readonly number[]
  /** Called whenever the value of a literal mattered: forbids sharing the plan by shape. */
  readonly literalMattered: () => void
  /** Called when a relation, function, type or column was not found: the catalog is read again before the answer. */
  readonly unknownName: (name: string) => void
  /** What the session itself defined; `catalog` shows it too. */
  readonly session?: SessionDefinitions
  /** A definition that the catalog holds is being read: the session's names mean nothing in it. */
  readonly bound?: boolean
  /** A routine's body is being read, whose plan the server may keep: what came in front of its names it may not see. */
  readonly late?: boolean
  /** Told of every RangeVar that was found. */
  readonly resolved?: (node: unknown, relation: CatalogRelation) => void
  /** Told of every value that the statement stores into a column. */
  readonly stored?: (relation: CatalogRelation, column: string, value: Value) => void
  /** Told of names that certainly mean nothing, with the node that bears them. */
  readonly missing?: (node: unknown, missing: MissingName) => void
  /** Told why the server's count of changed rows is not all that the statement changes (R21). */
  readonly uncounted?: (why: string) => void
}

export interface QueryReading {
  readonly actions: readonly Action[]
  readonly outputs: readonly Output[] | 'unknown'
  readonly collects: boolean
  /** The result's columns with all that is known of them; left out where `outputs` is unknown. */
  readonly columns?: readonly Column[]
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
  /** Views and routines around it. */
  readonly depth: number
  /** OIDs of the routines whose bodies are around it. */
  readonly calls?: readonly number[]
  /** The statement's own outermost query block: the one place of lookups (R17). */
  readonly top: boolean
  /** Its rows were stored when it ran: only where they came from matters (a materialised view's body). */
  readonly stored: boolean
  /** Within the definition of a view that stands in the catalog (R16). */
  readonly owned?: boolean
  /** Gathers what steers the output that is being read there. */
  readonly steering?: Value[] | undefined
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

/** For a text that was parsed when it was stored: its names are qualified; what it calls sees the path of the moment. */
export function definedAnalysis(analysis: Analysis): Analysis {
  return {
    ...analysis,
    searchPath: ['pg_catalog'],
    bound: true,
    runPath: analysis.runPath ?? analysis.searchPath,
    literalMattered: () => {},
    parameterTypes: [],
  }
}
