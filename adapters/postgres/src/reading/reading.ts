/** The client's messages read into statements; whatever is not understood is refused, never passed along. */
import type { Frame } from '@gatehouse/adapter-kit'
import { type Reading, readInt32, readUint16, strictText } from '@gatehouse/adapter-kit'
import type { PostgresStatement } from '@gatehouse/sql'
import { FRONTEND, nameAt, readCstring, zeroAt } from '../messages.js'
import { hasRoom, hasRoomForPortal, TOO_MANY_KEPT } from '../session/keeping.js'
import { isHanging } from '../session/limiting.js'
import { emptyStatement, fatal, unreadable, unreadablePlan, wait } from './answers.js'
import { readBind } from './bind.js'
import { isTaking, readCopyData } from './copy-data.js'
import { storingIssued } from './issued.js'
import type { ReadingParts } from './pending.js'
import { changesNames } from './settling.js'
import { boundTo, type Effective, effective, isInDoubt, momentOf, renew, takePlan } from './statements.js'

export function readFrame(frame: Frame, parts: ReadingParts): Reading {
  const { memory } = parts
  const { type } = frame
  switch (type) {
    case FRONTEND.Terminate:
      // A goodbye does not take back what was asked before it; only a limit that is passed does.
      return isHanging(memory) ? wait(memory) : { kind: 'goodbye' }
    case FRONTEND.Sync:
      if (frame.end - frame.start !== 5) return fatal('a Sync with a body')
      // COPY FROM STDIN swallows Syncs; whether it has begun is known only when it is answered (postgres-wire §3.5).
      if (memory.copiesOpen > 0) return isTaking(memory) ? { kind: 'drop' } : wait(memory)
      if (memory.limiting) return wait(memory)
      parts.passed('sync')
      return { kind: 'pass' }
    case FRONTEND.CopyData:
    case FRONTEND.CopyDone:
    case FRONTEND.CopyFail:
      return readCopyData(frame, memory)
    default:
  }
  if (frame.oversize && type !== FRONTEND.Query && type !== FRONTEND.Parse) {
    return fatal(`invalid frontend message type ${type}`)
  }
  if (memory.copiesOpen > 0 && type !== FRONTEND.Flush && !memory.skipping) {
    if (!isTaking(memory)) return wait(memory)
    return fatal('a message other than CopyData, CopyDone or CopyFail during COPY FROM STDIN')
  }
  if (memory.skipping)
    return isKnown(type) ? { kind: 'drop' } : fatal(`invalid frontend message type ${type}`)
  if (memory.limiting) return type === FRONTEND.Flush && isTaking(memory) ? { kind: 'drop' } : wait(memory)
  const refreshing = parts.refreshing()
  if (refreshing !== undefined) return { kind: 'wait', ready: refreshing }
  switch (type) {
    case FRONTEND.Query:
      return readQueryMessage(frame, parts)
    case FRONTEND.Parse:
      return readParse(frame, parts)
    case FRONTEND.Bind:
      return readBindMessage(frame, parts)
    case FRONTEND.Execute:
      return readExecute(frame, parts)
    case FRONTEND.Describe:
    case FRONTEND.Close:
      return readTarget(frame, parts)
    case FRONTEND.Flush:
      if (frame.end - frame.start !== 5) return fatal('a Flush with a body')
      parts.passed('flush')
      return { kind: 'pass' }
    case FRONTEND.FunctionCall:
      return unreadable(
        parts,
        true,
        'GH_FORBIDDEN',
        'the fast-path function call is refused: call functions by SELECT',
      )
    default:
      return fatal(`invalid frontend message type ${type}`)
  }
}

const NAMES = new Set<number>(Object.values(FRONTEND))
const isKnown = (type: number) => NAMES.has(type) && type !== FRONTEND.PasswordMessage

function readQueryMessage(frame: Frame, parts: ReadingParts): Reading {
  const { memory } = parts
  if (frame.oversize)
    return unreadable(parts, true, 'GH_TOO_LARGE', 'the statement is longer than limits.statement')
  if (memory.unsettled > 0) return wait(memory)
  const found = readCstring(frame.buffer, frame.start + 5, frame.end)
  const text = found === undefined ? undefined : strictText(found.bytes)
  if (found === undefined || found.next !== frame.end) {
    return unreadable(parts, true, 'GH_UNREADABLE', 'the Query message is not one zero-terminated string', {
      code: '08P01',
    })
  }
  if (text === undefined)
    return unreadable(parts, true, 'GH_UNREADABLE', 'the text is not well-formed UTF-8', { code: '22021' })
  const plan = takePlan(parts, text, [])
  if (plan instanceof Promise) return { kind: 'wait', ready: plan }
  if (plan.kind === 'unreadable') return unreadablePlan(parts, true, plan)
  const statements: PostgresStatement[] = []
  let renamed = false
  for (const statement of plan.statements) {
    if (renamed && statement.refersTo?.kind === 'prepared')
      return unreadable(parts, true, 'GH_UNREADABLE', AFTER_RENAMING, undefined, statement)
    renamed ||= changesNames(statement)
    const known = effective(parts, statement, plan.statements.length)
    if (known.kind !== 'statement') return notEffective(parts, true, known, statement)
    statements.push(known.statement)
  }
  parts.hold({ kind: 'query', statements, text })
  return { kind: 'ask', asks: statements.map(asAsk), judge: 'admit', exchange: memory.exchange }
}

const AFTER_RENAMING =
  'what is executed was prepared before, and what precedes it here may change what its names mean: send EXECUTE by itself'

function notEffective(
  parts: ReadingParts,
  query: boolean,
  found: Exclude<Effective, { kind: 'statement' }>,
  statement: PostgresStatement,
): Reading {
  if (found.kind === 'wait') return found
  if (found.kind === 'doubt') return wait(parts.memory)
  if (found.kind === 'plan') return unreadablePlan(parts, query, found.plan)
  const native = found.native === undefined ? undefined : { code: found.native }
  return unreadable(parts, query, found.code, found.why, native, statement)
}

const asAsk = (statement: PostgresStatement) => ({ statement, reserve: statement.reserve })

function readParse(frame: Frame, parts: ReadingParts): Reading {
  const { memory } = parts
  if (frame.oversize)
    return unreadable(parts, false, 'GH_TOO_LARGE', 'the statement is longer than limits.statement')
  if (memory.unsettled > 0) return wait(memory)
  const name = readCstring(frame.buffer, frame.start + 5, frame.end)
  const body = name === undefined ? undefined : readCstring(frame.buffer, name.next, frame.end)
  const known = name === undefined ? undefined : nameAt(frame.buffer, frame.start + 5, name.next - 1)
  if (known === undefined || body === undefined || body.next + 2 > frame.end)
    return fatal('a malformed Parse')
  const count = readUint16(frame.buffer, body.next)
  if (body.next + 2 + count * 4 !== frame.end) return fatal('a malformed Parse')
  const text = strictText(body.bytes)
  if (text === undefined)
    return unreadable(parts, false, 'GH_UNREADABLE', 'the text is not well-formed UTF-8', { code: '22021' })
  const types: number[] = []
  const view = new DataView(frame.buffer.buffer, frame.buffer.byteOffset)
  for (let index = 0; index < count; index += 1) types.push(view.getUint32(body.next + 2 + index * 4))
  const plan = takePlan(parts, text, types)
  if (plan instanceof Promise) return { kind: 'wait', ready: plan }
  if (plan.kind === 'unreadable') return unreadablePlan(parts, false, plan)
  if (plan.statements.length > 1) {
    return unreadable(
      parts,
      false,
      'GH_UNREADABLE',
      'cannot insert multiple commands into a prepared statement',
      { code: '42601' },
    )
  }
  const statement = plan.statements[0] ?? emptyStatement
  const judged = effective(parts, statement, 1)
  if (judged.kind !== 'statement') return notEffective(parts, false, judged, statement)
  if (!hasRoom(memory, text.length))
    return unreadable(parts, false, 'GH_TOO_LARGE', TOO_MANY_KEPT, undefined, statement)
  const moment = momentOf(parts)
  const rest = frame.buffer.slice(body.next, frame.end)
  parts.hold({ kind: 'parse', name: known, statement, text, types, moment, rest })
  return { kind: 'ask', asks: [asAsk(judged.statement)], judge: 'foresee', exchange: memory.exchange }
}

function readBindMessage(frame: Frame, parts: ReadingParts): Reading {
  const { memory } = parts
  if (memory.unsettled > 0) return wait(memory)
  const fields = readBind(frame)
  if (fields === undefined) return fatal('a malformed Bind')
  const prepared = memory.prepared.get(fields.statement)
  if (prepared === undefined) return parts.missing('statement', fields.statement)
  if (isInDoubt(memory, prepared)) return wait(memory)
  const renewed = renew(parts, prepared)
  if (renewed instanceof Promise) return { kind: 'wait', ready: renewed }
  if (renewed !== undefined) return unreadablePlan(parts, false, renewed)
  const judged = effective(parts, prepared.statement, 1)
  if (judged.kind !== 'statement') return notEffective(parts, false, judged, prepared.statement)
  if (!hasRoomForPortal(memory, fields.formats))
    return unreadable(parts, false, 'GH_TOO_LARGE', TOO_MANY_KEPT, undefined, judged.statement)
  const statement = fields.issued ? storingIssued(judged.statement) : judged.statement
  parts.hold({ kind: 'bind', fields, prepared, statement })
  return { kind: 'ask', asks: [asAsk(statement)], judge: 'admit', exchange: memory.exchange }
}

function readExecute(frame: Frame, parts: ReadingParts): Reading {
  const { memory } = parts
  if (memory.unsettled > 0) return wait(memory)
  const zero = zeroAt(frame.buffer, frame.start + 5, frame.end)
  const known = zero < 0 ? undefined : nameAt(frame.buffer, frame.start + 5, zero)
  if (known === undefined || zero + 5 !== frame.end) return fatal('a malformed Execute')
  const rows = readInt32(frame.buffer, zero + 1)
  const portal = memory.portals.get(known)
  if (portal !== undefined) {
    const now = boundTo(parts, portal)
    if (now.kind !== 'statement')
      return notEffective(parts, false, now, portal.prepared?.statement ?? portal.run.statement)
    const target = { what: 'portal', name: known, portal, rows: Math.max(rows, 0) } as const
    const forwarding = parts.passed('execute', target)
    return forwarding === undefined ? { kind: 'pass' } : { kind: 'settle', forwarding }
  }
  const cursor = memory.cursors.get(known)
  if (cursor === undefined) return parts.missing('portal', known)
  parts.hold({ kind: 'execute', name: known, rows: Math.max(rows, 0), statement: cursor.statement })
  return { kind: 'ask', asks: [asAsk(cursor.statement)], judge: 'admit', exchange: memory.exchange }
}

function readTarget(frame: Frame, parts: ReadingParts): Reading {
  const { memory } = parts
  const what = frame.buffer[frame.start + 5]
  const zero = zeroAt(frame.buffer, frame.start + 6, frame.end)
  const known = zero < 0 ? undefined : nameAt(frame.buffer, frame.start + 6, zero)
  if (known === undefined || zero + 1 !== frame.end || (what !== 0x53 && what !== 0x50))
    return fatal('a malformed Describe or Close')
  if (memory.unsettled > 0) return wait(memory)
  const kind = frame.type === FRONTEND.Close ? 'close' : 'describe'
  if (what === 0x53) {
    const prepared = memory.prepared.get(known)
    if (prepared !== undefined && isInDoubt(memory, prepared)) return wait(memory)
    if (prepared === undefined && kind === 'describe') return parts.missing('statement', known)
    parts.passed(kind, { what: 'statement', name: known, prepared })
    return { kind: 'pass' }
  }
  const portal = memory.portals.get(known)
  if (portal !== undefined && isInDoubt(memory, portal)) return wait(memory)
  if (portal === undefined && kind === 'describe' && !memory.cursors.has(known))
    return parts.missing('portal', known)
  parts.passed(kind, { what: 'portal', name: known, portal, rows: 0 })
  return { kind: 'pass' }
}
