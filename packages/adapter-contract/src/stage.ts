/** Where a contract is played: a real listener over the kit, real sockets, and a sink that remembers what it took. */

import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { createServer, connect as dialSocket, type Socket } from 'node:net'
import {
  type AuthMethod,
  type Conduct,
  conduct,
  DEFAULT_LIMITS,
  deriveScramKeys,
  type Hall,
  type Limits,
  type OpenAdapter,
  type Reception,
  type ScramVerifier,
} from '@gatehouse/adapter-kit'
import {
  type AuditSink,
  type Completed,
  createGate,
  type Decided,
  type Identity,
  type Policy,
  type Session,
  type SignedIn,
  type Taking,
} from '@gatehouse/core'

export interface StageUser {
  readonly name: string
  readonly password: string
  readonly groups?: readonly string[]
  readonly agent?: boolean
}

export interface StageOptions {
  readonly adapter: OpenAdapter
  readonly policy: Policy
  readonly users: readonly StageUser[]
  readonly auth?: readonly AuthMethod[]
  readonly tls?: Hall['tls']
  readonly limits?: Partial<Limits>
  readonly labels?: Readonly<Record<string, string>>
}

/** Everything that the sink took, in order; `full` makes it refuse from then on. */
export interface Evidence {
  readonly decided: Decided[]
  readonly completed: Completed[]
  readonly signedIn: SignedIn[]
  /** Every record and every `written` in the order of their happening. */
  readonly trail: ('decided' | 'completed' | 'signed-in' | 'written')[]
  full: boolean
  failing: boolean
}

export interface Stage {
  readonly port: number
  readonly evidence: Evidence
  readonly sessions: ReadonlySet<Conduct>
  readonly faults: unknown[]
  usePolicy(policy: Policy): void
  drain(): void
  /** Ends every session and the listener; resolves when nothing is left. */
  close(): Promise<void>
}

export async function createStage(options: StageOptions): Promise<Stage> {
  const evidence: Evidence = {
    decided: [],
    completed: [],
    signedIn: [],
    trail: [],
    full: false,
    failing: false,
  }
  const sink = createRecordingSink(evidence)
  const verifiers = await deriveVerifiers(options.users)
  const keys = new Map<number, { readonly key: Uint8Array; conduct?: Conduct }>()
  const sessions = new Set<Conduct>()
  const faults: unknown[] = []
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits }
  let { policy } = options
  let processId = 1000
  const gate = createGate({ policy: () => policy, sink, now: () => Date.now(), newId: () => randomUUID() })
  const ends = new Map<string, () => void>()
  const owners = new Map<object, number>()

  const hall = (token: object): Hall => ({
    auth: options.auth ?? ['password'],
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    requireTls: false,
    scramVerifier: (login) => verifiers.get(login) ?? (verifiers.get('') as ScramVerifier),
    prove: async (proof) => {
      const user = options.users.find(({ name }) => name === proof.login)
      const right = user !== undefined && (proof.kind === 'scram' || proof.secret === user.password)
      return right ? { kind: 'proven', identity: identityOf(user) } : { kind: 'refused', reason: 'proof' }
    },
    denied: async (login, database, reason, refusal) => {
      sink.signedIn({ ...turnedAway(login, database), reason, refusal })
    },
    cancelKey: () => {
      processId += 1
      const entry = { key: randomBytes(4) }
      keys.set(processId, entry)
      owners.set(token, processId)
      return { processId, key: entry.key }
    },
    cancel: async (wanted, key) => {
      const entry = keys.get(wanted)
      if (entry?.key.length === key.length && timingSafeEqual(entry.key, key)) await entry.conduct?.cancel()
    },
    random: (size) => randomBytes(size),
  })

  const receptionFor = (token: object): Reception => ({
    hall: () => hall(token),
    seat: (guest, client) => {
      const session: Session = {
        id: randomUUID(),
        identity: guest.identity,
        listener: 'stage',
        labels: options.labels ?? {},
        protocol: options.adapter.manifest.name,
        database: guest.database,
        login: guest.login,
        peer: client.peer,
        local: client.local,
        upstream: { ...guest.upstream, account: guest.account },
        encrypted: client.encrypted,
        startedAt: Date.now(),
        claimed: guest.application === undefined ? {} : { application: guest.application },
      }
      const connection = gate.connect(session)
      if (connection.kind === 'refusal') {
        return { kind: 'turned-away', code: connection.refusal.code, message: connection.refusal.message }
      }
      ends.set(session.id, connection.end)
      const { expiresAt } = guest.identity
      return { kind: 'seated', gate: connection.gate, ...(expiresAt === undefined ? {} : { expiresAt }) }
    },
    dial: ({ host, port }) => dial(host, port),
    sink,
    limits,
    watch: {
      tick: () => performance.now(),
      overhead() {},
      upstream() {},
      at: (time, then) => {
        const timer = setTimeout(then, Math.max(0, time - Date.now()))
        return () => clearTimeout(timer)
      },
    },
    left: ({ session }) => ends.get(session.id)?.(),
    entered: (_gate, running) => {
      const entry = keys.get(owners.get(token) ?? -1)
      if (entry !== undefined) entry.conduct = running
    },
    fault: (fault) => faults.push(fault),
  })

  const server = createServer({ pauseOnConnect: false }, (socket: Socket) => {
    const running = conduct(socket, options.adapter, receptionFor({}))
    sessions.add(running)
    void running.done.then(() => sessions.delete(running))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a stage without a port')

  return {
    port: address.port,
    evidence,
    sessions,
    faults,
    usePolicy: (next) => {
      policy = next
    },
    drain: () => {
      for (const running of sessions) running.drain()
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const running of sessions) running.end('GH_ENDED', 'the stage closes')
      await Promise.all([...sessions].map(({ done }) => done))
      await closed
    },
  }
}

function turnedAway(login: string, database: string): SignedIn {
  const peer = { address: '127.0.0.1', port: 0 }
  return {
    id: randomUUID(),
    at: Date.now(),
    kind: 'refused',
    listener: 'stage',
    protocol: '',
    peer,
    login,
    database,
  }
}

async function deriveVerifiers(users: readonly StageUser[]): Promise<Map<string, ScramVerifier>> {
  const verifiers = new Map<string, ScramVerifier>()
  for (const { name, password } of [...users, { name: '', password: randomUUID() }]) {
    const salt = randomBytes(16)
    verifiers.set(name, {
      salt,
      iterations: 4096,
      keys: await deriveScramKeys(password, salt, 4096),
      mock: name === '',
    })
  }
  return verifiers
}

function identityOf(user: StageUser): Identity {
  return {
    subject: user.name,
    name: user.name,
    issuer: 'local',
    home: true,
    groups: user.groups ?? [],
    claims: {},
    provenBy: 'password',
    ...(user.agent === true ? { agent: user.name } : {}),
  }
}

function dial(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dialSocket({ host, port })
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

/** Callbacks come with the next turn of the loop, in order, as the real spool's do. */
function createRecordingSink(evidence: Evidence): AuditSink {
  const take = <Entry>(list: Entry[], entry: Entry, kind: Evidence['trail'][number]): Taking => {
    if (evidence.full) return 'full'
    list.push(entry)
    evidence.trail.push(kind)
    return 'taken'
  }
  const after = (then: (result: 'written' | 'failed') => void) => {
    setImmediate(() => {
      evidence.trail.push('written')
      then(evidence.failing ? 'failed' : 'written')
    })
  }
  return {
    decided: (record) => take(evidence.decided, record, 'decided'),
    completed: (record) => {
      evidence.completed.push(record)
      evidence.trail.push('completed')
      return 'taken'
    },
    signedIn: (record) => take(evidence.signedIn, record, 'signed-in'),
    afterDecisions: after,
    afterOutcomes: after,
  }
}
