/** INSERT, UPDATE and DELETE, alone or in WITH: what they write, what flows into it, what they give back. */

import { use } from '../../lineage/mention.js'
import { type Item, type Namespace, type Scope, single, together, within } from '../../lineage/scope.js'
import { CONSTANT, compute, constantOf, unprovable, type Value } from '../../lineage/value.js'
import { as, list, type Tree, text, tree, word } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { convertStored } from './conversion.js'
import { withCtes } from './cte.js'
import { readValue } from './expression.js'
import { readFrom } from './from.js'
import { readMerge } from './merge.js'
import { readCondition } from './predicate.js'
import { readReturning } from './returning.js'
import { readSelectNode } from './select.js'
import type { Columns } from './target.js'
import { openTarget, type Target } from './target-relation.js'

export function readWrite(type: string, node: Tree, given: Env): Columns {
  given.ledger.budget--
  switch (type) {
    case 'InsertStmt':
      return readInsert(node, withCtes(node.withClause, { ...given, command: 'INSERT' }))
    case 'UpdateStmt':
      return readUpdate(node, withCtes(node.withClause, { ...given, command: 'UPDATE' }))
    case 'DeleteStmt':
      return readDelete(node, withCtes(node.withClause, { ...given, command: 'DELETE' }))
    case 'MergeStmt':
      return readMerge(node, withCtes(node.withClause, { ...given, command: 'MERGE' }))
    default: {
      const why = `statement \`${type}\` is not understood here`
      opaque(given, why)
      return { columns: [], open: why }
    }
  }
}

/** The columns that INSERT names, or the first ones of the relation. */
export function insertedColumns(
  nodes: unknown,
  target: Target,
  width: number | undefined,
): readonly string[] {
  const named = list(nodes).map((each) => text(as(each, 'ResTarget')?.name) ?? '?')
  if (named.length > 0) return named
  const all = target.relation?.columns.map((column) => column.name) ?? []
  return width === undefined ? all : all.slice(0, width)
}

function readInsert(node: Tree, env: Env): Columns {
  const below: Env = { ...env, top: false }
  const target = openTarget(tree(node.relation), env)
  const source = node.selectStmt === undefined ? { columns: [] } : readSelectNode(node.selectStmt, below)
  const values = source.columns.map((column) => column.value)
  const width = node.selectStmt === undefined ? 0 : source.open === undefined ? values.length : undefined
  const names = insertedColumns(node.cols, target, width)
  store(values, names, target, below)
  target.write('insert', names, () => true)
  readSubscripts(node.cols, within({ items: [], columns: [] }, undefined), below)
  const conflict = tree(as(node.onConflictClause, 'OnConflictClause') ?? node.onConflictClause)
  if (conflict) readConflict(conflict, node, names, values, target, below)
  return readReturning(node, target.item, single(target.item), below)
}

/** Which row is in the way shows whether a value is there: a use of the columns that are compared (R16). */
function readConflict(
  conflict: Tree,
  insert: Tree,
  names: readonly string[],
  values: readonly Value[],
  target: Target,
  env: Env,
): void {
  const own = within(single(target.item), undefined)
  const infer = tree(as(conflict.infer, 'InferClause') ?? conflict.infer)
  const elements = list(infer?.indexElems).map((each) => as(each, 'IndexElem'))
  for (const element of elements) {
    const name = text(element?.name)
    const expression =
      name === undefined ? element?.expr : { ColumnRef: { fields: [{ String: { sval: name } }] } }
    use(env, [readValue(expression, own, env)], 'filter')
  }
  if (elements.length === 0)
    for (const column of target.item.columns)
      if (names.includes(column.name)) use(env, [column.value], 'filter')
  if (infer?.whereClause !== undefined) use(env, [readValue(infer.whereClause, own, env)], 'filter')
  if (conflict.action !== 'ONCONFLICT_UPDATE') return
  const excluded: Item = {
    name: 'excluded',
    columns: (target.relation?.columns ?? []).map((column) => {
      const at = names.indexOf(column.name)
      const value = values[at]
      return { name: column.name, value: value ? compute([value], column.type) : constantOf(column.type) }
    }),
    ...(target.item.open === undefined ? {} : { open: target.item.open }),
  }
  const scope = within({ ...single(target.item), items: [target.item, excluded] }, undefined)
  readCondition(conflict.whereClause, scope, env, 'filter', undefined)
  const written = readAssignments(conflict.targetList, target, scope, env)
  // The rows in the way are those that VALUES names; a query may name them all.
  const listed = tree(tree(insert.selectStmt)?.SelectStmt)?.valuesLists !== undefined
  target.write('update', written, () => listed || insert.selectStmt === undefined)
}

/** What is stored flows, converted to the column's type on its way. */
export function store(values: readonly Value[], names: readonly string[], target: Target, env: Env): void {
  use(env, values, 'flow')
  values.forEach((value, at) => {
    const column = target.relation?.columns.find((each) => each.name === names[at])
    if (column) convertStored(value, column.type, env)
  })
}

/** SET: the names that are written; what is assigned flows. */
export function readAssignments(nodes: unknown, target: Target, scope: Scope, env: Env): readonly string[] {
  readSubscripts(nodes, scope, env)
  return list(nodes).map((each) => {
    const assignment = as(each, 'ResTarget')
    const value = assignment?.val === undefined ? CONSTANT : readAssigned(assignment.val, scope, env)
    const name = text(assignment?.name) ?? '?'
    store([value], [name], target, env)
    return name
  })
}

/** `(a, b) = …`: the one among its values that this column gets. */
function readAssigned(node: unknown, scope: Scope, env: Env): Value {
  const multiple = as(node, 'MultiAssignRef')
  if (!multiple) return readValue(node, scope, env)
  const at = typeof multiple.colno === 'number' ? multiple.colno - 1 : -1
  const field = list(as(multiple.source, 'RowExpr')?.args)[at]
  if (field !== undefined) return readValue(field, scope, env)
  const query = as(multiple.source, 'SubLink')?.subselect
  if (query === undefined) return readValue(multiple.source, scope, env)
  const { columns, open } = readSelectNode(query, { ...env, outer: scope, top: false })
  const value = columns[at]?.value
  return open === undefined && value
    ? value
    : unprovable(
        open ?? 'too few values',
        columns.map((each) => each.value),
      )
}

function readSubscripts(nodes: unknown, scope: Scope, env: Env): void {
  for (const each of list(nodes))
    for (const step of list(as(each, 'ResTarget')?.indirection)) {
      if (word(step) !== undefined) continue
      const indices = as(step, 'A_Indices')
      for (const bound of [indices?.lidx, indices?.uidx])
        if (bound !== undefined) use(env, [readValue(bound, scope, env)], 'argument')
    }
}

/** WHERE CURRENT OF bounds to one row. */
function bounds(node: Tree, target: Target): () => boolean {
  return () => as(node.whereClause, 'CurrentOfExpr') !== undefined || target.reading?.mention.bounded === true
}

function around(node: Tree, clause: string, target: Target, env: Env): Namespace {
  const others = readFrom(node[clause], { ...env, top: false })
  const namespace = together(single(target.item), others)
  readCondition(node.whereClause, within(namespace, env.outer), env, 'filter', namespace)
  return namespace
}

function readUpdate(node: Tree, env: Env): Columns {
  const target = openTarget(tree(node.relation), env)
  const namespace = around(node, 'fromClause', target, env)
  const below: Env = { ...env, top: false }
  const written = readAssignments(node.targetList, target, within(namespace, env.outer), below)
  target.write('update', written, bounds(node, target))
  return readReturning(node, target.item, namespace, below)
}

function readDelete(node: Tree, env: Env): Columns {
  const target = openTarget(tree(node.relation), env)
  const namespace = around(node, 'usingClause', target, env)
  target.write('delete', [], bounds(node, target))
  return readReturning(node, target.item, namespace, { ...env, top: false })
}
