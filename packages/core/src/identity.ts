/** Who asks, and how we know. Built once per connection, never changed. */

export type ProvenBy = 'password' | 'token' | 'minted' | 'certificate'

export interface Identity {
  /** Stable within its issuer; the claim that `issuers[].subject` names. */
  readonly subject: string
  readonly name: string
  /** The issuer's configured name; `local` for local users. */
  readonly issuer: string
  /** True for local users and the first configured issuer: their names stand unqualified in rules (R9). */
  readonly home: boolean
  readonly groups: readonly string[]
  readonly claims: Readonly<Record<string, unknown>>
  /** The agent's name when a program acts, alone or for a person. */
  readonly agent?: string
  readonly onBehalfOf?: string
  readonly provenBy: ProvenBy
  /** Milliseconds since the epoch; the session ends then. */
  readonly expiresAt?: number
}

/** A name as `users`, `groups` and `agents` in rules write it: `issuer:name` unless the issuer is at home. */
export function qualify(identity: Identity, name: string): string {
  return identity.home ? name : `${identity.issuer}:${name}`
}
