/** INSERT, UPDATE and DELETE, alone or in WITH: what they write, what flows into it, what they give back. */

import type { Columns } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { type Item, type Namespace, type Scope, single, together, within } from '../../lineage/scope.js'
import { CONSTANT, compute, constantOf, unprovable, type Value } from '../../lineage/value.js'
import { as, list, type Tree, text, tree, word } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { withCtes } from './cte.js'
import { readValue } from './expression.js'
import { readFrom } from './from.js'
import { readMerge } from './merge.js'
import { readCondition } from './predicate.js'
import { readReturning } from './returning.js'
import { readSelectNode } from './select.js'
import { type Stored, store } from './store.js'
import { openTarget, type Target } from './target-relation.js'

export function readWrite(type: string, node: Tree, given: Env): Columns {
  given.ledger.budget--
  if (!given.top) given.ledger.uncounted = 'the server does not count what a WITH query or a routine changes'
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
  const stored = storedBy(names, values)
  store(stored, target, below)
  target.write('insert', names, () => true, stored)
  readSubscripts(node.cols, within({ items: [], columns: [] }, env.outer), below)
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
  const own = within(single(target.item), env.outer)
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
  const scope = within({ ...single(target.item), items: [target.item, excluded] }, env.outer)
  readCondition(conflict.whereClause, scope, env, 'filter', undefined)
  const stored = readAssignments(conflict.targetList, target, scope, env)
  // The rows in the way are those that VALUES names; a query may name them all.
  const listed = tree(tree(insert.selectStmt)?.SelectStmt)?.valuesLists !== undefined
  target.write('update', namesOf(stored), () => listed || insert.selectStmt === undefined, stored)
}

/** Values by position; those that a query gives too many of are stored nowhere. */
export function storedBy(names: readonly string[], values: readonly Value[]): readonly Stored[] {
  return values.map((value, at) => ({ name: names[at] ?? '?', value }))
}

/** Each name once, as often as it may be assigned in parts. */
export function namesOf(stored: readonly Stored[]): readonly string[] {
  return stored.map(({ name }) => name)
}

/** SET: what is written; what is assigned flows. */
export function readAssignments(nodes: unknown, target: Target, scope: Scope, env: Env): readonly Stored[] {
  readSubscripts(nodes, scope, env)
  const stored = list(nodes).map((each): Stored => {
    const assignment = as(each, 'ResTarget')
    const value = assignment?.val === undefined ? CONSTANT : readAssigned(assignment.val, scope, env)
    const partly = list(assignment?.indirection).length > 0
    return { name: text(assignment?.name) ?? '?', value, partly }
  })
  store(stored, target, env)
  return stored
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
  const stored = readAssignments(node.targetList, target, within(namespace, env.outer), below)
  target.write('update', namesOf(stored), bounds(node, target), stored)
  return readReturning(node, target.item, namespace, below)
}

function readDelete(node: Tree, env: Env): Columns {
  const target = openTarget(tree(node.relation), env)
  const namespace = around(node, 'usingClause', target, env)
  target.write('delete', [], bounds(node, target))
  return readReturning(node, target.item, namespace, { ...env, top: false })
}
