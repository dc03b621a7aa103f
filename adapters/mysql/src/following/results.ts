/** Columns of a result, and where its rows begin and end. */
import type { Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { createRowMask, createWarningsMask, type RowFormat, type RowMask } from '../masking/index.js'
import {
  COLUMN_FLAG,
  EOF,
  type EofReply,
  eofPayload,
  HEADER,
  STATUS,
} from '../messages/index.js'
import { showsMessages } from '../session/diagnostics.js'
import { applyEffects, applyStatus } from '../session/effects.js'
import { close } from '../session/exchange.js'
import { end, type Run } from '../session/memory.js'
import type { Owed } from '../session/owed.js'
import { completeRows } from './completing.js'
import { isClean } from './rows.js'
import { scrubContext } from './scrubbing.js'
import {
  cut,
  eofOf,
  type FollowingParts,
  GO,
  LONGEST,
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
  if (owed.kind !== 'statements' || run === undefined || frame.type < 0 || frame.end - frame.start >= LONGEST)
    return cut(memory, 'a malformed column definition')
  reply.left -= 1
  if (reply.left === 0) reply.phase = 'columns-end'
  if (!run.masked) {
    pass(frame, out, memory)
    return GO
  }
  const { buffer, start } = frame
  const index = reply.columns.length
  const place = { index, count: index + 1 + reply.left, format: owed.format }
  const { column, cell } = parts.known(run, place, buffer, start + HEADER, frame.end)
  reply.columns.push(column)
  reply.cells.push(cell)
  if (cell === undefined || (column.flags & COLUMN_FLAG.NOT_NULL) === 0) pass(frame, out, memory)
  else {
    // A mask that fits no value gives NULL: nobody may be told that there is none.
    const shown = payloadOf(frame).slice()
    const at = shown.length - FLAGS_FROM_END
    shown[at] = (shown[at] as number) & ~COLUMN_FLAG.NOT_NULL
    say(shown, out, memory)
  }
  return GO
}

export function followColumnsEnd(frame: Frame, owed: Owed, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  const { reply } = memory
  const { run } = reply
  if (owed.kind !== 'statements' || run === undefined || frame.type !== EOF)
    return cut(memory, 'column definitions without an end')
  const { status } = eofOf(frame)
  applyStatus(memory, status)
  reply.mask = maskOf(run, owed.format, parts)
  reply.clean = isClean(reply)
  reply.given = (status & STATUS.PS_OUT_PARAMS) !== 0
  passEnd(frame, out, memory)
  if ((status & STATUS.CURSOR_EXISTS) === 0 || owed.prepared === undefined) {
    reply.phase = 'rows'
    return GO
  }
  // Its rows are asked for by COM_STMT_FETCH: until they all came, or nobody wants them, the statement runs.
  owed.prepared.cursor = { run, mask: reply.mask }
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

/** EOF behind the rows. */
export function endResult(frame: Frame, eof: EofReply, owed: Owed, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  applyStatus(memory, eof.status)
  if (owed.kind === 'statements') {
    const shown = (status: number) => eofPayload({ ...eof, status: status & ~STATUS.SESSION_STATE_CHANGED })
    return completeRows(frame, eof.status, owed, shown, out, parts)
  }
  if (owed.kind !== 'fetch') return cut(memory, 'rows that nobody asked for')
  passEnd(frame, out, memory)
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
