/** CREATE of things with rows: tables, views, sequences, indexes. Making one from a query needs what the query reads (R4). */
import type { Action } from '@gatehouse/core'
import type { CatalogRelation } from '../../catalog.js'
import type { Effect } from '../plan.js'
import { type Analysis, readQuery } from '../query/index.js'
import { nextOid } from '../session/session-names.js'
import { type SessionRelation, TEMPORARY } from '../session/session-relation.js'
import { as, list, nodes, type Tree, text, tree, words } from '../tree.js'
import { comparedByPartition } from './compared-rows.js'
import { defineFromQuery, defineView, viewPlace } from './define-stored-query.js'
import { defineSequence, defineTable, existing, isTold, placeOf } from './define-table.js'
import { readCalls, readOver } from './expressions.js'
import { action, type Found, opaque, type Reading } from './found.js'
import { isTemporary, newRelation, relation } from './names.js'
import { readExecute } from './prepared.js'

export function define(names: readonly (string | undefined)[], temporary = false): Effect {
  return { kind: 'define', names: names.flatMap((name) => name ?? []), temporary }
}

/** The relations where the text tells them, their name alone where it does not. */
export function defined(
  relations: readonly SessionRelation[] | undefined,
  range: Tree,
  temporary = isTemporary(range),
): Effect {
  if (relations === undefined) return define([text(range.relname)], temporary)
  return { kind: 'define', names: [], temporary: false, relations }
}

export function readCreateTable(node: Tree, reading: Reading): Found {
  return createTable(node, reading, 'CREATE TABLE')
}

/** Its columns are what another server makes of the options that they are given, this database's own tables among it (R4). */
export function readCreateForeignTable(node: Tree, reading: Reading): Found {
  const command = 'CREATE FOREIGN TABLE'
  const found = createTable(tree(node.base) ?? tree(node.base_stmt) ?? {}, reading, command)
  return { ...found, actions: [...found.actions, opaque(reading, command, ELSEWHERE)] }
}

export const ELSEWHERE = 'what a foreign table reads is known to another server alone'

function createTable(node: Tree, reading: Reading, command: string): Found {
  const range = tree(node.relation) ?? {}
  const actions: Action[] = [action('create', newRelation(range, reading), command)]
  for (const parent of list(node.inhRelations)) {
    const parentRange = as(parent, 'RangeVar')
    if (parentRange) actions.push(action('alter', relation(parentRange, reading).resource, command))
  }
  const expressions: unknown[] = []
  for (const element of [...list(node.tableElts), ...list(node.constraints)]) {
    const like = tree(as(element, 'TableLikeClause')?.relation)
    if (like) actions.push(action('read', relation(like, reading).resource, command))
    expressions.push(...columnExpressions(element))
    actions.push(...foreignKeys(element, reading, command))
  }
  actions.push(...comparedByPartition(node, reading, command))
  for (const bound of [node.partspec, node.partbound]) expressions.push(...partitionExpressions(bound))
  actions.push(...readCalls(expressions, reading))
  const told = command === 'CREATE TABLE' && isTold(actions)
  return { command, actions, effects: [defined(told ? defineTable(node, reading) : undefined, range)] }
}

/** Defaults, checks and generated columns of a ColumnDef or Constraint. */
export function columnExpressions(element: unknown): readonly unknown[] {
  const constraint = as(element, 'Constraint')
  if (constraint) return [constraint.raw_expr, constraint.where_clause]
  const definition = as(element, 'ColumnDef')
  if (!definition) return []
  return [
    definition.raw_default,
    ...list(definition.constraints).flatMap((inner) => columnExpressions(inner)),
  ]
}

function partitionExpressions(bound: unknown): readonly unknown[] {
  const node = tree(bound)
  if (!node) return []
  return [
    ...list(node.partParams).map((part) => as(part, 'PartitionElem')?.expr),
    ...['listdatums', 'lowerdatums', 'upperdatums'].flatMap((member) =>
      list(node[member]).map(
        (datum) =>
          as(datum, 'PartitionRangeDatum')?.value ?? (as(datum, 'PartitionRangeDatum') ? undefined : datum),
      ),
    ),
  ]
}

/** A foreign key asks of each row whether the referenced value exists: the referenced columns are joined. */
export function foreignKeys(element: unknown, reading: Reading, command: string): readonly Action[] {
  const definition = as(element, 'ColumnDef')
  if (definition) return list(definition.constraints).flatMap((inner) => foreignKeys(inner, reading, command))
  const constraint = as(element, 'Constraint')
  const target = tree(constraint?.pktable)
  if (!constraint || !target) return []
  const { resource: place, relation: found } = relation(target, reading)
  const names = words(constraint.pk_attrs) ?? []
  if (!found || names.length === 0) return [action('read', place, command, { fields: 'unknown' })]
  const fields = names.map((name) => ({
    name,
    uses: ['join' as const],
    classes: found.columns.find((column) => column.name === name)?.classes ?? [],
  }))
  return [action('read', place, command, { fields })]
}

/** CREATE TABLE AS, CREATE MATERIALIZED VIEW, SELECT INTO. */
export function readCreateAs(node: Tree, reading: Reading): Found {
  const range = tree(tree(node.into)?.rel) ?? {}
  const materialized = node.objtype === 'OBJECT_MATVIEW'
  const command = materialized ? 'CREATE MATERIALIZED VIEW' : 'CREATE TABLE AS'
  const create = action('create', newRelation(range, reading), command)
  const executed = as(node.query, 'ExecuteStmt')
  if (executed) {
    const { refersTo, actions } = readExecute(executed, reading)
    // What it returns is known to whoever knows what was prepared.
    return {
      command,
      actions: [create, ...actions],
      effects: [define([text(range.relname)], isTemporary(range))],
      ...(refersTo === undefined ? {} : { refersTo: { ...refersTo, stores: true } }),
    }
  }
  const { read, resolved } = readBody(node.query, reading, !materialized && !isTemporary(range))
  const actions = [create, ...read.actions]
  if (!materialized) {
    const relations = defineFromQuery(node, { ...read, actions }, reading)
    return { command, actions, collects: read.collects, effects: [defined(relations, range)] }
  }
  const place = node.if_not_exists === true ? undefined : placeOf(range, reading)
  const names = words(tree(node.into)?.colNames) ?? []
  const parts = {
    query: node.query,
    names,
    kind: 'materialized' as const,
    resolved,
    actions,
    columns: read.columns,
  }
  const view = place && defineView({ range, ...parts }, place, reading)
  return { command, actions, collects: read.collects, effects: [defined(view && [view], range)] }
}

/** The query of a definition, and which relations its names meant. */
function readBody(query: unknown, reading: Reading, apart = false) {
  const resolved = new Map<unknown, CatalogRelation>()
  const analysis: Analysis = {
    ...reading.analysis,
    resolved: (node, relation) => resolved.set(node, relation),
  }
  return { read: readQuery(query, analysis, { stored: true, apart }), resolved }
}

/** A SELECT with an INTO clause is CREATE TABLE AS in other words; undefined when it has none. */
export function readSelectInto(node: Tree, reading: Reading): Found | undefined {
  const taken = takeInto(node)
  if (!taken) return undefined
  const { into, query } = taken
  const created = readCreateAs({ into, query: { SelectStmt: query }, objtype: 'OBJECT_TABLE' }, reading)
  return { ...created, command: 'SELECT INTO' }
}

/** The clause stands in the leftmost SELECT of a set operation (analyze.c, transformSetOperationStmt). */
function takeInto(select: Tree): { into: unknown; query: Tree } | undefined {
  const path: Tree[] = []
  let leaf: Tree | undefined = select
  while (leaf && leaf.intoClause === undefined) {
    path.push(leaf)
    leaf = as(leaf.larg, 'SelectStmt') ?? tree(leaf.larg)
  }
  if (!leaf) return undefined
  const { intoClause, ...rest } = leaf
  return { into: intoClause, query: path.reduceRight<Tree>((larg, outer) => ({ ...outer, larg }), rest) }
}

export function readCreateView(node: Tree, reading: Reading): Found {
  const range = tree(node.view) ?? {}
  const command = 'CREATE VIEW'
  const { read, resolved } = readBody(node.query, reading)
  const place = viewPlace(range, read, reading)
  const lands = place?.schema === TEMPORARY ? { ...range, relpersistence: 't' } : range
  const verb = node.replace === true ? (['create', 'alter'] as const) : (['create'] as const)
  const actions = [...verb.map((each) => action(each, newRelation(lands, reading), command)), ...read.actions]
  // What stands in the catalog under this name other definitions may mean.
  const replaces =
    node.replace === true &&
    (place === undefined || reading.catalog.relations.some(({ name }) => name === place.name))
  const names = words(node.aliases) ?? []
  const parts = {
    range,
    query: node.query,
    names,
    kind: 'view' as const,
    resolved,
    actions,
    columns: read.columns,
  }
  const view =
    place && (!replaces || place.schema === TEMPORARY) ? defineView(parts, place, reading) : undefined
  return { command, actions, effects: [defined(view && [view], range, isTemporary(lands))] }
}

export function readCreateSequence(node: Tree, reading: Reading): Found {
  const range = tree(node.sequence) ?? {}
  const command = 'CREATE SEQUENCE'
  const place = placeOf(range, reading)
  const skipped = place && existing(place, node, reading)
  const relations =
    place === undefined || skipped === 'unknown'
      ? undefined
      : skipped === 'stands'
        ? []
        : [defineSequence(nextOid(reading.definitions), place)]
  return {
    command,
    actions: [action('create', newRelation(range, reading), command)],
    effects: [defined(relations, range)],
  }
}

export function readCreateIndex(node: Tree, reading: Reading): Found {
  const range = tree(node.relation) ?? {}
  const command = 'CREATE INDEX'
  const expressions = [...list(node.indexParams), ...list(node.indexIncludingParams)].map((parameter) => {
    const element = as(parameter, 'IndexElem')
    const name = text(element?.name)
    return (
      element?.expr ??
      (name === undefined ? undefined : { ColumnRef: { fields: [{ String: { sval: name } }] } })
    )
  })
  return {
    command,
    actions: [
      action('create', relation(range, reading).resource, command),
      ...readOver([{ range }], [...expressions, node.whereClause], reading).map((each) => ({
        ...each,
        derived: each.derived || each.verb === 'read',
      })),
    ],
    effects: [define([text(node.idxname)])],
  }
}

export function readCreateStatistics(node: Tree, reading: Reading): Found {
  const command = 'CREATE STATISTICS'
  const ranges = nodes(node.relations, 'RangeVar')
  const expressions = list(node.exprs).map((each) => as(each, 'StatsElem')?.expr)
  return {
    command,
    actions: [
      ...ranges.map((range) => action('create', relation(range, reading).resource, command)),
      ...readOver(
        ranges.map((range) => ({ range })),
        expressions,
        reading,
      ),
    ],
  }
}

/** CREATE SCHEMA with the objects in it. */
export function readCreateSchema(node: Tree, reading: Reading): Found {
  const command = 'CREATE SCHEMA'
  const name = text(node.schemaname) ?? text(tree(node.authrole)?.rolename) ?? reading.analysis.account
  const inside = list(node.schemaElts).map((element) => reading.statement(element))
  const never = inside.find((each) => each.never !== undefined)?.never
  return {
    command,
    actions: [
      action('create', { kind: 'schema', path: [reading.catalog.database, name], system: false }, command),
      ...inside.flatMap((each) => each.actions),
      ...(inside.length > 0
        ? [
            opaque(
              reading,
              command,
              'the objects inside CREATE SCHEMA belong to a schema that does not stand yet',
            ),
          ]
        : []),
    ],
    effects: [define(['*'])],
    ...(never === undefined ? {} : { never }),
  }
}
