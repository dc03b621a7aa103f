/** UPDATE and DELETE, of one table or several. */
import type { Columns } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { EMPTY, type Item, type Namespace, together } from '../../lineage/scope.js'
import { CONSTANT, type Value } from '../../lineage/value.js'
import { fold } from '../catalog-index.js'
import { argue, type Env, opaque, type Scope } from './analysis.js'
import { isDefault, readValue } from './expression.js'
import { readFrom, readTableWithJoins } from './from.js'
import { partsOf } from './names.js'
import { readSort } from './order.js'
import { readCondition } from './predicate.js'
import { type Reading, readingOf } from './relation.js'
import { itemsNamed } from './scope.js'
import { readTargets } from './target.js'
import { markTarget, writeTo } from './target-relation.js'
import { as, list, stranger, type Tree, tree, variant } from './tree.js'

/** RETURNING: the rows that a write gives back (MariaDB). */
export function readReturning(nodes: unknown, namespace: Namespace, env: Env): Columns {
  if (list(nodes).length === 0) return { columns: [] }
  const result = readTargets(nodes, { ...namespace, outer: undefined }, { ...env, top: false })
  use(
    env,
    result.columns.map((column) => column.value),
    'output',
  )
  return result
}

export interface Assignment {
  /** Parts of the column's name. */
  readonly parts: readonly string[]
  readonly value: unknown
}

/** SET a = …, t.b = …; undefined when one of them is not understood. */
export function assignmentsOf(nodes: unknown): readonly Assignment[] | undefined {
  const found: Assignment[] = []
  for (const each of list(nodes)) {
    const assignment = tree(each)
    const parts = partsOf(as(assignment?.target, 'ColumnName'))?.map((part) => part.value)
    if (!assignment || !parts || stranger(assignment, 'target value') !== undefined) return undefined
    found.push({ parts, value: assignment.value })
  }
  return found
}

export function readAssigned(node: unknown, scope: Scope, env: Env): Value {
  return isDefault(node) ? CONSTANT : readValue(node, scope, env)
}

/** The item whose column an assignment names. */
function ownerOf(parts: readonly string[], namespace: Namespace): Item | undefined {
  const name = fold(parts.at(-1) ?? '')
  const has = (item: Item): boolean =>
    item.columns.some((column) => fold(column.name) === name) || item.system?.(name) !== undefined
  const items =
    parts.length === 1
      ? namespace.items.filter(has)
      : itemsNamed({ ...namespace, outer: undefined }, parts.at(-2) ?? '', parts.at(-3)).filter(has)
  return items.length === 1 ? items[0] : undefined
}

const IGNORE = /^(ignore|low_priority)$/i

/** `UPDATE IGNORE t` is shown as a table of that name under an alias. */
function unignored(node: unknown): unknown {
  const part = tree(node)
  const table = tree(as(part?.relation, 'Table'))
  const alias = tree(table?.alias)
  const word = tree(as(list(table?.name)[0], 'Identifier'))
  const modifier =
    list(table?.name).length === 1 && word?.quote_style == null && IGNORE.test(String(word?.value))
  if (!part || !table || !alias || !modifier || alias.explicit === true || list(alias.columns).length > 0)
    return node
  const { alias: _, ...rest } = table
  return { ...part, relation: { Table: { ...rest, name: [{ Identifier: alias.name }] } } }
}

function refuse(why: string, env: Env): Columns {
  opaque(env, why)
  return { columns: [], open: why }
}

function readTail(node: Tree, namespace: Namespace, env: Env): void {
  const scope: Scope = { ...namespace, outer: env.outer }
  readSort(node.order_by, scope, [], env)
  if (node.limit != null) argue(env, [readValue(node.limit, scope, env)])
}

export function readUpdate(node: Tree, env: Env): Columns {
  const odd = stranger(node, 'table assignments selection returning order_by limit')
  const assignments = assignmentsOf(node.assignments)
  if (odd !== undefined || !assignments) return refuse(`\`${odd ?? 'SET'}\` of UPDATE is not understood`, env)
  const namespace = readTableWithJoins(unignored(node.table), EMPTY, env)
  const below: Env = { ...env, top: false }
  const scope: Scope = { ...namespace, outer: env.outer }
  const targets = new Map<Reading, string[]>()
  for (const { parts } of assignments) {
    const owner = ownerOf(parts, namespace)
    const reading = owner && readingOf(owner)
    if (!reading) {
      env.analysis.unknownName(parts.at(-1) ?? '')
      return refuse(`what \`${parts.join('.')}\` of UPDATE belongs to is not known`, env)
    }
    markTarget(reading)
    targets.set(reading, [...(targets.get(reading) ?? []), parts.at(-1) ?? ''])
  }
  readCondition(node.selection, scope, env, 'filter', namespace)
  for (const { value } of assignments) use(below, [readAssigned(value, scope, below)], 'flow')
  readTail(node, namespace, below)
  for (const [reading, names] of targets) writeTo(reading, 'update', names, reading.mention.bounded, env)
  return readReturning(node.returning, namespace, below)
}

const MODIFIER = /^(quick|ignore|low_priority)$/i

/** The names before FROM; a modifier stands there as if it were one. */
function namedTargets(node: Tree): readonly (readonly string[] | undefined)[] {
  const names = list(node.tables)
  const word = tree(as(list(names[0])[0], 'Identifier'))
  const modifier =
    names.length === 1 &&
    list(names[0]).length === 1 &&
    word?.quote_style == null &&
    MODIFIER.test(String(word?.value))
  return modifier ? [] : names.map((each) => partsOf(each)?.map((part) => part.value))
}

export function readDelete(node: Tree, env: Env): Columns {
  const odd = stranger(node, 'tables from using selection returning order_by limit')
  const from = variant(node.from)
  if (odd !== undefined || from?.type !== 'WithFromKeyword')
    return refuse(`\`${odd ?? 'FROM'}\` of DELETE is not understood`, env)
  const using = node.using != null && list(node.using).length > 0
  let wanted = namedTargets(node)
  const parts = list(from.node)
  if (using) {
    if (wanted.length > 0) return refuse('a DELETE is not understood', env)
    wanted = parts.map((each) => {
      const part = tree(each)
      const table = tree(as(part?.relation, 'Table'))
      return list(part?.joins).length > 0 ? undefined : partsOf(table?.name)?.map((name) => name.value)
    })
  } else if (wanted.length === 0 && (parts.length !== 1 || list(tree(parts[0])?.joins).length > 0))
    return refuse('what a DELETE deletes from is not understood', env)
  const namespace = readFrom(using ? node.using : parts, env)
  const targets = targetItems(wanted, namespace)
  if (!targets) return refuse('what a DELETE deletes from is not known', env)
  for (const target of targets) markTarget(target)
  const scope: Scope = { ...namespace, outer: env.outer }
  readCondition(node.selection, scope, env, 'filter', together(EMPTY, namespace))
  const below: Env = { ...env, top: false }
  readTail(node, namespace, below)
  for (const target of targets) writeTo(target, 'delete', [], target.mention.bounded, env)
  return readReturning(node.returning, namespace, below)
}

function targetItems(
  wanted: readonly (readonly string[] | undefined)[],
  namespace: Namespace,
): readonly Reading[] | undefined {
  const items =
    wanted.length === 0
      ? namespace.items
      : wanted.map((parts) => {
          if (!parts) return undefined
          const found = itemsNamed({ ...namespace, outer: undefined }, parts.at(-1) ?? '', parts.at(-2))
          return found.length === 1 ? found[0] : undefined
        })
  const readings = items.map((item) => item && readingOf(item))
  return readings.length > 0 && readings.every((reading) => reading !== undefined)
    ? (readings as Reading[])
    : undefined
}
