/** One signed-in client's talk: memory in the middle, reading and forwarding on one side, following on the other. */
import type { Conversation } from '@gatehouse/adapter-kit'
import type { MysqlContext } from '@gatehouse/sql'
import { follow, glance } from '../following/following.js'
import { relationNamed } from '../following/judge.js'
import { createKnownColumns } from '../following/known-columns.js'
import type { FollowingParts } from '../following/steps.js'
import { forwardPermitted, forwardRefused } from '../forwarding/forwarding.js'
import { CLIENT, MARIADB_CLIENT, okPayload, packets } from '../messages/index.js'
import { clientLayout, upstreamLayout } from '../reading/arriving.js'
import { type Pending, type ReadingParts, readFrame } from '../reading/reading.js'
import { farewellPayload } from '../refusing.js'
import { forgetDefined } from './effects.js'
import { createMemory, end, forget, type Memory } from './memory.js'
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
  }
  const memory = createMemory(gate, {
    layout,
    context,
    status: ready.status,
    multiple: mayMultiply,
  })
  let pending: Pending | undefined
  const takePending = (): Pending => {
    if (pending === undefined) throw new TypeError('an answer without a question')
    const taken = pending
    pending = undefined
    return taken
  }
  const refresh = () => {
    const reading: Promise<void> = server
      .refresh()
      // Another definition that was made meanwhile waits for a reading of its own.
      .then(() => (memory.refreshing === reading ? forgetDefined(memory) : undefined))
      // Names stay opaque to this session until a later reading succeeds.
      .catch(() => {})
      .finally(() => {
        if (memory.refreshing === reading) memory.refreshing = undefined
      })
    memory.refreshing = reading
  }
  const extended = (ready.extended & MARIADB_CLIENT.EXTENDED_METADATA) !== 0
  const judge = { server, key: parts.key }
  const following: FollowingParts = {
    memory,
    judge,
    onDefined: refresh,
    known: createKnownColumns(judge, extended),
    message: limits.message,
  }
  const reading: ReadingParts = {
    memory,
    server,
    ceilings: parts.ceilings,
    limits,
    extended,
    siblings: parts.siblings,
    mayMultiply,
    takesFiles: (agreed & CLIENT.LOCAL_FILES) !== 0,
    hold: (read) => {
      pending = read
    },
    afterReset: parts.afterReset,
  }

  const lasting = (resource: string) => relationNamed(resource, following.judge)?.lasting === true

  return {
    clientFrames: clientLayout(memory, limits),
    upstreamFrames: upstreamLayout(limits),
    welcome: packets(arrival.sequence, okPayload({ status: ready.status })),
    read: (frame) => readFrame(frame, reading),
    admitted: (_frame, permits) => forwardPermitted(memory, takePending(), permits, lasting),
    refused: (_frame, refusal) => forwardRefused(memory, takePending(), refusal),
    glance: (type, length) => glance(type, length, memory),
    follow: (frame, out) => follow(frame, out, following),
    get idle() {
      return memory.owed === undefined
    },
    get owed() {
      return memory.owed === undefined ? 0 : 1
    },
    farewell: (code, why) => packets(farewellNumber(memory), farewellPayload(code, why)),
    cancellation: () => (memory.owed === undefined ? undefined : parts.cancellation()),
    ended: () => {
      parts.leave()
      return endAll(memory)
    },
    kill() {
      memory.killed = true
    },
  }
}

/** In the answer that is open or due; outside of one, as a server that takes its leave does. */
function farewellNumber({ owed, reply, arrived }: Memory): number {
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
