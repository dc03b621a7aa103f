/** Function calls, aggregates and windows among them. */
import { use, weigh } from '../../lineage/mention.js'
import { CONSTANT, compute, constantOf, heavier, unprovable, type Value } from '../../lineage/value.js'
import { fold } from '../catalog-index.js'
import { type FunctionJudgement, judgeFunction } from '../functions/judge.js'
import { DOUBLING, SIZED_RESULT } from '../functions/total.js'
import { actOn } from './acting-call.js'
import { act, argue, type Env, opaque, type Scope } from './analysis.js'
import { narrowed, withKeysLost } from './document-call.js'
import { byItsKeys } from './document-path.js'
import { oneOf, readValue, row, strange } from './expression.js'
import { familyOf, TYPE } from './known-types.js'
import { nameOf } from './names.js'
import { readTruth } from './operator.js'
import { positioned, sortExpressions } from './order.js'
import { findColumn } from './scope.js'
import { as, list, stranger, type Tree, text, tree, variant } from './tree.js'
import { readWindow } from './window.js'

const STRING_RESULT =
  /^(lower|lcase|upper|ucase|reverse|l?r?trim|concat(_ws)?|hex|to_base64|md5|sha[12]?|quote|left|right|substr(ing)?|mid|json_(unquote|value)|user|database|version)$/
const INTEGER_RESULT =
  /^(char(acter)?_length|(octet_|bit_)?length|crc32|isnull|count|row_number|(dense_)?rank|connection_id|row_count)$/
/** What comes back is of the type of what is given. */
const SAME_TYPE: ReadonlySet<string> = new Set([
  'max',
  'min',
  'any_value',
  'first_value',
  'last_value',
  'lag',
  'lead',
  'nth_value',
])

function resultType(name: string, values: readonly Value[]): number | undefined {
  if (STRING_RESULT.test(name))
    return values.some(({ type }) => familyOf(type) === 'bytes') ? undefined : TYPE.string
  if (INTEGER_RESULT.test(name)) return TYPE.integer
  return SAME_TYPE.has(name) ? values[0]?.type : undefined
}

interface CallForm {
  readonly nodes: readonly unknown[]
  readonly scope?: Scope
}

/** Arguments, and what stands with them: DISTINCT, ORDER BY, LIMIT, SEPARATOR. */
function readArguments(
  node: Tree,
  scope: Scope,
  env: Env,
): { nodes: readonly unknown[]; values: readonly Value[]; star: boolean } {
  const found = variant(node.args)
  if (found?.type === 'None') return { nodes: [], values: [], star: false }
  const clause = tree(found?.node)
  const odd = clause && stranger(clause, 'duplicate_treatment args clauses')
  if (found?.type !== 'List' || !clause || odd !== undefined) {
    opaque(env, 'the arguments of a function are not understood')
    return { nodes: [], values: [], star: false }
  }
  const nodes: unknown[] = []
  let star = false
  for (const each of list(clause.args)) {
    const argument = variant(as(each, 'Unnamed'))
    if (argument?.type === 'Expr') nodes.push(argument.node)
    else if (argument?.type === 'Wildcard') star = true
    else opaque(env, 'an argument of a function is not understood')
  }
  const values = nodes.map((each) => readValue(each, scope, env))
  if (clause.duplicate_treatment === 'Distinct') use(env, byItsKeys(values, env), 'group')
  for (const each of list(clause.clauses)) {
    const part = variant(each)
    if (part?.type === 'OrderBy')
      for (const sort of sortExpressions(part.node, env))
        use(
          env,
          byItsKeys([positioned(sort, () => values, env) ?? readValue(sort, scope, env)], env),
          'order',
        )
    else if (part?.type === 'Limit') argue(env, [readValue(part.node, scope, env)])
    else if (part?.type !== 'Separator' && part?.type !== 'JsonReturningClause')
      opaque(env, 'a clause of a function is not understood')
    if (part?.type === 'JsonReturningClause') argue(env, values)
  }
  return { nodes, values, star }
}

export function readFunction(node: Tree, scope: Scope, env: Env): Value {
  const parts = list(node.name).map((part) => tree(as(part, 'Identifier')))
  const name = parts.map((part) => text(part?.value))
  const plain = parts.every((part) => part?.quote_style == null || part.quote_style === '`')
  if (name.length === 0 || name.some((part) => part === undefined) || !plain || node.parameters !== 'None')
    return strange('a function has no plain name', env)
  const own = fold(name.at(-1) ?? '')
  const quoted = parts.at(-1)?.quote_style != null
  if (name.length === 1 && !quoted) {
    const special = readSpecial(own, node, scope, env)
    if (special) return isPlain(node) ? special : strange(`\`${own}\` is not understood`, env, [special])
  }
  if (node.filter != null) use(env, byItsKeys([readValue(node.filter, scope, env)], env), 'filter')
  const grouped = sortExpressions(node.within_group, env).map((sort) => readValue(sort, scope, env))
  if (grouped.length > 0) argue(env, grouped)
  const { nodes, values, star } = readArguments(node, scope, env)
  if (node.over != null) readWindow(node.over, scope, env)
  if (star && own !== 'count') opaque(env, `\`${own}(*)\` is not understood`)
  return applyFunction(name as string[], [...values, ...grouped], env, { nodes, scope })
}

/** Arguments and nothing else. */
function isPlain(node: Tree): boolean {
  const clause = tree(as(node.args, 'List'))
  const more =
    [node.filter, node.over, node.null_treatment].some((each) => each != null) ||
    list(node.within_group).length > 0
  return !more && clause !== undefined && stranger(clause, 'args') === undefined
}

function argumentsOf(node: Tree): readonly unknown[] {
  return list(tree(as(node.args, 'List'))?.args).map((each) => as(as(each, 'Unnamed'), 'Expr'))
}

/** Forms that look like functions but are grammar. */
function readSpecial(name: string, node: Tree, scope: Scope, env: Env): Value | undefined {
  const nodes = argumentsOf(node)
  switch (name) {
    case 'row':
      return row(nodes.map((each) => readValue(each, scope, env)))
    case 'if': {
      if (nodes.length !== 3) return undefined
      const condition = readTruth([readValue(nodes[0], scope, env)], env)
      use(env, byItsKeys([condition], env), 'filter')
      return oneOf(nodes.slice(1).map((each) => readValue(each, scope, env)))
    }
    case 'values':
    case 'value': {
      const column =
        nameOf(tree(as(nodes[0], 'Identifier'))) ?? nameOf(list(as(nodes[0], 'CompoundIdentifier')).at(-1))
      const found = env.inserted?.find((each) => fold(each.name) === fold(column?.value ?? ''))
      return found?.value ?? (env.inserted ? strange('VALUES() of no column', env) : CONSTANT)
    }
    case 'default':
      // No data, but the server says that it comes from the column (R1).
      return compute(nodes.map((each) => readValue(each, scope, env)))
    case 'timestampdiff':
    case 'timestampadd': {
      // The first argument is a unit.
      const values = nodes.slice(1).map((each) => readValue(each, scope, env))
      return applyFunction([name], values, env, { nodes, scope })
    }
    case 'get_format':
      return applyFunction(
        [name],
        nodes.slice(1).map((each) => readValue(each, scope, env)),
        env,
      )
    case 'grouping':
      use(
        env,
        nodes.map((each) => readValue(each, scope, env)),
        'group',
      )
      return constantOf(TYPE.integer)
    case 'nextval':
    case 'lastval':
    case 'setval': {
      const values = nodes.slice(1).map((each) => readValue(each, scope, env))
      return applyFunction([name], values, env, { nodes, scope })
    }
    default:
      return undefined
  }
}

export function applyFunction(
  name: readonly string[],
  values: readonly Value[],
  env: Env,
  form: CallForm = { nodes: [] },
): Value {
  const judged = judgeFunction(name, values.length, env.analysis)
  env.ledger.functions.add(judged.name)
  if (judged.collects && !env.stored) env.ledger.collects = true
  if (judged.kind === 'clean' && judged.name === 'count') return count(values, env)
  if (judged.kind !== 'routine' && judged.kind !== 'opaque') {
    const inside = narrowed(judged.name, values, form.nodes, env)
    if (inside) return inside
  }
  return result(judged, withKeysLost(judged.name, values, env), env, form)
}

/** How many are not NULL: of a computed value that tells how a comparison went (`count(pw = 'a' or null)`). */
function count(values: readonly Value[], env: Env): Value {
  if (values.some((value) => value.how === 'computed')) argue(env, values)
  const { leaves, ...rest } = compute(values)
  return leaves.size === 0 && rest.unprovable === undefined
    ? constantOf(TYPE.integer)
    : { ...rest, how: 'counted', leaves, type: TYPE.integer }
}

function result(judged: FunctionJudgement, values: readonly Value[], env: Env, form: CallForm): Value {
  const whole = compute(
    values,
    judged.kind === 'routine' || judged.kind === 'opaque' ? undefined : resultType(judged.name, values),
  )
  switch (judged.kind) {
    case 'total':
      return total(judged, whole, values, env)
    case 'total-first':
      if (values.slice(1).some((value) => value.leaves.size > 0 || value.unprovable !== undefined))
        argue(env, values.slice(1))
      return total(judged, whole, values, env)
    case 'total-positions':
      if (!values.slice(1).every((value) => value.position)) argue(env, values)
      return total(judged, whole, values, env)
    case 'clean':
      argue(env, values)
      return heavier(whole, Number.POSITIVE_INFINITY)
    case 'acting':
      argue(env, values)
      actOn(judged, form.nodes, env)
      break
    default:
      argue(env, values)
      if (judged.kind === 'routine')
        env.ledger.uncounted ??= 'the server does not count what a routine changes'
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
  return heavier(whole, Number.POSITIVE_INFINITY)
}

function plain(value: Value): boolean {
  return value.how === 'copied' || value.how === 'constant'
}

function total(judged: FunctionJudgement, whole: Value, values: readonly Value[], env: Env): Value {
  if (judged.collects) {
    // Many rows of what was compared first show by their size how the comparison went.
    if (!values.every(plain)) argue(env, values)
    return heavier(whole, Number.POSITIVE_INFINITY)
  }
  if (SIZED_RESULT.has(judged.name)) {
    const { weight: _, ...light } = whole
    return light
  }
  const factor = judged.name === 'concat_ws' ? Math.max(1, values.length) : DOUBLING.has(judged.name) ? 2 : 1
  return weigh(env, factor === 1 ? whole : heavier(whole, factor), values)
}

/** Whether a bare word would be a column here rather than a unit. */
export function isColumn(name: string, scope: Scope): boolean {
  return findColumn(scope, name) !== undefined
}
