/** Function calls, aggregates and windows among them. */

import { use, weigh } from '../../lineage/mention.js'
import type { Scope } from '../../lineage/scope.js'
import { CONSTANT, compute, constantOf, heavier, unprovable, type Value } from '../../lineage/value.js'
import { TYPE } from '../functions/builtin-types.js'
import { type FunctionJudgement, judgeFunction, notKnown } from '../functions/judge.js'
import { RESULT_COLUMNS } from '../functions/result-columns.js'
import { as, list, type Tree } from '../tree.js'
import { actOn } from './acting-call.js'
import { act, type Env, opaque } from './analysis.js'
import { mayHoldArrays } from './array-value.js'
import { convertArguments } from './conversion.js'
import { apart, isSpelled, KEEPS_KEYS, KEEPS_TEXTS, narrow, POSITION, somewhere } from './document-path.js'
import { readValue } from './expression.js'
import { nameParts } from './names.js'
import { project } from './reference.js'
import { expandRoutine } from './routines/expand.js'
import { alternatives } from './routines/run.js'

/** What some built-ins return, where other judgements ask for it. */
const RESULTS: Readonly<Record<string, number>> = {
  length: TYPE.int4,
  char_length: TYPE.int4,
  md5: TYPE.text,
  substr: TYPE.text,
  substring: TYPE.text,
  left: TYPE.text,
  right: TYPE.text,
  concat: TYPE.text,
  concat_ws: TYPE.text,
  replace: TYPE.text,
  initcap: TYPE.text,
  btrim: TYPE.text,
  to_char: TYPE.text,
  format: TYPE.text,
  row_to_json: TYPE.json,
  to_json: TYPE.json,
  to_jsonb: TYPE.jsonb,
  json_agg: TYPE.json,
  jsonb_agg: TYPE.jsonb,
  json_build_object: TYPE.json,
  jsonb_build_object: TYPE.jsonb,
  now: 1184,
  version: TYPE.text,
  current_setting: TYPE.text,
  format_type: TYPE.text,
  pg_get_expr: TYPE.text,
  obj_description: TYPE.text,
  col_description: TYPE.text,
  quote_ident: TYPE.text,
  array_to_string: TYPE.text,
  pg_get_userbyid: TYPE.name,
  current_schema: TYPE.name,
  current_database: TYPE.name,
  regexp_replace: TYPE.text,
  pg_table_is_visible: TYPE.bool,
  has_table_privilege: TYPE.bool,
  date_trunc: 0,
  string_agg: 0,
}

/** What makes keys of every other argument. */
const NAMING = /^jsonb?_(?:build_object|object_agg)$/
const ELEMENTS = /^jsonb?_array_elements$/
const POPULATING = /^jsonb?_populate_record(set)?$/

/** Whether a name alone could be called, with one argument: a built-in, vetted or not, a user's routine, or the session's. */
export function isFunctionName(name: string, env: Env): boolean {
  if (env.analysis.overlay.has(name)) return true
  const quiet = { ...env.analysis, unknownName: () => {} }
  const judged = judgeFunction([name], 1, quiet)
  return judged.kind !== 'opaque' || judged.resource.kind === 'routine'
}

/** The fields of ORDER BY lists, partitions and frames. */
export function readOver(node: Tree, scope: Scope, env: Env): void {
  use(
    env,
    list(node.partitionClause).map((each) => readValue(each, scope, env)),
    'group',
  )
  use(
    env,
    list(node.orderClause).map((each) => readValue(as(each, 'SortBy')?.node, scope, env)),
    'order',
  )
  for (const bound of [node.startOffset, node.endOffset])
    if (bound !== undefined) use(env, [readValue(bound, scope, env)], 'argument')
}

export function readCall(node: Tree, scope: Scope, env: Env): Value {
  return readCallOf(node, scope, env).value
}

export interface Called {
  readonly value: Value
  readonly values: readonly Value[]
  /** Its body was read: what it uses of its arguments and of all else is in the ledger. */
  readonly expanded: boolean
}

/** A call with what it was given, for FROM. */
export function readCallOf(node: Tree, scope: Scope, env: Env): Called {
  const name = nameParts(node.funcname)
  if (name === undefined) {
    const why = 'a function has no plain name'
    opaque(env, why)
    return { value: unprovable(why), values: [], expanded: false }
  }
  const nodes = list(node.args)
  const values = nodes.map((each) => readValue(each, scope, env))
  const sorted = list(node.agg_order).map((each) => readValue(as(each, 'SortBy')?.node, scope, env))
  use(env, sorted, 'order')
  if (node.agg_filter !== undefined) use(env, [readValue(node.agg_filter, scope, env)], 'filter')
  if (node.agg_distinct === true) use(env, values, 'group')
  const over = node.over
  if (typeof over === 'object' && over !== null) readOver(over as Tree, scope, env)
  const args = node.agg_within_group === true ? [...values, ...sorted] : values
  const variadic = node.func_variadic === true
  return { ...call(name, args, env, { nodes, variadic }), values: args }
}

interface CallForm {
  readonly nodes: readonly unknown[]
  readonly variadic: boolean
}

type Result = Pick<Called, 'value' | 'expanded'>

export function applyFunction(name: readonly string[], values: readonly Value[], env: Env): Value {
  return call(name, values, env, { nodes: [], variadic: false }).value
}

function call(name: readonly string[], values: readonly Value[], env: Env, form: CallForm): Result {
  const [first] = values
  const last = name.at(-1) ?? ''
  const field = name.length === 1 && values.length === 1 && first?.row?.some((column) => column.name === last)
  // `pw(s)` means `(s).pw` where no function takes it.
  if (field && !isFunctionName(last, env) && first) return { value: project(first, last), expanded: false }
  const judged = judgeFunction(name, values.length, env.analysis)
  env.ledger.functions.add(judged.name)
  if ((judged.collects || gathersFractions(last, values)) && !env.stored) env.ledger.collects = true
  const counts = judged.kind === 'clean' && last === 'count'
  const { value, expanded } = counts
    ? { value: count(values, env), expanded: false }
    : judged.unreviewed.length > 0
      ? callRoutines(judged, values, env, form)
      : { value: result(judged, values, env, form), expanded: false }
  return { value: field && first ? compute([value, project(first, last)]) : value, expanded }
}

/** Whichever candidate the server takes: what all of them do counts (R3). */
function callRoutines(judged: FunctionJudgement, values: readonly Value[], env: Env, form: CallForm): Result {
  const results: Value[] = []
  for (const routine of judged.unreviewed) {
    const found = expandRoutine(routine, { values, ...form }, env)
    if ('why' in found) {
      const why = notKnown(judged.name, found.why)
      return { value: result({ ...judged, why }, values, env, form), expanded: false }
    }
    results.push(found)
  }
  const reviewed = judged.routines.filter((routine) => !judged.unreviewed.includes(routine))
  if (reviewed.length > 0) {
    use(env, values, 'argument')
    for (const { schema, name } of reviewed)
      act(env, {
        verb: 'call',
        resource: { ...judged.resource, path: [judged.resource.path[0] ?? '', schema, name] },
        certainty: 'exact',
      })
    results.push(unprovable(`what \`${judged.name}\` returns is not known`, values))
  }
  if (judged.builtin) results.push(result(judged.builtin, values, env, form))
  return { value: alternatives(results), expanded: reviewed.length === 0 && !judged.builtin }
}

const FRACTIONS: ReadonlySet<number | undefined> = new Set([TYPE.numeric, TYPE.float8, TYPE.int4])

/** A list of fractions gives as many values; a single one gives one. */
function gathersFractions(name: string, [fraction]: readonly Value[]): boolean {
  return name.startsWith('percentile_') && !FRACTIONS.has(fraction?.type)
}

/** How many there are of a column's values tells nothing of them; of an expression's, how the expression went. */
function count(values: readonly Value[], env: Env): Value {
  if (!values.every(plain)) use(env, values, 'argument')
  const { leaves, ...rest } = compute(values)
  return leaves.size === 0 && rest.unprovable === undefined
    ? constantOf(TYPE.int8)
    : { ...CONSTANT, how: 'counted', leaves, type: TYPE.int8 }
}

/** What all candidates return, where that is one type that a vetted module gives. */
function soleReturn({ kind, routines: [first, ...others] }: FunctionJudgement): number | undefined {
  const same = first !== undefined && others.every(({ returns }) => returns === first.returns)
  return kind === 'clean' && same && !first.returnsSet ? first.returns : undefined
}

/** Names of the columns that a vetted module's row has. */
function outNames({ routines: [first, ...others] }: FunctionJudgement): readonly string[] | undefined {
  if (first === undefined || others.length > 0) return undefined
  return first.parameters?.filter(({ mode }) => mode !== 'in' && mode !== 'variadic').map(({ name }) => name)
}

function result(judged: FunctionJudgement, given: readonly Value[], env: Env, form: CallForm): Value {
  const last = judged.name.split('.').at(-1) ?? ''
  const values = KEEPS_KEYS.has(last)
    ? given.map((value, at) => (NAMING.test(last) && at % 2 === 0 ? apart(value, env) : value))
    : given.map((value) => (KEEPS_TEXTS.has(last) && isSpelled(value) ? value : somewhere(value, env)))
  const users = judged.routines.length > 0
  const type = users
    ? soleReturn(judged)
    : judged.kind === 'routine' || judged.kind === 'opaque'
      ? undefined
      : RESULTS[last]
  const [document] = values
  const element = ELEMENTS.test(last) && document ? narrow(document, [POSITION], true, env) : undefined
  const whole = element ?? compute(values, type === 0 ? undefined : type)
  if (judged.kind !== 'routine' && judged.kind !== 'opaque') {
    const converted = convertArguments(values, last.includes('json'), env)
    if (converted) return converted
  }
  if (judged.kind.startsWith('total')) return total(judged, whole, last, values, env)
  switch (judged.kind) {
    case 'clean':
      use(env, values, 'argument')
      break
    case 'acting':
      use(env, values, 'argument')
      actOn(judged, values, form.nodes, env)
      break
    default:
      use(env, values, 'argument')
      if (!judged.provable || judged.verbs.some((verb) => verb !== 'read' && verb !== 'call'))
        use(env, values, 'flow')
      for (const verb of judged.verbs)
        act(env, {
          verb,
          resource: judged.resource,
          certainty: judged.certainty,
          ...(judged.why === undefined ? {} : { why: judged.why }),
        })
  }
  if (!judged.provable)
    return unprovable(judged.why ?? `what \`${judged.name}\` returns is not known`, values)
  const populated = !users && POPULATING.test(last) ? values[0]?.row : undefined
  const listed = judged.kind === 'clean' ? (users ? outNames(judged) : RESULT_COLUMNS.get(last)) : undefined
  const row =
    populated?.map(({ name, value }) => ({ name, value: compute([whole], value.type) })) ??
    (listed && listed.length > 1 ? listed.map((name) => ({ name, value: whole })) : undefined)
  if (row) return { ...whole, row }
  return heavier(whole, Number.POSITIVE_INFINITY)
}

/** Escaping and spelling out double what they get; a separator stands between all. */
const DOUBLING: ReadonlySet<string> = new Set([
  'encode',
  'quote_literal',
  'quote_nullable',
  'quote_ident',
  'jsonb_pretty',
])

function plain(value: Value): boolean {
  return (
    value.how === 'copied' ||
    value.how === 'constant' ||
    (value.row?.every(({ value: field }) => plain(field)) ?? false)
  )
}

function total(
  judged: FunctionJudgement,
  whole: Value,
  last: string,
  values: readonly Value[],
  env: Env,
): Value {
  if (judged.kind === 'total-first') use(env, values.slice(1), 'argument')
  if (judged.kind === 'total-positions' && !values.slice(1).every((value) => value.position))
    use(env, values, 'argument')
  if (judged.collects) {
    // Many rows of what was compared first show by their size how the comparison went.
    if (!values.every(plain) || (last === 'array_agg' && values.some((value) => mayHoldArrays(value, env))))
      use(env, values, 'argument')
    return heavier(whole, Number.POSITIVE_INFINITY)
  }
  const { weight: _, ...light } = whole
  if (last === 'md5' || last.startsWith('sha')) return light
  const factor = last === 'concat_ws' ? values.length : DOUBLING.has(last) || last.includes('json') ? 2 : 1
  return weigh(env, factor === 1 ? whole : heavier(whole, factor), values)
}
