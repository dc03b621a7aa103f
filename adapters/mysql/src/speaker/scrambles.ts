/** Answers to a server's challenge (protocol manual, "Authentication Methods"); an empty password is answered by nothing. */
import { constants, createHash, publicEncrypt } from 'node:crypto'

const hash = (name: 'sha1' | 'sha256', ...parts: readonly Uint8Array[]) => {
  const one = createHash(name)
  for (const part of parts) one.update(part)
  return one.digest()
}
const xor = (one: Uint8Array, other: Uint8Array) =>
  Buffer.from(one.map((byte, index) => byte ^ (other[index % other.length] as number)))

/** XOR(SHA256(password), SHA256(SHA256(SHA256(password)), nonce)). */
export function cachingSha2(password: string, nonce: Uint8Array): Buffer {
  if (password === '') return Buffer.alloc(0)
  const once = hash('sha256', Buffer.from(password))
  return xor(once, hash('sha256', hash('sha256', once), nonce))
}

/** XOR(SHA1(password), SHA1(nonce, SHA1(SHA1(password)))). */
export function nativePassword(password: string, nonce: Uint8Array): Buffer {
  if (password === '') return Buffer.alloc(0)
  const once = hash('sha1', Buffer.from(password))
  return xor(once, hash('sha1', nonce, hash('sha1', once)))
}

export const clearPassword = (password: string): Buffer => Buffer.from(`${password}\0`)

/** What a client without TLS sends for full authentication: the password under the nonce, then under the server's key. */
export const sealedPassword = (password: string, nonce: Uint8Array, pem: Buffer): Buffer =>
  publicEncrypt({ key: pem, padding: constants.RSA_PKCS1_OAEP_PADDING }, xor(clearPassword(password), nonce))

/** The first answer of each plugin; undefined for one that is not known here. */
export function proofBy(plugin: string, password: string, nonce: Uint8Array): Buffer | undefined {
  if (plugin === 'caching_sha2_password') return cachingSha2(password, nonce)
  if (plugin === 'mysql_native_password') return nativePassword(password, nonce)
  if (plugin === 'mysql_clear_password') return clearPassword(password)
  return undefined
}
