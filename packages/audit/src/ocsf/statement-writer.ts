/** Writes the two records of a statement by joining what was written once: per session, per plan, per decision. */
import type { Claimed, Completed, Decided, Decision, Session, Statement } from '@gatehouse/core'
import { claimedPart } from './claimed-part.js'
import { type DecisionPart, decisionPart } from './decision-part.js'
import { quote } from './json-text.js'
import { dispositionOf, outcomePart, statusOf } from './outcome-part.js'
import { type Origin, type SessionPart, sessionPart, token } from './session-part.js'
import { type StatementPart, statementPart } from './statement-part.js'

export interface StatementWriter {
  /** The spool body of the decision record: envelope line and JSON, in printable ASCII. */
  decision(decided: Decided, sequence: number): string
  outcome(completed: Completed, sequence: number): string
}

export const SCHEMA = 'gatehouse.audit/1.0'
const OPENING = `"unmapped":{"gatehouse":{"schema":"${SCHEMA}","phase":`

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

  function version(text: string): string {
    if (text !== revision) {
      revision = text
      revisionQuoted = quote(text)
    }
    return revisionQuoted
  }

  return {
    decision(decided, sequence) {
      const session = sessions(decided.session)
      const statement = statements(decided.statement)
      const decision = decisionOf(decided.decision, decided.statement, statement.sensitive)
      const id = token(decided.id)
      const at = Math.trunc(decided.at)
      const policy = version(decided.policyRevision)
      return (
        `R ${sequence} ${at} decision ${id}-d ${session.key} ${session.subject}\n{"time":${at},` +
        `"metadata":{"uid":"${id}-d","sequence":${sequence},${session.metadata}${statement.truncation}},` +
        `${session.actor},${statement.activity},"query_info":{"uid":"${id}",${statement.query}` +
        `,"severity_id":${decision.severity},${decision.status},"action_id":${decision.action},"disposition_id":${decision.disposition}` +
        `,"message":"${session.who}: ${statement.summary}: ${decision.summary}",${decision.policy}${policy}},` +
        `${OPENING}"decision","policy_revision":${policy},"exchange":${decided.exchange},"position":${decided.position}` +
        `${session.unmapped}${statement.unmapped}${decision.unmapped}${session.claimedLogin}${claims(decided.claimed)}}}}`
      )
    },

    outcome({ decided, at: ended, outcome }, sequence) {
      const session = sessions(decided.session)
      const statement = statements(decided.statement)
      const decision = decisionOf(decided.decision, decided.statement, statement.sensitive)
      const id = token(decided.id)
      const start = Math.trunc(decided.at)
      const at = Math.trunc(ended)
      const policy = version(decided.policyRevision)
      return (
        `R ${sequence} ${at} outcome ${id}-o ${session.key} ${session.subject}\n{"time":${at},` +
        `"metadata":{"uid":"${id}-o","sequence":${sequence},${session.metadata}${statement.truncation}},` +
        `"start_time":${start},"end_time":${at},"duration":${Math.max(0, at - start)},` +
        `${session.actor},${statement.activity},"query_info":{"uid":"${id}",${statement.query}` +
        `,"severity_id":${decision.severity},${statusOf(outcome)},"action_id":${decision.action},"disposition_id":${dispositionOf(outcome, decision)}` +
        `,"message":"${session.who}: ${statement.summary}: ${decision.summary}, ${outcome.status}",${decision.policy}${policy}},` +
        `${OPENING}"outcome","policy_revision":${policy},"exchange":${decided.exchange},"position":${decided.position}` +
        `${session.unmapped}${statement.unmapped}${decision.unmapped}${session.claimedLogin}${claims(decided.claimed)}${outcomePart(outcome)}}}}`
      )
    },
  }
}
