/** Where an adapter stands: one listener's upstream and what the gateway knows that bears on reading it. */
import type { SecureContextOptions } from 'node:tls'
import type { Identity } from '@gatehouse/core'
import type { Siblings } from './siblings.js'

export interface Account {
  readonly user: string
  readonly password?: string
  /** Identities in one of these groups use this account; left out: everyone else. */
  readonly groups?: readonly string[]
}

export interface Upstream {
  readonly hosts: readonly { readonly host: string; readonly port: number }[]
  readonly role: 'primary' | 'any'
  /** First match wins; the last has no groups. */
  readonly accounts: readonly Account[]
  /** Reads the catalog; the last of `accounts` unless named. */
  readonly catalogAccount: Account
  readonly tls: 'verify-full' | 'disable'
  readonly ca?: SecureContextOptions['ca']
  /** Databases that clients may name; left out: those that the account may reach. */
  readonly databases?: readonly string[]
  readonly privileged: 'refuse' | 'accept'
  /** Version whose grammar to use when the server's has none of its own (R7): `18`, `11.8`. */
  readonly nearestGrammar?: string
}

export interface ClassesDocument {
  /** `database.schema.relation.column`, with patterns; the value replaces what naming says. */
  readonly fields: Readonly<Record<string, readonly string[]>>
}

export interface ReviewedFunction {
  readonly name: string
  readonly body: string
  readonly verbs: readonly string[]
  readonly clean: boolean
}

export interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** What policy documents say that bears on reading; a reload replaces it. */
export interface Knowledge {
  readonly classes: readonly ClassesDocument[]
  readonly functions: readonly ReviewedFunction[]
}

/** One session of a person asks that another of the same person be stopped, where a protocol names sessions by numbers. */
export interface StopRequest {
  /** What a greeting or the upstream has called it. */
  readonly id: number
  readonly by: Pick<Identity, 'issuer' | 'subject' | 'agent'>
  /** `find` stops nothing. */
  readonly what: 'find' | 'statement' | 'session'
}

export interface Site {
  readonly listener: string
  readonly upstream: Upstream
  readonly knowledge: Knowledge
  /** Key of keyed masks; left out: hash and pseudonym give NULL. */
  readonly maskingKey?: Uint8Array
  readonly limits: SiteLimits
  /** Milliseconds between polls of the catalog's fingerprint. */
  readonly catalogRefresh: number
  readonly log: Log
  /** Milliseconds since the epoch, as the machine has them: somebody may set them back. */
  readonly now: () => number
  /** Milliseconds that only grow, for what is measured: how long ago something was confirmed. */
  readonly tick: () => number
  readonly random: (size: number) => Uint8Array
  /** Asks those who hold this listener's other sessions: another process, or an adapter that a reload has replaced. Never rejects. */
  readonly stopElsewhere?: (request: StopRequest) => Promise<boolean>
  /** Left out: no other process serves this listener. */
  readonly siblings?: Siblings
  /** 32 bytes that all processes of this gateway have, also after a restart; left out: nobody else has to make out the same of anything. */
  readonly secret?: Uint8Array
  readonly version: string
}

export interface SiteLimits {
  /** Bytes of one statement's text. */
  readonly statement: number
  /** Bytes of one message. */
  readonly message: number
  /** Milliseconds that one statement may run, wait for a lock, or that a transaction may idle; 0 or left out: no limit (R14). */
  readonly statementTime?: number
  readonly lockTime?: number
  readonly idleInTransaction?: number
}
