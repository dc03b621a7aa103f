/** The client's direction: frames are read, decided, and forwarded only with a permit. */
import {
  type Admission,
  type AuditSink,
  GatehouseError,
  Permit,
  type Refusal,
  type SessionGate,
} from '@gatehouse/core'
import type { Conversation, Forwarding } from './adapter.js'
import { createCutter, type Frame } from './cutter.js'
import type { Gating, Lane } from './lane.js'
import { createOutbox } from './outbox.js'

export interface Inbound {
  /** Bytes from the client. */
  push(chunk: Uint8Array): void
  /** Goes on after a hold, once nothing stands in the way. */
  resume(): void
  /** True while frames wait: the client must not be read from. */
  held(): boolean
  stop(): void
}

export interface InboundEvents {
  /** Held, or free again: the relay pauses or resumes the client. */
  onHeld(): void
  onGoodbye(): void
  onAgain(packet: Uint8Array): void
  /** Not this protocol, or over a ceiling. */
  onBroken(why: string, last?: Uint8Array): void
  onFault(fault: unknown): void
  /** A reason from outside to wait: too much is owed, a cancel is under way. */
  mayGoOn(): boolean
}

export interface InboundParts {
  readonly conversation: Conversation
  readonly gate: SessionGate
  readonly sink: AuditSink
  readonly upstream: Lane
  readonly client: Lane
}

export function createInbound(parts: InboundParts, events: InboundEvents): Inbound {
  const { conversation, gate, sink } = parts
  const out = createOutbox()
  /** A frame that must be read again, or whose admission is awaited. */
  let pending: Frame | undefined
  let awaiting = false
  let stopped = false
  let decided = false

  /** Invariant: the one place that puts client bytes on the way upstream, and it takes a permit ("no permit, no bytes"). */
  const forward = (permit: Permit, frame: Frame, bytes: 'frame' | Uint8Array) => {
    if (!Permit.minted(permit)) throw new GatehouseError('GH_INVARIANT', 'no permit, no bytes')
    if (bytes === 'frame') out.pass(frame.buffer, frame.start, frame.end)
    else out.write(bytes)
  }

  const written: Gating = (then) => sink.afterDecisions(then)

  const flush = () => {
    if (out.empty) {
      // What was decided has put nothing on the way: later bytes need not wait for it.
      decided = false
      return
    }
    const gating = decided ? written : undefined
    decided = false
    parts.upstream.send(out.take(), gating)
  }

  const carryOut = (permit: Permit, frame: Frame, forwarding: Forwarding, unwritten = false) => {
    if (forwarding.upstream !== undefined) forward(permit, frame, forwarding.upstream)
    for (const { permit: ended, outcome } of forwarding.completions ?? []) gate.complete(ended, outcome)
    if (forwarding.client !== undefined) {
      parts.client.send([forwarding.client], (then) =>
        sink.afterOutcomes((result) => then(unwritten ? 'written' : result)),
      )
    }
  }

  /**
   * What answers in the place of a refused frame waits for the refusal's record. Where the refusal says that nothing can be
   * recorded there is none to wait for: it is told, the session stays, and nothing of the client's goes upstream.
   */
  const refuse = (frame: Frame, refusal: Refusal) => {
    const unwritten = refusal.code === 'GH_AUDIT_UNAVAILABLE'
    if (!unwritten) decided = true
    carryOut(gate.standing, frame, conversation.refused(frame, refusal), unwritten)
  }

  /** What is only foreseen has no record yet that its bytes could wait for (R23). */
  const settle = (frame: Frame, admission: Admission, foreseen: boolean) => {
    if (admission.kind === 'permit') {
      if (!foreseen) decided = true
      const first = admission.permits[0] ?? gate.standing
      carryOut(first, frame, conversation.admitted(frame, admission.permits))
    } else {
      refuse(frame, admission.refusal)
    }
  }

  /** Waits without holding up anybody else, then goes on where it stopped. */
  const wait = (frame: Frame, ready: Promise<unknown>, then: (result: never) => void): false => {
    const kept = { ...frame }
    pending = kept
    awaiting = true
    flush()
    events.onHeld()
    ready.then(
      (result) => {
        awaiting = false
        if (stopped) return
        try {
          then(result as never)
          pump()
        } catch (fault) {
          events.onFault(fault)
        }
      },
      (fault: unknown) => {
        awaiting = false
        if (!stopped) events.onFault(fault)
      },
    )
    return false
  }

  /** Returns false when the frame could not be finished now. */
  const handle = (frame: Frame): boolean => {
    const reading = conversation.read(frame)
    switch (reading.kind) {
      case 'pass':
        forward(gate.standing, frame, reading.bytes ?? 'frame')
        return true
      case 'ask': {
        const { asks, exchange, judge } = reading
        const claimed = gate.session.claimed
        const first = asks[0]
        const foreseen = judge === 'foresee' && first !== undefined
        const admission = foreseen
          ? gate.foresee(first, exchange, claimed)
          : gate.admit(asks, exchange, claimed)
        if (admission instanceof Promise) {
          const kept = { ...frame }
          return wait(frame, admission, (answer: Admission) => {
            pending = undefined
            settle(kept, answer, foreseen)
          })
        }
        settle(frame, admission, foreseen)
        return true
      }
      case 'unreadable': {
        const refusal = gate.refuse(reading.statement, reading.exchange, reading.code, reading.why)
        refuse(frame, refusal)
        return true
      }
      case 'wait':
        if (reading.nudge !== undefined) out.write(reading.nudge)
        return wait(frame, reading.ready, () => {})
      case 'settle':
        carryOut(gate.standing, frame, reading.forwarding)
        return true
      case 'drop':
        return true
      case 'goodbye':
        stopped = true
        forward(gate.standing, frame, 'frame')
        flush()
        events.onGoodbye()
        return false
      case 'again':
        stopped = true
        flush()
        // Whoever asks to be somebody else must hear the answer before it goes on.
        if (cutter.kept() > 0) events.onBroken('more came before the change of user was answered')
        else events.onAgain(reading.packet)
        return false
      case 'fatal':
        stopped = true
        events.onBroken('a message that is not of this protocol here', reading.bytes)
        return false
    }
  }

  const onFrame = (frame: Frame): boolean => {
    if (stopped) return false
    if (!events.mayGoOn()) {
      pending = { ...frame }
      events.onHeld()
      return false
    }
    return handle(frame)
  }

  const cutter = createCutter(conversation.clientFrames, () => 'whole', {
    frame: onFrame,
    bytes: (buffer, start, end) => out.pass(buffer, start, end),
  })

  const pump = () => {
    while (!stopped && !awaiting) {
      if (pending !== undefined) {
        if (!events.mayGoOn()) break
        const frame = pending
        pending = undefined
        if (!handle(frame)) break
      }
      if (cutter.resume()) break
      const broken = cutter.broken()
      if (broken !== undefined) {
        stopped = true
        events.onBroken(broken)
        break
      }
    }
    flush()
    events.onHeld()
  }

  return {
    push(chunk) {
      if (stopped) return
      const broken = cutter.push(chunk) ? undefined : cutter.broken()
      if (broken !== undefined && !stopped) {
        stopped = true
        events.onBroken(broken)
      }
      flush()
      if (pending !== undefined) events.onHeld()
    },
    resume() {
      if (!awaiting && pending !== undefined && events.mayGoOn()) pump()
    },
    held: () => awaiting || pending !== undefined,
    stop() {
      stopped = true
      pending = undefined
    },
  }
}
