/** Column origins of relations that the session defined: no catalog gives their OIDs, the first result does (R1, R2). */
import type { Output } from '@gatehouse/core'
import type { SessionRelation } from '@gatehouse/sql'
import type { Memory } from './memory.js'

/** OIDs as the server gave them, for as long as the session's definitions are these. */
const seen = new WeakMap<readonly SessionRelation[], Map<number, number>>()

/** The session's relation of this name, `database.schema.relation`. */
export function definedAs(memory: Memory, database: string, resource: string): SessionRelation | undefined {
  return memory.context.definitions?.find(
    ({ schema, name, gone }) => gone !== true && `${database}.${schema}.${name}` === resource,
  )
}

/**
 * Whether an origin that the catalog lacks is the column that the tree names. Invariant: one OID stands for one relation
 * of the session, and one relation has one OID; whatever contradicts that is not believed.
 */
export function isOwnOrigin(
  memory: Memory,
  database: string,
  output: Output,
  oid: number,
  attribute: number,
): boolean {
  const { definitions } = memory.context
  if (definitions === undefined) return false
  const known = seen.get(definitions) ?? new Map<number, number>()
  seen.set(definitions, known)
  for (const { resource, field } of output.sources) {
    const relation = definedAs(memory, database, resource)
    if (relation === undefined) continue
    const column = relation.columns.find(({ name }) => name === field)
    if (column?.number !== attribute && !(attribute < 0 && column === undefined)) continue
    const before = known.get(oid)
    if (before !== undefined) {
      if (before === relation.oid) return true
      continue
    }
    if ([...known.values()].includes(relation.oid)) continue
    known.set(oid, relation.oid)
    return true
  }
  return false
}
