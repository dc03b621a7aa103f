/** FROM: what each item offers to the rest of the query. */
import { type Columns, rename } from '../../lineage/columns.js'
import { EMPTY, type Item, type Namespace, single, together } from '../../lineage/scope.js'
import { refuseAbsent, rememberAbsent } from './absent.js'
import { type Env, opaque, type Scope } from './analysis.js'
import { findCte } from './cte.js'
import { readJoin } from './join.js'
import { readJsonTable } from './json-table.js'
import { nameOf, partsOf, resolveRelation } from './names.js'
import { readRelation, remember } from './relation.js'
import { readQueryNode } from './select.js'
import { list, stranger, type Tree, tree, variant } from './tree.js'

export function readFrom(nodes: unknown, env: Env): Namespace {
  let namespace = EMPTY
  for (const each of list(nodes)) namespace = together(namespace, readTableWithJoins(each, namespace, env))
  return namespace
}

/** One part between commas; `before` is what stands before it, for LATERAL. */
export function readTableWithJoins(node: unknown, before: Namespace, env: Env): Namespace {
  const part = tree(node)
  if (!part || stranger(part, 'relation joins') !== undefined)
    return unknownItem('a part of FROM is not understood', undefined, env)
  let namespace = readFactor(part.relation, before, env)
  for (const each of list(part.joins)) namespace = readJoin(each, namespace, before, env)
  return namespace
}

export interface Alias {
  readonly name: string | undefined
  readonly columns: readonly string[]
}

export function readAlias(node: unknown, env: Env): Alias {
  if (node == null) return { name: undefined, columns: [] }
  const alias = tree(node)
  const name = nameOf(alias?.name, 'alias')?.value
  const columns = list(alias?.columns).map((each) => {
    const column = tree(each)
    return column && stranger(column, 'name') === undefined ? nameOf(column.name)?.value : undefined
  })
  if (
    !alias ||
    name === undefined ||
    stranger(alias, 'explicit name columns') !== undefined ||
    columns.some((each) => each === undefined)
  )
    opaque(env, 'an alias is not understood')
  return { name, columns: columns.map((each) => each ?? '?') }
}

function unknownItem(why: string, name: string | undefined, env: Env): Namespace {
  opaque({ ...env, stored: false }, why)
  return single({ name, columns: [], open: why })
}

export function derivedItem({ columns, open }: Columns, alias: Alias, fallback?: string): Namespace {
  return single({
    name: alias.name ?? fallback,
    columns: rename(columns, alias.columns),
    ...(open === undefined ? {} : { open }),
  })
}

/** A table's name alone, as `TABLE t` has it. */
export function readTableNamed(
  parts: readonly string[],
  env: Env,
  alias: Alias = { name: undefined, columns: [] },
): Namespace {
  const name = parts.at(-1) ?? ''
  const cte = parts.length === 1 ? findCte(env, name) : undefined
  if (cte) return derivedItem(cte(), alias, name)
  const found = resolveRelation(parts, env.analysis)
  const { relation, problem } = found
  if (relation === undefined) {
    refuseAbsent('read', found, env)
    const absent: Item = {
      name: alias.name ?? name,
      ...(parts.length > 1 ? { schema: parts[0] ?? '' } : {}),
      columns: [],
      open: problem ?? '',
    }
    rememberAbsent(absent, found)
    return single(absent)
  }
  const reading = readRelation(relation, env, alias.name)
  const item: Item = {
    ...reading.item,
    columns: rename(reading.item.columns, alias.columns),
    mentions: reading.mentions,
  }
  remember(item, reading)
  return single(item)
}

const TABLE = 'name alias partitions index_hints'

function readTable(node: Tree, env: Env): Namespace {
  const alias = readAlias(node.alias, env)
  const words = list(node.name).map((part) => tree(tree(part)?.Identifier))
  const dual = words.length === 1 && words[0]?.quote_style == null && /^dual$/i.test(String(words[0]?.value))
  const parts = dual ? undefined : partsOf(node.name)?.map((part) => part.value)
  const odd = stranger(node, TABLE)
  if (odd !== undefined)
    return unknownItem(`\`${odd}\` of a table in FROM is not understood`, alias.name, env)
  if (dual && alias.name === undefined) return EMPTY
  if (!parts) return unknownItem('the name of a table is not understood', alias.name, env)
  return readTableNamed(parts, env, alias)
}

/** One table, subquery, or joined tables in parentheses. */
export function readFactor(node: unknown, left: Namespace, env: Env): Namespace {
  const found = variant(node)
  const members = tree(found?.node)
  const below: Env = { ...env, top: false }
  const lateral: Scope = { ...left, outer: env.outer }
  if (members)
    switch (found?.type) {
      case 'Table':
        return readTable(members, env)
      case 'Derived': {
        if (stranger(members, 'lateral subquery alias') !== undefined) break
        const outer = members.lateral === true ? lateral : env.outer
        const before = env.ledger.mentions.length
        const columns = readQueryNode(members.subquery, { ...below, outer })
        const item = derivedItem(columns, readAlias(members.alias, env))
        const mentions = env.ledger.mentions.slice(before)
        return { ...item, items: item.items.map((each) => ({ ...each, mentions })) }
      }
      case 'NestedJoin':
        if (stranger(members, 'table_with_joins') !== undefined) break
        return readTableWithJoins(members.table_with_joins, left, env)
      case 'JsonTable':
        return readJsonTable(members, lateral, below)
    }
  return unknownItem(`\`${found?.type ?? 'something of no kind'}\` in FROM is not understood`, undefined, env)
}
