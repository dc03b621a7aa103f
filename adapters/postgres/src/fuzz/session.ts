/** One session through the kit's own door, with everything that could take time in the player's hand. */
import {
  type Conduct,
  conduct,
  DEFAULT_LIMITS,
  type Guest,
  type Hall,
  type Limits,
} from '@gatehouse/adapter-kit'
import { type AuditSink, type Completed, createGate, type Decided, type Session } from '@gatehouse/core'
import type { PostgresReader } from '@gatehouse/sql'
import { farewellResponse } from '../refusing.js'
import { createConversation } from '../session/conversation.js'
import { createMemorySocket, type MemorySocket } from './memory-socket.js'
import { adapterFor, CONTEXT, type Counted, identityOf, type World } from './world.js'

export interface FuzzSession {
  readonly client: MemorySocket
  readonly upstream: MemorySocket
  readonly conduct: Conduct
  readonly decided: Decided[]
  readonly completed: Completed[]
  readonly faults: unknown[]
  /** Texts that are being read: each call lets the oldest be read. */
  readonly readings: (() => Promise<void>)[]
  /** Confirmations of the spool, in order. */
  readonly confirmations: (() => void)[]
  /** Cancel requests under way. */
  readonly cancels: (() => void)[]
  /** How the spool behaves from now on. */
  readonly spool: { full: boolean; failing: boolean }
}

export interface SessionParts {
  readonly masked: boolean
  readonly counted: Counted | undefined
  readonly limits?: Partial<Limits>
  /** Whether a text that is at hand is read as if it were not. */
  readonly slowly: () => boolean
}

export const POISON = 'gatehouse_refused_fuzz'
const PARAMETERS = new Map([
  ['client_encoding', 'UTF8'],
  ['standard_conforming_strings', 'on'],
])

/** Nobody greets here: all of its members may say no. */
const HALL: Hall = {
  auth: [],
  requireTls: false,
  nativePassword: false,
  scramVerifier: () => {
    throw new TypeError('no sign-in here')
  },
  scrambleVerifier: () => ({ hash: new Uint8Array(), mock: true }),
  full: () => undefined,
  prove: async () => ({ kind: 'refused', reason: 'no sign-in here' }),
  denied: async () => {},
  cancelKey: () => ({ processId: 8, key: new Uint8Array(4) }),
  cancel: async () => {},
  random: (size) => new Uint8Array(size),
}

export async function openSession(world: World, parts: SessionParts): Promise<FuzzSession> {
  const client = createMemorySocket()
  const upstream = createMemorySocket()
  const decided: Decided[] = []
  const completed: Completed[] = []
  const faults: unknown[] = []
  const readings: (() => Promise<void>)[] = []
  const confirmations: (() => void)[] = []
  const cancels: (() => void)[] = []
  const spool = { full: false, failing: false }

  const reader: PostgresReader = {
    ...world.reader,
    read(text, types, context) {
      const plan = world.reader.read(text, types, context)
      if (!(plan instanceof Promise) && !parts.slowly()) return plan
      return new Promise((resolve) => readings.push(async () => resolve(await plan)))
    },
  }
  const after: AuditSink['afterDecisions'] = (then) => {
    confirmations.push(() => then(spool.failing ? 'failed' : 'written'))
  }
  const sink: AuditSink = {
    decided(record, reserve) {
      if (spool.full && !reserve) return 'full'
      decided.push(record)
      return 'taken'
    },
    completed(record) {
      completed.push(record)
      return 'taken'
    },
    signedIn: () => 'taken',
    afterDecisions: after,
    afterOutcomes: after,
  }
  let ids = 0
  const newId = () => {
    ids += 1
    return `id-${ids}`
  }
  const identity = parts.masked ? identityOf('ann', ['analysts']) : identityOf('adam', ['admins'])
  const peer = { address: '127.0.0.1', port: 1 }
  const session: Session = {
    id: 'session',
    identity,
    listener: 'fuzz',
    labels: {},
    protocol: 'postgres',
    database: 'shop',
    login: identity.name,
    peer,
    local: peer,
    upstream: { host: '127.0.0.1', port: 5432, account: 'gw' },
    encrypted: false,
    startedAt: 0,
    claimed: {},
  }
  const policy = world.policy(parts.counted)
  const connection = createGate({ policy: () => policy, sink, now: () => 0, newId }).connect(session)
  if (connection.kind !== 'permit') throw new Error('nobody may connect')
  const guest: Guest = {
    login: identity.name,
    database: 'shop',
    identity,
    application: undefined,
    account: 'gw',
    upstream: { host: '127.0.0.1', port: 5432 },
    turnAway: farewellResponse,
    enter: async (_wire, gate) =>
      createConversation({
        gate,
        database: world.database(reader),
        context: CONTEXT,
        limits: { message: 1 << 20, statement: 1 << 16 },
        ceilings: new Map(),
        key: undefined,
        poisonName: POISON,
        parameters: PARAMETERS,
        application: undefined,
        login: identity.name,
        upstreamProcessId: 7,
        own: { processId: 8, key: new Uint8Array(4) },
        cancellation: () => ({ speak: () => new Promise((resolve) => cancels.push(resolve)) }),
      }),
  }
  let dialled = false
  let entered = () => {}
  const running = new Promise<void>((resolve) => {
    entered = resolve
  })
  const made = conduct(
    client.socket,
    adapterFor(async () => ({ kind: 'guest', guest })),
    {
      hall: () => HALL,
      seat: () => ({ kind: 'seated', gate: connection.gate }),
      dial: async () => {
        if (dialled) return createMemorySocket().socket
        dialled = true
        return upstream.socket
      },
      sink,
      limits: { ...DEFAULT_LIMITS, greeting: 0, connect: 0, ...parts.limits },
      watch: { tick: () => 0, overhead() {}, upstream() {}, at: () => () => {} },
      left() {},
      entered,
      fault: (fault) => faults.push(fault),
    },
  )
  await running
  return {
    client,
    upstream,
    conduct: made,
    decided,
    completed,
    faults,
    readings,
    confirmations,
    cancels,
    spool,
  }
}
