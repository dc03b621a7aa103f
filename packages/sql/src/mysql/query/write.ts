/** UPDATE and DELETE, of one table or several. */
import type { Columns } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { EMPTY, type Item, type Namespace } from '../../lineage/scope.js'
import { CONSTANT, type Value } from '../../lineage/value.js'
import { fold } from '../catalog-index.js'
import { absentOf, mentionAbsent } from './absent.js'
import { argue, type Env, opaque, type Scope } from './analysis.js'
import { isDefault, readValue } from './expression.js'
import { readFrom, readTableWithJoins } from './from.js'
import { partsOf } from './names.js'
import { readSort } from './order.js'
import { readCondition } from './predicate.js'
import { missingColumn } from './reference.js'
import { mentionRelation, type Reading, readingOf } from './relation.js'
import { itemsNamed } from './scope.js'
import { afterAssigning, type Stored, store } from './store.js'
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

function has(item: Item, name: string): boolean {
  return item.columns.some((column) => fold(column.name) === fold(name)) || item.system?.(name) !== undefined
}

/** The item whose column an assignment names. */
function ownerOf(parts: readonly string[], namespace: Namespace): Item | undefined {
  const name = parts.at(-1) ?? ''
  const items = (
    parts.length === 1
      ? namespace.items
      : itemsNamed({ ...namespace, outer: undefined }, parts.at(-2) ?? '', parts.at(-3))
  ).filter((item) => has(item, name))
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
  readSort(node.order_by, scope, [], { ...env, clause: 'order' })
  if (node.limit != null) argue(env, [readValue(node.limit, scope, env)])
}

export function readUpdate(node: Tree, env: Env): Columns {
  const odd = stranger(node, 'table assignments selection returning order_by limit')
  const assignments = assignmentsOf(node.assignments)
  if (odd !== undefined || !assignments) return refuse(`\`${odd ?? 'SET'}\` of UPDATE is not understood`, env)
  const namespace = readTableWithJoins(unignored(node.table), EMPTY, env)
  const below: Env = { ...env, top: false }
  const scope: Scope = { ...namespace, outer: env.outer }
  const targets = new Map<Reading, Stored[]>()
  const absent = new Set<Item>()
  const owners: (Reading | undefined)[] = []
  for (const { parts } of assignments) {
    const owner = ownerOf(parts, namespace)
    const reading = owner && readingOf(owner)
    if (reading) {
      markTarget(reading)
      targets.set(reading, [])
      owners.push(reading)
      continue
    }
    const [gone] = namespace.items.filter((item) => absentOf(item) !== undefined)
    if (gone === undefined) return unknownTarget(parts, namespace, env)
    absent.add(gone)
    owners.push(undefined)
  }
  readCondition(node.selection, scope, { ...env, clause: 'where' }, 'filter', namespace)
  for (const [at, { parts, value }] of assignments.entries()) {
    const given = readAssigned(value, scope, { ...below, clause: 'set' })
    const reading = owners[at]
    if (!reading) use(below, [given], 'flow')
    else {
      const stored = { name: parts.at(-1) ?? '', value: afterAssigning(given, targets) }
      targets.get(reading)?.push(stored)
    }
  }
  for (const [reading, stored] of targets) store(stored, reading, below)
  readTail(node, namespace, below)
  for (const [reading, stored] of targets)
    writeTo(
      reading,
      'update',
      stored.map(({ name }) => name),
      reading.mention.bounded,
      env,
      stored,
    )
  for (const item of absent) {
    const found = absentOf(item)
    if (found) mentionAbsent('update', found, env)
  }
  if (targets.size > 1) env.ledger.uncounted = SEVERAL
  return readReturning(node.returning, namespace, below)
}

const SEVERAL = 'the server counts the rows of several tables as one number'

/** ER_BAD_FIELD_ERROR where every table is known and none has the column. */
function unknownTarget(parts: readonly string[], namespace: Namespace, env: Env): Columns {
  const name = parts.join('.')
  const open = 'a column of UPDATE is not known'
  if (namespace.open === undefined && namespace.items.every((item) => !has(item, parts.at(-1) ?? ''))) {
    missingColumn(name, parts.at(-1) ?? '', { ...env, clause: 'set' })
    for (const item of namespace.items) {
      const reading = readingOf(item)
      if (reading) mentionRelation(reading.relation, env, 'update').bounded = true
    }
    return { columns: [], open }
  }
  env.analysis.unknownName(parts.at(-1) ?? '')
  return refuse(`what \`${name}\` of UPDATE belongs to is not known`, env)
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
  const gone = targets ? [] : namespace.items.flatMap((item) => absentOf(item) ?? [])
  for (const each of gone) mentionAbsent('delete', each, env)
  if (!targets && gone.length > 0) return { columns: [], open: 'a relation is not in the catalog' }
  if (!targets) return refuse('what a DELETE deletes from is not known', env)
  for (const target of targets) markTarget(target)
  const scope: Scope = { ...namespace, outer: env.outer }
  readCondition(node.selection, scope, { ...env, clause: 'where' }, 'filter', namespace)
  const below: Env = { ...env, top: false }
  readTail(node, namespace, below)
  for (const target of targets) writeTo(target, 'delete', [], target.mention.bounded, env)
  if (targets.length > 1) env.ledger.uncounted = SEVERAL
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
