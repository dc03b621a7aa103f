/** How following a packet ends: what goes to the client under its own numbers, and the outcomes that come with it. */
import type { Completion, Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import {
  definitionEnd,
  EOF,
  FULL,
  HEADER,
  type OkReply,
  packets,
  readEnd,
  STATUS,
  sequenceAfter,
} from '../messages/index.js'
import { farewellPayload } from '../refusing.js'
import { close, command, framesOf, reopen } from '../session/exchange.js'
import type { Memory } from '../session/memory.js'
import type { Next } from '../session/owed.js'
import type { Judge } from './judge.js'
import type { KnownColumns } from './known-columns.js'
import { shownEnd } from './ok.js'

export interface FollowingParts {
  readonly memory: Memory
  readonly judge: Judge
  /** Something that others see too was defined. */
  readonly onDefined: () => void
  readonly known: KnownColumns
  /** The most bytes of a row that is gathered to be masked. */
  readonly message: number
}

export const GO: Step = { kind: 'go' }

/** The upstream spoke out of turn. What is open is answered by an ERR, and then both sides close. */
export function cut(memory: Memory, why: string): Step {
  return { kind: 'cut', bytes: packets(memory.reply.client, farewellPayload('GH_UPSTREAM', why)) }
}

export function withForgotten(memory: Memory, completions: readonly Completion[] = []): Step {
  const { forgotten } = memory
  if (forgotten.length === 0) return completions.length === 0 ? GO : { kind: 'go', completions }
  memory.forgotten = []
  return { kind: 'go', completions: [...forgotten, ...completions] }
}

export const payloadOf = ({ buffer, start, end }: Frame): Uint8Array => buffer.subarray(start + HEADER, end)

/** The packet behind rows, or behind definitions where that is an EOF. */
export function endOf({ buffer, start, end }: Frame, { layout }: Memory): OkReply {
  return readEnd(buffer, layout.short, start + HEADER, end)
}

/** The packet as it came, under the number that the client waits for. */
export function pass({ buffer, start, end }: Frame, out: Outbox, { reply }: Memory): void {
  if (reply.draining) return
  if (buffer[start + 3] !== reply.client) buffer[start + 3] = reply.client
  out.pass(buffer, start, end)
  reply.client = (reply.client + 1) & 255
}

/** An EOF, read as `end`. MariaDB marks changes of the session in it, which a client without session tracking knows nothing of. */
export function passEnd(frame: Frame, end: OkReply, out: Outbox, memory: Memory): void {
  if (!memory.layout.short && isEof(frame) && (end.status & STATUS.SESSION_STATE_CHANGED) === 0) {
    pass(frame, out, memory)
    return
  }
  const content = payloadOf(frame)
  const told = shownEnd(content, end, memory)
  if (told === content) pass(frame, out, memory)
  else say(told, out, memory)
}

/** A definition begins with its catalog, which is always `def`. */
export const DEFINITION = 3
/** Invariant: a client is shown no definition that cannot be read to its end. Throws `GH_WIRE`. */
export const isDefinition = ({ type, buffer, start, end }: Frame, { layout }: Memory): boolean =>
  type === DEFINITION &&
  end - start < LONGEST &&
  definitionEnd(buffer, start + HEADER, end, layout.extended) === end
export const isEof = ({ type, start, end }: Frame): boolean => type === EOF && end - start === HEADER + 5

/** A payload of ours. */
export function say(content: Uint8Array, out: Outbox, { reply }: Memory): void {
  if (reply.draining) return
  out.write(packets(reply.client, content))
  reply.client = sequenceAfter(reply.client, content.length)
}

/** Bytes of a frame that goes on in another. */
export const LONGEST = HEADER + FULL

/** Carries out what comes next of commands of our own. */
export function carryOn(
  next: Next,
  out: Outbox,
  memory: Memory,
  completions: readonly Completion[] = [],
): Step {
  if (next.kind === 'command') {
    reopen(memory, next.owed, framesOf(next.content))
    const step = withForgotten(memory, completions)
    return step.kind === 'go' ? { ...step, upstream: command(next.content) } : step
  }
  memory.reply.draining = false
  say(next.client, out, memory)
  close(memory)
  return withForgotten(memory, [...completions, ...(next.completions ?? [])])
}
