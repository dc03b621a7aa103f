/** The upstream's direction: replies are walked by header, changed only where a permit obliges, and recorded. */
import type { AuditSink, SessionGate } from '@gatehouse/core'
import type { Completion, Conversation } from './adapter.js'
import { createCutter, type Stores, storeSize } from './cutter.js'
import type { Gating, Lane } from './lane.js'
import { giveBack, type Loan, lend, unlent } from './loans.js'
import { createOutbox } from './outbox.js'
import { createWithheld } from './withheld.js'

export interface Outbound {
  /**
   * `loan`: what the chunk stands in; it is given back here once nobody has the bytes any more. Returns false where somebody may have them
   * for long, or for good.
   */
  push(chunk: Uint8Array, loan?: Loan): boolean
  /** Where the next bytes belong; undefined: to no frame that is gathered. */
  room(): Uint8Array | undefined
  /** Part of a frame has gone to the client: nothing else may be said before it is whole. */
  midFrame(): boolean
  stop(): void
}

export interface OutboundEvents {
  /** The upstream broke the protocol, or can't be masked. */
  onCut(last: Uint8Array | undefined): void
  /** What ran is not what was decided; `whole`: what the client has got ends with a whole frame. */
  onRefuted(whole: boolean): void
  /** A continuation of what was permitted. */
  onUpstream(bytes: Uint8Array): void
}

export interface OutboundParts {
  readonly conversation: Conversation
  readonly gate: SessionGate
  readonly sink: AuditSink
  readonly client: Lane
}

/** Bytes of a whole frame from which on what it is gathered in is lent. */
const WORTH_LENDING = 16 * 1024

const isWorthHolding = (chunk: Uint8Array, loan: Loan | undefined) =>
  loan !== undefined && 2 * chunk.length >= loan.bytes.length

export function createOutbound(parts: OutboundParts, events: OutboundEvents): Outbound {
  const { conversation, gate, sink, client } = parts
  const out = createOutbox()
  /** Outcomes in this chunk; `late`: only of what never ran, and has no decision on record whose outcome is owed. */
  let recorded: 'none' | 'late' | 'owed' = 'none'
  let stopped = false
  let current: Uint8Array | undefined
  /** Something of the current chunk goes on as it came. */
  let passed = false

  const withheld = createWithheld(gate)

  const complete = (completions: readonly Completion[] | undefined) => {
    if (completions === undefined) return
    withheld.until(conversation.confirming?.())
    for (const completion of completions) {
      if (recorded !== 'owed') recorded = completion.permit.scope === 'statement' ? 'owed' : 'late'
      withheld.complete(completion)
    }
  }

  const written: Gating = (then) => sink.afterOutcomes(then)
  const tried: Gating = (then) => sink.afterOutcomes(() => then('written'))

  /** Bytes of a frame that began in an earlier chunk come first in this one. */
  let continued = false
  let refuted = false

  const confirmed = (confirming: Promise<boolean>, gate: Gating | undefined): Gating => {
    const whole = !continued
    const release = withheld.release()
    return (then) => {
      confirming.then((stands) => {
        release(stands)
        if (stands) return gate === undefined ? then('written') : gate(then)
        if (refuted) return
        stopped = refuted = true
        events.onRefuted(whole)
      })
    }
  }

  /** Invariant: a chunk that ends a statement leaves after that statement's outcome is written (R24). */
  const flush = () => {
    const due = recorded
    recorded = 'none'
    const loans = out.takeLoans()
    if (out.empty) {
      for (const loan of loans ?? []) giveBack(loan)
      return
    }
    const gate = due === 'none' ? undefined : due === 'late' ? tried : written
    withheld.until(conversation.confirming?.())
    const { confirming } = withheld
    client.send(out.take(), confirming === undefined ? gate : confirmed(confirming, gate), loans)
  }

  /** What is gathered stands in what is lent. */
  const stores: Stores = {
    take(size, wanted) {
      const made = storeSize(size, wanted)
      return wanted < WORTH_LENDING ? unlent(made) : lend(wanted, made)
    },
    giveBack,
    told(store) {
      // What was cut off may have gone on its way already: it is forgotten.
      if (!stopped) out.standsIn(store)
    },
  }

  const cutter = createCutter(
    conversation.upstreamFrames,
    (type, length) => conversation.glance(type, length),
    {
      frame(frame) {
        if (stopped) return false
        if (frame.oversize) {
          stopped = true
          flush()
          events.onCut(undefined)
          return false
        }
        if (frame.buffer === current) passed = true
        const step = conversation.follow(frame, out)
        complete(step.completions)
        if (step.kind === 'go') {
          if (step.upstream !== undefined) events.onUpstream(step.upstream)
          return true
        }
        stopped = true
        flush()
        events.onCut(step.bytes)
        return false
      },
      bytes(buffer, start, end) {
        passed = true
        out.pass(buffer, start, end)
      },
    },
    stores,
  )

  return {
    push(chunk, loan) {
      if (stopped) return false
      current = chunk
      continued = cutter.midFrame()
      passed = false
      const whole = cutter.push(chunk)
      current = undefined
      if (!whole) {
        flush()
        if (!stopped) {
          stopped = true
          events.onCut(undefined)
        }
        return false
      }
      if (loan !== undefined && passed) out.standsIn(loan)
      flush()
      if (client.clear()) out.sent()
      if (loan !== undefined && !passed) giveBack(loan)
      // One who reads slowly must not hold many times what it is owed (R30).
      return !passed || client.clear() || isWorthHolding(chunk, loan)
    },
    room: () => (stopped ? undefined : cutter.room()),
    // Of what was refuted nothing has gone.
    midFrame: () => !refuted && cutter.midFrame(),
    stop() {
      stopped = true
      withheld.drop()
    },
  }
}
