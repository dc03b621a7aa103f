/** Functions in FROM: their arguments are uses (R16), their columns whatever they are declared to yield. */

import { type Columns, rename } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { type Namespace, type Scope, single } from '../../lineage/scope.js'
import { CONSTANT, type Column, compute, type Value } from '../../lineage/value.js'
import { OPEN_RESULTS, RESULT_COLUMNS } from '../functions/result-columns.js'
import { as, list, type Tree, text, unwrap } from '../tree.js'
import type { Env } from './analysis.js'
import { readCallOf } from './call.js'
import { applyCast } from './cast.js'
import { readValue } from './expression.js'
import { readAlias } from './from.js'
import { nameParts, resolveType } from './names.js'
import { outputName } from './routines/result.js'

export function readRangeFunction(node: Tree, scope: Scope, env: Env): Namespace {
  const alias = readAlias(node.alias)
  const calls = list(node.functions).map((each) => list(as(each, 'List')?.items))
  const columns: Column[] = []
  let open: string | undefined
  for (const [call, own] of calls) {
    const declared = list(as(own, 'List')?.items ?? (calls.length === 1 ? node.coldeflist : undefined))
    const alone = calls.length === 1 ? (alias.name ?? undefined) : undefined
    const found = readFunction(call, declared, alone, scope, env)
    columns.push(...found.columns)
    open ??= found.open
  }
  if (node.ordinality === true) columns.push({ name: 'ordinality', value: CONSTANT })
  const first = calls[0]?.[0]
  return single({
    name: alias.name ?? functionName(first),
    columns: rename(columns, alias.columns),
    ...(open === undefined ? {} : { open }),
    mentions: [],
  })
}

function functionName(call: unknown): string | undefined {
  const node = as(call, 'FuncCall')
  return node ? nameParts(node.funcname)?.at(-1) : undefined
}

function readFunction(
  call: unknown,
  declared: readonly unknown[],
  alias: string | undefined,
  scope: Scope,
  env: Env,
): Columns {
  const node = as(call, 'FuncCall')
  const { value, values, expanded } = node
    ? readCallOf(node, scope, env)
    : { value: readValue(call, scope, env), values: [], expanded: false }
  // What a body that was read uses, it has said itself.
  use(env, expanded ? values : [value], 'argument')
  if (declared.length > 0)
    return {
      columns: declared.map((each, at) => {
        const definition = as(each, 'ColumnDef')
        const type = resolveType(definition?.typeName, env.analysis)
        // The types must be those that come back: nothing is cast.
        const field = value.row?.length === declared.length ? value.row[at]?.value : undefined
        return {
          name: text(definition?.colname) ?? '?',
          value: applyCast(compute([field && expanded ? field : value]), type, env),
        }
      }),
    }
  const name = functionName(call)
  const parts = nameParts(node?.funcname) ?? []
  if (expanded) return value.row ? { columns: value.row } : userColumns(name, value, alias, env)
  const foreign = value.unprovable !== undefined
  if (foreign) return userColumns(name, value, alias, env)
  if (value.row) return { columns: value.row }
  if (name === undefined || parts.length > 2) return scalar(alias ?? name ?? unwrap(call)?.type ?? '?', value)
  if (name === 'unnest') return unnested(call, value, alias, scope, env)
  if (OPEN_RESULTS.has(name)) return { columns: [], open: `the columns of \`${name}\` are not known` }
  const listed = RESULT_COLUMNS.get(name)
  if (listed) return columnsOf(listed, value)
  return scalar(alias ?? name, value)
}

function scalar(name: string, value: Value): Columns {
  return { columns: [{ name, value }] }
}

/** A single OUT column takes the alias's name, as a scalar's does. */
function columnsOf(names: readonly string[], value: Value): Columns {
  const alone = names.length === 1
  return { columns: names.map((name) => ({ name, value: alone ? value : compute([value]) })) }
}

/** unnest(a, b) gives a column for each; an array of rows gives the row's columns. */
function unnested(call: unknown, value: Value, alias: string | undefined, scope: Scope, env: Env): Columns {
  const args = list(as(call, 'FuncCall')?.args)
  const name = args.length === 1 ? (alias ?? 'unnest') : 'unnest'
  if (value.foreign) return { ...scalar(name, value), open: 'the elements of an array may be rows' }
  if (args.length < 2) {
    if (value.type === TSVECTOR) return columnsOf(['lexeme', 'positions', 'weights'], value)
    return scalar(name, value)
  }
  return { columns: args.map((each) => ({ name, value: compute([readValue(each, scope, env)]) })) }
}

const TSVECTOR = 3614

/** What a user's function yields: the columns of its row type, or one. */
function userColumns(name: string | undefined, value: Value, alias: string | undefined, env: Env): Columns {
  const { catalog } = env.analysis
  const routines = name === undefined ? [] : catalog.routines(name)
  const types = new Set(routines.map((routine) => routine.returns))
  const open = `the columns of \`${name ?? 'a function'}\` are not known`
  if (types.size !== 1) return { columns: [], open }
  const type = catalog.typeByOid([...types][0] ?? 0)
  if (type && type.relation !== 0) {
    const relation = catalog.relationByOid(type.relation)
    return relation
      ? {
          columns: relation.columns.map((column) => ({
            name: column.name,
            value: { ...value, type: column.type },
          })),
        }
      : { columns: [], open }
  }
  if (routines.some((routine) => routine.returns === RECORD)) return { columns: [], open }
  const names = new Set(routines.map((routine) => outputName(routine)))
  if (names.size > 1) return { columns: [], open }
  return scalar([...names][0] ?? alias ?? name ?? '?', value)
}

const RECORD = 2249
