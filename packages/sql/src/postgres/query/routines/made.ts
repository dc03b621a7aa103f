/** The parameters of a routine that is being made, as its body sees them: nothing is known of their values. */
import { EMPTY, type Item, type Namespace } from '../../../lineage/scope.js'
import { type Column, constantOf, type Value } from '../../../lineage/value.js'
import type { Env } from '../analysis.js'
import { resolveType } from '../names.js'

export interface MadeRoutine {
  readonly name: string
  /** Those that a body can name (functions.c, sql_fn_post_column_ref); `type`: a TypeName. */
  readonly parameters: readonly { readonly name: string; readonly type: unknown }[]
}

/** They stand behind every column, by name and by the routine's name. */
export function parametersOf(routine: MadeRoutine | undefined, env: Env): Namespace {
  if (routine === undefined) return EMPTY
  const columns = routine.parameters.map(
    ({ name, type }): Column => ({ name, value: parameterOf(type, env) }),
  )
  const rows = columns.flatMap(({ name, value: { row } }): readonly Item[] =>
    row === undefined ? [] : [{ name, schema: routine.name, columns: row }],
  )
  return { columns, items: [...rows, { name: routine.name, columns }] }
}

function parameterOf(typeName: unknown, env: Env): Value {
  const { oid, user } = resolveType(typeName, env.analysis)
  const value = { ...constantOf(oid > 0 ? oid : undefined), ...(oid > 0 ? {} : { foreign: true }) }
  const relation = user && env.analysis.catalog.relationByOid(user.relation)
  if (relation === undefined) return value
  return { ...value, row: relation.columns.map(({ name, type }) => ({ name, value: constantOf(type) })) }
}
