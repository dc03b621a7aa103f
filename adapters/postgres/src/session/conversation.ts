/** One signed-in client's talk: memory in the middle, reading and forwarding on one side, following on the other. */
import {
  type Conversation,
  concatBytes,
  type Forwarding,
  type Frame,
  type FrameLayout,
  type Limits,
  leaveDefining,
  type Outbox,
  type Reading,
} from '@gatehouse/adapter-kit'
import type { Permit, Refusal, RefusalCode, SessionGate } from '@gatehouse/core'
import type { MaskKey } from '@gatehouse/masking'
import type { ReadingContext } from '@gatehouse/sql'
import type { Database } from '../catalog/database.js'
import { follow, glance } from '../following/following.js'
import type { FollowingParts } from '../following/steps.js'
import { forwardExecute, forwardPermitted } from '../forwarding/forwarding.js'
import { forwardRefused, refuseExtended } from '../forwarding/substituting.js'
import {
  authenticationOk,
  BACKEND,
  backendLayout,
  errorResponse,
  frontendLayout,
  IDLE,
  int32,
  message,
  parameterStatus,
  readyForQuery,
} from '../messages.js'
import { wait } from '../reading/answers.js'
import type { Ceilings } from '../reading/ceilings.js'
import { mayBeThere } from '../reading/dropped.js'
import type { Pending, ReadingParts, Target } from '../reading/pending.js'
import { readFrame } from '../reading/reading.js'
import { pushSync } from '../reading/settling.js'
import { farewellResponse } from '../refusing.js'
import { endDefining } from './defining.js'
import { createMemory, end, forget, type Memory, type Run } from './memory.js'
import { expectReports, forgetDefined } from './names.js'
import { definedAs, isOwnOrigin } from './origins.js'
import type { Owed } from './owed.js'

export interface ConversationParts {
  readonly gate: SessionGate
  readonly database: Database
  readonly context: ReadingContext
  readonly limits: Pick<Limits, 'message' | 'statement'>
  readonly ceilings: Ceilings
  readonly key: MaskKey | undefined
  readonly poisonName: string
  /** ParameterStatus as the upstream gave them at sign-in. */
  readonly parameters: ReadonlyMap<string, string>
  /** What the client said its application is called. */
  readonly application: string | undefined
  readonly login: string
  readonly upstreamProcessId: number
  readonly own: { readonly processId: number; readonly key: Uint8Array }
  readonly cancellation: Conversation['cancellation']
}

export function createConversation(parts: ConversationParts): Conversation {
  const { database, gate } = parts
  const memory = createMemory(gate, parts.context, parts.poisonName, parts.ceilings, database)

  const shown: ReadonlyMap<string, () => string | undefined> = new Map([
    ['application_name', () => parts.application ?? ''],
    ['session_authorization', () => parts.login],
    ['is_superuser', () => 'off'],
  ])
  const named = (schema: string, relation: string) => database.named(`${database.name}.${schema}.${relation}`)
  const known = (resource: string) => definedAs(memory, database.name, resource) ?? database.named(resource)
  if (parts.parameters.has('search_path')) expectReports(memory, parts.context.searchPath)
  const refresh = () => {
    memory.refreshing = database
      .refresh()
      .then(() => forgetDefined(memory, (schema, relation) => named(schema, relation)?.oid))
      // Names stay opaque to this session until a later reading succeeds.
      .catch(() => {})
      .finally(() => {
        memory.refreshing = undefined
        endDefining(memory)
      })
  }
  const following: FollowingParts = {
    memory,
    judge: {
      relation: database.relation,
      named: known,
      own: (output, oid, attribute) => isOwnOrigin(memory, database.name, output, oid, attribute),
      key: parts.key,
      database: database.name,
      type: database.type,
      get document() {
        return database.document
      },
    },
    onDefined: refresh,
    shown,
    processIds: { upstream: parts.upstreamProcessId, own: parts.own.processId },
  }
  const reading: ReadingParts = {
    memory,
    reader: () => database.reader,
    current: () => database.current,
    epoch: () => database.epoch,
    refreshing: () => memory.refreshing ?? database.refreshing,
    stands: (resource: string) => known(resource) !== undefined,
    hold: (read) => {
      talk.pending = read
      memory.readAgainst = database.catalog()
      memory.readAt = database.defining.moment
    },
    passed: (kind, target) => note(memory, kind, target),
    missing: (what, name) => missing(memory, what, name),
  }
  const talk = new Talk(parts, memory, reading, following)
  return talk
}

/** A class: getters of an object literal make it a dictionary, and each look at it a search (docs/performance.md). */
class Talk implements Conversation {
  readonly clientFrames: FrameLayout
  readonly upstreamFrames: FrameLayout
  readonly welcome: Uint8Array
  pending: Pending | undefined = undefined
  private readonly memory: Memory
  private readonly reading: ReadingParts
  private readonly following: FollowingParts
  readonly cancellation: Conversation['cancellation']

  constructor(parts: ConversationParts, memory: Memory, reading: ReadingParts, following: FollowingParts) {
    this.clientFrames = frontendLayout(parts.limits.message, parts.limits.statement)
    this.upstreamFrames = backendLayout(parts.limits.message)
    this.welcome = welcome(parts, following.shown)
    this.cancellation = () => (memory.ledger.size === 0 ? undefined : parts.cancellation())
    this.memory = memory
    this.reading = reading
    this.following = following
  }

  get idle() {
    return this.memory.ledger.size === 0 && !this.memory.copyingIn
  }

  get owed() {
    return this.memory.ledger.size
  }

  read(frame: Frame) {
    return readFrame(frame, this.reading)
  }

  admitted(_frame: Frame, permits: readonly Permit[]) {
    return forwardPermitted(this.memory, this.takePending(), permits)
  }

  refused(frame: Frame, refusal: Refusal) {
    return forwardRefused(this.memory, frame, this.takePending(), refusal)
  }

  glance(type: number) {
    return glance(type, this.memory)
  }

  follow(frame: Frame, out: Outbox) {
    return follow(frame, out, this.following)
  }

  farewell(code: RefusalCode, why: string) {
    // One FATAL is enough: libpq can spin on a second (postgres-wire §3.6).
    return this.memory.fatal ? new Uint8Array() : farewellResponse(code, why)
  }

  confirming() {
    const { confirming } = this.memory
    this.memory.confirming = undefined
    return confirming
  }

  ended() {
    // What it has sent may still be committed.
    leaveDefining(this.memory.definitions, this.memory)
    return endAll(this.memory)
  }

  private takePending(): Pending {
    const { pending } = this
    if (pending === undefined) throw new TypeError('an answer without a question')
    this.pending = undefined
    return pending
  }
}

function welcome(parts: ConversationParts, shown: ReadonlyMap<string, () => string | undefined>): Uint8Array {
  const statuses = [...parts.parameters].map(([name, value]) => {
    const own = shown.get(name)
    return parameterStatus(name, own === undefined ? value : (own() ?? ''))
  })
  const { processId, key } = parts.own
  return concatBytes([
    authenticationOk,
    ...statuses,
    message(BACKEND.BackendKeyData, int32(processId), key),
    readyForQuery(IDLE),
  ])
}

/** Bookkeeping of a frame that carries no statement; undefined when it goes upstream as it is. */
function note(
  memory: Memory,
  kind: 'describe' | 'execute' | 'close' | 'flush' | 'sync',
  target: Target | undefined,
): Forwarding | undefined {
  switch (kind) {
    case 'sync':
      pushSync(memory)
      memory.exchange += 1
      memory.skipping = false
      return undefined
    case 'flush':
      memory.unflushed = false
      return undefined
    case 'execute':
      return target?.what === 'portal' ? forwardExecute(memory, target) : undefined
    case 'describe': {
      const owed: Owed = {
        kind: 'describe',
        own: false,
        quiet: false,
        ...(target?.what === 'statement' ? { prepared: target.prepared } : { portal: target?.portal }),
      }
      if (target?.what === 'portal' && target.portal !== undefined) target.portal.described = true
      memory.ledger.push(owed)
      break
    }
    case 'close':
      if (target?.what === 'statement') {
        memory.prepared.delete(target.name)
        memory.ledger.push({ kind: 'close', prepared: target.prepared })
      } else if (target?.what === 'portal') {
        memory.portals.delete(target.name)
        memory.cursors.delete(target.name)
        memory.ledger.push({ kind: 'close', portal: target.portal })
      }
  }
  memory.unsynced = memory.unflushed = true
  return undefined
}

/** The server would say so too; a name that this session cannot know must not reach it. */
function missing(memory: Memory, what: 'statement' | 'portal', name: string): Reading {
  if (mayBeThere(memory, what, name)) return wait(memory)
  const error = errorResponse({
    severity: 'ERROR',
    code: what === 'statement' ? '26000' : '34000',
    message:
      what === 'statement'
        ? `prepared statement "${name}" does not exist`
        : `portal "${name}" does not exist`,
  })
  return { kind: 'settle', forwarding: refuseExtended(memory, error) }
}

/** The connection is gone: what ran was cut, what did not run was not executed. */
function endAll(memory: Memory) {
  const completions: ReturnType<Conversation['ended']>[number][] = []
  const cutOff = (run: Run, ran: boolean) => {
    if (!end(memory, run)) return
    completions.push({
      permit: run.permit,
      outcome: { status: ran ? 'cut' : 'unexecuted', returned: run.returned, affected: 0 },
    })
  }
  for (let entry = memory.ledger.pop(); entry !== undefined; entry = memory.ledger.pop()) {
    if (entry.kind === 'execute') cutOff(entry.portal.run, true)
    else if (entry.kind === 'query') for (const run of entry.runs) cutOff(run, true)
    else if (entry.kind === 'parse') forget(memory, entry.previous)
    else if (entry.kind === 'bind') {
      cutOff(entry.portal.run, entry.portal.run.started)
      if (entry.previous !== undefined) cutOff(entry.previous.run, entry.previous.run.started)
    } else if (entry.kind === 'close') {
      forget(memory, entry.prepared)
      if (entry.portal !== undefined) cutOff(entry.portal.run, entry.portal.run.started)
    } else if (entry.kind === 'sync' && entry.held !== undefined) cutOff(entry.held.run, true)
  }
  for (const portal of memory.portals.values()) cutOff(portal.run, portal.run.started)
  for (const prepared of memory.prepared.values()) forget(memory, prepared)
  completions.push(...memory.forgotten.splice(0))
  return completions
}
