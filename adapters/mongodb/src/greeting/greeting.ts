/** From accept to a proven identity, one request at a time: hello, SASL, and clients that never sign in at all (mongodb.md §2, §3). */
import type { Hall, Wire } from '@gatehouse/adapter-kit'
import { findValue, readBoolean, readString, TYPE, type Value } from '../bson/index.js'
import type { House } from '../house.js'
import { agreeCompressors } from '../messages/index.js'
import { type Failure, failureDocument, turnedFailure } from '../refusing.js'
import type { Arrival } from './arrival.js'
import { type ClientMetadata, readClientMetadata } from './client-metadata.js'
import { answer, hear, type Request } from './dialogue.js'
import { EXTERNAL, type HelloRequest, helloDocument, mechanismsOf, readHello } from './hello.js'
import { type Answer, AUTHENTICATION_FAILED, createSignIn, okDocument } from './sign-in.js'

export type { Arrival } from './arrival.js'

export type Porch = Pick<House, 'server' | 'site' | 'serviceId' | 'nextConnectionId'>

export type Taken =
  | { readonly kind: 'arrived'; readonly arrival: Arrival }
  /** Answered; nobody has signed in yet, and nobody need. */
  | { readonly kind: 'stays' }
  | { readonly kind: 'settled' }

export interface Visit {
  /** Takes one request and answers it. */
  take(wire: Wire, hall: Hall): Promise<Taken>
}

const STAYS: Taken = { kind: 'stays' }
const SETTLED: Taken = { kind: 'settled' }
const TLS_HANDSHAKE = 0x16
/** A driver tries the token it has kept, then a refreshed one, then asks its user (auth spec, MONGODB-OIDC). */
export const MOST_TOKENS = 3
const HELLO: ReadonlySet<string> = new Set(['hello', 'isMaster', 'ismaster'])

/** TLS begins with the first byte: the protocol has no way to ask for it later. False: the client was not let in. */
export async function secure(wire: Wire, hall: Hall): Promise<boolean> {
  if (hall.tls !== undefined && (await wire.peek(1))[0] === TLS_HANDSHAKE) {
    const { context, asksCertificate = false } = hall.tls
    await wire.secureServer(context, { asksCertificate })
    return true
  }
  if (!hall.requireTls) return true
  wire.end()
  return false
}

export function createVisit(porch: Porch): Visit {
  const connectionId = porch.nextConnectionId()
  let lent: Hall | undefined
  let offered: readonly string[] = []
  let metadata: ClientMetadata | undefined
  let greeted: HelloRequest | undefined
  let compression: readonly string[] = []
  let strikes = 0
  const signIn = createSignIn(
    () => lent as Hall,
    () => offered,
  )

  const say = (wire: Wire, request: Request, document: Uint8Array): Taken => {
    if (!request.silent) wire.write(answer(request, document))
    return STAYS
  }
  const fail = (wire: Wire, request: Request, failure: Failure): Taken =>
    say(wire, request, failureDocument(failure))

  const arrived = (request: Request, document: Uint8Array, proof: Proof): Taken => ({
    kind: 'arrived',
    arrival: {
      login: proof.login,
      identity: proof.identity,
      database: databaseOf(proof.database, porch),
      metadata,
      compression,
      connectionId,
      balanced: greeted?.balanced ?? false,
      renewable: proof.renewable,
      welcome: answer(request, document),
      turnAway: (turned) => answer(request, failureDocument(turnedFailure(turned))),
    },
  })

  const denied = async (hall: Hall, { login, database, reason }: Denial): Promise<void> =>
    hall.denied(login, database, reason, 'GH_SIGN_IN')

  /** What does not hold is told once, late, and is the end. */
  const conclude = async (wire: Wire, hall: Hall, request: Request, result: Answer): Promise<Taken> => {
    switch (result.kind) {
      case 'more':
        return say(wire, request, okDocument(result.fields))
      case 'failed':
        return fail(wire, request, result.failure)
      case 'refused': {
        await denied(hall, result)
        strikes += 1
        if (result.again && strikes < MOST_TOKENS) return fail(wire, request, AUTHENTICATION_FAILED)
        wire.end(answer(request, failureDocument(AUTHENTICATION_FAILED)))
        return SETTLED
      }
      case 'proven':
        if (!isServed(result.database, porch)) {
          await hall.denied(result.login, result.database, 'database not served', 'GH_CONNECT')
          wire.end(answer(request, failureDocument(AUTHENTICATION_FAILED)))
          return SETTLED
        }
        return arrived(request, okDocument(result.fields), result)
    }
  }

  const greet = async (wire: Wire, hall: Hall, request: Request): Promise<Taken> => {
    const hello = readHello(request.name, request.body)
    if (hello.client !== undefined) {
      if (greeted !== undefined) return fail(wire, request, METADATA_AGAIN)
      const said = readClientMetadata(hello.client)
      if ('code' in said) return fail(wire, request, said)
      metadata = said
    }
    const first = greeted === undefined
    greeted ??= hello
    if (first) compression = agreeCompressors(hello.compression)
    const begun =
      first && hello.speculative !== undefined ? await speculate(hall, hello.speculative) : undefined
    const document = helloDocument(hello, {
      upstream: porch.server.upstream,
      serviceId: porch.serviceId,
      connectionId,
      now: porch.site.now(),
      mechanisms: hello.wantsMechanisms ? offered : undefined,
      compression: first ? compression : [],
      speculative: begun?.fields,
    })
    return begun?.kind === 'proven' ? arrived(request, document, begun) : say(wire, request, document)
  }

  /** Undefined: it could not be served, and the client begins again by itself. */
  const speculate = async (
    hall: Hall,
    command: Value,
  ): Promise<Extract<Answer, { kind: 'more' | 'proven' }> | undefined> => {
    const result = await speculated(command)
    if (result === undefined) return undefined
    if (result.kind === 'refused') await denied(hall, result)
    if (result.kind === 'proven' && !isServed(result.database, porch)) return undefined
    return result.kind === 'more' || result.kind === 'proven' ? result : undefined
  }

  /** X.509 names no database: its users stand on `$external` alone. */
  const speculated = async (command: Value): Promise<Answer | undefined> => {
    if (findValue(command, 'authenticate') !== undefined) return signIn.authenticate(command, EXTERNAL)
    const db = findValue(command, 'db')
    if (findValue(command, 'saslStart') === undefined || db?.type !== TYPE.STRING) return undefined
    return signIn.start(command, readString(db), true)
  }

  return {
    async take(wire, hall) {
      lent = hall
      offered = mechanismsOf(hall, { safe: isSafe(wire), encrypted: wire.encrypted })
      const heard = await hear(wire)
      if (heard.kind === 'fault') {
        wire.end(heard.answer)
        return SETTLED
      }
      const { request } = heard
      const { name, body, database } = request
      if (HELLO.has(name)) return greet(wire, hall, request)
      if (request.legacy) {
        wire.end(answer(request, failureDocument(NO_OP_QUERY)))
        return SETTLED
      }
      switch (name) {
        case 'saslStart':
          return conclude(wire, hall, request, await signIn.start(body, database, false))
        case 'saslContinue':
          return conclude(wire, hall, request, await signIn.proceed(body))
        case 'authenticate':
          return conclude(wire, hall, request, await signIn.authenticate(body, database))
        case 'ping':
        case 'logout':
        case 'endSessions':
          return say(wire, request, okDocument({}))
        default:
          return fail(wire, request, {
            code: 13,
            codeName: 'Unauthorized',
            errmsg: `Command ${name.slice(0, 64).replace(/[\p{C}]/gu, '?')} requires authentication`,
          })
      }
    },
  }
}

type Proof = Extract<Answer, { kind: 'proven' }>
type Denial = Extract<Answer, { kind: 'refused' }>

const METADATA_AGAIN: Failure = {
  code: 186,
  codeName: 'ClientMetadataCannotBeMutated',
  errmsg: 'The client metadata document may only be sent in the first hello',
}
const NO_OP_QUERY: Failure = {
  code: 352,
  codeName: 'UnsupportedOpQueryCommand',
  errmsg: 'Unsupported OP_QUERY command: the client driver may require an upgrade',
}

/** Databases in which users stand, on any server. */
const NEUTRAL: ReadonlySet<string> = new Set(['admin', EXTERNAL])

function isServed(database: string, { server }: Porch): boolean {
  return NEUTRAL.has(database) || server.serves(database)
}

/** Whoever signs in on `admin` where one database is served is about to use that one. */
function databaseOf(database: string, { site }: Porch): string {
  if (!NEUTRAL.has(database)) return database
  const [only, ...others] = site.upstream.databases ?? []
  return only !== undefined && others.length === 0 ? only : 'admin'
}

/** Whether a secret may travel as it is. */
function isSafe({ encrypted, peer: { address } }: Wire): boolean {
  if (encrypted || address === '' || address === '::1') return true
  return address.startsWith('127.') || address.startsWith('::ffff:127.')
}

/** Of a field that only counts when it is `true` itself. */
export function isTrue(value: Value | undefined): boolean {
  return value?.type === TYPE.BOOLEAN && readBoolean(value)
}
