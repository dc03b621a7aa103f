/** What a server keeps of a password for SCRAM-SHA-256, and how it is derived (RFC 5802 §3, RFC 7677). */
import { createHash, createHmac, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { passwordForms } from './saslprep.js'

export interface ScramKeys {
  /** 32 bytes each. */
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
}

/** One salt per principal, because it is sent before the proof says which credential is meant. */
export interface ScramVerifier {
  readonly salt: Uint8Array
  readonly iterations: number
  /** One per live credential and form of its password; the proof must fit one of them. */
  readonly keys: readonly ScramKeys[]
  /** True for a user who does not exist: the same conversation, and no proof fits. */
  readonly mock?: boolean
}

const deriveBits = promisify(pbkdf2)

/** SaltedPassword of one form of a password, 32 bytes. */
export function saltPassword(form: string, salt: Uint8Array, iterations: number): Promise<Buffer> {
  return deriveBits(Buffer.from(form, 'utf8'), salt, iterations, 32, 'sha256')
}

export function clientKeyOf(saltedPassword: Uint8Array): Buffer {
  return hmac(saltedPassword, 'Client Key')
}

export function serverKeyOf(saltedPassword: Uint8Array): Buffer {
  return hmac(saltedPassword, 'Server Key')
}

/** The keys of a cleartext password, one for each form that a driver may derive from (one, if it is ASCII). */
export async function deriveScramKeys(
  password: string,
  salt: Uint8Array,
  iterations: number,
): Promise<readonly ScramKeys[]> {
  return Promise.all(
    passwordForms(password).map(async (form) => {
      const salted = await saltPassword(form, salt, iterations)
      return { storedKey: sha256(clientKeyOf(salted)), serverKey: serverKeyOf(salted) }
    }),
  )
}

export function hmac(key: Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

export function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

/** Both 32 bytes. */
export function xor(left: Uint8Array, right: Uint8Array): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)))
}
