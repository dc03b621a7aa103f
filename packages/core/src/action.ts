/** What a statement asks for, in words that all databases share (docs/action-model.md). */

export const VERBS = [
  'connect',
  'read',
  'insert',
  'update',
  'delete',
  'truncate',
  'create',
  'alter',
  'drop',
  'grant',
  'call',
  'copy-in',
  'copy-out',
  'export',
  'import',
  'set',
  'lock',
  'transaction',
  'listen',
  'admin',
  'opaque',
] as const
export type Verb = (typeof VERBS)[number]

/**
 * How a statement uses a field. `output`: its value can show in a result column. `lookup`: the one probe that R17
 * allows, `column = constant` as a top-level conjunct, and IS [NOT] NULL. `filter`, `join`, `order`, `group`: the
 * result depends on it. `argument`: an expression that can raise, vary in cost or yield sets reads it (R16).
 * `definition`: so does the stored definition of a view, which its owner wrote and the viewer did not.
 * `written`: the statement stores into it. `flow`: its value moves into a place that the statement writes (R19).
 */
export const FIELD_USES = [
  'output',
  'lookup',
  'filter',
  'join',
  'order',
  'group',
  'argument',
  'definition',
  'written',
  'flow',
] as const
export type FieldUse = (typeof FIELD_USES)[number]

/** `exact`: does this. `at-most`: may do less. `opaque`: may do anything; permitted only by a rule that names it. */
export type Certainty = 'exact' | 'at-most' | 'opaque'

export type ResourceKind =
  | 'server'
  | 'database'
  | 'schema'
  | 'relation'
  | 'routine'
  | 'object'
  | 'setting'
  | 'role'
  | 'channel'
  | 'key'
  | 'path'
  | 'command'

/** A thing by the catalog's own names, outermost first, e.g. ['shop', 'public', 'orders']. */
export interface Resource {
  readonly kind: ResourceKind
  readonly path: readonly string[]
  /** Belongs to the server itself (pg_catalog, information_schema …): no pattern with `*` matches it in a permit. */
  readonly system: boolean
}

/** A field of any relation of the statement. */
export interface FieldPlace {
  /** The relation's path, as in a resource. */
  readonly resource: readonly string[]
  readonly field: string
  readonly classes: readonly string[]
}

/** Two columns that a condition asks to be equal, and nothing else of either. */
export interface KeyJoin {
  /** The field and what else holds the same value: the column behind a view, a partition's. */
  readonly ours: readonly FieldPlace[]
  readonly theirs: readonly FieldPlace[]
  /** The catalog declares a foreign key between them. */
  readonly declared: boolean
  /** Views through which the other side could be written. */
  readonly through: readonly (readonly string[])[]
}

export interface Field {
  /** The column, or the column, a colon and a path inside it. */
  readonly name: string
  readonly uses: readonly FieldUse[]
  readonly classes: readonly string[]
  /** Every `join` of it is one of these; left out: it is joined in other ways too. */
  readonly joins?: readonly KeyJoin[]
  /** Every `flow` of it is an unchanged copy into one of these; left out: it also goes elsewhere, or changed. */
  readonly into?: readonly FieldPlace[]
  /** Everything `written` into it is an unchanged copy of one of these; left out: other values are written too. */
  readonly from?: readonly FieldPlace[]
  /** A constant that is written into it looks like a mask (R19). */
  readonly issued?: true
  /** What a `definition` compares it with: whoever can write there steers the definition. Paths of relations. */
  readonly beside?: readonly (readonly string[])[]
}

/** One thing that one statement does to one resource. A join or a copy yields several; all must be permitted. */
export interface Action {
  readonly verb: Verb
  readonly resource: Resource
  readonly fields: readonly Field[] | 'unknown'
  /** True unless a conjunct bounds a target column by equality, a range or a list. */
  readonly unfiltered: boolean
  readonly certainty: Certainty
  /** The native command, e.g. `SELECT`, `ALTER TABLE`. */
  readonly command: string
  /** Full names of the routines that it calls, built-in ones included. */
  readonly functions: readonly string[]
  /** A base behind a view, a child behind its parent: restrictions bind it, permission is not needed (R4). */
  readonly derived: boolean
  /** Why the action is opaque or its fields are unknown, for the person who is refused. */
  readonly why?: string
}

/** The resource's path as rules and records write it. */
export function resourceName(resource: Resource): string {
  return resource.path.join('.')
}
