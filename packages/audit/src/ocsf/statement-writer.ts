/** Writes the two records of a statement by joining what was written once: per session, per plan, per decision. */
import type { Claimed, Completed, Decided, Decision, Session, Statement } from '@gatehouse/core'
import { type Body, createPieces, type Piece } from '../spool/piece.js'
import { claimedPart } from './claimed-part.js'
import { type DecisionPart, decisionPart } from './decision-part.js'
import { quote, whole } from './json-text.js'
import { dispositionOf, outcomePart, statusOf } from './outcome-part.js'
import { type Origin, type SessionPart, sessionPart, token } from './session-part.js'
import { type StatementPart, statementPart } from './statement-part.js'

export interface StatementWriter {
  /** The spool body of the decision record: envelope line and JSON. */
  decision(decided: Decided, sequence: number): Body
  outcome(completed: Completed, sequence: number): Body
}

/** A part whose long texts the spool stores once. */
type Shared<Part, Names extends keyof Part> = Omit<Part, Names> & Readonly<Record<Names, Piece>>

interface Parts {
  readonly session: Shared<SessionPart, 'opening' | 'closing'>
  readonly statement: Shared<StatementPart, 'middle'>
  readonly decision: Shared<DecisionPart, 'middle'>
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
  const piece = createPieces()
  const sessions = kept((session: Session): Parts['session'] => {
    const part = sessionPart(session, origin)
    return { ...part, opening: piece(part.opening), closing: piece(part.closing) }
  })
  const statements = kept((statement: Statement): Parts['statement'] => {
    const part = statementPart(statement)
    return { ...part, middle: piece(part.middle) }
  })
  const claims = kept((claimed: Claimed): string => claimedPart(claimed))
  const decisions = new WeakMap<
    Decision,
    { readonly statement: Statement; readonly part: Parts['decision'] }
  >()
  let revision = ''
  let revisionQuoted = '""'

  function decisionOf(decision: Decision, statement: Statement, sensitive: boolean): Parts['decision'] {
    const before = decisions.get(decision)
    if (before?.statement === statement) return before.part
    const written = decisionPart(decision, statement, sensitive)
    const part = { ...written, middle: piece(written.middle) }
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
    id: string,
    phase: 'd' | 'o',
    sequence: number,
    tail: string,
  ): Body {
    const { session, statement, decision } = parts
    return [
      `${head}","policy":${decision.policy}${version(decided.policyRevision)}},"metadata":{"uid":"${id}-${phase}","sequence":${sequence},${statement.truncation}`,
      session.opening,
      `,"query_info":{"uid":"${id}",`,
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
      const id = token(decided.id)
      const at = whole(decided.at)
      const head =
        `R ${sequence} ${at} decision ${id}-d ${session.key} ${session.subject}\n{"time":${at},${decision.severity}${decision.status}` +
        `,"disposition_id":${decision.disposition},"message":"${session.who}${statement.summary}${decision.summary}`
      return joined(decided, parts, head, id, 'd', sequence, '"decision"')
    },

    outcome({ decided, at: ended, outcome }, sequence) {
      const parts = partsOf(decided)
      const { session, statement, decision } = parts
      const id = token(decided.id)
      const start = whole(decided.at)
      const at = whole(ended)
      const head =
        `R ${sequence} ${at} outcome ${id}-o ${session.key} ${session.subject}\n{"time":${at},${decision.severity}${statusOf(outcome)}` +
        `,"disposition_id":${dispositionOf(outcome, decision)},"start_time":${start},"end_time":${at},"duration":${Math.max(0, at - start)}` +
        `,"message":"${session.who}${statement.summary}${decision.summary}, ${outcome.status}`
      return joined(decided, parts, head, id, 'o', sequence, `"outcome"${outcomePart(outcome)}`)
    },
  }
}
