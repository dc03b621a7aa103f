/** A value as a parameter or a result takes it: of the declared type, through whatever cast or check runs on the way. */
import { type Column, compute, constantOf, type Value } from '../../../lineage/value.js'
import { TYPE } from '../../functions/builtin-types.js'
import type { Env } from '../analysis.js'
import { convertStored } from '../conversion.js'
import { checkDomain } from '../domain.js'

/** any, anyelement, anyarray …, record: the type of what is given. */
const POLYMORPHIC: ReadonlySet<number> = new Set([
  0, 2276, 2277, 2283, 2776, 3500, 3831, 4537, 4538, 5077, 5078, 5079, 5080, 2249, 2287,
])

export function isPolymorphic(type: number): boolean {
  return POLYMORPHIC.has(type)
}

const INTEGERS: ReadonlySet<number> = new Set([TYPE.int2, TYPE.int4, TYPE.int8])

/** What comes out is no field itself any more: `same` would let a lookup through that the body may have changed. */
export function coerce(value: Value, type: number, env: Env): Value {
  if (isPolymorphic(type)) return { ...loosened(value), ...(value.row ? { row: value.row } : {}) }
  if (value.how === 'counted') return { ...value, type }
  // Nothing is lost: what it was made from is not known anyway.
  if (value.unprovable !== undefined) return { ...value, type }
  const converted = convertStored(value, type, env)
  if (converted) return { ...converted, type }
  checkDomain(value, type, env)
  if (value.leaves.size === 0 && value.unprovable === undefined && value.row === undefined) {
    const { position, weight, foreign, shared } = { ...constantOf(type), ...value }
    return {
      ...constantOf(type),
      ...(position && INTEGERS.has(type) ? { position } : {}),
      ...(weight === undefined ? {} : { weight }),
      ...(foreign || constantOf(type).foreign ? { foreign: true } : {}),
      ...(shared ? { shared } : {}),
    }
  }
  const row = value.row && rowUnder(value.row, type, env)
  return { ...loosened(value), type, ...(row ? { row } : {}) }
}

function loosened(value: Value): Value {
  if (value.how === 'counted') return value
  const { weight } = value
  return { ...compute([value], value.type), ...(weight === undefined ? {} : { weight }) }
}

/** A row of another type takes the names of this one, by position. */
function rowUnder(row: readonly Column[], type: number, env: Env): readonly Column[] {
  const relation = env.analysis.catalog.relationByOid(env.analysis.catalog.typeByOid(type)?.relation ?? 0)
  if (relation === undefined || relation.columns.length !== row.length) return row
  return row.map((column, at) => ({ name: relation.columns[at]?.name ?? column.name, value: column.value }))
}
