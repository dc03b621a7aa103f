/** Greeting and sign-in over real sockets without a conversation behind them: who came in is joined to a real server as it is. */
import { randomBytes } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import {
  createWire,
  deriveScramKeys,
  type Hall,
  type SiteLimits,
  scrambleHash,
  type Upstream,
  type Wire,
} from '@gatehouse/adapter-kit'
import { createIdentities, createIssuers, createLocalUsers, type IssuerOptions } from '@gatehouse/identity'
import { type Arrival, greet, type Porch } from '../greeting/greeting.js'
import { logIn, type Ready } from '../login/login.js'
import { okPayload, packets } from '../messages/index.js'

export interface Doorway {
  readonly port: number
  readonly arrivals: readonly Arrival[]
  readonly ready: readonly Ready[]
  /** Failed sign-ins as they would be recorded: `login: reason`. */
  readonly denials: readonly string[]
  readonly faults: readonly unknown[]
  close(): Promise<void>
}

export interface DoorwayParts {
  readonly porch: Porch['server']
  readonly auth?: Hall['auth']
  readonly issuers?: readonly IssuerOptions[]
  readonly tls?: Hall['tls']
  readonly requireTls?: boolean
  readonly nativePassword?: boolean
  readonly full?: Hall['full']
  /** Left out: whoever comes in gets an OK, and then nothing. */
  readonly upstream?: {
    readonly host?: string
    readonly port: number
    readonly user: string
    readonly password: string | undefined
    readonly ca?: Upstream['ca']
    readonly limits?: Partial<SiteLimits>
  }
}

export const USERS = [
  { name: 'ann', password: 'secret of ann', groups: ['analysts'] },
  { name: 'ünal', password: 'geheimnis ß', groups: [] },
]

export async function openDoorway(parts: DoorwayParts): Promise<Doorway> {
  const users = await createLocalUsers(USERS, {
    secret: Buffer.alloc(32, 7),
    derive: deriveScramKeys,
    hash: scrambleHash,
  })
  const issuers = createIssuers(parts.issuers ?? [], { now: Date.now })
  const identities = createIdentities({ users, issuers, now: Date.now })
  const auth = parts.auth ?? ['password']
  const arrivals: Arrival[] = []
  const ready: Ready[] = []
  const denials: string[] = []
  const faults: unknown[] = []
  const sockets = new Set<Socket>()
  let id = 100
  const hall: Hall = {
    auth,
    ...(parts.tls === undefined ? {} : { tls: parts.tls }),
    requireTls: parts.requireTls ?? false,
    nativePassword: parts.nativePassword ?? false,
    scramVerifier: identities.scramVerifier,
    scrambleVerifier: identities.doubleHash,
    full: parts.full ?? (() => undefined),
    prove: (proof) => identities.prove(proof, { auth }),
    denied: async (login, _database, reason) => {
      denials.push(`${login}: ${reason}`)
    },
    cancelKey: () => {
      id += 1
      return { processId: id, key: randomBytes(4) }
    },
    cancel: async () => {},
    random: (size) => randomBytes(size),
  }

  const enter = async (arrival: Arrival): Promise<Wire | undefined> => {
    const { upstream } = parts
    if (upstream === undefined) return undefined
    const socket = connect(upstream.port, '127.0.0.1')
    sockets.add(socket)
    const wire = createWire(socket)
    const { host = 'localhost', user, password, ca, limits = {} } = upstream
    ready.push(
      await logIn(wire, {
        user,
        password,
        host,
        ...(ca === undefined ? { tls: 'disable' } : { tls: 'verify-full', ca }),
        arrival,
        session: 'session-1',
        limits: { statement: 1 << 20, message: 1 << 20, ...limits },
      }),
    )
    return wire
  }
  const receive = async (client: Wire) => {
    const arrival = await greet(client, hall, { server: parts.porch })
    if (arrival === undefined) return
    arrivals.push(arrival)
    const upstream = await enter(arrival)
    client.write(packets(arrival.sequence, okPayload({ status: 2 })))
    if (upstream === undefined) return
    const [near, far] = [client.release(), upstream.release()]
    near.socket.on('error', () => far.socket.destroy())
    far.socket.on('error', () => near.socket.destroy())
    if (near.rest !== undefined) far.socket.write(near.rest)
    near.socket.pipe(far.socket).pipe(near.socket)
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    receive(createWire(socket)).catch((fault: unknown) => {
      faults.push(fault)
      socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    arrivals,
    ready,
    denials,
    faults,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
