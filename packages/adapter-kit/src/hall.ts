/** What the gateway lends an adapter while it greets: proofs are judged here, never in the adapter. */
import type { SecureContext } from 'node:tls'
import type { Identity, RefusalCode } from '@gatehouse/core'
import type { ScramVerifier } from './scram/index.js'

export type AuthMethod = 'password' | 'token' | 'minted' | 'certificate'

export type Proof =
  /** A cleartext secret: a local user's password, or a token. Only ever over TLS or loopback. */
  | { readonly kind: 'cleartext'; readonly login: string; readonly secret: string }
  /** The stepper has verified it. */
  | { readonly kind: 'scram'; readonly login: string }

export type Proven =
  | { readonly kind: 'proven'; readonly identity: Identity }
  /** `reason` is for the record alone; every client hears the same. */
  | { readonly kind: 'refused'; readonly reason: string }

export interface Hall {
  readonly auth: readonly AuthMethod[]
  /** TLS for clients; left out when the listener has no certificate. */
  readonly tls?: { readonly context: SecureContext; readonly certificate: Uint8Array }
  /** Plaintext is refused: the listener has a certificate or is off loopback without `insecure`. */
  readonly requireTls: boolean
  scramVerifier(login: string): ScramVerifier
  prove(proof: Proof): Promise<Proven>
  /** Records a failed sign-in and waits as the back-off says. */
  denied(login: string, database: string, reason: string, code: RefusalCode): Promise<void>
  /** A key by which this connection can be cancelled from another. */
  cancelKey(): CancelKey
  /** Passes a cancel request on to the session that holds this key; silent when none does. */
  cancel(processId: number, key: Uint8Array): Promise<void>
  random(size: number): Uint8Array
}

export interface CancelKey {
  readonly processId: number
  readonly key: Uint8Array
}
