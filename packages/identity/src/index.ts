/** The public names of @gatehouse/identity. */
export { type Backoff, type BackoffOptions, createBackoff } from './backoff.js'
export type { ShownCertificate } from './certificate-proof.js'
export {
  createIdentities,
  type Identities,
  type IdentitiesOptions,
  type ListenerAuth,
  type Proof,
  type Proven,
} from './identities.js'
export { ALGORITHMS, type Algorithm, type IssuerOptions } from './issuer.js'
export type { KeysOptions } from './issuer-keys.js'
export { createIssuers, type Issuers } from './issuers.js'
export {
  createLocalUsers,
  type DerivedKeys,
  type DeriveKeys,
  type DoubleHash,
  type HashPassword,
  type HashPlugin,
  type LocalUser,
  type LocalUsers,
  type LocalUsersOptions,
  type Verifier,
} from './local-users.js'
export { type Refused, SIGN_IN_REFUSALS, type SignInRefusal } from './sign-in-refusal.js'
