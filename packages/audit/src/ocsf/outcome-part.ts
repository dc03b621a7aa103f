/** How a statement ended, as OCSF status and as our own words. */
import type { Outcome, OutcomeStatus } from '@gatehouse/core'
import type { DecisionPart } from './decision-part.js'
import { clip, quote, whole } from './json-text.js'

const STATUS: Readonly<Record<OutcomeStatus, string>> = {
  done: '"status_id":1,"status":"Success"',
  failed: '"status_id":2,"status":"Failure"',
  refused: '"status_id":2,"status":"Failure"',
  skipped: '"status_id":99,"status":"Skipped"',
  unexecuted: '"status_id":99,"status":"Unexecuted"',
  cut: '"status_id":99,"status":"Cut"',
  unknown: '"status_id":0,"status":"Unknown"',
}

/** The most that an outcome adds to its decision's record, in bytes. */
export const OUTCOME_ROOM = 2048

export function statusOf(outcome: Outcome): string {
  const code = outcome.native ?? outcome.refusal
  return code === undefined
    ? STATUS[outcome.status]
    : `${STATUS[outcome.status]},"status_code":${quote(clip(code, 64))}`
}

/** OCSF `disposition_id`: 27 Error when the server failed it, 2 Blocked when a permitted one was refused after all. */
export function dispositionOf(outcome: Outcome, decision: Pick<DecisionPart, 'disposition'>): number {
  if (decision.disposition !== 1) return decision.disposition
  if (outcome.status === 'failed') return 27
  return outcome.status === 'refused' ? 2 : decision.disposition
}

/** Goes on in `outcome`, behind the counts of rows. */
export function codesOf({ uploaded, native, refusal }: Outcome): string {
  return (
    (uploaded === undefined ? '' : `,"uploaded":${whole(uploaded)}`) +
    (native === undefined ? '' : `,"native":${quote(clip(native, 64))}`) +
    (refusal === undefined ? '' : `,"refusal":"${refusal}"`)
  )
}
