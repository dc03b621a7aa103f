/** Challenge and answer of MySQL's two password plugins: both prove the password to whoever keeps a double hash of it. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Source: protocol manual, "Caching_sha2_password information" and "Native Authentication". */
export type ScramblePlugin = 'caching_sha2_password' | 'mysql_native_password'

/** What a server keeps of a password. */
export interface ScrambleVerifier {
  /** Hash of the hash of the password's bytes: 32 (SHA-256) or 20 (SHA-1). */
  readonly hash: Uint8Array
  /** True for a user who does not exist: the same work, and no answer fits. */
  readonly mock?: boolean
}

interface Recipe {
  readonly algorithm: 'sha256' | 'sha1'
  /** What is hashed into the mask that hides the single hash. */
  mask(nonce: Uint8Array, hash: Uint8Array): readonly [Uint8Array, Uint8Array]
}

const RECIPES: Readonly<Record<ScramblePlugin, Recipe>> = {
  caching_sha2_password: { algorithm: 'sha256', mask: (nonce, hash) => [hash, nonce] },
  mysql_native_password: { algorithm: 'sha1', mask: (nonce, hash) => [nonce, hash] },
}

/** The double hash of a password, as a server keeps it. */
export function scrambleHash(plugin: ScramblePlugin, password: string): Uint8Array {
  const { algorithm } = RECIPES[plugin]
  return digest(algorithm, digest(algorithm, Buffer.from(password, 'utf8')))
}

/** A client's answer to a nonce of 20 bytes. */
export function scramble(plugin: ScramblePlugin, password: string, nonce: Uint8Array): Uint8Array {
  const { algorithm, mask } = RECIPES[plugin]
  const once = digest(algorithm, Buffer.from(password, 'utf8'))
  return xor(once, digest(algorithm, ...mask(nonce, digest(algorithm, once))))
}

/** Invariant: the time that it takes depends on nothing but the plugin. */
export function provesScramble(
  plugin: ScramblePlugin,
  verifier: ScrambleVerifier,
  nonce: Uint8Array,
  answer: Uint8Array,
): boolean {
  const { algorithm, mask } = RECIPES[plugin]
  return proves(algorithm, verifier, answer, mask(nonce, verifier.hash))
}

/** caching_sha2_password's scramble with the mask's two parts the other way round, as sqlx 0.8 makes it: it proves as much. */
export function provesReversedScramble(
  verifier: ScrambleVerifier,
  nonce: Uint8Array,
  answer: Uint8Array,
): boolean {
  return proves('sha256', verifier, answer, [nonce, verifier.hash])
}

function proves(
  algorithm: Recipe['algorithm'],
  { hash, mock }: ScrambleVerifier,
  answer: Uint8Array,
  masking: readonly Uint8Array[],
): boolean {
  if (answer.length !== hash.length) return false
  const once = xor(answer, digest(algorithm, ...masking))
  const fits = timingSafeEqual(digest(algorithm, once), hash)
  return fits && mock !== true
}

function digest(algorithm: Recipe['algorithm'], ...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash(algorithm)
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ (right[index] as number))
}
