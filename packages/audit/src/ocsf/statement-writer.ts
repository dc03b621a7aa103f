/** Writes the two records of a statement by joining what was written once: per session, per plan, per decision. */
import type { Claimed, Completed, Decided, Decision, Session, Statement } from '@gatehouse/core'
import { claimedPart } from './claimed-part.js'
import { type DecisionPart, decisionPart } from './decision-part.js'
import { quote, whole } from './json-text.js'
import { dispositionOf, outcomePart, statusOf } from './outcome-part.js'
import { type Origin, type SessionPart, sessionPart, token } from './session-part.js'
import { type StatementPart, statementPart } from './statement-part.js'

/** Consecutive pieces of printable ASCII (but for the line end after the envelope): joined in the spool's buffer. */
export type Body = readonly string[]

export interface StatementWriter {
  /** The spool body of the decision record: envelope line and JSON. */
  decision(decided: Decided, sequence: number): Body
  outcome(completed: Completed, sequence: number): Body
}

interface Parts {
  readonly session: SessionPart
  readonly statement: StatementPart
  readonly decision: DecisionPart
}

function kept<K extends object, V>(write: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const written = write(key)
    known.set(key, written)
    return written
  }
}

export function createStatementWriter(origin: Origin): StatementWriter {
  const sessions = kept((session: Session): SessionPart => sessionPart(session, origin))
  const statements = kept((statement: Statement): StatementPart => statementPart(statement))
  const claims = kept((claimed: Claimed): string => claimedPart(claimed))
  const decisions = new WeakMap<Decision, { readonly statement: Statement; readonly part: DecisionPart }>()
  let revision = ''
  let revisionQuoted = '""'

  function decisionOf(decision: Decision, statement: Statement, sensitive: boolean): DecisionPart {
    const before = decisions.get(decision)
    if (before?.statement === statement) return before.part
    const part = decisionPart(decision, statement, sensitive)
    decisions.set(decision, { statement, part })
    return part
  }

  function partsOf(decided: Decided): Parts {
    const session = sessions(decided.session)
    const statement = statements(decided.statement)
    const decision = decisionOf(decided.decision, decided.statement, statement.sensitive)
    return { session, statement, decision }
  }

  function version(text: string): string {
    if (text !== revision) {
      revision = text
      revisionQuoted = quote(text)
    }
    return revisionQuoted
  }

  /** `head` is the envelope and what precedes the message; `tail` ends the vendor object. */
  function joined(
    decided: Decided,
    parts: Parts,
    head: string,
    uid: string,
    sequence: number,
    tail: string,
  ): Body {
    const { session, statement, decision } = parts
    return [
      `${head}","policy":${decision.policy}${version(decided.policyRevision)}},"metadata":{"uid":"${uid}","sequence":${sequence},${statement.truncation}`,
      session.opening,
      `,"query_info":{"uid":"${token(decided.id)}",`,
      statement.middle,
      decision.middle,
      session.closing,
      `${claims(decided.claimed)},"exchange":${whole(decided.exchange)},"position":${whole(decided.position)},"phase":${tail}}}}`,
    ]
  }

  return {
    decision(decided, sequence) {
      const parts = partsOf(decided)
      const { session, statement, decision } = parts
      const uid = `${token(decided.id)}-d`
      const at = whole(decided.at)
      const head =
        `R ${sequence} ${at} decision ${uid} ${session.key} ${session.subject}\n{"time":${at},${decision.severity}${decision.status}` +
        `,"disposition_id":${decision.disposition},"message":"${session.who}${statement.summary}${decision.summary}`
      return joined(decided, parts, head, uid, sequence, '"decision"')
    },

    outcome({ decided, at: ended, outcome }, sequence) {
      const parts = partsOf(decided)
      const { session, statement, decision } = parts
      const uid = `${token(decided.id)}-o`
      const start = whole(decided.at)
      const at = whole(ended)
      const head =
        `R ${sequence} ${at} outcome ${uid} ${session.key} ${session.subject}\n{"time":${at},${decision.severity}${statusOf(outcome)}` +
        `,"disposition_id":${dispositionOf(outcome, decision)},"start_time":${start},"end_time":${at},"duration":${Math.max(0, at - start)}` +
        `,"message":"${session.who}${statement.summary}${decision.summary}, ${outcome.status}`
      return joined(decided, parts, head, uid, sequence, `"outcome"${outcomePart(outcome)}`)
    },
  }
}
