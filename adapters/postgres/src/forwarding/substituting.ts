/** Refusals by substitution: what must fail upstream takes the place of what was refused, so that order and state stay true. */
import { concatBytes, type Forwarding } from '@gatehouse/adapter-kit'
import type { Refusal } from '@gatehouse/core'
import { describe, IDLE, query, readyForQuery } from '../messages.js'
import type { Pending } from '../reading/reading.js'
import { awaitEnd } from '../reading/settling.js'
import { refusalResponse } from '../refusing.js'
import { forget, type Memory, type Owed, type Run } from '../session/memory.js'

/** A text that no grammar takes: its error keeps the place of what was refused. */
const BAD_QUERY = query('gatehouse_refused')

export function forwardRefused(memory: Memory, pending: Pending, refusal: Refusal): Forwarding {
  const native = pending.kind === 'unreadable' ? pending.native : undefined
  const error = refusalResponse(refusal, native)
  const isQuery = pending.kind === 'query' || (pending.kind === 'unreadable' && pending.query)
  return isQuery ? refuseQuery(memory, error) : refuseExtended(memory, error)
}

/** Local only when nothing is owed and nothing open; otherwise a text that must fail keeps the place and the state true. */
function refuseQuery(memory: Memory, error: Uint8Array): Forwarding {
  memory.exchange += 1
  if (memory.ledger.size === 0 && memory.status === IDLE && !memory.unsynced) {
    dropUnnamed(memory)
    return { upstream: undefined, client: concatBytes([error, readyForQuery(IDLE)]) }
  }
  memory.segment += 1
  dropUnnamed(memory)
  const awaited = awaitEnd(memory)
  const owed: Owed = { kind: 'query', runs: [], index: 0, failed: false, error, awaited }
  memory.ledger.push(owed)
  return { upstream: BAD_QUERY }
}

export function refuseExtended(memory: Memory, error: Uint8Array): Forwarding {
  if (memory.ledger.size === 0 && memory.status === IDLE && !memory.unsynced) {
    memory.skipping = true
    return { upstream: undefined, client: error }
  }
  memory.ledger.push({ kind: 'poison', error })
  memory.unsynced = memory.unflushed = true
  return { upstream: describe('S', memory.poisonName) }
}

/** A Query drops the unnamed statement. */
export function dropUnnamed(memory: Memory): void {
  forget(memory, memory.prepared.get(''))
  memory.prepared.delete('')
}

/** Rows can be counted to the last only when the statement stands alone. */
export function refuseLimitedBatch(memory: Memory, limited: Run, runs: readonly Run[]): Forwarding {
  const { permit } = limited
  const refusal: Refusal = {
    code: 'GH_ROW_LIMIT',
    message:
      'rows are limited here, and several statements in one text cannot be counted: send them one by one',
    id: permit.decided.id,
    ...(permit.permission.rows === undefined ? {} : { rule: permit.permission.rows.rule }),
  }
  const completions = runs.map((run) => ({
    permit: run.permit,
    outcome: { status: 'refused' as const, returned: 0, affected: 0, refusal: refusal.code },
  }))
  return { ...refuseQuery(memory, refusalResponse(refusal)), completions }
}
