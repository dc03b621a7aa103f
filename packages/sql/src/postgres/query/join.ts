/** JOIN: merged columns of USING and NATURAL, aliases that hide what is inside, and what ON bounds. */

import { rename } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { EMPTY, type Namespace, single, together, within } from '../../lineage/scope.js'
import { type Column, compute, either, lazy, type Value } from '../../lineage/value.js'
import { type Tree, text, words } from '../tree.js'
import type { Env } from './analysis.js'
import { readAlias, readFromItem } from './from.js'
import { useKeys } from './key-join.js'
import { readCondition } from './predicate.js'

export function readJoin(node: Tree, before: Namespace, env: Env): Namespace {
  const left = readFromItem(node.larg, before, env)
  const right = readFromItem(node.rarg, together(before, left), env)
  const kind = text(node.jointype) ?? 'JOIN_INNER'
  const both = together(left, right)
  const names = node.isNatural === true ? shared(left, right) : (words(node.usingClause) ?? [])
  const merged = names.map((name) => merge(name, left, right, kind))
  names.forEach((name, position) => {
    const [one, other] = [left, right].map((side) => either(valuesOf(name, side)))
    const column = merged[position]
    if (column && !useKeys(['='], one, other, env)) use(env, [column.value], 'join')
  })
  if (node.quals !== undefined) {
    const bounds =
      kind === 'JOIN_INNER' ? both : kind === 'JOIN_LEFT' ? right : kind === 'JOIN_RIGHT' ? left : undefined
    readCondition(node.quals, within(both, env.outer), { ...env, top: false }, 'join', bounds)
  }
  const rest = (namespace: Namespace) => namespace.columns.filter((column) => !names.includes(column.name))
  const columns = [...merged, ...rest(left), ...rest(right)]
  // The columns of what is not known may have been merged.
  const open = both.open
  const alias = readAlias(node.alias)
  if (alias.name !== undefined)
    return single({
      name: alias.name,
      columns: rename(columns, alias.columns),
      ...(open === undefined ? {} : { open }),
      mentions: both.items.flatMap((item) => item.mentions ?? []),
    })
  const usingAlias = readAlias(node.join_using_alias)
  const extra =
    usingAlias.name === undefined ? EMPTY : single({ name: usingAlias.name, columns: merged, mentions: [] })
  return {
    items: [...both.items, ...extra.items],
    columns,
    ...(open === undefined ? {} : { open }),
  }
}

function shared(left: Namespace, right: Namespace): readonly string[] {
  const names = new Set(right.columns.map((column) => column.name))
  return left.columns.map((column) => column.name).filter((name) => names.has(name))
}

function merge(name: string, left: Namespace, right: Namespace, kind: string): Column {
  return lazy(name, () => {
    const values = [...valuesOf(name, left), ...valuesOf(name, right)]
    const type = either(values).type
    if (kind === 'JOIN_FULL') return compute(values, type)
    // One side's own column is what shows; the other's equals it.
    const { how } = either(valuesOf(name, kind === 'JOIN_RIGHT' ? right : left))
    return how === 'copied' ? { ...either(values, true), how } : either(values, true)
  })
}

function valuesOf(name: string, namespace: Namespace): readonly Value[] {
  return namespace.columns.filter((column) => column.name === name).map((column) => column.value)
}
