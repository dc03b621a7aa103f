/** INSERT and REPLACE: what is stored, and what ON DUPLICATE KEY UPDATE does in its place. */
import type { Columns } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { EMPTY, type Item, single, together } from '../../lineage/scope.js'
import { CONSTANT, type Column, either, lazy, unprovable, type Value } from '../../lineage/value.js'
import { fold } from '../catalog-index.js'
import { refuseAbsent } from './absent.js'
import { type Env, opaque, type Scope } from './analysis.js'
import { isDefault, readValue } from './expression.js'
import { nameOf, partsOf, resolveRelation } from './names.js'
import { type Reading, readRelation } from './relation.js'
import { type Result, readQueryNode } from './select.js'
import { afterAssigning, asStored, type Stored, store, storedBy } from './store.js'
import { markTarget, writeTo } from './target-relation.js'
import { as, list, stranger, type Tree, tree, variant } from './tree.js'
import { assignmentsOf, readAssigned, readReturning } from './write.js'

const INSERT =
  'ignore into table columns source assignments on returning replace_into priority insert_alias has_table_keyword'

function refuse(why: string, env: Env): Columns {
  opaque(env, why)
  return { columns: [], open: why }
}

export function readInsert(node: Tree, env: Env): Columns {
  const odd = stranger(node, INSERT)
  const parts = partsOf(as(node.table, 'TableName'))?.map((part) => part.value)
  if (odd !== undefined || !parts) return refuse(`\`${odd ?? 'the table'}\` of INSERT is not understood`, env)
  const found = resolveRelation(parts, env.analysis)
  const { relation, problem } = found
  if (!relation) {
    // What it stores is read and reported all the same.
    refuseAbsent('insert', found, env)
    if (node.source != null) use(env, valuesOf(readQueryNode(node.source, { ...env, top: false })), 'flow')
    return { columns: [], open: problem ?? 'the target is not understood' }
  }
  const below: Env = { ...env, top: false }
  const reading = readRelation(relation, env, undefined)
  markTarget(reading)
  const stored = readStored(node, reading, below)
  if (!stored) return refuse('what INSERT stores is not understood', env)
  const replaces = node.replace_into === true
  const all = storedBy(stored.names, stored.values)
  store(all, reading, below)
  writeTo(reading, 'insert', stored.names, true, env, all)
  if (replaces) {
    writeTo(reading, 'delete', [], true, env)
    env.ledger.uncounted = 'the server counts a row that REPLACE changes as two'
  }
  // Which row is in the way shows whether a value is there (R16).
  if (replaces || node.ignore === true || node.on != null)
    for (const column of reading.item.columns)
      if (stored.names.some((name) => fold(name) === fold(column.name))) use(below, [column.value], 'filter')
  if (node.on != null && !readDuplicate(node, reading, stored, below))
    return refuse('ON DUPLICATE KEY is not understood', env)
  return readReturning(node.returning, single(reading.item), below)
}

function valuesOf({ columns }: Columns): readonly Value[] {
  return columns.map((column) => column.value)
}

interface NewRows {
  readonly names: readonly string[]
  /** What each of them gets. */
  readonly values: readonly Value[]
  readonly source?: Result
  /** Rows are listed in the text, not found by a query. */
  readonly listed: boolean
}

/** The new row as an expression among its own values sees it: what it gets itself, or a default. */
function newRow(reading: Reading, names: readonly string[], values: () => readonly Value[]): Scope {
  const columns: Column[] = reading.relation.columns.map((column) => {
    const at = names.findIndex((name) => fold(name) === fold(column.name))
    return at < 0 ? { name: column.name, value: CONSTANT } : lazy(column.name, () => values()[at] ?? CONSTANT)
  })
  const item: Item = { name: reading.relation.name, schema: reading.relation.schema, columns }
  return { ...single(item), outer: undefined }
}

function readStored(node: Tree, reading: Reading, env: Env): NewRows | undefined {
  if (list(node.assignments).length > 0) {
    const assignments = assignmentsOf(node.assignments)
    if (!assignments || node.source != null) return undefined
    const names = assignments.map(({ parts }) => parts.at(-1) ?? '')
    const values: Value[] = []
    const scope = newRow(reading, names, () => values)
    for (const { value } of assignments) values.push(readAssigned(value, scope, { ...env, clause: 'values' }))
    return { names, values, listed: true }
  }
  const given = list(node.columns).map((each) => partsOf(each)?.at(-1)?.value)
  if (given.some((name) => name === undefined)) return undefined
  const all = reading.relation.columns.filter((column) => !column.invisible).map(({ name }) => name)
  const names = given.length > 0 ? (given as string[]) : all
  const query = tree(node.source)
  const listed = tree(as(query?.body, 'Values'))
  if (listed && query && stranger(query, 'body') === undefined) {
    if (stranger(listed, 'explicit_row value_keyword rows') !== undefined) return undefined
    const values: Value[] = []
    const scope = newRow(reading, names, () => values)
    const rows = list(listed.rows).map((row) =>
      list(tree(row)?.content ?? row).map((each) =>
        isDefault(each) ? CONSTANT : readValue(each, scope, { ...env, clause: 'values' }),
      ),
    )
    const width = Math.max(names.length, ...rows.map((row) => row.length))
    for (let at = 0; at < width; at++) values.push(either(rows.flatMap((row) => row[at] ?? [])))
    return { names, values, listed: true }
  }
  if (!query) return undefined
  const source = readQueryNode(query, env)
  const values =
    source.open === undefined
      ? valuesOf(source)
      : names.map(() => unprovable(source.open ?? '', valuesOf(source)))
  return { names, values, source, listed: false }
}

/** The row that was to be stored: `VALUES(column)`, and under the name that MySQL 8 lets be given to it. */
function insertedItem(node: Tree, columns: readonly Column[], env: Env): Item | undefined | 'strange' {
  if (node.insert_alias == null) return undefined
  const alias = tree(node.insert_alias)
  const name = partsOf(alias?.row_alias)?.at(-1)?.value
  const names = list(alias?.col_aliases).map((each) => nameOf(each)?.value)
  if (
    !alias ||
    name === undefined ||
    stranger(alias, 'row_alias col_aliases') !== undefined ||
    names.some((each) => each === undefined)
  ) {
    opaque(env, 'the alias of the new row is not understood')
    return 'strange'
  }
  return {
    name,
    columns: columns.map((column, at) => ({ name: names[at] ?? column.name, value: column.value })),
  }
}

function readDuplicate(node: Tree, reading: Reading, stored: NewRows, env: Env): boolean {
  const clause = variant(node.on)
  const assignments = clause?.type === 'DuplicateKeyUpdate' ? assignmentsOf(clause.node) : undefined
  if (!assignments) return false
  const { names, values } = stored
  const given: Column[] = names.map((name, at) => ({
    name,
    value: asStored(values[at] ?? CONSTANT, name, reading, env),
  }))
  const rest = reading.relation.columns
    .filter((column) => !names.some((name) => fold(name) === fold(column.name)))
    .map((column) => ({ name: column.name, value: CONSTANT }))
  const row = insertedItem(node, given, env)
  if (row === 'strange') return false
  const own = single(reading.item)
  const around = together(own, stored.source?.namespace ?? EMPTY)
  // The alias is seen by its name, and its columns by theirs where the target has none of that name.
  const scope: Scope = {
    items: row ? [...around.items, row] : around.items,
    columns: row
      ? [
          ...around.columns,
          ...row.columns.filter(
            ({ name }) => !around.columns.some((column) => fold(column.name) === fold(name)),
          ),
        ]
      : around.columns,
    ...(around.open === undefined ? {} : { open: around.open }),
    outer: undefined,
  }
  const inner: Env = { ...env, inserted: [...given, ...rest] }
  const all: Stored[] = []
  for (const { parts, value } of assignments) {
    const before = new Map([[reading, [...all]]])
    all.push({ name: parts.at(-1) ?? '', value: afterAssigning(readAssigned(value, scope, inner), before) })
  }
  store(all, reading, inner)
  // The rows in the way are those that VALUES names; a query may name them all.
  writeTo(
    reading,
    'update',
    all.map(({ name }) => name),
    stored.listed,
    env,
    all,
  )
  env.ledger.uncounted = 'the server counts a row that ON DUPLICATE KEY UPDATE changes as two'
  return true
}
