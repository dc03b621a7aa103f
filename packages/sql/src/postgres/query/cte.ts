/** WITH: queries by name, each in sight of those before it; recursive ones to a fix-point. */

import { type Columns, digestColumns, mergeBranches } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { CONSTANT, type Column, compute, heavier, lazy, type Value } from '../../lineage/value.js'
import { as, list, type Tree, text, tree, unwrap, words } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { readSelect } from './select.js'
import { readWrite } from './write.js'

export interface CteFrame {
  readonly names: ReadonlyMap<string, () => Columns>
  readonly outer: CteFrame | undefined
}

export function findCte(frame: CteFrame | undefined, name: string): (() => Columns) | undefined {
  for (let each = frame; each; each = each.outer) {
    const found = each.names.get(name)
    if (found) return found
  }
  return undefined
}

/** The surroundings of a query that has this WITH clause. */
export function withCtes(clause: unknown, env: Env): Env {
  const node = tree(clause)
  if (!node) return env
  const recursive = node.recursive === true
  const names = new Map<string, () => Columns>()
  const inner: Env = { ...env, top: false, ctes: { names, outer: env.ctes } }
  let visible = env.ctes
  for (const each of list(node.ctes)) {
    const cte = as(each, 'CommonTableExpr')
    const name = text(cte?.ctename)
    if (!cte || name === undefined) {
      opaque(env, 'a WITH query has no name')
      continue
    }
    if (recursive) {
      names.set(name, recursiveReading(cte, name, inner))
      continue
    }
    const own: Env = { ...inner, ctes: visible }
    const columns = once(() => finish(cte, readBody(cte.ctequery, own)))
    visible = { names: new Map([[name, columns]]), outer: visible }
  }
  if (!recursive) {
    // What nobody refers to is run too if it writes, and counts in any case.
    for (let frame = visible; frame !== env.ctes && frame; frame = frame.outer)
      for (const read of frame.names.values()) read()
    return { ...env, ctes: visible }
  }
  for (const read of names.values()) read()
  return { ...env, ctes: inner.ctes }
}

function once(make: () => Columns): () => Columns {
  let made: Columns | undefined
  return () => {
    made ??= make()
    return made
  }
}

function readBody(query: unknown, env: Env): Columns {
  const found = unwrap(query)
  if (found?.type === 'SelectStmt') return readSelect(found.node, env)
  return readWrite(found?.type ?? '', found?.node ?? {}, env)
}

/** Passes at most; columns that still change then are unprovable. */
const PASSES = 12

function recursiveReading(cte: Tree, name: string, env: Env): () => Columns {
  let state: 'new' | 'reading' | 'done' = 'new'
  let known: Columns = { columns: [] }
  let met = false
  const start = as(cte.ctequery, 'SelectStmt')
  return () => {
    if (state === 'done') return known
    if (state === 'reading') {
      met = true
      // Every step may add to what the step before gave.
      return {
        ...known,
        columns: known.columns.map(({ name, value }) => ({
          name,
          value: heavier(value, Number.POSITIVE_INFINITY),
        })),
      }
    }
    state = 'reading'
    const left = start?.op === 'SETOP_UNION' ? tree(start.larg) : undefined
    // The part before UNION cannot refer to the query itself; its columns are the first approximation.
    known = left
      ? finish(cte, readSelect(left, start?.withClause ? withCtes(start.withClause, env) : env))
      : known
    for (let pass = 0; ; pass++) {
      met = false
      const next = finish(cte, readBody(cte.ctequery, env))
      const merged = pass === 0 && !left ? next : mergeBranches([known, next])
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
    useSteps(cte, known.columns, env)
    state = 'done'
    return known
  }
}

/** The columns under their aliases, with those of SEARCH and CYCLE, and shared by all who refer to them. */
function finish(cte: Tree, { columns, open }: Columns): Columns {
  const aliases = words(cte.aliascolnames) ?? []
  const renamed: Column[] = columns.map((column, position) => {
    const name = aliases[position] ?? column.name
    return lazy(name, () => ({ ...column.value, shared: true }))
  })
  const of = (names: unknown): Value =>
    compute(renamed.filter(({ name }) => (words(names) ?? []).includes(name)).map(({ value }) => value))
  const search = tree(cte.search_clause)
  const sequence = text(search?.search_seq_column)
  if (search && sequence !== undefined) renamed.push({ name: sequence, value: of(search.search_col_list) })
  const cycle = tree(cte.cycle_clause)
  const mark = text(cycle?.cycle_mark_column)
  const path = text(cycle?.cycle_path_column)
  if (cycle && mark !== undefined) renamed.push({ name: mark, value: CONSTANT })
  if (cycle && path !== undefined) renamed.push({ name: path, value: of(cycle.cycle_col_list) })
  return open === undefined ? { columns: renamed } : { columns: renamed, open }
}

/** CYCLE and SEARCH compare and order what they list. */
function useSteps(cte: Tree, columns: readonly Column[], env: Env): void {
  for (const [clause, how] of [
    ['search_clause', 'order'],
    ['cycle_clause', 'group'],
  ] as const) {
    const node = tree(cte[clause])
    const listed = words(node?.search_col_list ?? node?.cycle_col_list) ?? []
    use(
      env,
      columns.filter(({ name }) => listed.includes(name)).map(({ value }) => value),
      how,
    )
  }
}
