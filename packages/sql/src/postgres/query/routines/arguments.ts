/** What a call hands to a routine's parameters: by position, by name, by default, and gathered by VARIADIC. */
import type { CatalogParameter, CatalogRoutine } from '../../../catalog.js'
import { compute, type Value } from '../../../lineage/value.js'
import { as, text } from '../../tree.js'

export interface Invocation {
  /** Of the arguments as they are written. */
  readonly values: readonly Value[]
  /** Their nodes, where the call has any: names stand there. */
  readonly nodes: readonly unknown[]
  /** `VARIADIC array`: the last argument is the array itself. */
  readonly variadic: boolean
}

export interface InputParameter {
  readonly name: string
  readonly type: number
  readonly variadic: boolean
  /** Its position among those with a default, from 0. */
  readonly default?: number
}

const TAKES: ReadonlySet<CatalogParameter['mode']> = new Set(['in', 'inout', 'variadic'])

/** The parameters that a body can name, in the order of `$1`, `$2` …; a procedure's OUT ones have no number. */
export function inputsOf(routine: CatalogRoutine): readonly InputParameter[] {
  const named =
    routine.parameters?.filter(({ mode }) => TAKES.has(mode)) ??
    routine.arguments.map((type) => ({ name: '', type }))
  const first = named.length - routine.defaults
  return named.map(({ name, type }, at) => ({
    name,
    type,
    variadic: routine.variadic && at === named.length - 1,
    ...(at >= first ? { default: at - first } : {}),
  }))
}

/** How many arguments a call can have; CALL gives something for OUT parameters too. */
export function accepts(routine: CatalogRoutine, count: number): boolean {
  const procedure = routine.kind === 'procedure' && routine.parameters !== undefined
  const most = procedure ? (routine.parameters?.length ?? 0) : routine.arguments.length
  const least = most - routine.defaults - (routine.variadic ? 1 : 0)
  return count >= least && (routine.variadic || count <= most)
}

export interface Bound {
  readonly value: Value
  /** It is written as a constant or a parameter: the same for every row. */
  readonly constant: boolean
}

/** What each input parameter gets, `default` where nothing is given; or why they cannot be told apart. */
export function bindArguments(
  routine: CatalogRoutine,
  { values, nodes, variadic }: Invocation,
): readonly (Bound | 'default')[] | { readonly why: string } {
  const all = routine.parameters?.filter(({ mode }) => mode !== 'table')
  const inputs = inputsOf(routine)
  const places = placesOf(routine, inputs.length)
  const given = new Map<number, Bound[]>()
  for (const [at, value] of values.entries()) {
    const name = text(as(nodes[at], 'NamedArgExpr')?.name)
    const position = name === undefined ? places[Math.min(at, places.length - 1)] : indexOf(all, inputs, name)
    if (position === undefined) return { why: `\`${routine.name}\` has no parameter \`${name ?? at + 1}\`` }
    if (position >= 0)
      given.set(position, [...(given.get(position) ?? []), { value, constant: isConstant(nodes[at]) }])
  }
  const bound: (Bound | 'default')[] = []
  for (const [at, input] of inputs.entries()) {
    const found = given.get(at) ?? []
    const [only] = found
    if (only && found.length === 1 && (variadic || !input.variadic)) bound.push(only)
    else if (found.length > 0 || input.variadic)
      bound.push({
        value: compute(
          found.map(({ value }) => value),
          input.variadic ? input.type : undefined,
        ),
        constant: false,
      })
    else if (input.default !== undefined) bound.push('default')
    else return { why: `a call of \`${routine.name}\` lacks an argument` }
  }
  return bound
}

function isConstant(node: unknown): boolean {
  const inner = as(node, 'NamedArgExpr')?.arg ?? node
  const bare = as(inner, 'TypeCast')?.arg ?? inner
  return as(bare, 'A_Const') !== undefined || as(bare, 'ParamRef') !== undefined
}

/** The input that each argument by position is for; CALL counts OUT parameters too, which take nothing: -1. */
function placesOf(routine: CatalogRoutine, inputs: number): readonly number[] {
  if (routine.kind !== 'procedure' || routine.parameters === undefined)
    return Array.from({ length: inputs }, (_, at) => at)
  let next = 0
  return routine.parameters.map(({ mode }) => (TAKES.has(mode) ? next++ : -1))
}

/** By its name; -1 for an OUT parameter, which takes nothing. */
function indexOf(
  all: readonly CatalogParameter[] | undefined,
  inputs: readonly InputParameter[],
  name: string,
): number | undefined {
  const found = inputs.findIndex((input) => input.name === name)
  if (found >= 0) return found
  return all?.some((parameter) => parameter.name === name) ? -1 : undefined
}
