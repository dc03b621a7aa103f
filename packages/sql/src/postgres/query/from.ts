/** FROM: what each item offers to the rest of the query. */

import { type Columns, rename } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { EMPTY, type Item, type Namespace, single, together, within } from '../../lineage/scope.js'
import { as, list, type Tree, text, tree, unwrap, words } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { findCte } from './cte.js'
import { readValue } from './expression.js'
import { readJsonTable, readXmlTable } from './from-document.js'
import { readRangeFunction } from './from-function.js'
import { readJoin } from './join.js'
import { mentionAbsent, resolveRelation } from './names.js'
import { readRelation } from './relation.js'
import { readSelectNode } from './select.js'

export function readFrom(nodes: unknown, env: Env): Namespace {
  let namespace = EMPTY
  for (const each of list(nodes)) namespace = together(namespace, readFromItem(each, namespace, env))
  return namespace
}

export interface Alias {
  readonly name: string | undefined
  readonly columns: readonly string[]
}

export function readAlias(node: unknown): Alias {
  const alias = as(node, 'Alias') ?? tree(node)
  return { name: text(alias?.aliasname), columns: words(alias?.colnames) ?? [] }
}

export function derivedItem({ columns, open }: Columns, alias: Alias, fallback?: string): Namespace {
  const item: Item = {
    name: alias.name ?? fallback,
    columns: rename(columns, alias.columns),
    ...(open === undefined ? {} : { open }),
  }
  return single(item)
}

function unknownItem(why: string, alias: Alias, fallback?: string): Namespace {
  return single({
    name: alias.name ?? fallback,
    columns: [],
    open: why,
  })
}

function readRangeVar(node: Tree, env: Env): Namespace {
  const alias = readAlias(node.alias)
  const name = text(node.relname) ?? ''
  const cte = node.schemaname === undefined ? findCte(env.ctes, name) : undefined
  if (cte) return derivedItem(cte(), alias, name)
  const { relation, resource, problem, absent } = resolveRelation(node, env.analysis)
  if (relation === undefined) {
    opaque({ ...env, stored: false }, problem ?? `relation \`${name}\` is not understood`, resource)
    mentionAbsent('read', absent, env)
    return unknownItem(problem ?? '', alias, name)
  }
  const { item, mentions } = readRelation(relation, env, alias.name, node.inh !== true)
  return single({ ...item, columns: rename(item.columns, alias.columns), mentions })
}

/** One item; `left` is what stands before it in FROM, for LATERAL. */
export function readFromItem(node: unknown, left: Namespace, env: Env): Namespace {
  const found = unwrap(node)
  const below: Env = { ...env, top: false }
  const lateral = within(left, env.outer)
  switch (found?.type) {
    case 'RangeVar':
      return readRangeVar(found.node, env)
    case 'RangeSubselect': {
      const outer = found.node.lateral === true ? lateral : env.outer
      const before = env.ledger.mentions.length
      const columns = readSelectNode(found.node.subquery, { ...below, outer })
      const item = derivedItem(columns, readAlias(found.node.alias))
      const mentions = env.ledger.mentions.slice(before)
      return { ...item, items: item.items.map((each) => ({ ...each, mentions })) }
    }
    case 'JoinExpr':
      return readJoin(found.node, left, env)
    case 'RangeFunction':
      return readRangeFunction(found.node, lateral, below)
    case 'RangeTableSample': {
      const method = words(found.node.method) ?? []
      if (!/^(system|bernoulli)$/.test(method.at(-1) ?? '')) opaque(env, 'a sampling method is not vetted')
      use(
        below,
        list(found.node.args).map((each) => readValue(each, lateral, below)),
        'argument',
      )
      if (found.node.repeatable !== undefined)
        use(below, [readValue(found.node.repeatable, lateral, below)], 'argument')
      return readFromItem(found.node.relation, left, env)
    }
    case 'RangeTableFunc':
      return readXmlTable(found.node, lateral, below)
    case 'JsonTable':
      return readJsonTable(found.node, lateral, below)
    default: {
      const why = `\`${found?.type ?? 'something of no kind'}\` in FROM is not understood`
      opaque({ ...env, stored: false }, why)
      return unknownItem(why, readAlias(found?.node.alias))
    }
  }
}
