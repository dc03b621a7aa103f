/** The gate decides, records, and only then hands out a permit; no permit, no bytes. */
import type { Admission, Ask, Connection, Gate, GateParts, PermitScope, Refusal } from './admission.js'
import type { Decision, Hold, Permission, Prohibition } from './decision.js'
import { GatehouseError } from './errors.js'
import type { Policy } from './policy/compile.js'
import type { SessionPolicy } from './policy/session-policy.js'
import type { Decided, Outcome } from './record.js'
import { connectStatement, outcomeOf, refusalFrom, refusalOfMissing, unwritable } from './refusal.js'
import type { Claimed, Session } from './session.js'
import { createSessionGate } from './session-gate.js'
import type { Statement } from './statement.js'

let mint: (decided: Decided, permission: Permission, scope: PermitScope) => Permit
/** True once: an outcome is owed for a permit until it is told, or until it turns out that nothing ran. */
let settle: (permit: Permit) => boolean

/** Cannot be constructed outside the gate; holding one is proof of a recorded decision. */
export class Permit {
  readonly #decided: Decided
  readonly #permission: Permission
  readonly #scope: PermitScope
  #owed: boolean

  private constructor(decided: Decided, permission: Permission, scope: PermitScope) {
    this.#decided = decided
    this.#permission = permission
    this.#scope = scope
    this.#owed = scope !== 'standing'
  }

  get decided(): Decided {
    return this.#decided
  }

  get permission(): Permission {
    return this.#permission
  }

  get scope(): PermitScope {
    return this.#scope
  }

  /** Invariant: no object of any other making passes, whatever its shape or prototype. */
  static minted(value: unknown): value is Permit {
    return typeof value === 'object' && value !== null && #decided in value
  }

  static {
    mint = (decided, permission, scope) => new Permit(decided, permission, scope)
    settle = (permit) => {
      const owed = permit.#owed
      permit.#owed = false
      return owed
    }
  }
}

export function createGate(parts: GateParts): Gate {
  return { connect: (session) => openSession(parts, session) }
}

/** What one session's policy says, kept while it stands. */
interface Standpoint {
  readonly policy: Policy
  readonly rules: SessionPolicy
  /** Open sessions of people who may no longer connect are refused, statement by statement. */
  readonly connecting: Decision
  readonly memo: WeakMap<Statement, Decision>
}

function openSession(parts: GateParts, session: Session): Connection {
  const { sink, now, newId } = parts
  const connect = connectStatement(session)
  let standpoint = takeStandpoint(parts.policy())
  let lastExchange = -1
  let position = 0

  function takeStandpoint(policy: Policy): Standpoint {
    const rules = policy.forSession(session)
    const connecting = rules.decide(connect, { claimed: session.claimed, now: now() }).decision
    return { policy, rules, connecting, memo: new WeakMap() }
  }

  function current(): Standpoint {
    const policy = parts.policy()
    if (policy !== standpoint.policy) standpoint = takeStandpoint(policy)
    return standpoint
  }

  function decide(statement: Statement, claimed: Claimed): Decision {
    const { rules, memo, connecting } = current()
    if (connecting.effect !== 'permit') return connecting
    const known = memo.get(statement)
    if (known) return known
    const { decision, memoisable } = rules.decide(statement, { claimed, now: now() })
    if (memoisable) memo.set(statement, decision)
    return decision
  }

  function decided(
    statement: Statement,
    decision: Decision,
    exchange: number,
    claimed: Claimed,
    bytes = statement.bytes,
  ): Decided {
    if (exchange !== lastExchange) {
      lastExchange = exchange
      position = 0
    }
    const policyRevision = standpoint.policy.revision
    const id = newId()
    return {
      id,
      at: now(),
      session,
      statement,
      decision,
      policyRevision,
      exchange,
      position: position++,
      claimed,
      bytes,
    }
  }

  /** A refusal stands whether or not it can be recorded; when not, that is what is said. */
  function recordRefused(record: Decided, refusal: Refusal, reserve: boolean): Refusal {
    const taking = sink.decided(record, reserve)
    if (taking !== 'taken') return unwritable(taking, record.id)
    sink.completed({ decided: record, at: now(), outcome: outcomeOf('refused', refusal.code) })
    return refusal
  }

  function recordUnexecuted(record: Decided): void {
    sink.completed({ decided: record, at: now(), outcome: outcomeOf('unexecuted') })
  }

  /** What was prepared and never ran reached a decision too (R23): both of its records are written when that is certain. */
  function recordLate(
    { decided: { statement, decision, exchange, claimed, bytes } }: Permit,
    outcome: Outcome,
  ): void {
    const record = decided(statement, decision, exchange, claimed, bytes)
    if (sink.decided(record, true) === 'taken') sink.completed({ decided: record, at: now(), outcome })
  }

  function admit(asks: readonly Ask[], exchange: number, claimed: Claimed): Admission {
    const decisions: Decision[] = []
    let permitted = true
    for (const { statement } of asks) {
      const decision = decide(statement, claimed)
      decisions.push(decision)
      if (decision.effect !== 'permit') permitted = false
    }
    if (!permitted) return refuseAll(asks, decisions, exchange, claimed)
    const permits: Permit[] = []
    for (const ask of asks) {
      const decision = decisions[permits.length]
      if (decision?.effect !== 'permit')
        throw new GatehouseError('GH_INVARIANT', 'a statement without a decision')
      const record = decided(ask.statement, decision, exchange, claimed, ask.bytes)
      // Invariant: what cannot be recorded does not run, and neither does anything of its exchange.
      const taking = sink.decided(record, ask.reserve ?? false)
      if (taking !== 'taken') {
        for (const permit of permits) {
          settle(permit)
          recordUnexecuted(permit.decided)
        }
        return { kind: 'refusal', refusal: unwritable(taking, record.id) }
      }
      permits.push(mint(record, decision, 'statement'))
    }
    return { kind: 'permit', permits }
  }

  /** Invariant: that a name means nothing learns only who might use it if it meant something. */
  function refusalOf(
    statement: Statement,
    decision: Prohibition | Hold,
    id: string,
    claimed: Claimed,
  ): Refusal {
    const { missing, ...rest } = statement
    if (missing === undefined || standpoint.connecting.effect !== 'permit') return refusalFrom(decision, id)
    const supposed = { ...rest, actions: missing.actions, outputs: [] }
    const answer = standpoint.rules.decide(supposed, { claimed, now: now() }).decision
    return answer.effect === 'permit' ? refusalOfMissing(missing, decision, id) : refusalFrom(answer, id)
  }

  function refuseAll(
    asks: readonly Ask[],
    decisions: readonly Decision[],
    exchange: number,
    claimed: Claimed,
  ): Admission {
    let first: Refusal | undefined
    for (const [i, { statement, bytes, reserve = false }] of asks.entries()) {
      const decision = decisions[i]
      if (decision === undefined) continue
      const record = decided(statement, decision, exchange, claimed, bytes)
      if (decision.effect === 'permit') {
        if (sink.decided(record, reserve) === 'taken') recordUnexecuted(record)
      } else {
        const refusal = recordRefused(record, refusalOf(statement, decision, record.id, claimed), reserve)
        first ??= refusal
      }
    }
    if (!first) throw new GatehouseError('GH_INVARIANT', 'a refusal without a refused statement')
    return { kind: 'refusal', refusal: first }
  }

  const signedIn = {
    session,
    listener: session.listener,
    protocol: session.protocol,
    peer: session.peer,
    login: session.login,
    database: session.database,
  }
  const { connecting } = standpoint
  if (connecting.effect !== 'permit') {
    const refusal = { ...refusalFrom(connecting, newId()), code: 'GH_CONNECT' } as const
    const { id, code } = refusal
    sink.signedIn({ ...signedIn, id, at: now(), kind: 'refused', refusal: code, rules: connecting.rules })
    return { kind: 'refusal', refusal }
  }
  const record = decided(connect, connecting, -1, session.claimed)
  const standing = mint(record, connecting, 'standing')
  const entry = {
    ...signedIn,
    id: record.id,
    at: record.at,
    kind: 'signed-in',
    rules: connecting.rules,
  } as const
  const taking = sink.signedIn(entry)
  if (taking !== 'taken') return { kind: 'refusal', refusal: unwritable(taking, record.id) }

  let ended = false
  const gate = createSessionGate({
    session,
    standing,
    admit,
    isMasked: () => current().rules.masked,
    isWithholding: () => current().rules.withholds,
    isDiscerning: () => current().rules.discerns,
    mayPermit: (verb) => current().rules.mayPermit(verb),
    wouldPermit: (statement) => decide(statement, session.claimed).effect === 'permit',
    standsFor({ decided: { claimed }, permission }, statement) {
      const decision = decide(statement, claimed)
      return decision.effect === 'permit' && isBoundAlike(permission, decision)
    },
    foresee(ask, exchange, claimed) {
      const decision = decide(ask.statement, claimed)
      if (decision.effect !== 'permit') return refuseAll([ask], [decision], exchange, claimed)
      const foreseen = {
        ...standing.decided,
        statement: ask.statement,
        decision,
        at: now(),
        exchange,
        claimed,
        bytes: ask.bytes ?? ask.statement.bytes,
      }
      return { kind: 'permit', permits: [mint(foreseen, decision, 'foreseen')] }
    },
    refuse(statement, exchange, code, why) {
      const decision: Decision = { effect: 'forbid', rules: [], code, message: why }
      current()
      const record = decided(statement, decision, exchange, session.claimed)
      return recordRefused(record, refusalFrom(decision, record.id), false)
    },
    complete(permit, outcome) {
      if (!Permit.minted(permit)) throw new GatehouseError('GH_INVARIANT', 'not a permit')
      if (!settle(permit)) return
      if (permit.scope === 'statement') sink.completed({ decided: permit.decided, at: now(), outcome })
      else recordLate(permit, outcome)
    },
  })
  const end = (reason?: string): void => {
    if (ended) return
    ended = true
    sink.signedIn({
      ...signedIn,
      id: newId(),
      at: now(),
      kind: 'ended',
      ...(reason !== undefined && { reason }),
    })
  }
  return { kind: 'permit', gate, end }
}

/** By the same obligations, whatever the rules that spoke. */
function isBoundAlike(one: Permission, other: Permission): boolean {
  const [mine, theirs] = [one, other].map((each) => JSON.stringify({ ...each, rules: [] }))
  return mine === theirs
}
