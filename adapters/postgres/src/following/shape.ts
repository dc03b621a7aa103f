/** RowDescription, and how the columns it describes must be masked: the tree and the server's origin as witnesses (R1). */
import { readInt32, readUint16 } from '@gatehouse/adapter-kit'
import type { Mask, Output, Permission } from '@gatehouse/core'
import type { MaskKey } from '@gatehouse/masking'
import type { CatalogRelation } from '@gatehouse/sql'
import {
  type CellMask,
  type CopyMask,
  createCellMask,
  createCopyMask,
  createRowMask,
  nullCell,
  type RowMask,
} from '../masking/index.js'
import { readCstring } from '../messages.js'
import { formatOf } from '../reading/bind.js'
import type { Run, Shape } from '../session/memory.js'

/** Body at `start`: Int16 count, then name, Int32 relation, Int16 attribute, Int32 type, Int16 size, Int32 modifier, Int16 format. */
export function readRowDescription(buffer: Uint8Array, start: number, end: number): Shape | undefined {
  if (start + 2 > end) return undefined
  const count = readUint16(buffer, start)
  const columns: Shape['columns'][number][] = []
  let at = start + 2
  for (let index = 0; index < count; index += 1) {
    const name = readCstring(buffer, at, end)
    if (name === undefined || name.next + 18 > end) return undefined
    at = name.next
    columns.push({
      relation: readInt32(buffer, at) >>> 0,
      attribute: (readUint16(buffer, at + 4) << 16) >> 16,
      type: readInt32(buffer, at + 6) >>> 0,
      format: readUint16(buffer, at + 16),
    })
    at += 18
  }
  return at === end ? { columns } : undefined
}

export interface Judge {
  readonly relation: (oid: number) => CatalogRelation | undefined
  /** By `database.schema.relation`. */
  readonly named: (resource: string) => CatalogRelation | undefined
  readonly key: MaskKey | undefined
  readonly database: string
}

/** Null: every row passes unread. `formats`: Bind's list, left out when the shape itself tells. */
export function judgeRows(
  run: Run,
  shape: Shape,
  formats: readonly number[] | undefined,
  judge: Judge,
): RowMask | null {
  const { permission } = run.permit
  const cells = shape.columns.map((column, index) => {
    const format = formats === undefined ? column.format : formatOf(formats, index)
    return cellOf(run, permission, shape, index, format, judge)
  })
  return cells.every((cell) => cell === undefined) ? null : createRowMask(cells)
}

function cellOf(
  run: Run,
  permission: Permission,
  shape: Shape,
  index: number,
  format: number,
  judge: Judge,
): CellMask | undefined {
  const { outputs } = run.statement
  const column = shape.columns[index] as Shape['columns'][number]
  // A result that is not the one that was read: nothing of it is known to be clean.
  if (outputs !== 'unknown' && outputs.length !== shape.columns.length) return nullCell
  const output = outputs === 'unknown' ? undefined : outputs[index]
  const mask = permission.maskAll ?? permission.masks[index]
  if (mask !== undefined) return maskedCell(mask, output, column, format, judge.key)
  return witnessed(output, column, judge) ? undefined : nullCell
}

function maskedCell(
  mask: Mask,
  output: Output | undefined,
  column: Shape['columns'][number],
  format: number,
  key: MaskKey | undefined,
): CellMask {
  return createCellMask({
    mask: mask.with,
    typeOid: column.type,
    format,
    classes: output?.sources.flatMap(({ classes }) => classes) ?? [],
    field: mask.field,
    key,
    // Without an origin a guess may stand among the values (UNION): no mask may depend on them then.
    computed: output?.how !== 'copied' || column.relation === 0,
  })
}

/** Invariant: an origin that the tree did not name is never clean, and neither is an OID that the catalog lacks (R1). */
function witnessed(output: Output | undefined, column: Shape['columns'][number], judge: Judge): boolean {
  if (output?.unprovable !== undefined) return false
  if (column.relation === 0) return output !== undefined
  const relation = judge.relation(column.relation)
  if (relation === undefined) return false
  if (isSystem(relation)) return true
  if (output === undefined) return false
  const name = `${judge.database}.${relation.schema}.${relation.name}`
  const own = relation.columns.find(({ number }) => number === column.attribute)
  if (column.attribute < 0) return true
  if (own === undefined) return relation.columns.every(({ name: field }) => names(output, name, field))
  return names(output, name, own.name)
}

function names(output: Output, resource: string, field: string): boolean {
  return output.sources.some((source) => source.resource === resource && source.field === field)
}

function isSystem(relation: CatalogRelation): boolean {
  return relation.schema === 'pg_catalog' || relation.schema === 'information_schema'
}

/** COPY TO STDOUT tells no types: the catalog does, for columns that are copied; elsewhere a mask is NULL. */
export function judgeCopy(run: Run, columns: number, judge: Judge): CopyMask | undefined {
  const { copy, outputs } = run.statement
  const { permission } = run.permit
  const known = outputs !== 'unknown' && outputs.length === columns
  const format = copy?.format === 'binary' ? 1 : 0
  const cells = Array.from({ length: columns }, (_, index) => {
    if (!known) return nullCell
    const output = outputs[index]
    const mask = permission.maskAll ?? permission.masks[index]
    if (mask !== undefined) {
      return maskedCell(mask, output, { ...UNKNOWN, ...copiedFrom(output, judge) }, format, judge.key)
    }
    return output?.unprovable === undefined ? undefined : nullCell
  })
  if (cells.every((cell) => cell === undefined)) return undefined
  if (copy === undefined) throw new TypeError('a COPY whose form is not known')
  return createCopyMask(copy, cells)
}

const UNKNOWN: Shape['columns'][number] = { type: 0, relation: 0, attribute: 0, format: 0 }

/** The one stored column whose value the output is, when there is just one (a view's column counts with its base). */
function copiedFrom(
  output: Output | undefined,
  judge: Judge,
): { type: number; relation: number } | undefined {
  if (output?.how !== 'copied') return undefined
  const types = new Set<number>()
  let relation = 0
  for (const source of output.sources) {
    const found = judge.named(source.resource)
    types.add(found?.columns.find(({ name }) => name === source.field)?.type ?? 0)
    if (found?.kind === 'table' || found?.kind === 'partitioned') relation = relation === 0 ? found.oid : -1
  }
  const [type] = types
  return types.size === 1 && type !== undefined && relation > 0 ? { type, relation } : undefined
}
