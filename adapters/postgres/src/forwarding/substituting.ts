/** Refusals by substitution: what must fail upstream takes the place of what was refused, so that order and state stay true. */
import { concatBytes, type Forwarding, type Frame } from '@gatehouse/adapter-kit'
import type { Limit, Refusal } from '@gatehouse/core'
import { describe, FRONTEND, IDLE, query, readyForQuery } from '../messages.js'
import type { Pending } from '../reading/pending.js'
import { awaitEnd } from '../reading/settling.js'
import { refusalResponse } from '../refusing.js'
import type { Limiting } from '../session/limiting.js'
import { end, forget, type Memory, type Prepared, type Run } from '../session/memory.js'
import type { Owed } from '../session/owed.js'

/** A text that no grammar takes: its error keeps the place of what was refused. */
const BAD_QUERY = query('gatehouse_refused')

export function forwardRefused(memory: Memory, frame: Frame, pending: Pending, refusal: Refusal): Forwarding {
  const native = pending.kind === 'unreadable' ? pending.native : undefined
  const error = refusalResponse(refusal, native)
  const isQuery = pending.kind === 'query' || (pending.kind === 'unreadable' && pending.query)
  return isQuery ? refuseQuery(memory, error) : refuseExtended(memory, error, isUnnamedParse(frame))
}

/** Local only when nothing is owed and nothing open; otherwise a text that must fail keeps the place and the state true. */
function refuseQuery(memory: Memory, error: Uint8Array): Forwarding {
  memory.exchange += 1
  if (memory.ledger.size === 0 && memory.status === IDLE && !memory.unsynced) {
    dropUnnamed(memory)
    return { upstream: undefined, client: concatBytes([error, readyForQuery(IDLE)]) }
  }
  memory.segment += 1
  const unnamed = dropUnnamed(memory)
  const awaited = awaitEnd(memory)
  const owed: Owed = { kind: 'query', runs: [], index: 0, failed: false, error, awaited, unnamed }
  memory.ledger.push(owed)
  return { upstream: BAD_QUERY }
}

/** Invariant: a Parse that fails has dropped the unnamed statement, and nobody runs the older one for it. */
const isUnnamedParse = ({ type, buffer, start, oversize }: Frame) =>
  type === FRONTEND.Parse && (oversize || buffer[start + 5] === 0)

export function refuseExtended(memory: Memory, error: Uint8Array, drops = false): Forwarding {
  const unnamed = drops ? dropUnnamed(memory) : undefined
  if (memory.ledger.size === 0 && memory.status === IDLE && !memory.unsynced) {
    memory.skipping = true
    return { upstream: undefined, client: error }
  }
  memory.ledger.push({ kind: 'poison', error, drops, unnamed })
  memory.unsynced = memory.unflushed = true
  return { upstream: describe('S', memory.poisonName) }
}

/** A Query drops the unnamed statement, and so does a Parse of another. */
export function dropUnnamed(memory: Memory): Prepared | undefined {
  const unnamed = memory.prepared.get('')
  forget(memory, unnamed)
  memory.prepared.delete('')
  return unnamed
}

/** What is counted to the last row must stand alone. */
export function refuseLimitedBatch(memory: Memory, limiting: Limiting, runs: readonly Run[]): Forwarding {
  const limit = limiting.rows ?? limiting.bytes ?? limiting.affected
  const refused = refuseRuns(
    runs,
    limit?.rule,
    'limits are set here, and several statements in one text cannot be counted: send them one by one',
  )
  return { ...refuseQuery(memory, refused.error), completions: refused.completions }
}

/** The rows that RETURNING gives back tell how many were changed, and the client asks for some of them only. */
export function refusePortions(memory: Memory, run: Run, { rule }: Limit): Forwarding {
  const refused = refuseRuns(
    [run],
    rule,
    'changed rows are limited here, and cannot be counted while a portal gives them back in portions: fetch all at once',
  )
  end(memory, run)
  return { ...refuseExtended(memory, refused.error), completions: refused.completions }
}

function refuseRuns(runs: readonly Run[], rule: string | undefined, message: string) {
  const refusal: Refusal = {
    code: 'GH_ROW_LIMIT',
    message,
    id: runs[0]?.permit.decided.id ?? '',
    ...(rule === undefined ? {} : { rule }),
  }
  const outcome = { status: 'refused' as const, returned: 0, affected: 0, refusal: refusal.code }
  return {
    error: refusalResponse(refusal),
    completions: runs.map((run) => ({ permit: run.permit, outcome })),
  }
}
