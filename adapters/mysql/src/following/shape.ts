/** How the columns of a result must be masked: the tree and the server's own origins as witnesses (R1). */
import { text } from '@gatehouse/adapter-kit'
import type { Mask, Output } from '@gatehouse/core'
import { type CellMask, createCellMask, nullCell, type RowFormat } from '../masking/index.js'
import type { ColumnDefinition } from '../messages/index.js'
import type { Run } from '../session/memory.js'
import { comesOfDocument, documentColumn } from './documents.js'
import { type Judge, relationNamed } from './judge.js'

/** One of `count` columns. Undefined: it passes as it is. */
export function judgeColumn(
  { statement: { outputs }, permit: { permission } }: Run,
  index: number,
  count: number,
  column: ColumnDefinition,
  format: RowFormat,
  judge: Judge,
): CellMask | undefined {
  // A result that is not the one that was read: nothing of it is known to be clean.
  if (outputs !== 'unknown' && outputs.length !== count) return nullCell
  const output = outputs === 'unknown' ? undefined : outputs[index]
  const computed = output?.how !== 'copied' || column.orgName.length === 0
  const mask = permission.maskAll ?? permission.masks[index]
  if (mask !== undefined) return maskedCell(mask, output, column, format, computed, judge)
  if (!isWitnessed(output, column, judge)) return nullCell
  const keys = permission.keys?.[index] ?? []
  return documentColumn({ keys, output, column, computed }, judge)
}

function maskedCell(
  mask: Mask,
  output: Output | undefined,
  column: ColumnDefinition,
  format: RowFormat,
  computed: boolean,
  judge: Judge,
): CellMask {
  return createCellMask({
    mask: mask.with,
    column,
    format,
    classes: output?.sources.flatMap(({ classes }) => classes) ?? [],
    field: mask.field,
    key: judge.key,
    // Without an origin a guess may stand among the values (UNION): no mask may depend on them then.
    computed,
    document: comesOfDocument(output, judge),
  })
}

/**
 * Invariant: an origin that the tree did not name is never clean (R1). Through a view that the server merges it names
 * the base table with the view's column: that the tree named the column of a view explains it. An origin that the
 * catalog does not have (a temporary or derived table) says nothing, and the tree decides.
 */
function isWitnessed(output: Output | undefined, column: ColumnDefinition, judge: Judge): boolean {
  if (output === undefined || output.unprovable !== undefined) return false
  if (column.orgName.length === 0) return true
  const schema = text(column.schema)
  const name = text(column.orgTable)
  const relation = judge.server.relation(schema, name)
  if (relation === undefined || relation.kind === 'system') return true
  const own = judge.server.column(schema, name, text(column.orgName))
  if (own === undefined) return true
  const resource = `${relation.schema}.${relation.name}`
  return output.sources.some(
    (source) =>
      (source.resource === resource && source.field === own.name) || isColumnOfView(source, column, judge),
  )
}

function isColumnOfView(
  { resource, field }: Output['sources'][number],
  { orgName }: ColumnDefinition,
  judge: Judge,
): boolean {
  if (field.toLowerCase() !== text(orgName).toLowerCase()) return false
  return relationNamed(resource, judge)?.kind === 'view'
}
