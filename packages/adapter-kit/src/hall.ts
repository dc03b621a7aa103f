/** What the gateway lends an adapter while it greets: proofs are judged here, never in the adapter. */
import type { SecureContext } from 'node:tls'
import type { Identity, RefusalCode } from '@gatehouse/core'
import type { ScramVerifier } from './scram/index.js'
import type { ScramblePlugin, ScrambleVerifier } from './scramble/index.js'

/** What a client has shown of itself in its TLS handshake (RFC 8446 §4.3.2). */
export type ClientCertificate =
  | { readonly kind: 'none' }
  /** `reason`: OpenSSL's code, such as `CERT_HAS_EXPIRED`. Nothing of the subject is proven. */
  | { readonly kind: 'unverified'; readonly reason: string; readonly subject: string }
  /** Signed by one of the listener's authorities, for TLS clients, and in time when the handshake was done. */
  | {
      readonly kind: 'verified'
      /** One relative name in each line, the first first, values escaped as RFC 2253 does: node:crypto's `subject`. */
      readonly subject: string
      /** Milliseconds since the epoch. */
      readonly expiresAt: number
    }

export type AuthMethod = 'password' | 'token' | 'minted' | 'certificate'

export type Proof =
  /** A cleartext secret: a local user's password, or a token. Only ever over TLS or loopback. */
  | { readonly kind: 'cleartext'; readonly login: string; readonly secret: string }
  /** A stepper has verified it against one of the hall's verifiers. */
  | { readonly kind: 'scram' | 'scramble'; readonly login: string }
  /** What the TLS handshake of this very connection has shown; the hall looks for itself. `login`: empty where the client names nobody. */
  | { readonly kind: 'certificate'; readonly login: string }

export type Proven =
  | { readonly kind: 'proven'; readonly identity: Identity }
  /** `reason` is for the record alone, and so is `login`, where the proof itself says who came; every client hears the same. */
  | { readonly kind: 'refused'; readonly reason: string; readonly login?: string }

export interface Hall {
  readonly auth: readonly AuthMethod[]
  /** TLS for clients; left out when the listener has no certificate. */
  readonly tls?: {
    readonly context: SecureContext
    readonly certificate: Uint8Array
    /** The context knows whose certificates clients may show: they are asked for one. */
    readonly asksCertificate?: boolean
  }
  /** Where tokens come from, for clients that ask; undefined: no issuer whose tokens people get themselves. */
  readonly issuer?: { readonly url: string; readonly client: string; readonly scopes?: readonly string[] }
  /** Plaintext is refused: the listener has a certificate or is off loopback without `insecure`. */
  readonly requireTls: boolean
  /** `mysql_native_password` proves local users too: SHA-1, for clients that know nothing newer. */
  readonly nativePassword: boolean
  scramVerifier(login: string): ScramVerifier
  scrambleVerifier(login: string, plugin: ScramblePlugin): ScrambleVerifier
  /** Why nobody can come in just now; undefined: there is room. For protocols in which the server speaks first. */
  full(): Turned | undefined
  prove(proof: Proof): Promise<Proven>
  /** Records a failed sign-in and waits as the back-off says. */
  denied(login: string, database: string, reason: string, code: RefusalCode): Promise<void>
  /** A key by which this connection can be cancelled from another. */
  cancelKey(): CancelKey
  /** Passes a cancel request on to the session that holds this key; silent when none does. */
  cancel(processId: number, key: Uint8Array): Promise<void>
  random(size: number): Uint8Array
}

/** Why somebody may not come in, or stay. */
export interface Turned {
  readonly code: RefusalCode
  readonly message: string
  /** What the client can do. */
  readonly hint?: string
  /** The rule that decided, `policy/rule`, and the id of the record, where policy was asked. */
  readonly rule?: string
  readonly id?: string
}

export interface CancelKey {
  readonly processId: number
  readonly key: Uint8Array
}
