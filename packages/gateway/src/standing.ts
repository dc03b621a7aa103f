/** What one configuration says of people and rules, made ready; a reload makes a new one. */
import { deriveScramKeys, scrambleHash } from '@gatehouse/adapter-kit'
import type { Identity } from '@gatehouse/core'
import {
  createIdentities,
  createIssuers,
  createLocalUsers,
  type Identities,
  type Issuers,
} from '@gatehouse/identity'
import type { Configuration } from './configuration/read-configuration.js'
import type { LoadedPolicies } from './policies/load-policies.js'

export interface Standing {
  readonly configuration: Configuration
  readonly policies: LoadedPolicies
  readonly identities: Identities
  readonly issuers: Issuers
  /** Whether whoever this is would be the same person today: an open session of anybody else ends. */
  knows(identity: Identity): boolean
}

export interface StandingSources {
  /** The same after a restart: salts come from it. */
  readonly signInSecret: Uint8Array
  readonly now: () => number
}

/** Throws GH_CONFIGURATION. */
export async function makeStanding(
  configuration: Configuration,
  policies: LoadedPolicies,
  { signInSecret, now }: StandingSources,
): Promise<Standing> {
  const { identity } = configuration
  const users = await createLocalUsers(identity.users, {
    secret: signInSecret,
    derive: deriveScramKeys,
    hash: scrambleHash,
  })
  const issuers = createIssuers(
    identity.issuers.map(({ groups, ...issuer }) => ({ ...issuer, ...(groups !== undefined && { groups }) })),
    { now },
  )
  const issuerNames = identity.issuers.map(({ name }) => name)
  return {
    configuration,
    policies,
    identities: createIdentities({ users, issuers, now }),
    issuers,
    knows(person) {
      if (person.issuer !== 'local')
        return person.home ? issuerNames[0] === person.issuer : issuerNames.includes(person.issuer, 1)
      const { subject } = person.claims
      const today =
        person.provenBy === 'certificate' && typeof subject === 'string'
          ? users.certified(subject)
          : users.identityOf(person.subject)
      return (
        today?.subject === person.subject &&
        today.agent === person.agent &&
        JSON.stringify(today.groups) === JSON.stringify(person.groups)
      )
    },
  }
}
