/** Writes the two records of a statement by joining what was written once: per session, per plan, per decision. */
import type { Claimed, Completed, Decided, Decision, Outcome, Session, Statement } from '@gatehouse/core'
import { Filled, Form, ID } from '../spool/form.js'
import { createPieces, type Piece } from '../spool/piece.js'
import { claimedPart } from './claimed-part.js'
import { type DecisionPart, decisionPart } from './decision-part.js'
import { quote, whole } from './json-text.js'
import { codesOf, dispositionOf, statusOf } from './outcome-part.js'
import { type Origin, type SessionPart, sessionPart } from './session-part.js'
import { type StatementPart, statementPart } from './statement-part.js'

export interface StatementWriter {
  /** The decision record for the spool: envelope line and JSON. */
  decision(decided: Decided, sequence: number): Filled
  outcome(completed: Completed, sequence: number): Filled
}

/** A part whose long texts the spool stores once. */
type Shared<Part, Names extends keyof Part> = Omit<Part, Names> & Readonly<Record<Names, Piece>>

interface Parts {
  readonly session: Shared<SessionPart, 'line' | 'opening' | 'closing'>
  readonly statement: Shared<StatementPart, 'metadata' | 'middle' | 'rest'>
  readonly decision: Judged
}

/**
 * What one decision fixes in the records of those whom the message names so, under one revision of the policy. A class: what a
 * spread makes is of a kind of its own to V8 each time, and each look at it a search.
 */
class Judged {
  /** The last session's records under it: a decision is rarely another's too. */
  forms: Forms | undefined = undefined

  constructor(
    readonly statement: Statement,
    readonly who: string,
    readonly revision: string,
    readonly part: DecisionPart,
    readonly middle: Piece,
    /** What stands between the time and `metadata` of the decision record, and of an outcome that says nothing but `done`. */
    readonly asked: Piece,
    readonly done: Piece,
  ) {}
}

interface Forms {
  readonly session: Session
  readonly claimed: Claimed
  readonly asked: Form
  readonly done: Form
}

/** Places of the values in the forms. */
const SEQUENCE = 0
const AT = 1
const EXCHANGE = 2
const POSITION = 3
const BYTES = 4
const START = 5
const DURATION = 6
const RETURNED = 7
const AFFECTED = 8

function endedAs({ status }: Outcome): string {
  return `,"phase":"outcome","outcome":{"status":"${status}","returned":`
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

const DONE: Outcome = { status: 'done', returned: 0, affected: 0 }

export function createStatementWriter(origin: Origin): StatementWriter {
  const piece = createPieces()
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
  const done = piece(endedAs(DONE))

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
    const middle = piece(part.middle)
    const fixed = { who, part, revision }
    const asked = judgement(fixed, summary, part.status, part.disposition, '')
    const done = judgement(fixed, summary, statusOf(DONE), dispositionOf(DONE, part), ', done')
    const ended = piece(`${done},"start_time":`)
    const judged = new Judged(statement, who, revision, part, middle, piece(asked), ended)
    decisions.set(decision, judged)
    return judged
  }

  function partsOf(decided: Decided): Parts {
    const session = sessions(decided.session)
    const statement = statements(decided.statement)
    return { session, statement, decision: decisionOf(decided, session.who, statement) }
  }

  function askedForm({ session, statement, decision }: Parts, claimed: Piece): Form {
    return new Form([
      ...['R ', SEQUENCE, ' ', AT, ' decision ', ID, '-d ', session.line, AT, decision.asked],
      ...[statement.metadata, ID, '-d","sequence":', SEQUENCE, session.opening, ID, statement.middle],
      ...[BYTES, statement.rest, decision.middle, session.closing, claimed],
      ...[',"exchange":', EXCHANGE, ',"position":', POSITION],
      ',"phase":"decision"}}}',
    ])
  }

  /** `judged` goes up to the start of the statement. */
  function endedForm(
    { session, statement, decision }: Parts,
    claimed: Piece,
    judged: Piece | string,
    ended: Piece | string,
    codes: string,
  ): Form {
    return new Form([
      ...['R ', SEQUENCE, ' ', AT, ' outcome ', ID, '-o ', session.line, AT, judged, START],
      ...[',"end_time":', AT, ',"duration":', DURATION, statement.metadata, ID, '-o","sequence":', SEQUENCE],
      ...[session.opening, ID, statement.middle, BYTES, statement.rest],
      ...[decision.middle, session.closing, claimed],
      ...[',"exchange":', EXCHANGE, ',"position":', POSITION],
      ...[ended, RETURNED, ',"affected":', AFFECTED],
      `${codes}}}}}`,
    ])
  }

  function formsOf(decided: Decided): Forms {
    const { session, claimed, decision, statement, policyRevision } = decided
    const before = decisions.get(decision)
    const known = before?.forms
    if (known?.session === session && known.claimed === claimed)
      if (before?.statement === statement && before.revision === policyRevision) return known
    const parts = partsOf(decided)
    const claim = claims(claimed)
    const forms = {
      session,
      claimed,
      asked: askedForm(parts, claim),
      done: endedForm(parts, claim, parts.decision.done, done, ''),
    }
    parts.decision.forms = forms
    return forms
  }

  return {
    decision(decided, sequence) {
      return new Filled(formsOf(decided).asked, decided.id, [
        sequence,
        whole(decided.at),
        whole(decided.exchange),
        whole(decided.position),
        whole(decided.bytes ?? decided.statement.bytes),
      ])
    },

    outcome({ decided, at: ended, outcome }, sequence) {
      const start = whole(decided.at)
      const at = whole(ended)
      const { status, native, refusal, uploaded } = outcome
      const plain =
        status === 'done' && native === undefined && refusal === undefined && uploaded === undefined
      return new Filled(plain ? formsOf(decided).done : unusualForm(decided, outcome), decided.id, [
        sequence,
        at,
        whole(decided.exchange),
        whole(decided.position),
        whole(decided.bytes ?? decided.statement.bytes),
        start,
        Math.max(0, at - start),
        whole(outcome.returned),
        whole(outcome.affected),
      ])
    },
  }

  function unusualForm(decided: Decided, outcome: Outcome): Form {
    const parts = partsOf(decided)
    const { statement, decision } = parts
    const judged = judgement(
      decision,
      statement.summary,
      statusOf(outcome),
      dispositionOf(outcome, decision.part),
      `, ${outcome.status}`,
    )
    const claim = claims(decided.claimed)
    return endedForm(parts, claim, `${judged},"start_time":`, endedAs(outcome), codesOf(outcome))
  }
}
