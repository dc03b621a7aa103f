/** What the parts of the generator share: the names in sight, and who makes what of them. */
import type { Dice } from './dice.js'
import type { Kind } from './kinds.js'

export interface Column {
  /** As it stands in a text: quoted where it must be. */
  readonly text: string
  readonly kind: Kind
}

/** A relation that a query can name. */
export interface Relation {
  readonly text: string
  readonly columns: readonly Column[]
  /** ONLY, TABLESAMPLE and writing make sense. */
  readonly table: boolean
  readonly locks: boolean
}

/** An item of FROM. */
export interface Item {
  readonly alias: string
  readonly columns: readonly Column[]
}

export interface Sight {
  readonly items: readonly Item[]
  readonly outer: Sight | undefined
  /** WITH items by which FROM can read. */
  readonly ctes: readonly Relation[]
  /** Where neither aggregates nor windows may stand. */
  readonly plain: boolean
}

export interface Query {
  readonly text: string
  readonly columns: readonly Column[]
}

export interface Maker {
  readonly dice: Dice
  readonly major: number
  readonly relations: readonly Relation[]
  alias(): string
  expression(sight: Sight, kind: Kind, depth: number): string
  condition(sight: Sight, depth: number): string
  query(sight: Sight, depth: number, width?: number): Query
  source(sight: Sight, depth: number): { readonly text: string; readonly items: readonly Item[] }
}

export const KINDS: readonly Kind[] = [
  'int',
  'int',
  'text',
  'text',
  'text',
  'text',
  'bool',
  'json',
  'num',
  'date',
  'texts',
  'ints',
  'row',
  'other',
]

/** A call that gathers the rows of its query block, or looks at others of them. */
export const AGGREGATE =
  /\b(?:count|sum|max|min|avg|stddev|array_agg|string_agg|json_agg|jsonb_agg|json_arrayagg|json_objectagg|jsonb_object_agg|bool_or|every|any_value|mode|percentile_cont|grouping)\s*\((?![^()]*\) over)/

export const NOWHERE: Sight = { items: [], outer: undefined, ctes: [], plain: true }
