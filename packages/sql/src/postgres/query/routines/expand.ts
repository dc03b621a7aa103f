/** A call of a SQL-language routine as what its body does (R3, R4). */
import type { CatalogRoutine } from '../../../catalog.js'
import type { Columns } from '../../../lineage/columns.js'
import { use } from '../../../lineage/mention.js'
import { EMPTY, type Item, type Namespace, type Scope, within } from '../../../lineage/scope.js'
import { type Column, unprovable, type Value, weightOf } from '../../../lineage/value.js'
import { splitSearchPath } from '../../search-path.js'
import { unwrap } from '../../tree.js'
import { type Analysis, act, definedAnalysis, type Env } from '../analysis.js'
import { readValue } from '../expression.js'
import { readSelect } from '../select.js'
import { readWrite } from '../write.js'
import { bindArguments, type InputParameter, type Invocation, inputsOf } from './arguments.js'
import { bodyOf, numberedName, settingName } from './body.js'
import { coerce } from './coerce.js'
import { resultOf } from './result.js'

/** Routines in routines and views: beyond this nothing is read any more. */
const DEPTH = 32
/** Nodes of a body that count as much as one query block. */
const NODES_PER_BLOCK = 60
/** A parameter's weight (expression.ts). */
const MESSAGE = 4

/** The value of the call, or why the body cannot be read; what it does is then in the ledger. */
export function expandRoutine(
  routine: CatalogRoutine,
  invocation: Invocation,
  env: Env,
): Value | { readonly why: string } {
  const calls = env.calls ?? []
  if (calls.includes(routine.oid)) return { why: 'it calls itself' }
  if (env.depth >= DEPTH) return { why: 'it nests too deeply' }
  const bound = bindArguments(routine, invocation)
  if ('why' in bound) return bound
  const inputs = inputsOf(routine)
  const inner = insideOf(routine, env)
  const values: Value[] = []
  const constants = new Set<number>()
  for (const [at, input] of inputs.entries()) {
    const given = bound[at]
    const found = given === 'default' || given === undefined ? defaultOf(routine, input, inner) : given.value
    if (found === undefined) return { why: `the default of an argument of \`${routine.name}\` is not known` }
    const value = coerce(found, input.type, env)
    values.push(value)
    const plain = value.how === 'constant' && value.unprovable === undefined && weightOf(value) <= MESSAGE
    if (given !== 'default' && given?.constant && plain && value.row === undefined) constants.add(at + 1)
  }
  const body = bodyOf(routine, env.analysis.catalog, constants)
  if ('why' in body) return body
  env.ledger.budget -= 1 + Math.floor(body.size / NODES_PER_BLOCK)
  if (env.ledger.budget < 0) return { why: 'what it calls unfolds into too many parts' }
  // Whatever the body does with them, the call reads its arguments.
  use(env, values, 'output')
  const { database } = env.analysis.catalog.catalog
  env.ledger.functions.add(`${database}.${routine.schema}.${routine.name}`)
  act(env, {
    verb: 'call',
    resource: {
      kind: 'routine',
      path: [database, routine.schema, routine.name],
      system: routine.schema === 'pg_catalog',
    },
    certainty: 'exact',
    derived: env.derived,
    ...(routine.securityDefiner ? { why: `\`${routine.name}\` runs with the rights of its owner` } : {}),
  })
  const outer = within(parameterScope(routine, inputs, values), undefined)
  const types = values.map(({ type }) => type ?? 0)
  const own: Env = { ...inner, outer, analysis: { ...inner.analysis, parameterTypes: types } }
  let last: Columns | undefined
  for (const statement of body.statements) last = readStatement(statement, outer, own)
  const result = resultOf(routine, last, own)
  if (result.unprovable === undefined) return result
  // Where it is not known what became of the arguments, anything may have.
  use(env, values, 'argument')
  return { ...result, ...unprovable(result.unprovable, [result, ...values]) }
}

/** The surroundings of a body: whose names it sees, and that all it reads is derived. */
function insideOf(routine: CatalogRoutine, env: Env): Env {
  return {
    ...env,
    analysis: analysisInside(routine, env.analysis),
    derived: true,
    ctes: undefined,
    outer: undefined,
    depth: env.depth + 1,
    calls: [...(env.calls ?? []), routine.oid],
    top: false,
    // What it asks of a field may hang on what it was given, and its names on the session.
    owned: false,
    steering: undefined,
  }
}

/** A body that was parsed when it was made shows qualified names; any other looks its names up when it runs. */
function analysisInside(routine: CatalogRoutine, analysis: Analysis): Analysis {
  const { securityDefiner, owner, settings } = routine
  const present = analysis.runPath ?? analysis.searchPath
  const setting = settings?.findLast((each) => settingName(each) === 'search_path')
  // `$user` is the owner there, and who that is an old file of the catalog does not tell.
  const lost = securityDefiner && owner === undefined && /\$user/.test(String(present))
  const runPath =
    setting === undefined
      ? lost
        ? 'unknown'
        : present
      : (splitSearchPath(setting.slice(setting.indexOf('=') + 1)) ?? 'unknown')
  // Who listens for names listens for those of the statement's own text.
  const { resolved: _, missing: __, ...rest } = analysis
  return {
    ...rest,
    ...(securityDefiner && owner !== undefined ? { account: owner } : {}),
    literalMattered: () => {},
    parameterTypes: [],
    searchPath: routine.atomic ? ['pg_catalog'] : runPath,
    bound: routine.atomic === true,
    late: true,
    runPath,
  }
}

/** Defaults were parsed when the routine was made. */
function defaultOf(routine: CatalogRoutine, input: InputParameter, env: Env): Value | undefined {
  const expressions = env.analysis.catalog.defaultExpressions(routine)
  const expression = input.default === undefined ? undefined : expressions?.[input.default]
  if (expression === undefined) return undefined
  return readValue(expression, within(EMPTY, undefined), { ...env, analysis: definedAnalysis(env.analysis) })
}

/** Parameters stand behind every column: by name, by the routine's name, by number (functions.c, sql_fn_post_column_ref). */
function parameterScope(
  routine: CatalogRoutine,
  inputs: readonly InputParameter[],
  values: readonly Value[],
): Namespace {
  const columns: Column[] = []
  const rows: Item[] = []
  for (const [at, { name }] of inputs.entries()) {
    const value = values[at]
    if (value === undefined) continue
    for (const each of [numberedName(at + 1), ...(name === '' ? [] : [name])]) {
      columns.push({ name: each, value })
      if (value.row) rows.push({ name: each, schema: routine.name, columns: value.row })
    }
  }
  return { columns, items: [...rows, { name: routine.name, columns }] }
}

function readStatement(statement: unknown, outer: Scope, env: Env): Columns {
  const found = unwrap(statement)
  if (found?.type === 'ReturnStmt')
    return { columns: [{ name: '?column?', value: readValue(found.node.returnval, outer, env) }] }
  if (found?.type === 'SelectStmt') return readSelect(found.node, env)
  return readWrite(found?.type ?? '', found?.node ?? {}, env)
}
