/** What a routine gives back: its last query's columns under the names and types that it declares. */
import type { CatalogRoutine } from '../../../catalog.js'
import type { Columns } from '../../../lineage/columns.js'
import {
  CONSTANT,
  type Column,
  composite,
  constantOf,
  unprovable,
  type Value,
} from '../../../lineage/value.js'
import { TYPE } from '../../functions/builtin-types.js'
import type { Env } from '../analysis.js'
import { coerce, isPolymorphic } from './coerce.js'

/** One declared column of what comes back. */
interface Declared {
  readonly name: string
  readonly type: number
}

const VOID = 2278

/** The OUT columns, or the fields of the row type; undefined for a scalar, or a record that the caller describes. */
export function declaredRow(routine: CatalogRoutine, env: Env): readonly Declared[] | undefined {
  const outs = outputsOf(routine)
  if (routine.returns === TYPE.record) return outs.length > 0 ? outs : undefined
  const { catalog } = env.analysis
  const type = catalog.typeByOid(routine.returns)
  const relation = type && type.relation !== 0 ? catalog.relationByOid(type.relation) : undefined
  return relation?.columns.map(({ name, type: of }) => ({ name, type: of }))
}

function outputsOf(routine: CatalogRoutine): readonly Declared[] {
  return (routine.parameters ?? []).filter(({ mode }) => mode !== 'in' && mode !== 'variadic')
}

/** In FROM a function with a single OUT column is called by it, whatever the alias (parse_relation.c). */
export function outputName(routine: CatalogRoutine): string | undefined {
  const outs = outputsOf(routine)
  return outs.length === 1 ? outs[0]?.name || undefined : undefined
}

/** `last`: of the body's last statement; undefined when it has none. */
export function resultOf(routine: CatalogRoutine, last: Columns | undefined, env: Env): Value {
  if (routine.returns === VOID && outputsOf(routine).length === 0) return constantOf(VOID)
  if (last === undefined) return CONSTANT
  const values = last.columns.map((column) => column.value)
  if (last.open !== undefined) return unprovable(last.open, values)
  const row = declaredRow(routine, env)
  if (row !== undefined) return rowOf(routine, row, values, env)
  if (routine.returns === TYPE.record) {
    const [only] = values
    return values.length === 1 && only?.row ? only : composite(last.columns, TYPE.record)
  }
  const [value] = values
  if (
    value === undefined ||
    values.length > 1 ||
    env.analysis.catalog.typeByOid(routine.returns)?.kind === 'composite'
  )
    return unprovable(`the columns of \`${routine.name}\` are not those that it declares`, values)
  return coerce(value, routine.returns, env)
}

/** By position: as many columns as are declared, or one that is the whole row. */
function rowOf(routine: CatalogRoutine, row: readonly Declared[], values: readonly Value[], env: Env): Value {
  const [only] = values
  const whole =
    only !== undefined &&
    values.length === 1 &&
    (row.length !== 1 || only.type === routine.returns || only.row !== undefined)
  const fields = whole ? only.row?.map((column) => column.value) : values
  if (fields === undefined || fields.length < row.length) {
    const all = unprovable(`the columns of \`${routine.name}\` are not those that it declares`, values)
    return {
      ...composite(
        row.map(({ name, type }) => ({ name, value: { ...all, type } })),
        routine.returns,
      ),
      ...all,
    }
  }
  const columns = row.map(({ name, type }, at): Column => {
    const value = fields[at] as Value
    return { name, value: isPolymorphic(type) ? value : coerce(value, type, env) }
  })
  const made = composite(columns, routine.returns)
  return only?.unprovable === undefined ? made : { ...made, how: 'computed', unprovable: only.unprovable }
}
