/** SASL conversations with clients: SCRAM-SHA-256, PLAIN, MONGODB-OIDC in one step or two (mongodb.md §3). */
import { createScramServer, type Hall, SCRAM_SHA_256, strictText } from '@gatehouse/adapter-kit'
import type { Identity } from '@gatehouse/core'
import { serialize } from 'bson'
import { documentValue, findValue, readString, TYPE } from '../bson/index.js'

export type Turn =
  | { readonly kind: 'more'; readonly payload: Uint8Array }
  | {
      readonly kind: 'proven'
      readonly payload: Uint8Array
      readonly login: string
      readonly identity: Identity
    }
  /** `reason` is for the record alone. */
  | { readonly kind: 'refused'; readonly login: string; readonly reason: string }
  /** A mechanism that is not offered here. */
  | { readonly kind: 'unavailable' }

export interface Proving {
  /** One message of the client's. Invariant: after anything but `more` every further step is refused. */
  step(payload: Uint8Array): Promise<Turn>
}

export interface ProvingParts {
  readonly hall: Hall
  readonly mechanism: string
  /** Offered on this connection. */
  readonly mechanisms: readonly string[]
  /** The client does without an empty exchange at the end. */
  readonly skipsEmpty: boolean
}

const NOTHING = new Uint8Array(0)

export function createProving(parts: ProvingParts): Proving {
  const { mechanism, mechanisms, hall } = parts
  if (!mechanisms.includes(mechanism)) return { step: async () => ({ kind: 'unavailable' }) }
  if (mechanism === SCRAM_SHA_256) return createScram(parts)
  return mechanism === 'PLAIN' ? once((payload) => provePlain(hall, payload)) : createToken(hall)
}

function createScram({ hall, skipsEmpty }: ProvingParts): Proving {
  let login = ''
  let proven: Extract<Turn, { kind: 'proven' }> | undefined
  const scram = createScramServer({
    mechanism: SCRAM_SHA_256,
    nonce: Buffer.from(hall.random(24)).toString('base64'),
    verifier: (user) => {
      login = user ?? ''
      return hall.scramVerifier(login)
    },
  })
  return {
    async step(payload) {
      if (proven !== undefined)
        return payload.length === 0
          ? { ...proven, payload: NOTHING }
          : { kind: 'refused', login, reason: 'malformed' }
      const { send = NOTHING, done } = scram.step(payload)
      if (done === undefined) return { kind: 'more', payload: send }
      if (!done.ok) return { kind: 'refused', login, reason: done.reason }
      const answer = await hall.prove({ kind: 'scram', login })
      if (answer.kind === 'refused') return { kind: 'refused', login, reason: answer.reason }
      proven = { kind: 'proven', payload: send, login, identity: answer.identity }
      return skipsEmpty ? proven : { kind: 'more', payload: send }
    },
  }
}

function once(prove: (payload: Uint8Array) => Promise<Turn>): Proving {
  let over = false
  return {
    async step(payload) {
      if (over) return { kind: 'refused', login: '', reason: 'malformed' }
      over = true
      return prove(payload)
    },
  }
}

/** RFC 4616: `authzid NUL authcid NUL passwd`. */
async function provePlain(hall: Hall, payload: Uint8Array): Promise<Turn> {
  const parts = strictText(payload)?.split('\0')
  const [asked = '', login = '', secret = ''] = parts ?? []
  if (parts?.length !== 3 || login === '' || secret === '')
    // A part in the wrong place may be the secret: no record shows it.
    return { kind: 'refused', login: '', reason: 'malformed' }
  if (asked !== '' && asked !== login) return { kind: 'refused', login, reason: 'authorization identity' }
  const answer = await hall.prove({ kind: 'cleartext', login, secret })
  if (answer.kind === 'refused') return { kind: 'refused', login, reason: answer.reason }
  return { kind: 'proven', payload: NOTHING, login, identity: answer.identity }
}

/** The sign-in name that lets a token say who it is of (R9). */
const ANYBODY = 'token'
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/

/**
 * The token, at once or after the client was told where to get one. Whoever names a principal in the first step must be that one in the
 * second.
 */
function createToken(hall: Hall): Proving {
  let login: string | undefined
  const refused = (reason: string): Turn => ({ kind: 'refused', login: login ?? ANYBODY, reason })
  return {
    async step(payload) {
      const said = readStep(payload)
      if (said === undefined) return refused('malformed')
      if (said.token === undefined) {
        if (login !== undefined || hall.issuer === undefined) return refused('no token')
        login = said.principal ?? ANYBODY
        return { kind: 'more', payload: issuerDocument(hall.issuer) }
      }
      if (!TOKEN.test(said.token)) return refused('malformed')
      const answer = await hall.prove({ kind: 'cleartext', login: login ?? ANYBODY, secret: said.token })
      if (answer.kind === 'refused') return refused(answer.reason)
      return { kind: 'proven', payload: NOTHING, login: answer.identity.subject, identity: answer.identity }
    },
  }
}

function issuerDocument({ url, client, scopes }: NonNullable<Hall['issuer']>): Uint8Array {
  return serialize({
    issuer: url,
    clientId: client,
    ...(scopes === undefined ? {} : { requestScopes: [...scopes] }),
  })
}

/** `{jwt}`, or `{n}` or nothing in the first of two steps. Undefined: neither. */
function readStep(
  payload: Uint8Array,
): { readonly token: string | undefined; readonly principal: string | undefined } | undefined {
  try {
    const document = documentValue(payload)
    const [token, principal] = [findValue(document, 'jwt'), findValue(document, 'n')]
    for (const value of [token, principal])
      if (value !== undefined && value.type !== TYPE.STRING) return undefined
    return {
      token: token === undefined ? undefined : readString(token),
      principal: principal === undefined ? undefined : readString(principal),
    }
  } catch {
    return undefined
  }
}
