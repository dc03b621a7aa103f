/** Results that end: outcomes, what a statement that is done has changed of the session, and what comes after it. */
import type { Completion, Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { closeBracket } from '../forwarding/bracketing.js'
import { type OkReply, STATUS } from '../messages/index.js'
import { applyEffects } from '../session/effects.js'
import { close } from '../session/exchange.js'
import { end, type Run } from '../session/memory.js'
import type { Statements } from '../session/owed.js'
import { shownOk } from './ok.js'
import { carryOn, type FollowingParts, pass, passEnd, payloadOf, say, withForgotten } from './steps.js'

/** As many results as it likes. */
const isMany = ({ statement: { outputs } }: Run) => outputs === 'unknown'

/** An OK in the place of a result. */
export function completeOk(
  frame: Frame,
  ok: OkReply,
  owed: Statements,
  out: Outbox,
  parts: FollowingParts,
): Step {
  const { memory } = parts
  const run = owed.runs[owed.index]
  const more = (ok.status & STATUS.MORE_RESULTS) !== 0
  const content = payloadOf(frame)
  if (run !== undefined) run.affected += ok.affected
  if (run !== undefined && owed.bracket !== undefined)
    return endBracketed(owed, run, (status) => shownOk(content, ok, memory, status), out, parts)
  const told = shownOk(content, ok, memory)
  if (told === content) pass(frame, out, memory)
  else say(told, out, memory)
  const last = owed.index >= owed.runs.length - 1
  const ends = run !== undefined && !(isMany(run) && last && more)
  return endPart(owed, ends, more, parts)
}

/** The rows of one result have ended, or a cursor holds them. `shown`: the packet that says so, for another status. */
export function completeRows(
  frame: Frame,
  eof: OkReply,
  owed: Statements,
  shown: (status: number) => Uint8Array,
  out: Outbox,
  parts: FollowingParts,
): Step {
  const { memory } = parts
  const run = owed.runs[owed.index]
  const more = (eof.status & STATUS.MORE_RESULTS) !== 0 || memory.reply.given
  if (run !== undefined && owed.bracket !== undefined && !more)
    return endBracketed(owed, run, shown, out, parts)
  passEnd(frame, eof, out, memory)
  return endPart(owed, run !== undefined && !isMany(run), more, parts)
}

/** `ends`: the statement has given all that it gives. */
function endPart(owed: Statements, ends: boolean, more: boolean, parts: FollowingParts): Step {
  const { memory } = parts
  const completions: Completion[] = []
  const run = owed.runs[owed.index]
  if (run !== undefined && (ends || !more)) {
    completions.push(...finish(run, owed, parts))
    owed.index += 1
  }
  if (more) {
    memory.reply.phase = 'head'
    return withForgotten(memory, completions)
  }
  // The server has no more to say of them: it never came to them.
  for (const skipped of owed.runs.slice(owed.index)) completions.push(...end(skipped, 'skipped'))
  close(memory)
  return withForgotten(memory, completions)
}

export function finish(run: Run, owed: Statements, parts: FollowingParts): readonly Completion[] {
  const completions =
    run.over === undefined ? end(run, 'done') : end(run, 'failed', { native: '1644', limited: true })
  applyEffects(parts.memory, run, owed.text, parts.onDefined)
  return completions
}

/** What was done is kept or undone before the client hears of it. */
function endBracketed(
  owed: Statements,
  run: Run,
  shown: (status: number) => Uint8Array,
  out: Outbox,
  parts: FollowingParts,
): Step {
  const { affected } = run.permit.permission
  if (run.over === undefined && affected !== undefined && run.affected > affected.limit)
    run.over = { what: 'affected', ...affected }
  return carryOn(closeBracket(parts, owed, run, shown), out, parts.memory)
}
