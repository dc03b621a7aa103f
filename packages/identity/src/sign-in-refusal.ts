/** Why a proof does not hold: a closed list, for the record alone. Every client hears one message for all of them. */

export const SIGN_IN_REFUSALS = [
  'unknown user',
  'wrong password',
  'method not allowed', // the listener's `auth` does not list this kind of proof
  'malformed', // no token that could be read, or one without `exp`
  'wrong issuer',
  'wrong audience',
  'expired',
  'not yet valid', // `nbf` or `iat` lies in the future
  'algorithm',
  'unknown key',
  'bad signature',
  'issuer unreachable', // its document or keys could not be had: no keys, no sign-in
  'id token', // says who signed in somewhere, not that this client may come here
  'token kind', // logout, refresh, security-event tokens
  'bound token', // `cnf`: only the holder of a key may present it, and the wire proves none
  'client missing', // nothing says to whom it was issued, so R9 cannot be kept
  'subject missing',
  'groups missing',
  'groups overage', // the issuer left groups out because there were too many
  'actor', // `act` cannot be read, or names another issuer's
  'ambiguous name', // could be read as a name of another issuer
  'sign-in name', // neither the subject nor `token`; of a certificate: neither its user nor its subject
  'no certificate', // the client has shown none
  'unknown authority', // signed by none of the listener's authorities
  'certificate purpose', // one for servers, or for something else
  'bad certificate', // anything else that OpenSSL finds
  'unknown subject', // it holds, and is nobody's here
] as const
export type SignInRefusal = (typeof SIGN_IN_REFUSALS)[number]

export type Refused = { readonly refused: SignInRefusal }

export function refused(reason: SignInRefusal): Refused {
  return { refused: reason }
}
