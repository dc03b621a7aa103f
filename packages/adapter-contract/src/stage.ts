/** Where a contract is played: a real listener over the kit, real sockets, and a sink that remembers what it took. */
import { createServer, connect as dialSocket, type Socket } from 'node:net'
import {
  type AuthMethod,
  type Conduct,
  conduct,
  DEFAULT_LIMITS,
  type Hall,
  type Limits,
  type OpenAdapter,
  type Reception,
  type Wire,
} from '@gatehouse/adapter-kit'
import { createGate, type Policy, type Session } from '@gatehouse/core'
import { createRecordingSink, type Evidence } from './recording-sink.js'
import { createStageHall, type StageUser } from './stage-hall.js'

export interface StageOptions {
  readonly adapter: OpenAdapter
  readonly policy: Policy
  readonly users: readonly StageUser[]
  readonly auth?: readonly AuthMethod[]
  readonly tls?: Hall['tls']
  readonly requireTls?: boolean
  readonly nativePassword?: boolean
  readonly limits?: Partial<Limits>
  readonly labels?: Readonly<Record<string, string>>
  /** In place of the stage's own hall: its proofs judged by somebody else. */
  readonly hall?: (client: Wire, own: Hall) => Hall
}

export interface Stage {
  readonly port: number
  readonly evidence: Evidence
  readonly sessions: ReadonlySet<Conduct>
  readonly faults: unknown[]
  usePolicy(policy: Policy): void
  /** Lets everything happen that was to happen up to `time`, milliseconds since the epoch. */
  pass(time: number): void
  drain(): void
  /** Ends every session and the listener; resolves when nothing is left. */
  close(): Promise<void>
}

export async function createStage(options: StageOptions): Promise<Stage> {
  const { sink, evidence } = createRecordingSink()
  const hall = await createStageHall({ ...options, sink })
  const sessions = new Set<Conduct>()
  const faults: unknown[] = []
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits }
  const appointments = new Set<{ readonly time: number; readonly then: () => void }>()
  let { policy } = options
  let ids = 0
  const newId = () => {
    ids += 1
    return `id-${ids}`
  }
  const gate = createGate({ policy: () => policy, sink, now: () => Date.now(), newId })
  const ends = new Map<string, () => void>()

  const receptionFor = (visit: object): Reception => ({
    hall: (client) => options.hall?.(client, hall.hall(visit)) ?? hall.hall(visit),
    seat: (guest, client) => {
      const session: Session = {
        id: newId(),
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
        return { kind: 'turned-away', turned: connection.refusal }
      }
      ends.set(session.id, connection.end)
      const { expiresAt } = guest.identity
      return { kind: 'seated', gate: connection.gate, ...(expiresAt === undefined ? {} : { expiresAt }) }
    },
    stay: () => () => {},
    dial: ({ host, port }) => dial(host, port),
    sink,
    limits,
    watch: {
      tick: () => performance.now(),
      overhead() {},
      upstream() {},
      at: (time, then) => {
        const appointment = { time, then }
        appointments.add(appointment)
        return () => appointments.delete(appointment)
      },
    },
    renewed({ session }) {
      sink.signedIn({
        id: newId(),
        at: Date.now(),
        kind: 'signed-in',
        listener: session.listener,
        protocol: session.protocol,
        peer: session.peer,
        login: session.login,
        database: session.database,
        session,
        reason: 'proven again',
      })
    },
    left: ({ session }) => ends.get(session.id)?.(),
    entered: (_gate, running) => hall.entered(visit, running),
    fault: (fault) => faults.push(fault),
  })

  const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
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
    pass: (now) => {
      for (const appointment of appointments) {
        if (appointment.time > now) continue
        appointments.delete(appointment)
        appointment.then()
      }
    },
    drain: () => {
      for (const running of sessions) running.drain()
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      evidence.holding = false
      for (const running of sessions) running.end('GH_ENDED', 'the stage closes')
      await Promise.all([...sessions].map(({ done }) => done))
      await closed
    },
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
