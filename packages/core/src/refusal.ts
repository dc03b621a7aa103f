/** Decisions as refusals, and the records that go with them. */

import type { Refusal } from './admission.js'
import type { Hold, Prohibition } from './decision.js'
import type { RefusalCode } from './errors.js'
import type { Outcome, OutcomeStatus, Taking } from './record.js'
import type { Session } from './session.js'
import type { MissingPart, Statement } from './statement.js'

/** A hold is answered with a refusal for as long as nobody can wait for it. */
export function refusalFrom(decision: Prohibition | Hold, id: string): Refusal {
  const rule = decision.rules[0]
  const named = rule === undefined ? {} : { rule }
  if (decision.effect === 'hold') {
    const hint =
      'this version does not wait for approvals: ask an approver to run it, or change the statement'
    return { code: 'GH_APPROVAL', message: decision.message, hint, ...named, id }
  }
  const hint = decision.hint === undefined ? {} : { hint: decision.hint }
  return { code: decision.code, message: decision.message, ...hint, ...named, id }
}

/** The server's own answer to a name that it does not have: clients look for it. */
export function refusalOfMissing(missing: MissingPart, decision: Prohibition | Hold, id: string): Refusal {
  const { code, message, position } = missing
  return {
    code: decision.effect === 'forbid' ? decision.code : 'GH_OPAQUE',
    message,
    hint: 'check the name, and the schemas in which it is looked for',
    id,
    native: { code, ...(position === undefined ? {} : { position }) },
  }
}

export function unwritable(taking: Exclude<Taking, 'taken'>, id: string): Refusal {
  if (taking === 'spent')
    return {
      code: 'GH_AUDIT_UNAVAILABLE',
      message: 'your audit records have used up what one identity may write, so nothing of yours runs',
      hint: 'ask for less at once, or try again later; others are served meanwhile',
      id,
    }
  return {
    code: 'GH_AUDIT_UNAVAILABLE',
    message: 'the audit record cannot be written, so nothing runs',
    hint: 'try again when the gateway can write its records',
    id,
  }
}

export function outcomeOf(status: OutcomeStatus, refusal?: RefusalCode): Outcome {
  return { status, returned: 0, affected: 0, ...(refusal !== undefined && { refusal }) }
}

/** Signing in, as a statement that policy can judge. */
export function connectStatement(session: Session): Statement {
  return {
    command: 'CONNECT',
    actions: [
      {
        verb: 'connect',
        resource: { kind: 'database', path: [session.database], system: false },
        fields: [],
        unfiltered: false,
        certainty: 'exact',
        command: 'CONNECT',
        functions: [],
        derived: false,
      },
    ],
    outputs: [],
    collects: false,
    text: 'CONNECT',
    bytes: 0,
  }
}
