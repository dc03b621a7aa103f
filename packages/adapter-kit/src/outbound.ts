/** The upstream's direction: replies are walked by header, changed only where a permit obliges, and recorded. */
import type { AuditSink, SessionGate } from '@gatehouse/core'
import type { Completion, Conversation } from './adapter.js'
import { createCutter } from './cutter.js'
import type { Gating, Lane } from './lane.js'
import { createOutbox } from './outbox.js'

export interface Outbound {
  /** Returns true when nobody has the bytes any more. */
  push(chunk: Uint8Array): boolean
  /** Takes a copy of bytes that only continue a frame: false when they must be pushed. */
  add(part: Uint8Array): boolean
  /** Part of a frame has gone to the client: nothing else may be said before it is whole. */
  midFrame(): boolean
  stop(): void
}

export interface OutboundEvents {
  /** The upstream broke the protocol, or can't be masked. */
  onCut(last: Uint8Array | undefined): void
  /** A continuation of what was permitted. */
  onUpstream(bytes: Uint8Array): void
}

export interface OutboundParts {
  readonly conversation: Conversation
  readonly gate: SessionGate
  readonly sink: AuditSink
  readonly client: Lane
}

export function createOutbound(parts: OutboundParts, events: OutboundEvents): Outbound {
  const { conversation, gate, sink, client } = parts
  const out = createOutbox()
  /** Outcomes in this chunk; `late`: only of what never ran, and has no decision on record whose outcome is owed. */
  let recorded: 'none' | 'late' | 'owed' = 'none'
  let stopped = false
  let current: Uint8Array | undefined
  /** A frame of the current chunk was read, and whoever read it may have it still. */
  let kept = false

  const complete = (completions: readonly Completion[] | undefined) => {
    if (completions === undefined) return
    for (const { permit, outcome } of completions) {
      if (recorded !== 'owed') recorded = permit.scope === 'statement' ? 'owed' : 'late'
      gate.complete(permit, outcome)
    }
  }

  const written: Gating = (then) => sink.afterOutcomes(then)
  const tried: Gating = (then) => sink.afterOutcomes(() => then('written'))

  /** Invariant: a chunk that ends a statement leaves after that statement's outcome is written (R24). */
  const flush = () => {
    const due = recorded
    recorded = 'none'
    if (out.empty) return
    if (due === 'none') client.send(out.take())
    else client.send(out.take(), due === 'late' ? tried : written)
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
        const inChunk = frame.buffer === current
        const step = conversation.follow(frame, out)
        if (inChunk && !(step.kind === 'go' && step.spent)) kept = true
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
      bytes: (buffer, start, end) => out.pass(buffer, start, end),
    },
  )

  return {
    push(chunk) {
      if (stopped) return false
      current = chunk
      kept = false
      const whole = cutter.push(chunk)
      flush()
      current = undefined
      const sent = client.clear()
      if (sent) out.sent()
      if (whole) return !kept && sent
      if (!stopped) {
        stopped = true
        events.onCut(undefined)
      }
      return false
    },
    add: (part) => !stopped && cutter.add(part),
    midFrame: cutter.midFrame,
    stop() {
      stopped = true
    },
  }
}
