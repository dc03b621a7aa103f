/** What goes upstream once the gate has answered: the text that was read, or the refusal in its place (mysql-wire §4.1). */
import type { Forwarding } from '@gatehouse/adapter-kit'
import { GatehouseError, type Limit, type Permit, type Refusal } from '@gatehouse/core'
import { writes } from '../following/rows.js'
import type { Packet } from '../reading/arriving.js'
import { resetPayload } from '../reading/prepared.js'
import type { Pending } from '../reading/reading.js'
import { refusalTold, toldPayload } from '../refusing.js'
import { beginDefining } from '../session/defining.js'
import { asksDiagnostics } from '../session/diagnostics.js'
import { answer, asSent, command, framesOf, open } from '../session/exchange.js'
import { closeCursor } from '../session/forgetting.js'
import { createRun, end, type Memory, type Prepared, type Run } from '../session/memory.js'
import { own, type Statements } from '../session/owed.js'
import { openBracket } from './bracketing.js'

/** `lasting`: what is written to the relation, by its joined path, cannot be undone. */
export function forwardPermitted(
  memory: Memory,
  pending: Pending,
  permits: readonly Permit[],
  lasting: Lasting,
): Forwarding {
  switch (pending.kind) {
    case 'query': {
      const { statements, packet, content, text } = pending
      const runs = statements.map((statement, index) =>
        createRun(memory, permitOf(permits, index), statement),
      )
      return forwardRuns(memory, packet, content, lasting, {
        kind: 'statements',
        runs,
        index: 0,
        format: 'text',
        text,
        read: memory.context,
        prepared: undefined,
        kinds: undefined,
        bracket: undefined,
      })
    }
    case 'prepare': {
      const { statement, packet, content, text, moment } = pending
      memory.exchange += 1
      memory.diagnostics = undefined
      const foreseen = permitOf(permits, 0)
      const owed = { kind: 'prepare', text, statement, moment, foreseen, prepared: undefined } as const
      return send(memory, packet, content, owed)
    }
    case 'execute':
      return forwardExecute(memory, pending, permitOf(permits, 0), lasting)
    case 'fields': {
      const { statement, packet, text } = pending
      memory.exchange += 1
      memory.diagnostics = undefined
      const run = createRun(memory, permitOf(permits, 0), statement)
      return send(memory, packet, undefined, { kind: 'fields', run, text })
    }
    case 'local': {
      memory.exchange += 1
      const run = createRun(memory, permitOf(permits, 0), pending.statement)
      return { upstream: undefined, client: pending.answer(), completions: end(run, 'done') }
    }
    case 'unreadable':
      throw new TypeError('a permit for what could not be read')
  }
}

export type Lasting = (resource: string) => boolean

/** Invariant: nothing is forwarded for a statement that has no permit of its own. */
function permitOf(permits: readonly Permit[], index: number): Permit {
  const permit = permits[index]
  if (permit === undefined) throw new GatehouseError('GH_INVARIANT', 'a statement without a permit')
  return permit
}

function forwardExecute(
  memory: Memory,
  { prepared, packet, content, statement, types, kinds }: Extract<Pending, { kind: 'execute' }>,
  permit: Permit,
  lasting: Lasting,
): Forwarding {
  prepared.foreseen = undefined
  prepared.types = types ?? prepared.types
  prepared.longData.clear()
  const closed = closeCursor(prepared)
  const run = createRun(memory, permit, statement)
  const owed = {
    kind: 'statements',
    runs: [run],
    index: 0,
    format: 'binary',
    text: prepared.text,
    read: prepared.read.context,
    prepared,
    kinds,
    bracket: undefined,
  } as const
  const forwarding = forwardRuns(memory, packet, content, lasting, owed)
  return closed.length === 0
    ? forwarding
    : { ...forwarding, completions: [...closed, ...(forwarding.completions ?? [])] }
}

function forwardRuns(
  memory: Memory,
  packet: Packet,
  content: Uint8Array | undefined,
  lasting: Lasting,
  statements: Statements,
): Forwarding {
  memory.exchange += 1
  const { runs } = statements
  const [run] = runs
  if (!runs.every(({ statement }) => asksDiagnostics(statement))) {
    memory.diagnostics = undefined
    memory.said = statements.text
  }
  const limit = firstLimit(runs)
  if (limit === undefined || run === undefined) return send(memory, packet, content, statements)
  if (runs.length > 1) return refuseLimited(memory, packet, runs, limit, SEVERAL)
  const { affected, rows, bytes } = run.permit.permission
  if (affected === undefined && !(writes(run) && (rows ?? bytes) !== undefined))
    return send(memory, packet, content, statements)
  if (run.statement.effects.some(({ kind }) => kind === 'transaction' || kind === 'define'))
    return refuseLimited(memory, packet, runs, limit, COMMITS)
  if (run.statement.actions.some(({ verb, resource }) => verb !== 'read' && lasting(resource.path.join('.'))))
    return refuseLimited(memory, packet, runs, limit, LASTING)
  const payload = content ?? packet.buffer.slice(packet.start, packet.end)
  const bare = statements.format === 'text' && statements.text.endsWith(COMMENT_BEHIND)
  const first = openBracket(memory, bare ? payload.subarray(0, -COMMENT_BEHIND.length) : payload, statements)
  open(memory, packet, first.owed, framesOf(first.content))
  return { upstream: command(first.content) }
}

/** A statement without any, whose own OK would come before the bracket is closed. */
const COMMENT_BEHIND = '; /**/'
const SEVERAL =
  'limits are set here, and several statements in one text cannot be counted: send them one by one'
const LASTING =
  'changed rows are limited here, and the storage engine of what is written knows no rollback: nothing could be undone'
const COMMITS = 'changed rows are limited here, and what commits by itself cannot be undone'

function send(
  memory: Memory,
  packet: Packet,
  content: Uint8Array | undefined,
  owed: Parameters<typeof open>[2],
): Forwarding {
  if (owed.kind === 'statements') beginDefining(memory, owed)
  open(memory, packet, owed, content === undefined ? packet.frames : framesOf(content))
  return { upstream: content === undefined ? asSent(packet) : command(content) }
}

function firstLimit(runs: readonly Run[]): Limit | undefined {
  for (const run of runs) {
    const limit = limitOf(run)
    if (limit !== undefined) return limit
  }
  return undefined
}

function limitOf({ permit: { permission } }: Run): Limit | undefined {
  return permission.affected ?? permission.rows ?? permission.bytes
}

function refuseLimited(
  memory: Memory,
  packet: Packet,
  runs: readonly Run[],
  { rule }: Limit,
  message: string,
): Forwarding {
  const id = runs[0]?.permit.decided.id ?? ''
  const told = refusalTold({ code: 'GH_ROW_LIMIT', message, rule, id })
  memory.diagnostics = told
  const outcome = { status: 'refused' as const, returned: 0, affected: 0, refusal: 'GH_ROW_LIMIT' as const }
  const completions = runs.map((run) => {
    run.ended = true
    return { permit: run.permit, outcome }
  })
  return { ...answer(packet, toldPayload(told)), completions }
}

/** A refusal is an ERR of ours, and the transaction stays as it was: so it does when a server refuses. */
export function forwardRefused(memory: Memory, pending: Pending, refusal: Refusal): Forwarding {
  memory.exchange += 1
  const native = pending.kind === 'unreadable' ? pending.native : undefined
  const told = refusalTold(refusal, native)
  memory.diagnostics = told
  const prepared = pending.kind === 'execute' || pending.kind === 'unreadable' ? pending.prepared : undefined
  return prepared === undefined || prepared.longData.size === 0
    ? answer(pending.packet, toldPayload(told))
    : discardLongData(memory, pending.packet, prepared, toldPayload(told))
}

/** What was sent for the refused execution must not meet the next one. */
function discardLongData(memory: Memory, packet: Packet, prepared: Prepared, client: Uint8Array): Forwarding {
  prepared.longData.clear()
  const tell = () => ({ kind: 'answer', client, completions: closeCursor(prepared) }) as const
  const content = resetPayload(prepared.upstream)
  const next = own([content], [], tell, tell)
  if (next.kind !== 'command') return answer(packet, client)
  open(memory, packet, next.owed, 1)
  return { upstream: command(content) }
}
