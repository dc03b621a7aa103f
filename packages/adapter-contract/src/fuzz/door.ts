/** One session of an adapter through the kit's own door, over sockets without a network and a spool in the player's hand. */
import {
  type Conduct,
  conduct,
  DEFAULT_LIMITS,
  type Guest,
  type Hall,
  type Limits,
  type Manifest,
  type OpenAdapter,
} from '@gatehouse/adapter-kit'
import {
  type AuditSink,
  type Completed,
  createGate,
  type Decided,
  type Identity,
  type Policy,
} from '@gatehouse/core'
import { createMemorySocket, type MemorySocket } from './memory-socket.js'

export interface Door {
  readonly client: MemorySocket
  /** Of each session on the connection, in their order: more than one where the client changed its user. */
  readonly upstreams: readonly MemorySocket[]
  /** The newest of them. */
  readonly upstream: MemorySocket
  readonly conduct: Conduct
  readonly decided: Decided[]
  readonly completed: Completed[]
  readonly faults: unknown[]
  /** Confirmations of the spool, in order. */
  readonly confirmations: (() => void)[]
  /** How the spool behaves from now on. */
  readonly spool: { full: boolean; failing: boolean }
}

export interface DoorParts {
  readonly manifest: Manifest
  readonly policy: Policy
  readonly identity: Identity
  readonly database: string
  readonly limits?: Partial<Limits>
  readonly turnAway: Guest['turnAway']
  readonly enter: Guest['enter']
  /** Where a client may ask to be somebody else. */
  readonly again?: Guest['again']
  /** What proves it then. */
  readonly hall?: Partial<Hall>
}

/** Nobody greets here at first: all of its members may say no. */
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

/** Resolves when the session has begun: its guest has signed in already. */
export async function openDoor(parts: DoorParts): Promise<Door> {
  const { identity, database, manifest, policy } = parts
  const client = createMemorySocket()
  const upstreams: MemorySocket[] = [createMemorySocket()]
  const decided: Decided[] = []
  const completed: Completed[] = []
  const faults: unknown[] = []
  const confirmations: (() => void)[] = []
  const spool = { full: false, failing: false }
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
  const peer = { address: '127.0.0.1', port: 1 }
  const target = { host: '127.0.0.1', port: 2 }
  const gates = createGate({ policy: () => policy, sink, now: () => 0, newId })
  let sessions = 0
  const seat = (whose: Pick<Guest, 'identity' | 'login'>) => {
    sessions += 1
    const gate = gates.connect({
      id: sessions === 1 ? 'session' : `session-${sessions}`,
      identity: whose.identity,
      listener: 'fuzz',
      labels: {},
      protocol: manifest.name,
      database,
      login: whose.login,
      peer,
      local: peer,
      upstream: { ...target, account: 'gw' },
      encrypted: false,
      startedAt: 0,
      claimed: {},
    })
    if (gate.kind !== 'permit') throw new Error('nobody may connect')
    return { kind: 'seated', gate: gate.gate } as const
  }
  const guest: Guest = {
    login: identity.name,
    database,
    identity,
    application: undefined,
    account: 'gw',
    upstream: target,
    turnAway: parts.turnAway,
    enter: parts.enter,
    ...(parts.again === undefined ? {} : { again: parts.again }),
  }
  /** Sessions that have their upstream; what is dialled beside them cancels. */
  let dialled = 0
  let entered = () => {}
  const running = new Promise<void>((resolve) => {
    entered = resolve
  })
  const made = conduct(client.socket, adapterOf(manifest, guest), {
    hall: () => ({ ...HALL, ...parts.hall }),
    seat,
    dial: async () => {
      if (dialled === sessions) return createMemorySocket().socket
      const upstream = upstreams[dialled] ?? createMemorySocket()
      upstreams[dialled] = upstream
      dialled += 1
      return upstream.socket
    },
    sink,
    limits: { ...DEFAULT_LIMITS, greeting: 0, connect: 0, ...parts.limits },
    watch: { tick: () => 0, overhead() {}, upstream() {}, at: () => () => {} },
    left() {},
    entered,
    fault: (fault) => faults.push(fault),
  })
  await running
  return {
    client,
    upstreams,
    get upstream() {
      return upstreams.at(-1) as MemorySocket
    },
    ...{ conduct: made, decided, completed, faults, confirmations, spool },
  }
}

function adapterOf(manifest: Manifest, guest: Guest): OpenAdapter {
  return {
    manifest,
    greet: async () => ({ kind: 'guest', guest }),
    current: true,
    revise: async () => {},
    explain: async () => ({ kind: 'unreadable', why: '' }),
    catalog: async () => undefined,
    close: async () => {},
  }
}

/** Resolves when whatever could go on without time or sockets has gone on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await undefined
}

/** Both ends close; whoever is waited for comes. `serve`: lets what else is waited for come. */
export async function leaveBy(door: Door, serve: () => Promise<void> | void, wrong: string[]): Promise<void> {
  const { client, upstream, confirmations } = door
  let gone = false
  void door.conduct.done.then(() => {
    gone = true
  })
  for (let turn = 0; turn < 50 && !gone; turn += 1) {
    await serve()
    for (const confirm of confirmations.splice(0)) confirm()
    if (turn > 3) client.close()
    if (client.ended && upstream.ended) {
      client.close()
      upstream.close()
    }
    await settle()
  }
  if (!gone) wrong.push('the session is never done')
}

/** Each decision has exactly one outcome (R23). */
export function judgeRecords({ decided, completed }: Door, wrong: string[]): void {
  const outcomes = new Map<string, number>()
  for (const { decided: of } of completed) outcomes.set(of.id, (outcomes.get(of.id) ?? 0) + 1)
  for (const { id, statement } of decided) {
    const count = outcomes.get(id) ?? 0
    if (count !== 1) wrong.push(`${count} outcomes of ${statement.text || statement.command}`)
    outcomes.delete(id)
  }
  if (outcomes.size > 0) wrong.push('an outcome of what was never decided')
}
