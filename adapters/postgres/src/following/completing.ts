/** CommandComplete and EmptyQueryResponse: outcomes, and what a statement that is done has changed of the session. */
import { type Completion, type Frame, type Outbox, type Step, utf8 } from '@gatehouse/adapter-kit'
import { BACKEND, message } from '../messages.js'
import { applyEffects } from '../session/effects.js'
import type { Limiting } from '../session/limiting.js'
import { end, type Memory, type Run } from '../session/memory.js'
import type { Owed } from '../session/owed.js'
import { endLimited, refuseCompleted } from './limiting.js'
import { cut, type FollowingParts, GO, settled, withUpstream } from './steps.js'

export function followComplete(
  frame: Frame,
  head: Owed | undefined,
  out: Outbox,
  parts: FollowingParts,
): Step {
  const { memory } = parts
  memory.copyingIn = false
  const tag = readTag(frame)
  const pass = () => out.pass(frame.buffer, frame.start, frame.end)
  if (head?.kind === 'execute') {
    if (head.limiting !== undefined) return completeLimited(frame, tag, head, head.limiting, out, memory)
    memory.ledger.pop()
    const completions = complete(memory, head.portal.run, tag)
    pass()
    return settled(memory, completions)
  }
  if (head?.kind !== 'query' || head.error !== undefined)
    return cut('the database completed what was not asked for')
  const run = head.runs[head.index]
  pass()
  // An empty text completes with nothing to record.
  if (run === undefined)
    return head.runs.length === 0 ? GO : cut('the database completed more statements than were sent')
  head.index += 1
  return settled(memory, complete(memory, run, tag))
}

/**
 * Invariant: under a limit on changed rows nothing is committed before the count is known. A Query's CommandComplete
 * waits for ReadyForQuery: what is put off to the commit may still fail, and a real server says nothing before that.
 */
function completeLimited(
  frame: Frame,
  tag: string,
  head: Extract<Owed, { kind: 'execute' }>,
  limiting: Limiting,
  out: Outbox,
  memory: Memory,
): Step {
  const { run } = head.portal
  const refused = refuseCompleted(head, limiting, changedRows(tag, run), memory)
  if (refused !== undefined) return refused
  memory.ledger.pop()
  // Each portion counts for itself; the client asked once.
  const bytes =
    limiting.portions > 0
      ? message(
          BACKEND.CommandComplete,
          utf8(`${tag.replace(/\d+$/, String(run.returned - limiting.before))}\0`),
        )
      : // A copy: a Buffer's `slice` is a view.
        new Uint8Array(frame.buffer.subarray(frame.start, frame.end))
  if (limiting.kind === 'query')
    return withUpstream(
      settled(memory),
      endLimited(memory, { limiting, portal: head.portal }, { run, tag, bytes }),
    )
  const completions = complete(memory, run, tag)
  out.write(bytes)
  endLimited(memory, { limiting, portal: head.portal })
  return settled(memory, completions)
}

/** Records the outcome once and carries out the statement's effects. */
export function complete(memory: Memory, run: Run, tag: string): readonly Completion[] {
  if (!end(memory, run)) return []
  if (run.cursor !== undefined) {
    run.cursor.returned += run.returned
    run.cursor.bytes += run.bytes
  }
  applyEffects(memory, run, tag)
  const affected = changedRows(tag, run)
  return [{ permit: run.permit, outcome: { status: 'done', returned: run.returned, affected } }]
}

/** With RETURNING each Execute counts what it gave back (pquery.c, PortalRun): the rows themselves count then. */
function changedRows(tag: string, run: Run): number {
  if (!changesRows(tag, run.statement.command)) return 0
  return Math.max(Number(/ (\d+)$/.exec(tag)?.[1] ?? 0), run.returned)
}

/** Not all tags that count count changes: SELECT, FETCH, MOVE and COPY TO do not, CREATE TABLE AS says SELECT. */
function changesRows(tag: string, command: string): boolean {
  if (tag.startsWith('SELECT')) return command.startsWith('CREATE') || command === 'SELECT INTO'
  return /^(?:INSERT|UPDATE|DELETE|MERGE) /.test(tag) || (tag.startsWith('COPY') && command === 'COPY FROM')
}

function readTag(frame: Frame): string {
  if (frame.type === BACKEND.EmptyQueryResponse) return ''
  const { buffer, start, end } = frame
  let tag = ''
  // As Latin-1, whatever it is: `INSERT 0 1`.
  for (let at = start + 5; at < end - 1; at += 1) tag += String.fromCharCode(buffer[at] as number)
  return tag
}
