/** Values made of stored arrays: to join two of them, or to gather them into one, fails by how many elements they have. */
import type { Leaf, Value } from '../../lineage/value.js'
import { isArrayType } from '../functions/builtin-types.js'
import type { Env } from './analysis.js'
import { underlying } from './conversion.js'

/** What is known to be of another type holds none. An array that the statement itself makes of single values has one shape. */
export function mayHoldArrays(value: Value, env: Env): boolean {
  if (value.type !== undefined && !isArray(value.type, env)) return false
  return [...value.leaves].some((leaf) => isArrayColumn(leaf, env))
}

function isArrayColumn({ mention, column }: Leaf, env: Env): boolean {
  const [schema = '', relation = ''] = mention.resource.path.slice(1)
  const name = column.split(':', 1)[0]
  const known = env.analysis.catalog.relation(schema, relation)?.columns.find((each) => each.name === name)
  return known !== undefined && isArray(known.type, env)
}

function isArray(type: number, env: Env): boolean {
  const known = underlying(type, env)
  if (isArrayType(known)) return true
  const found = env.analysis.catalog.typeByOid(known)
  return found?.kind === 'base' && found.element > 0
}
