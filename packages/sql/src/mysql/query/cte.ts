/** WITH: queries by name, each in sight of those before it; recursive ones to a fix-point. */
import { type Columns, digestColumns, mergeBranches, rename } from '../../lineage/columns.js'
import { heavier, lazy } from '../../lineage/value.js'
import { fold } from '../catalog-index.js'
import { comparesByUpperCase, comparingOf } from '../text/fold.js'
import { type Env, opaque } from './analysis.js'
import { nameOf } from './names.js'
import { readQueryNode } from './select.js'
import { as, list, stranger, type Tree, tree } from './tree.js'

interface Cte {
  /** As it is written. */
  readonly name: string
  readonly columns: () => Columns
}

export interface CteFrame {
  /** By the name's key: see keyOf. */
  readonly names: ReadonlyMap<string, Cte>
  readonly outer: CteFrame | undefined
}

/** How the server compares names of WITH queries: MySQL as it compares tables' names, MariaDB without regard to case. */
function keyOf(name: string, { analysis }: Env): string {
  const { flavour, lowerCaseTableNames } = analysis.catalog.catalog
  return flavour === 'mysql' && lowerCaseTableNames === 0 ? name : fold(name)
}

export function findCte(env: Env, name: string): (() => Columns) | undefined {
  const key = keyOf(name, env)
  for (let each = env.ctes; each; each = each.outer) {
    const found = each.names.get(key)
    if (found) return found.name === name || isCertain(env) ? found.columns : uncertain(name, env)
  }
  return undefined
}

/** MariaDB from 11.5 on compares more names as it compares those of tables: of these it is not known. */
function isCertain({ analysis }: Env): boolean {
  const { catalog } = analysis.catalog
  return catalog.lowerCaseTableNames !== 0 || !comparesByUpperCase(comparingOf(catalog))
}

function uncertain(name: string, env: Env): () => Columns {
  const why = `whether \`${name}\` is the WITH query of another case is not known`
  opaque(env, why)
  return () => ({ columns: [], open: why })
}

/** The surroundings of a query that has this WITH clause. */
export function withCtes(clause: unknown, env: Env): Env {
  if (clause == null) return env
  const node = tree(clause)
  if (!node || stranger(node, 'recursive cte_tables') !== undefined) {
    opaque(env, 'WITH is not understood')
    return env
  }
  const recursive = node.recursive === true
  // MariaDB lets recursive queries refer to each other; MySQL only to those before and to themselves.
  const mutual = recursive && env.analysis.catalog.catalog.flavour === 'mariadb'
  const names = new Map<string, Cte>()
  const inner: Env = { ...env, top: false }
  let visible: CteFrame | undefined = mutual ? { names, outer: env.ctes } : env.ctes
  const readers: (() => Columns)[] = []
  for (const each of list(node.cte_tables)) {
    const cte = tree(each)
    const alias = tree(cte?.alias)
    const name = nameOf(alias?.name)?.value
    if (
      !cte ||
      !alias ||
      name === undefined ||
      stranger(cte, 'alias query closing_paren_token') !== undefined
    ) {
      opaque(env, 'a WITH query is not understood')
      continue
    }
    const key = keyOf(name, env)
    if (recursive) {
      const own = mutual ? names : new Map<string, Cte>()
      const frame: CteFrame | undefined = mutual ? visible : { names: own, outer: visible }
      const read = recursiveReading(cte, name, { ...inner, ctes: frame })
      own.set(key, { name, columns: read })
      readers.push(read)
      visible = frame
      continue
    }
    const own: Env = { ...inner, ctes: visible }
    const columns = once(() => finish(cte, readQueryNode(cte.query, own), own))
    visible = { names: new Map([[key, { name, columns }]]), outer: visible }
    readers.push(columns)
  }
  // What nobody refers to counts too.
  for (const read of readers) read()
  return { ...env, ctes: visible }
}

function once(make: () => Columns): () => Columns {
  let made: Columns | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Passes at most; columns that still change then are unprovable. */
const PASSES = 12

function recursiveReading(cte: Tree, name: string, env: Env): () => Columns {
  let state: 'new' | 'reading' | 'done' = 'new'
  let known: Columns = { columns: [] }
  let met = false
  return () => {
    if (state === 'done') return known
    if (state === 'reading') {
      met = true
      // Every step may add to what the step before gave.
      return {
        ...known,
        columns: known.columns.map(({ name: own, value }) => ({
          name: own,
          value: heavier(value, Number.POSITIVE_INFINITY),
        })),
      }
    }
    state = 'reading'
    const query = tree(cte.query)
    const start = leftmost(query)
    // The part before UNION cannot refer to the query itself; its columns are the first approximation.
    known = start ? finish(cte, readQueryNode({ with: query?.with, body: start }, env), env) : known
    for (let pass = 0; ; pass++) {
      met = false
      const next = finish(cte, readQueryNode(cte.query, env), env)
      const merged = start ? mergeBranches([known, next]) : next
      const settled = !met || digestColumns(merged) === digestColumns(known)
      known = merged
      if (settled) break
      if (pass >= PASSES || env.ledger.budget <= 0) {
        const why = `the columns of recursive query \`${name}\` cannot be settled`
        opaque(env, why)
        known = {
          columns: known.columns.map((column) => ({
            ...column,
            value: { ...column.value, unprovable: why },
          })),
          open: why,
        }
        break
      }
    }
    if (met && !start) known = { ...known, open: noStart(name, env) }
    state = 'done'
    return known
  }
}

function noStart(name: string, env: Env): string {
  const why = `recursive query \`${name}\` has no part to start from`
  opaque(env, why)
  return why
}

/** The first branch of a set operation. */
function leftmost(query: Tree | undefined): unknown {
  let body = query?.body
  let found = false
  for (
    let operation = tree(as(body, 'SetOperation'));
    operation;
    operation = tree(as(body, 'SetOperation'))
  ) {
    body = operation.left
    found = true
  }
  return found ? body : undefined
}

/** The columns under their aliases, and shared by all who refer to them. */
function finish(cte: Tree, { columns, open }: Columns, env: Env): Columns {
  const aliases = list(tree(cte.alias)?.columns).map((each) => nameOf(tree(each)?.name)?.value)
  if (aliases.some((each) => each === undefined)) opaque(env, 'a column list is not understood')
  const shared = rename(
    columns,
    aliases.map((each) => each ?? ''),
  ).map((column) => lazy(column.name, () => ({ ...column.value, shared: true as const })))
  return open === undefined ? { columns: shared } : { columns: shared, open }
}
