/** From the certificate that TLS has seen to a local user: the subject says who, never the client. */
import { distinguishedName, normalName } from './distinguished-name.js'
import type { Proven } from './identities.js'
import type { LocalUsers } from './local-users.js'
import type { SignInRefusal } from './sign-in-refusal.js'

/** adapter-kit's `ClientCertificate`. */
export type ShownCertificate =
  | { readonly kind: 'none' }
  | { readonly kind: 'unverified'; readonly reason: string; readonly subject: string }
  | { readonly kind: 'verified'; readonly subject: string; readonly expiresAt: number }

export const NONE: ShownCertificate = { kind: 'none' }

/** OpenSSL's codes (X509_STORE_CTX_get_error(3)). */
const REASONS: ReadonlyMap<string, SignInRefusal> = new Map([
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_NOT_YET_VALID', 'not yet valid'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'unknown authority'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unknown authority'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unknown authority'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unknown authority'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown authority'],
  ['CERT_SIGNATURE_FAILURE', 'unknown authority'],
  ['INVALID_PURPOSE', 'certificate purpose'],
])

/** `login`: a user's name or a subject; empty: whoever the certificate says. `now`: milliseconds since the epoch. */
export function proveCertificate(
  { login, certificate }: { readonly login: string; readonly certificate: ShownCertificate },
  users: Pick<LocalUsers, 'certified'>,
  now: number,
): Proven {
  if (certificate.kind === 'none') return { kind: 'refused', reason: 'no certificate' }
  const subject = distinguishedName(certificate.subject)
  const refused = (reason: SignInRefusal): Proven => ({
    kind: 'refused',
    reason,
    ...(login === '' ? { login: subject } : {}),
  })
  if (certificate.kind === 'unverified') return refused(REASONS.get(certificate.reason) ?? 'bad certificate')
  // Invariant: a moment that cannot be read is no moment to come.
  if (!(certificate.expiresAt > now)) return refused('expired')
  const identity = users.certified(subject)
  if (identity === undefined) return refused('unknown subject')
  if (login !== '' && login !== identity.name && normalName(login) !== subject) return refused('sign-in name')
  return { kind: 'proven', identity: Object.freeze({ ...identity, expiresAt: certificate.expiresAt }) }
}
