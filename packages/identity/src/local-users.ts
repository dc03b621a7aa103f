/** Users that the configuration names: for development and break-glass. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { GatehouseError, type Identity } from '@gatehouse/core'
import { normalName } from './distinguished-name.js'
import { isName } from './name.js'

export interface LocalUser {
  readonly name: string
  /** Left out: no password is right. */
  readonly password?: string | undefined
  /** The subject of the user's TLS certificate, as RFC 2253 writes it. */
  readonly certificate?: string | undefined
  readonly groups: readonly string[]
  /** A program: rules see it under `agents`. */
  readonly agent?: boolean
}

export interface DerivedKeys {
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
}

/** What a SCRAM-SHA-256 server needs of a principal; adapter-kit's steppers take it as it is. */
export interface Verifier {
  readonly salt: Uint8Array
  readonly iterations: number
  readonly keys: readonly DerivedKeys[]
  readonly mock?: boolean
}

/** The SCRAM keys of a password, one pair for each form that drivers derive from; adapter-kit's `deriveScramKeys`. */
export type DeriveKeys = (
  password: string,
  salt: Uint8Array,
  iterations: number,
) => Promise<readonly DerivedKeys[]>

/** What MySQL's password plugins keep of a password: a double hash, and whether anybody has it. */
export interface DoubleHash {
  readonly hash: Uint8Array
  readonly mock?: boolean
}

export type HashPlugin = 'caching_sha2_password' | 'mysql_native_password'

/** adapter-kit's `scrambleHash`. */
export type HashPassword = (plugin: HashPlugin, password: string) => Uint8Array

export interface LocalUsersOptions {
  /** At least 16 random bytes, the same in all workers and instances that answer for one address. */
  readonly secret: Uint8Array
  readonly derive: DeriveKeys
  readonly hash: HashPassword
  readonly iterations?: number
}

export interface LocalUsers {
  /** For an unknown user a mock that no proof fits, the same at each call. */
  verifierFor(name: string): Verifier
  /** Likewise. */
  doubleHashFor(name: string, plugin: HashPlugin): DoubleHash
  /** Invariant: an unknown user costs the same work as a wrong password. */
  checkPassword(name: string, cleartext: string): Promise<boolean>
  /** Who that is, once the proof has been checked. */
  identityOf(name: string): Identity | undefined
  /** Whose certificate bears this subject; in the form of `distinguishedName`. */
  certified(subject: string): Identity | undefined
}

/** Postgres' own default; the secret sets what guessing costs, not this. */
const ITERATIONS = 4096

const HASH_BYTES: Readonly<Record<HashPlugin, number>> = {
  caching_sha2_password: 32,
  mysql_native_password: 20,
}

interface Known {
  readonly verifier: Verifier
  readonly doubleHashes: Readonly<Record<HashPlugin, DoubleHash>>
  readonly identity: Identity
}

/**
 * Derives every verifier, then forgets the passwords. Salts come from the secret and the name, for users and mocks
 * alike: what is random for the one and constant for the other would tell them apart over a restart.
 */
export async function createLocalUsers(
  users: readonly LocalUser[],
  options: LocalUsersOptions,
): Promise<LocalUsers> {
  const { secret, derive, hash, iterations = ITERATIONS } = options
  if (secret.length < 16) throw new GatehouseError('GH_INVARIANT', 'the secret of local users is too short')
  const expand = (purpose: string, name: string) =>
    createHmac('sha256', secret).update(`${purpose}\0${name}`).digest()
  const saltOf = (name: string) => expand('salt', name).subarray(0, 16)
  const mockOf = (name: string): Verifier => ({
    salt: saltOf(name),
    iterations,
    keys: [{ storedKey: expand('stored', name), serverKey: expand('server', name) }],
    mock: true,
  })

  const mockHashOf = (name: string, plugin: HashPlugin): DoubleHash => ({
    hash: expand(plugin, name).subarray(0, HASH_BYTES[plugin]),
    mock: true,
  })

  const known = new Map<string, Known>()
  const bySubject = new Map<string, Identity>()
  for (const user of users) {
    if (!isName(user.name)) throw new GatehouseError('GH_CONFIGURATION', 'a local user has no usable name')
    if (known.has(user.name)) {
      throw new GatehouseError('GH_CONFIGURATION', `local user \`${user.name}\` is there twice`)
    }
    if (user.password === '') {
      throw new GatehouseError('GH_CONFIGURATION', `local user \`${user.name}\` has an empty password`)
    }
    const { password } = user
    const salt = saltOf(user.name)
    const hashed = (plugin: HashPlugin): DoubleHash =>
      password === undefined ? mockHashOf(user.name, plugin) : { hash: hash(plugin, password) }
    known.set(user.name, {
      verifier:
        password === undefined
          ? mockOf(user.name)
          : { salt, iterations, keys: await derive(password, salt, iterations) },
      doubleHashes: {
        caching_sha2_password: hashed('caching_sha2_password'),
        mysql_native_password: hashed('mysql_native_password'),
      },
      identity: identityFor(user),
    })
    if (user.certificate !== undefined) {
      const subject = normalName(user.certificate)
      if (subject === '' || bySubject.has(subject)) {
        throw new GatehouseError(
          'GH_CONFIGURATION',
          `the certificate of \`${user.name}\` is nobody's or another's`,
        )
      }
      bySubject.set(subject, certifiedBy(identityFor(user), subject))
    }
  }

  const verifierFor = (name: string): Verifier => {
    const mock = mockOf(name)
    return known.get(name)?.verifier ?? mock
  }

  // One derivation at a time (R15): they share Node's thread pool with the files that the audit spool is written to.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act)
    last = turn.catch(() => undefined)
    return turn
  }

  return {
    verifierFor,
    doubleHashFor(name, plugin) {
      const mock = mockHashOf(name, plugin)
      return known.get(name)?.doubleHashes[plugin] ?? mock
    },
    async checkPassword(name, cleartext) {
      const verifier = verifierFor(name)
      const given = await inTurn(() => derive(cleartext, verifier.salt, verifier.iterations))
      let fits = false
      for (const { storedKey } of verifier.keys) {
        for (const offered of given) {
          if (timingSafeEqual(storedKey, offered.storedKey)) fits = true
        }
      }
      return fits && verifier.mock !== true
    },
    identityOf: (name) => known.get(name)?.identity,
    certified: (subject) => bySubject.get(subject),
  }
}

function identityFor(user: LocalUser): Identity {
  return Object.freeze({
    subject: user.name,
    name: user.name,
    issuer: 'local',
    home: true,
    groups: Object.freeze([...user.groups]),
    claims: Object.freeze({}),
    ...(user.agent === true ? { agent: user.name } : {}),
    provenBy: 'password' as const,
  })
}

function certifiedBy(identity: Identity, subject: string): Identity {
  return Object.freeze({ ...identity, claims: Object.freeze({ subject }), provenBy: 'certificate' as const })
}
