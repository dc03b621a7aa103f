/** A routine that runs without being called by name: an operator's, a cast's. */
import type { Resource, Verb } from '@gatehouse/core'
import type { CatalogRoutine } from '../../../catalog.js'
import { use } from '../../../lineage/mention.js'
import {
  type Column,
  compute,
  constantOf,
  either,
  heavier,
  unprovable,
  type Value,
} from '../../../lineage/value.js'
import { TYPE } from '../../functions/builtin-types.js'
import { onlyComputes } from '../../functions/extensions.js'
import { act, type Env } from '../analysis.js'
import { expandRoutine } from './expand.js'

const EXTRAS: readonly Value[] = [constantOf(TYPE.int4), constantOf(TYPE.bool)]

/** What it gives; or why nobody knows. A cast's routine may take a length and how it was asked for as well. */
export function runRoutine(
  routine: CatalogRoutine | undefined,
  values: readonly Value[],
  env: Env,
): Value | { readonly why: string } {
  if (routine === undefined) return { why: 'it is not in the catalog' }
  if (onlyComputes(routine)) {
    use(env, values, 'argument')
    return heavier(compute(values, routine.returns), Number.POSITIVE_INFINITY)
  }
  const review = env.analysis.catalog.reviewed(routine)
  if (!review) {
    const args = [...values, ...EXTRAS].slice(0, Math.max(values.length, routine.arguments.length))
    return expandRoutine(routine, { values: args, nodes: [], variadic: false }, env)
  }
  use(env, values, 'argument')
  for (const verb of ['call' as const, ...(review.clean ? [] : (review.verbs as readonly Verb[]))])
    act(env, { verb, resource: routineResource(routine, env), certainty: 'exact', derived: env.derived })
  return review.clean
    ? heavier(compute(values, routine.returns), Number.POSITIVE_INFINITY)
    : unprovable(`what \`${routine.name}\` returns is not known`, values)
}

export function routineResource({ schema, name }: CatalogRoutine, env: Env): Resource {
  const { database } = env.analysis.catalog.catalog
  return { kind: 'routine', path: [database, schema, name], system: schema === 'pg_catalog' }
}

/** One of these: whichever of several candidates the server takes. */
export function alternatives(values: readonly Value[]): Value {
  const [first] = values
  if (first === undefined || values.length === 1) return first ?? constantOf(undefined)
  const whole = either(values)
  const rows = values.map(({ row }) => row)
  const names = rows.map((row) => row?.map(({ name }) => name).join('\0'))
  if (first.row === undefined || names.some((each) => each !== names[0])) {
    const mixed = rows.some((row) => row !== undefined)
    return mixed
      ? { ...whole, foreign: true, unprovable: whole.unprovable ?? 'candidates differ in their columns' }
      : whole
  }
  const row = first.row.map(
    ({ name }, at): Column => ({
      name,
      value: either(rows.flatMap((each) => each?.[at]?.value ?? [])),
    }),
  )
  return { ...whole, row }
}
