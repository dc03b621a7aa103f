/** A new table as its CREATE describes it: columns, where they come from, and what its columns bring along (R2). */
import type { Action } from '@gatehouse/core'
import type { CatalogRelation } from '../../catalog.js'
import { resolveType } from '../query/index.js'
import { expressionKey } from '../session/overlaid-index.js'
import { nextOid } from '../session/session-names.js'
import {
  type SessionColumn,
  type SessionRelation,
  TEMPORARY,
  UNKNOWN_TYPE,
} from '../session/session-relation.js'
import { as, list, type Tree, text, tree, words } from '../tree.js'
import type { Reading } from './found.js'
import { newRelation, relation } from './names.js'

export interface Place {
  readonly schema: string
  readonly name: string
}

/** Where a new relation lands; undefined when that is not known. */
export function placeOf(range: Tree, reading: Reading): Place | undefined {
  const [, schema = '?', name = '?'] = newRelation(range, reading).path
  return schema === '?' || name === '?' || /^pg_temp_\d/.test(schema) ? undefined : { schema, name }
}

/** What runs code that nobody knows leaves nothing of a definition certain. */
export function isTold(actions: readonly Action[]): boolean {
  return actions.every(({ certainty, verb }) => certainty !== 'opaque' && verb !== 'opaque')
}

const SERIAL: Readonly<Record<string, number>> = {
  serial: 23,
  serial4: 23,
  bigserial: 20,
  serial8: 20,
  smallserial: 21,
  serial2: 21,
}

/** The type that a column is declared with, and whether a sequence comes with it. */
function typeOf(typeName: unknown, reading: Reading): { type: number; serial: boolean } {
  const names = words(tree(typeName)?.names) ?? words(as(typeName, 'TypeName')?.names) ?? []
  const serial = names.length === 1 ? SERIAL[names[0] ?? ''] : undefined
  if (serial !== undefined) return { type: serial, serial: true }
  const found = resolveType(typeName, reading.analysis)
  const type = found.problem === undefined && found.oid > 0 ? found.oid : UNKNOWN_TYPE
  return { type, serial: false }
}

interface Draft {
  readonly column: Omit<SessionColumn, 'number'>
  readonly sequence: boolean
}

/** One column as ColumnDef says it. */
export function draftColumn(definition: Tree, reading: Reading): Draft {
  const constraints = list(definition.constraints).map((each) => as(each, 'Constraint'))
  const has = (kind: string) => constraints.find((each) => each?.contype === kind)
  const { type, serial } = typeOf(definition.typeName, reading)
  const generated = has('CONSTR_GENERATED')
  const fixed = has('CONSTR_NOTNULL') ?? has('CONSTR_PRIMARY') ?? has('CONSTR_IDENTITY')
  return {
    column: {
      name: text(definition.colname) ?? '?',
      type,
      classes: [],
      nullable: fixed === undefined && !serial && definition.is_not_null !== true,
      ...(generated ? { expression: generated.raw_expr } : {}),
    },
    sequence: serial || has('CONSTR_IDENTITY') !== undefined,
  }
}

/** Gives generated columns the key by which their expression is found. */
export function numbered(
  { expression, ...column }: Omit<SessionColumn, 'number'>,
  oid: number,
  number: number,
): SessionColumn {
  if (expression === undefined) return { ...column, number }
  return { ...column, number, expression, generated: expressionKey(oid, number) }
}

/** A copy of the column in a relation of its own: its classes come along, what was stored in it does not. */
function like(
  { name, type, classes, nullable, generated }: SessionColumn,
  from: CatalogRelation,
  whole: boolean,
  reading: Reading,
): Draft {
  const expression =
    whole && generated !== undefined ? reading.analysis.catalog.generatedExpression(generated) : undefined
  const inside = from.columns.flatMap((each) => (generated === undefined ? [] : each.classes))
  return {
    column: {
      name,
      type,
      classes: [...new Set([...classes, ...(expression === undefined ? [] : inside)])],
      nullable,
      ...(expression === undefined ? {} : { expression }),
    },
    sequence: false,
  }
}

const INCLUDING_GENERATED = 1 << 3 // CREATE_TABLE_LIKE_GENERATED, parsenodes.h

interface Drafts {
  readonly parents: readonly number[]
  readonly parentNames: readonly string[]
  readonly columns: readonly Draft[]
}

/** Undefined when something in it is not told. */
function drafts(node: Tree, reading: Reading): Drafts | undefined {
  const parents: number[] = []
  const parentNames: string[] = []
  const columns: Draft[] = []
  const add = (draft: Draft) => {
    const at = columns.findIndex(({ column }) => column.name === draft.column.name)
    if (at < 0) columns.push(draft)
    else columns[at] = merged(columns[at] as Draft, draft)
  }
  for (const parent of list(node.inhRelations)) {
    const { relation: found } = relation(as(parent, 'RangeVar') ?? {}, reading)
    if (found === undefined) return undefined
    parents.push(found.oid)
    for (const each of [found, ...reading.analysis.catalog.ancestors(found)]) parentNames.push(each.name)
    for (const column of found.columns) add(like(column, found, true, reading))
  }
  for (const element of list(node.tableElts)) {
    const definition = as(element, 'ColumnDef')
    const clause = as(element, 'TableLikeClause')
    if (definition) {
      // Columns of a partition only add to what its parent gave them.
      if (definition.typeName !== undefined) add(draftColumn(definition, reading))
    } else if (clause) {
      const { relation: found } = relation(tree(clause.relation) ?? {}, reading)
      if (found === undefined) return undefined
      const options = typeof clause.options === 'number' ? clause.options : 0
      const whole = (options & INCLUDING_GENERATED) !== 0
      for (const column of found.columns) add(like(column, found, whole, reading))
    } else if (!as(element, 'Constraint')) return undefined
  }
  return { parents, parentNames, columns }
}

function merged(one: Draft, other: Draft): Draft {
  const expression = other.column.expression ?? one.column.expression
  return {
    column: {
      ...one.column,
      classes: [...new Set([...one.column.classes, ...other.column.classes])],
      nullable: one.column.nullable && other.column.nullable,
      ...(expression === undefined ? {} : { expression }),
    },
    sequence: one.sequence || other.sequence,
  }
}

/** The table and its sequences; none when it stands already; undefined when the text does not tell. */
export function defineTable(node: Tree, reading: Reading): readonly SessionRelation[] | undefined {
  const range = tree(node.relation) ?? {}
  const place = placeOf(range, reading)
  if (place === undefined || node.ofTypename !== undefined) return undefined
  const skipped = existing(place, node, reading)
  if (skipped !== undefined) return skipped === 'stands' ? [] : undefined
  const found = drafts(node, reading)
  if (found === undefined) return undefined
  const oid = nextOid(reading.definitions)
  const table: SessionRelation = {
    ...blank(oid, place),
    kind: node.partspec === undefined ? 'table' : 'partitioned',
    parents: found.parents,
    ...(found.parentNames.length === 0 ? {} : { parentNames: found.parentNames }),
    columns: found.columns.map(({ column }, at) => numbered(column, oid, at + 1)),
    next: found.columns.length + 1,
    ...(node.partspec === undefined ? {} : { partitionKey: keyOf(tree(node.partspec) ?? {}, found.columns) }),
    ...(node.oncommit === 'ONCOMMIT_DROP' ? { dropped: 'at-commit' as const } : {}),
  }
  const owned = found.columns.filter(({ sequence }) => sequence)
  return [table, ...owned.map(({ column }, at) => sequenceOf(table, column.name, oid + 1 + at))]
}

/** Numbers of the columns, 0 for an expression, as pg_partitioned_table.partattrs has them. */
function keyOf(partition: Tree, columns: readonly Draft[]): readonly number[] {
  return list(partition.partParams).map((each) => {
    const name = text(as(each, 'PartitionElem')?.name)
    return columns.findIndex(({ column }) => column.name === name) + 1
  })
}

/**
 * IF NOT EXISTS: of the session's own temporary tables it is known whether they stand; a lasting one may have been made
 * by somebody else a moment ago.
 */
export function existing(place: Place, node: Tree, reading: Reading): 'stands' | 'unknown' | undefined {
  if (node.if_not_exists !== true) return undefined
  if (place.schema !== TEMPORARY) return 'unknown'
  if (reading.analysis.session?.find(place.schema, place.name)) return 'stands'
  return reading.analysis.overlay.has(place.name) ? 'unknown' : undefined
}

export function blank(oid: number, place: Place) {
  return {
    oid,
    ...place,
    kind: 'table' as const,
    columns: [],
    parents: [],
    rules: false,
    triggers: false,
    next: 1,
  }
}

/** What serial and identity columns bring along; with names over the limit it has another name than this. */
export function sequenceOf(table: SessionRelation, column: string, oid: number): SessionRelation {
  const place = { schema: table.schema, name: `${table.name}_${column}_seq` }
  return { ...defineSequence(oid, place), belongsTo: table.oid }
}

export function defineSequence(oid: number, place: Place): SessionRelation {
  const column = (name: string, number: number, type: number) => ({
    name,
    number,
    type,
    classes: [],
    nullable: false,
  })
  return {
    ...blank(oid, place),
    kind: 'sequence',
    columns: [column('last_value', 1, 20), column('log_cnt', 2, 20), column('is_called', 3, 16)],
    next: 4,
  }
}
