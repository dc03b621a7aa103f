/** RowDescription, and how the columns it describes must be masked: the tree and the server's origin as witnesses (R1). */
import { readInt32, readUint16 } from '@gatehouse/adapter-kit'
import type { Mask, Output, Permission } from '@gatehouse/core'
import type { ClassesDocument, MaskKey } from '@gatehouse/masking'
import type { CatalogRelation } from '@gatehouse/sql'
import {
  type CellMask,
  type CopyMask,
  createCellMask,
  createCopyMask,
  createRowMask,
  nullCell,
  type RowMask,
  type TypeOf,
} from '../masking/index.js'
import { readCstring } from '../messages.js'
import { formatOf } from '../reading/bind.js'
import type { Run, Shape } from '../session/memory.js'
import { documentColumn } from './documents.js'

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
  /** An origin that the catalog lacks is a column of the session's own that the tree names (R2). */
  readonly own: (output: Output, relation: number, attribute: number) => boolean
  readonly key: MaskKey | undefined
  readonly database: string
  /** Users' types. */
  readonly type: TypeOf
  /** What is said of fields by hand. */
  readonly document: ClassesDocument | undefined
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
  if (mask !== undefined) return maskedCell(mask, output, column, format, judge)
  if (!witnessed(output, column, judge)) return nullCell
  const keys = permission.keys?.[index] ?? []
  const computed = output?.how !== 'copied' || column.relation === 0
  return documentColumn({ keys, output, typeOid: column.type, format, computed }, judge)
}

function maskedCell(
  mask: Mask,
  output: Output | undefined,
  column: Shape['columns'][number],
  format: number,
  judge: Judge,
): CellMask {
  return createCellMask({
    mask: mask.with,
    typeOid: column.type,
    format,
    classes: output?.sources.flatMap(({ classes }) => classes) ?? [],
    field: mask.field,
    key: judge.key,
    typeOf: judge.type,
    // Without an origin a guess may stand among the values (UNION): no mask may depend on them then.
    computed: output?.how !== 'copied' || column.relation === 0,
  })
}

/** Invariant: an origin that the tree did not name is never clean, and neither is an OID that the catalog lacks (R1). */
function witnessed(output: Output | undefined, column: Shape['columns'][number], judge: Judge): boolean {
  if (output?.unprovable !== undefined) return false
  if (column.relation === 0) return output !== undefined
  const relation = judge.relation(column.relation)
  if (relation === undefined)
    return output !== undefined && judge.own(output, column.relation, column.attribute)
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
      return maskedCell(mask, output, { ...UNKNOWN, ...copiedFrom(output, judge) }, format, judge)
    }
    if (output?.unprovable !== undefined) return nullCell
    const keys = permission.keys?.[index] ?? []
    const computed = copiedFrom(output, judge) === undefined
    return documentColumn({ keys, output, typeOid: typeOf(output, judge), format, computed }, judge)
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
  const type = typeOf(output, judge)
  if (output === undefined || type === undefined) return undefined
  let relation = 0
  for (const source of output.sources) {
    const found = judge.named(source.resource)
    if (found?.kind === 'table' || found?.kind === 'partitioned') relation = relation === 0 ? found.oid : -1
  }
  return relation > 0 ? { type, relation } : undefined
}

/** The type of the stored columns whose values the output is; undefined: it is not known. */
function typeOf(output: Output | undefined, judge: Judge): number | undefined {
  if (output?.how !== 'copied') return undefined
  const types = new Set(
    output.sources.map(
      ({ resource, field }) => judge.named(resource)?.columns.find(({ name }) => name === field)?.type ?? 0,
    ),
  )
  const [type] = types
  return types.size === 1 && type !== 0 ? type : undefined
}
