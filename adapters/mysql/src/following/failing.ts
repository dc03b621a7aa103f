/** ERR: what failed, what was never come to, and what a masked viewer may read of it (mysql-wire §5.3). */
import type { Completion, Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { undoBracket } from '../forwarding/bracketing.js'
import { errPayload, readErr } from '../messages/index.js'
import { applyFailed } from '../session/effects.js'
import { close } from '../session/exchange.js'
import { end, type Memory, type Run } from '../session/memory.js'
import type { Owed, Statements } from '../session/owed.js'
import { scrubbedErr, scrubContext } from './scrubbing.js'
import { carryOn, cut, type FollowingParts, payloadOf, say, withForgotten } from './steps.js'

/** `#`, before a SQLSTATE. */
const MARK = 0x23
/** Bytes up to the end of the state: of an ERR without a message. */
const SHORTEST = 9

export function failReply(frame: Frame, owed: Owed, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  // An error says nothing of the transaction: a deadlock has ended it.
  memory.certain = false
  const sent = new Uint8Array(payloadOf(frame))
  const told = readErr(sent)
  const { code } = told
  // Without a state it would be an ERR from before the sign-in.
  const content =
    sent[3] === MARK && sent.length >= SHORTEST ? sent : errPayload(code, told.message, told.state)
  const native = String(code)
  if (owed.kind === 'state') return cut(memory, 'the database does not say what the session has become')
  if (owed.kind === 'own') return carryOn(owed.failed(content), out, memory)
  const run = runOf(owed)
  const context = scrubContext(textOf(owed, memory), parts.judge.server)
  const shown = memory.gate.masked ? scrubbedErr(content, context) : content
  if (owed.kind === 'statements' && owed.bracket !== undefined && run !== undefined)
    return carryOn(undoBracket(parts, owed, run, shown, native), out, memory)
  say(shown, out, memory)
  const completions: Completion[] = []
  if (owed.kind === 'statements') completions.push(...failStatements(owed, native, parts))
  else if (owed.kind === 'prepare')
    completions.push({
      permit: owed.foreseen,
      outcome: { status: 'failed', returned: 0, affected: 0, native },
    })
  else if (owed.kind === 'fetch' && run !== undefined) {
    owed.prepared.cursor = undefined
    completions.push(...end(run, 'failed', { native }))
  } else if (owed.kind === 'fields') completions.push(...end(owed.run, 'failed', { native }))
  // To ask what the session has become will make the upstream forget this.
  if (memory.doubt) memory.diagnostics = readErr(shown)
  close(memory)
  return withForgotten(memory, completions)
}

function failStatements(owed: Statements, native: string, parts: FollowingParts): readonly Completion[] {
  return owed.runs.slice(owed.index).flatMap((run, index) => {
    if (index > 0) return end(run, 'skipped')
    applyFailed(parts.memory, run, parts.onDefined)
    return run.over === undefined
      ? end(run, 'failed', { native })
      : end(run, 'failed', { native: '1644', limited: true })
  })
}

/** The text that an error is about. */
function textOf(owed: Owed, memory: Memory): string {
  return owed.kind === 'statements' || owed.kind === 'prepare' || owed.kind === 'fields'
    ? owed.text
    : memory.said
}

/** The statement that an error belongs to. */
function runOf(owed: Owed): Run | undefined {
  if (owed.kind === 'statements') return owed.runs[owed.index]
  return owed.kind === 'fetch' ? owed.prepared.cursor?.run : undefined
}
