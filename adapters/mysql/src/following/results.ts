/** Columns of a result, and where its rows begin and end. */
import type { Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { createRowMask, createWarningsMask, type RowFormat, type RowMask } from '../masking/index.js'
import { COLUMN_FLAG, EOF, HEADER, type OkReply, STATUS } from '../messages/index.js'
import { showsMessages } from '../session/diagnostics.js'
import { applyEffects, applyStatus } from '../session/effects.js'
import { close } from '../session/exchange.js'
import { end, type Prepared, type Run } from '../session/memory.js'
import type { Owed, Statements } from '../session/owed.js'
import { readTracked } from '../session/tracking.js'
import { accountCell, secretCell } from './account-secrets.js'
import { completeRows } from './completing.js'
import { note } from './noting.js'
import { shownEnd } from './ok.js'
import { isClean } from './rows.js'
import { scrubContext } from './scrubbing.js'
import {
  cut,
  endOf,
  type FollowingParts,
  GO,
  isDefinition,
  pass,
  passEnd,
  payloadOf,
  say,
  withForgotten,
} from './steps.js'

/** From the end: two bytes of filler, decimals, and the flags before them. */
const FLAGS_FROM_END = 5

export function followColumn(frame: Frame, owed: Owed, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  const { reply } = memory
  const { run } = reply
  if (owed.kind !== 'statements' || run === undefined || !isDefinition(frame, memory))
    return cut(memory, 'a malformed column definition')
  reply.left -= 1
  if (run.masked) showColumn(frame, run, owed.format, out, parts)
  else pass(frame, out, memory)
  if (reply.left > 0) return GO
  if (memory.layout.short) beginRows(run, owed.format, parts)
  else reply.phase = 'columns-end'
  return GO
}

function showColumn(frame: Frame, run: Run, format: RowFormat, out: Outbox, parts: FollowingParts): void {
  const { memory } = parts
  const { reply } = memory
  const { buffer, start } = frame
  const index = reply.columns.length
  const place = { index, count: index + 1 + reply.left, format }
  const { column, cell: judged } = parts.known(run, place, buffer, start + HEADER, frame.end)
  const masked = memory.gate.masked ? judged : undefined
  const cell = secretCell(column, format) ?? masked ?? accountCell(column)
  reply.columns.push(column)
  reply.cells.push(cell)
  if (cell === undefined || (column.flags & COLUMN_FLAG.NOT_NULL) === 0) pass(frame, out, memory)
  else {
    // A mask that fits no value gives NULL: nobody may be told that there is none.
    const shown = new Uint8Array(payloadOf(frame))
    const at = shown.length - FLAGS_FROM_END
    shown[at] = (shown[at] as number) & ~COLUMN_FLAG.NOT_NULL
    say(shown, out, memory)
  }
}

function beginRows(run: Run, format: RowFormat, parts: FollowingParts): void {
  const { reply } = parts.memory
  reply.mask = maskOf(run, format, parts)
  reply.clean = isClean(reply)
  reply.given = false
  reply.phase = 'rows'
}

export function followColumnsEnd(frame: Frame, owed: Owed, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  const { reply } = memory
  const { run } = reply
  if (owed.kind !== 'statements' || run === undefined || frame.type !== EOF)
    return cut(memory, 'column definitions without an end')
  const eof = endOf(frame, memory)
  const { status } = eof
  applyStatus(memory, status)
  beginRows(run, owed.format, parts)
  reply.given = (status & STATUS.PS_OUT_PARAMS) !== 0
  passEnd(frame, eof, out, memory)
  if ((status & STATUS.CURSOR_EXISTS) === 0 || owed.prepared === undefined) return GO
  return openCursor(run, owed, owed.prepared, parts)
}

function openCursor(run: Run, owed: Statements, prepared: Prepared, { memory }: FollowingParts): Step {
  // Its rows are asked for by COM_STMT_FETCH: until they all came, or nobody wants them, the statement runs.
  prepared.cursor = { run, mask: memory.reply.mask }
  applyEffects(memory, run, owed.text, () => {})
  close(memory)
  return withForgotten(memory)
}

/** Null: no row needs one. Messages keep what of them is no value. */
function maskOf(run: Run, format: RowFormat, { memory, judge }: FollowingParts): RowMask | null {
  const { columns, cells } = memory.reply
  if (!run.masked || cells.every((cell) => cell === undefined)) return null
  if (showsMessages(run.statement))
    return createWarningsMask(format, columns, scrubContext(memory.said, judge.server))
  return createRowMask(format, columns, cells)
}

/** EOF behind the rows, or the OK in its place. */
export function endResult(frame: Frame, owed: Owed, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  const end = endOf(frame, memory)
  // Lengths that lie are found before anything is settled.
  if (end.changes.length > 0) readTracked(end.changes)
  applyStatus(memory, end.status)
  const { buffer, start, end: stop } = frame
  const shown = (status: number) => shownEnd(buffer.subarray(start + HEADER, stop), end, memory, status)
  const step = endRows(frame, end, shown, owed, out, parts)
  const why = memory.layout.short ? note(memory, end) : undefined
  return why === undefined ? step : { ...cut(memory, why), completions: step.completions ?? [] }
}

function endRows(
  frame: Frame,
  eof: OkReply,
  shown: (status: number) => Uint8Array,
  owed: Owed,
  out: Outbox,
  parts: FollowingParts,
): Step {
  const { memory } = parts
  if (owed.kind === 'statements') {
    const { run } = memory.reply
    // Without EOFs this is all that says so.
    const opens = memory.layout.short && (eof.status & STATUS.CURSOR_EXISTS) !== 0 && run?.returned === 0
    if (!opens || run === undefined || owed.prepared === undefined)
      return completeRows(frame, eof, owed, shown, out, parts)
    passEnd(frame, eof, out, memory)
    return openCursor(run, owed, owed.prepared, parts)
  }
  if (owed.kind !== 'fetch') return cut(memory, 'rows that nobody asked for')
  passEnd(frame, eof, out, memory)
  const { prepared } = owed
  const { cursor } = prepared
  const over = cursor?.run.over
  const completions: ReturnType<typeof end>[number][] = []
  if (cursor !== undefined && (over !== undefined || (eof.status & STATUS.LAST_ROW_SENT) !== 0)) {
    prepared.cursor = undefined
    completions.push(
      ...(over === undefined
        ? end(cursor.run, 'done')
        : end(cursor.run, 'failed', { native: '1644', limited: true })),
    )
  }
  close(memory)
  return withForgotten(memory, completions)
}
