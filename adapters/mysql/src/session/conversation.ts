/** One signed-in client's talk: memory in the middle, reading and forwarding on one side, following on the other. */
import {
  type Conversation,
  type Frame,
  type FrameLayout,
  leaveDefining,
  type Outbox,
} from '@gatehouse/adapter-kit'
import type { Permit, Refusal, RefusalCode } from '@gatehouse/core'
import type { MysqlContext } from '@gatehouse/sql'
import { follow, glance } from '../following/following.js'
import { relationNamed } from '../following/judge.js'
import { createKnownColumns } from '../following/known-columns.js'
import type { FollowingParts } from '../following/steps.js'
import { forwardPermitted, forwardRefused, type Lasting } from '../forwarding/forwarding.js'
import { CLIENT, MARIADB_CLIENT, okPayload, packets } from '../messages/index.js'
import { clientLayout, upstreamLayout } from '../reading/arriving.js'
import { type Pending, type ReadingParts, readFrame } from '../reading/reading.js'
import { farewellPayload } from '../refusing.js'
import { endDefining } from './defining.js'
import { forgetDefined } from './effects.js'
import { forget } from './forgetting.js'
import { createMemory, end, type Memory } from './memory.js'
import type { ConversationParts } from './parts.js'

/** The conversation, and what another session of the same person may do to it. */
export interface Talk extends Conversation {
  /** Ends it before its next command. */
  kill(): void
}

export function createConversation(parts: ConversationParts): Talk {
  const { server, gate, arrival, ready, limits } = parts
  const context: MysqlContext = {
    database: ready.database,
    sqlMode: ready.sqlMode,
    charset: ready.charset,
    overlay: [],
    account: parts.account,
  }
  const agreed = arrival.capabilities & ready.capabilities
  const mayMultiply = (agreed & CLIENT.MULTI_STATEMENTS) !== 0
  const layout = {
    short: (ready.capabilities & CLIENT.DEPRECATE_EOF) !== 0,
    tracks: (arrival.capabilities & CLIENT.SESSION_TRACK) !== 0,
    extended: (ready.extended & MARIADB_CLIENT.EXTENDED_METADATA) !== 0,
  }
  const memory = createMemory(gate, {
    layout,
    context,
    status: ready.status,
    multiple: mayMultiply,
    definitions: server,
  })
  const refresh = () => {
    const reading: Promise<void> = server
      .refresh()
      // Another definition that was made meanwhile waits for a reading of its own.
      .then(() => (memory.refreshing === reading ? forgetDefined(memory) : undefined))
      // Names stay opaque to this session until a later reading succeeds.
      .catch(() => {})
      .finally(() => {
        if (memory.refreshing === reading) memory.refreshing = undefined
        endDefining(memory)
      })
    memory.refreshing = reading
  }
  const judge = { server, key: parts.key }
  const following: FollowingParts = {
    memory,
    judge,
    onDefined: refresh,
    known: createKnownColumns(judge, layout.extended),
    message: limits.message,
  }
  const reading: ReadingParts = {
    memory,
    server,
    ceilings: parts.ceilings,
    limits,
    siblings: parts.siblings,
    mayMultiply,
    takesFiles: (agreed & CLIENT.LOCAL_FILES) !== 0,
    hold: (read) => {
      talk.pending = read
      memory.readAgainst = server.catalog()
      memory.readAt = server.defining.moment
    },
    afterReset: parts.afterReset,
  }
  const talk = new Talking(parts, memory, reading, following)
  return talk
}

/** A class: getters of an object literal make it a dictionary, and each look at it a search (docs/performance.md). */
class Talking implements Talk {
  readonly clientFrames: FrameLayout
  readonly upstreamFrames: FrameLayout
  readonly welcome: Uint8Array
  pending: Pending | undefined = undefined
  private readonly parts: ConversationParts
  private readonly memory: Memory
  private readonly reading: ReadingParts
  private readonly following: FollowingParts
  private readonly lasting: Lasting

  constructor(parts: ConversationParts, memory: Memory, reading: ReadingParts, following: FollowingParts) {
    this.clientFrames = clientLayout(memory, parts.limits)
    this.upstreamFrames = upstreamLayout(parts.limits)
    this.welcome = packets(parts.arrival.sequence, okPayload({ status: parts.ready.status }))
    this.parts = parts
    this.memory = memory
    this.reading = reading
    this.following = following
    this.lasting = (resource) => relationNamed(resource, following.judge)?.lasting === true
  }

  get idle() {
    return this.memory.owed === undefined
  }

  get owed() {
    return this.memory.owed === undefined ? 0 : 1
  }

  read(frame: Frame) {
    return readFrame(frame, this.reading)
  }

  admitted(_frame: Frame, permits: readonly Permit[]) {
    return forwardPermitted(this.memory, this.takePending(), permits, this.lasting)
  }

  refused(_frame: Frame, refusal: Refusal) {
    return forwardRefused(this.memory, this.takePending(), refusal)
  }

  glance(type: number, length: number) {
    return glance(type, length, this.memory)
  }

  follow(frame: Frame, out: Outbox) {
    return follow(frame, out, this.following)
  }

  farewell(code: RefusalCode, why: string) {
    return packets(farewellNumber(this.memory), farewellPayload(code, why))
  }

  cancellation() {
    return this.memory.owed === undefined ? undefined : this.parts.cancellation()
  }

  confirming() {
    const { confirming } = this.memory
    this.memory.confirming = undefined
    return confirming
  }

  ended() {
    this.parts.leave()
    leaveDefining(this.memory.definitions, this.memory)
    return endAll(this.memory)
  }

  kill() {
    this.memory.killed = true
  }

  private takePending(): Pending {
    const { pending } = this
    if (pending === undefined) throw new TypeError('an answer without a question')
    this.pending = undefined
    return pending
  }
}

/** In the answer that is open or due; outside of one, as a server that takes its leave does. */
function farewellNumber({ owed, reply, arrived, refutedAt }: Memory): number {
  if (refutedAt !== undefined) return refutedAt
  return owed === undefined ? (arrived?.next ?? 0) : reply.client
}

/** The connection is gone: what ran was cut, what did not run was not executed. */
function endAll(memory: Memory) {
  const { owed } = memory
  const completions: ReturnType<typeof end>[number][] = []
  if (owed?.kind === 'statements')
    for (const [index, run] of owed.runs.entries())
      completions.push(...end(run, index <= owed.index ? 'cut' : 'skipped'))
  else if (owed?.kind === 'fields') completions.push(...end(owed.run, 'cut'))
  else if (owed?.kind === 'own') completions.push(...owed.runs.flatMap((run) => end(run, 'cut')))
  else if (owed?.kind === 'prepare')
    completions.push({ permit: owed.foreseen, outcome: { status: 'cut', returned: 0, affected: 0 } })
  memory.owed = undefined
  for (const prepared of memory.prepared.values()) {
    if (prepared.cursor !== undefined) completions.push(...end(prepared.cursor.run, 'cut'))
    forget(memory, prepared)
  }
  completions.push(...memory.forgotten)
  memory.forgotten = []
  return completions
}
