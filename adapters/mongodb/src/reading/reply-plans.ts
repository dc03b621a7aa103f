/** Where data stands in replies, and which fields may stand beside it. */
import type { ReplyPlace, ReplyPlan, Shape } from './read-command.js'

/** Of any reply. Errors have a form of their own (masking). */
const ALWAYS = ['ok', '$clusterTime', 'operationTime', 'recoveryToken']
const FAILURES = ['errmsg', 'code', 'codeName', 'errorLabels', 'errInfo', 'writeErrors', 'writeConcernError']

export function plan(fields: string, places: readonly ReplyPlace[] = []): ReplyPlan {
  const names = fields === '' ? [] : fields.split(' ')
  return { places, fields: new Set([...ALWAYS, ...FAILURES, ...names]) }
}

const FREE: Shape = { free: true }

/** Nothing of a collection's documents stands in it. */
export const FREE_REPLY: ReplyPlan = plan('', [{ path: [], each: false, shape: FREE }])
/** What stands in it nobody knows: Statement.outputs is `unknown`, and whoever sees anything masked sees none of it. */
export const OPEN_REPLY: ReplyPlan = FREE_REPLY
export const WRITE_REPLY: ReplyPlan = plan('n nModified electionId opTime', [
  { path: ['upserted'], each: true, shape: FREE },
])

export function cursorReply(shape: Shape, more: readonly ReplyPlace[] = []): ReplyPlan {
  return plan('cursor', [{ path: ['cursor', 'firstBatch'], each: true, shape }, ...more])
}

/** What became of each operation, and how many of each kind: none of it is a stored document. */
export const BULK_REPLY: ReplyPlan = plan('cursor nErrors nInserted nMatched nModified nUpserted nDeleted', [
  { path: ['cursor', 'firstBatch'], each: true, shape: FREE },
])

/** The same plan for what getMore answers. */
export function nextBatch(first: ReplyPlan): ReplyPlan {
  return {
    ...first,
    places: first.places.map((place) =>
      place.path[1] === 'firstBatch' ? { ...place, path: ['cursor', 'nextBatch'] } : place,
    ),
  }
}
