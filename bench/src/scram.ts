/** SCRAM-SHA-256, both sides, as far as a bench signs in with it (RFC 5802, RFC 7677). */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

export interface ScramExchange {
  readonly password: string
  readonly salt: Buffer
  readonly iterations: number
  /** The first message of the client without its header, that of the server, and the last of the client without its proof. */
  readonly messages: readonly [string, string, string]
}

/** Base64 of the client's proof and of the server's signature. */
export function scramProof({ password, salt, iterations, messages }: ScramExchange): {
  readonly proof: string
  readonly signature: string
} {
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const clientKey = hmac(salted, 'Client Key')
  const stored = createHash('sha256').update(clientKey).digest()
  const text = messages.join(',')
  const signed = hmac(stored, text)
  return {
    proof: Buffer.from(clientKey.map((byte, at) => byte ^ (signed[at] as number))).toString('base64'),
    signature: hmac(hmac(salted, 'Server Key'), text).toString('base64'),
  }
}

/** An attribute of a SCRAM message. */
export function scramAttribute(message: string, name: string): string {
  return (
    message
      .split(',')
      .find((part) => part.startsWith(`${name}=`))
      ?.slice(2) ?? ''
  )
}
