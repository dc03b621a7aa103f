/** From verified claims to an identity: who, in which groups, and whether a program acts (R9). */
import type { Identity } from '@gatehouse/core'
import type { JWTPayload } from 'jose'
import type { Issuer } from './issuer.js'
import { readPointer } from './json-pointer.js'
import { isName } from './name.js'
import { type Refused, refused, type SignInRefusal } from './sign-in-refusal.js'

/** Where providers say to whom a token was issued: RFC 9068, OpenID Connect, Okta, Entra v1. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'cid', 'appid']

/** `others`: names of the other issuers, which qualify names in rules. */
export function readIdentity(
  claims: JWTPayload,
  issuer: Issuer,
  others: readonly string[],
): Identity | Refused {
  const clients = CLIENT_CLAIMS.filter((name) => Object.hasOwn(claims, name)).map((name) => claims[name])
  const [client] = clients
  if (!isName(client) || !clients.every(isName)) return refused('client missing')
  const groups = readGroups(claims, issuer)
  if (typeof groups === 'string') return refused(groups)
  const actor = readActor(claims, issuer)
  if (actor === null) return refused('actor')

  const own = isClientsOwn(claims, client)
  const named = readPointer(claims, issuer.subject)
  const subject = named === undefined && own ? client : named
  if (!isName(subject)) return refused('subject missing')

  // Invariant: a person only if every claim that names the client names a listed one, nobody acts, and the
  // token is not the client's own.
  const person = actor === undefined && !own && clients.every((name) => issuer.clients.has(name))
  const agent = person ? undefined : (actor ?? client)
  const behalf = agent !== undefined && (actor !== undefined || !own) ? subject : undefined

  const names = [subject, ...groups, ...(agent === undefined ? [] : [agent])]
  if (issuer.home && names.some((name) => others.some((other) => name.startsWith(`${other}:`)))) {
    return refused('ambiguous name')
  }
  const expiresAt = (claims.exp ?? Number.NaN) * 1000
  if (!Number.isSafeInteger(Math.floor(expiresAt))) return refused('malformed')
  return Object.freeze({
    subject,
    name: subject,
    issuer: issuer.name,
    home: issuer.home,
    groups: Object.freeze(groups),
    claims: Object.freeze(claims),
    ...(agent === undefined ? {} : { agent }),
    ...(behalf === undefined ? {} : { onBehalfOf: behalf }),
    provenBy: 'token' as const,
    expiresAt: Math.floor(expiresAt),
  })
}

/** Overage: Entra leaves groups out of a token when there are over 200, and says so. Never "no groups". */
function readGroups(claims: JWTPayload, issuer: Issuer): string[] | SignInRefusal {
  if (issuer.groups === undefined) return []
  const overage = ['hasgroups', '_claim_names', '_claim_sources'].some(
    (marker) => Object.hasOwn(claims, marker) && claims[marker] !== false,
  )
  if (overage) return 'groups overage'
  const value = readPointer(claims, issuer.groups)
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.every(isName) ? [...new Set(list)] : 'groups missing'
}

/** RFC 8693 §4.1: the outermost `act` is who acts now, what is nested in it is history. null: it cannot be read. */
function readActor(claims: JWTPayload, issuer: Issuer): string | undefined | null {
  if (!Object.hasOwn(claims, 'act')) return undefined
  const { act } = claims
  if (typeof act !== 'object' || act === null || Array.isArray(act)) return null
  const iss = readPointer(act, ['iss'])
  if (iss !== undefined && iss !== issuer.url) return null
  const name = readPointer(act, ['client_id']) ?? readPointer(act, ['sub'])
  return isName(name) ? name : null
}

/** Client credentials, as the providers show them: no person stands behind the token. */
function isClientsOwn(claims: JWTPayload, client: string): boolean {
  return (
    claims.sub === client ||
    claims.sub === `${client}@clients` || // Auth0
    claims.gty === 'client-credentials' || // Auth0
    claims.idtyp === 'app' || // Entra
    claims.preferred_username === `service-account-${client}` // Keycloak
  )
}
