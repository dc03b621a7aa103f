/** Columns judged before: a statement's next execution describes them by the same bytes. */
import type { Permission } from '@gatehouse/core'
import type { MysqlStatement } from '@gatehouse/sql'
import type { Server } from '../catalog/server.js'
import type { CellMask, RowFormat } from '../masking/index.js'
import { type ColumnDefinition, readColumnDefinition } from '../messages/index.js'
import type { Run } from '../session/memory.js'
import type { Judge } from './judge.js'
import { judgeColumn } from './shape.js'

export interface JudgedColumn {
  readonly column: ColumnDefinition
  /** Undefined: it passes as it is. */
  readonly cell: CellMask | undefined
}

/** Everything that `judgeColumn` reads, beside the permission that it is kept by and its place in the result. */
interface Known extends JudgedColumn {
  readonly definition: Buffer
  readonly statement: MysqlStatement
  readonly epoch: number
  readonly document: Server['document']
  readonly count: number
  readonly format: RowFormat
}

/** Of one session. */
export type KnownColumns = (
  run: Run,
  place: { readonly index: number; readonly count: number; readonly format: RowFormat },
  buffer: Uint8Array,
  start: number,
  end: number,
) => JudgedColumn

/** Decisions, columns of each and bytes of a definition that are kept (R30): some 2 MiB at the most. */
const DECISIONS = 32
const COLUMNS = 64
const BYTES = 256

/** `extended`: EXTENDED_METADATA was agreed upstream. */
export function createKnownColumns(judge: Judge, extended: boolean): KnownColumns {
  const byPermission = new Map<Permission, (Known | undefined)[]>()

  const columnsOf = (permission: Permission): (Known | undefined)[] => {
    const kept = byPermission.get(permission)
    if (kept !== undefined) return kept
    const [oldest] = byPermission.keys()
    if (byPermission.size >= DECISIONS && oldest !== undefined) byPermission.delete(oldest)
    const columns: (Known | undefined)[] = []
    byPermission.set(permission, columns)
    return columns
  }

  return (run, { index, count, format }, buffer, start, end) => {
    const { statement, permit } = run
    const { epoch, document } = judge.server
    const columns = columnsOf(permit.permission)
    const known = columns[index]
    // Invariant: a catalog that changed, or what is said of fields by hand, is looked at again (R5).
    if (
      known !== undefined &&
      known.statement === statement &&
      known.epoch === epoch &&
      known.document === document &&
      known.count === count &&
      known.format === format &&
      known.definition.compare(buffer, start, end) === 0
    )
      return known
    const column = readColumnDefinition(buffer, start, end, extended)
    const cell = judgeColumn(run, index, count, column, format, judge)
    if (index >= COLUMNS || end - start > BYTES) return { column, cell }
    const definition = Buffer.from(buffer.subarray(start, end))
    const judged: Known = { column, cell, definition, statement, epoch, document, count, format }
    columns[index] = judged
    return judged
  }
}
