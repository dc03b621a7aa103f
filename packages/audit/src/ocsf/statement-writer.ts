/** Writes the two records of a statement by joining what was written once: per session, per plan, per decision. */
import type { Claimed, Completed, Decided, Decision, Outcome, Session, Statement } from '@gatehouse/core'
import { type Body, createPieces, type Piece } from '../spool/piece.js'
import { claimedPart } from './claimed-part.js'
import { type DecisionPart, decisionPart } from './decision-part.js'
import { quote, whole } from './json-text.js'
import { codesOf, dispositionOf, statusOf } from './outcome-part.js'
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
  readonly session: Shared<SessionPart, 'line' | 'opening' | 'closing'>
  readonly statement: Shared<StatementPart, 'metadata' | 'middle' | 'rest'>
  readonly decision: Judged
}

/** What one decision fixes in the records of those whom the message names so, under one revision of the policy. */
interface Judged {
  readonly statement: Statement
  readonly who: string
  readonly revision: string
  readonly part: DecisionPart
  readonly middle: Piece
  /** What stands between the time and `metadata` of the decision record, and of an outcome that says nothing but `done`. */
  readonly asked: Piece
  readonly done: Piece
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

/** What stands between the parts of both records. */
const WORDS = {
  record: 'R ',
  blank: ' ',
  decision: ' decision ',
  outcome: ' outcome ',
  asked: '-d ',
  ended: '-o ',
  endTime: ',"end_time":',
  duration: ',"duration":',
  askedSequence: '-d","sequence":',
  endedSequence: '-o","sequence":',
  exchange: ',"exchange":',
  position: ',"position":',
  askedEnd: ',"phase":"decision"}}}',
  status: ',"phase":"outcome","outcome":{"status":"',
  returned: '","returned":',
  affected: ',"affected":',
  end: '}}}}',
} as const

const DONE: Outcome = { status: 'done', returned: 0, affected: 0 }

export function createStatementWriter(origin: Origin): StatementWriter {
  const piece = createPieces()
  const words = {
    record: piece(WORDS.record),
    blank: piece(WORDS.blank),
    decision: piece(WORDS.decision),
    outcome: piece(WORDS.outcome),
    asked: piece(WORDS.asked),
    ended: piece(WORDS.ended),
    endTime: piece(WORDS.endTime),
    duration: piece(WORDS.duration),
    askedSequence: piece(WORDS.askedSequence),
    endedSequence: piece(WORDS.endedSequence),
    exchange: piece(WORDS.exchange),
    position: piece(WORDS.position),
    askedEnd: piece(WORDS.askedEnd),
    status: piece(WORDS.status),
    returned: piece(WORDS.returned),
    affected: piece(WORDS.affected),
    end: piece(WORDS.end),
  }
  const sessions = kept((session: Session): Parts['session'] => {
    const { line, opening, closing, ...part } = sessionPart(session, origin)
    return { ...part, line: piece(line), opening: piece(opening), closing: piece(closing) }
  })
  const statements = kept((statement: Statement): Parts['statement'] => {
    const part = statementPart(statement)
    return { ...part, metadata: piece(part.metadata), middle: piece(part.middle), rest: piece(part.rest) }
  })
  const claims = kept((claimed: Claimed): Piece => piece(claimedPart(claimed)))
  const decisions = new WeakMap<Decision, Judged>()

  /** From the severity to the policy; `last` ends the message. */
  function judgement(
    { who, part, revision }: Pick<Judged, 'who' | 'part' | 'revision'>,
    summary: string,
    status: string,
    disposition: number,
    last: string,
  ): string {
    return (
      `,${part.severity}${status},"disposition_id":${disposition},"message":"${who}${summary}${part.summary}${last}"` +
      `,"policy":${part.policy}${quote(revision)}}`
    )
  }

  function decisionOf(
    { decision, statement, policyRevision: revision }: Decided,
    who: string,
    { sensitive, summary }: Parts['statement'],
  ): Judged {
    const before = decisions.get(decision)
    if (before?.statement === statement && before.who === who && before.revision === revision) return before
    const part = decisionPart(decision, statement, sensitive)
    const fixed = { statement, who, revision, part, middle: piece(part.middle) }
    const asked = judgement(fixed, summary, part.status, part.disposition, '')
    const done = judgement(fixed, summary, statusOf(DONE), dispositionOf(DONE, part), ', done')
    const judged = { ...fixed, asked: piece(asked), done: piece(`${done},"start_time":`) }
    decisions.set(decision, judged)
    return judged
  }

  function partsOf(decided: Decided): Parts {
    const session = sessions(decided.session)
    const statement = statements(decided.statement)
    return { session, statement, decision: decisionOf(decided, session.who, statement) }
  }

  return {
    decision(decided, sequence) {
      const { session, statement, decision } = partsOf(decided)
      const id = token(decided.id)
      const at = whole(decided.at)
      return [
        words.record,
        sequence,
        words.blank,
        at,
        words.decision,
        id,
        words.asked,
        session.line,
        at,
        decision.asked,
        statement.metadata,
        id,
        words.askedSequence,
        sequence,
        session.opening,
        id,
        statement.middle,
        whole(decided.bytes ?? decided.statement.bytes),
        statement.rest,
        decision.middle,
        session.closing,
        claims(decided.claimed),
        words.exchange,
        whole(decided.exchange),
        words.position,
        whole(decided.position),
        words.askedEnd,
      ]
    },

    outcome({ decided, at: ended, outcome }, sequence) {
      const { session, statement, decision } = partsOf(decided)
      const id = token(decided.id)
      const start = whole(decided.at)
      const at = whole(ended)
      const plain = outcome.status === 'done' && outcome.native === undefined && outcome.refusal === undefined
      const { status } = outcome
      const judged = plain
        ? decision.done
        : `${judgement(decision, statement.summary, statusOf(outcome), dispositionOf(outcome, decision.part), `, ${status}`)},"start_time":`
      return [
        words.record,
        sequence,
        words.blank,
        at,
        words.outcome,
        id,
        words.ended,
        session.line,
        at,
        judged,
        start,
        words.endTime,
        at,
        words.duration,
        Math.max(0, at - start),
        statement.metadata,
        id,
        words.endedSequence,
        sequence,
        session.opening,
        id,
        statement.middle,
        whole(decided.bytes ?? decided.statement.bytes),
        statement.rest,
        decision.middle,
        session.closing,
        claims(decided.claimed),
        words.exchange,
        whole(decided.exchange),
        words.position,
        whole(decided.position),
        words.status,
        status,
        words.returned,
        whole(outcome.returned),
        words.affected,
        whole(outcome.affected),
        codesOf(outcome),
        words.end,
      ]
    },
  }
}
