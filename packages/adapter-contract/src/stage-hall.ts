/** The stage's own proofs and cancel keys: users by name and password, no identity provider. */
import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import {
  type AuthMethod,
  type Conduct,
  deriveScramKeys,
  type Hall,
  type ScrambleVerifier,
  type ScramVerifier,
  scrambleHash,
} from '@gatehouse/adapter-kit'
import type { AuditSink, Identity, SignedIn } from '@gatehouse/core'

export interface StageUser {
  readonly name: string
  readonly password: string
  readonly groups?: readonly string[]
  readonly agent?: boolean
  /** Milliseconds since the epoch; the stage's `pass` makes it so late. */
  readonly expiresAt?: number
}

export interface HallOptions {
  readonly users: readonly StageUser[]
  readonly sink: AuditSink
  readonly auth?: readonly AuthMethod[]
  readonly tls?: Hall['tls']
  readonly requireTls?: boolean
  readonly nativePassword?: boolean
}

export interface StageHall {
  /** `visit` stands for one connection. */
  hall(visit: object): Hall
  /** From here on a cancel request with the visit's key finds this conduct. */
  entered(visit: object, running: Conduct): void
}

export async function createStageHall(options: HallOptions): Promise<StageHall> {
  const { users, sink } = options
  const verifiers = await deriveVerifiers(users)
  const keys = new Map<number, { readonly key: Uint8Array; conduct?: Conduct }>()
  const owners = new WeakMap<object, number>()
  let processId = 1000

  return {
    hall: (visit) => ({
      auth: options.auth ?? ['password'],
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      requireTls: options.requireTls ?? false,
      nativePassword: options.nativePassword ?? false,
      scramVerifier: (login) => verifiers.get(login) ?? (verifiers.get('') as ScramVerifier),
      scrambleVerifier: (login, plugin): ScrambleVerifier => {
        const user = users.find(({ name }) => name === login)
        return { hash: scrambleHash(plugin, user?.password ?? ''), mock: user === undefined }
      },
      full: () => undefined,
      prove: async (proof) => {
        const user = users.find(({ name }) => name === proof.login)
        const right = user !== undefined && (proof.kind !== 'cleartext' || proof.secret === user.password)
        return right
          ? { kind: 'proven', identity: identityOf(user) }
          : { kind: 'refused', reason: 'wrong password' }
      },
      denied: async (login, database, reason, refusal) => {
        sink.signedIn({ ...turnedAway(login, database), reason, refusal })
      },
      cancelKey: () => {
        processId += 1
        const entry = { key: randomBytes(4) }
        keys.set(processId, entry)
        owners.set(visit, processId)
        return { processId, key: entry.key }
      },
      cancel: async (wanted, key) => {
        const entry = keys.get(wanted)
        if (entry?.key.length === key.length && timingSafeEqual(entry.key, key)) await entry.conduct?.cancel()
      },
      random: (size) => randomBytes(size),
    }),
    entered: (visit, running) => {
      const entry = keys.get(owners.get(visit) ?? -1)
      if (entry !== undefined) entry.conduct = running
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

/** Many contracts use the same few passwords, and each derivation takes a while. */
const derived = new Map<string, Promise<ScramVerifier>>()

async function deriveVerifiers(users: readonly StageUser[]): Promise<Map<string, ScramVerifier>> {
  const verifiers = new Map<string, ScramVerifier>()
  for (const { name, password } of [...users, { name: '', password: 'nobody knows' }]) {
    const key = JSON.stringify([name, password])
    const known = derived.get(key) ?? deriveVerifier(password, name === '')
    derived.set(key, known)
    verifiers.set(name, await known)
  }
  return verifiers
}

async function deriveVerifier(password: string, mock: boolean): Promise<ScramVerifier> {
  const salt = randomBytes(16)
  return { salt, iterations: 4096, keys: await deriveScramKeys(password, salt, 4096), mock }
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
    ...(user.expiresAt === undefined ? {} : { expiresAt: user.expiresAt }),
  }
}
