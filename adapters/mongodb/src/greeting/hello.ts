/** hello, as an always available router says it: nothing of the upstream's whereabouts is ever in it (mongodb.md §2). */
import type { Hall } from '@gatehouse/adapter-kit'
import { Binary, Double, Int32, ObjectId, serialize } from 'bson'
import { elements, readBoolean, readString, type Value } from '../bson/value.js'
import type { Upstream } from '../house.js'

/** The newest wire version that commands are read by: 8.0's. */
const NEWEST_WIRE = 25
/** Minutes; its presence tells drivers that there are sessions. */
const SESSION_TIMEOUT = 30
const STRING = 2
const DOCUMENT = 3
const ARRAY = 4

const SIZES = { maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 }

/** What a hello asks; each name counts once, the first time. */
export interface HelloRequest {
  /** `hello`, or one of the older names. */
  readonly name: string
  readonly helloOk: boolean
  readonly balanced: boolean
  readonly client: Value | undefined
  readonly compression: readonly string[]
  /** Asks for the mechanisms of some user: which one does not matter. */
  readonly wantsMechanisms: boolean
  readonly speculative: Value | undefined
}

export function readHello(name: string, body: Value): HelloRequest {
  const fields = new Map<string, Value>()
  for (const element of elements(body)) if (!fields.has(element.name)) fields.set(element.name, element.value)
  const speculative = fields.get('speculativeAuthenticate')
  return {
    name,
    helloOk: isTrue(fields.get('helloOk')),
    balanced: isTrue(fields.get('loadBalanced')),
    client: fields.get('client'),
    compression: textsIn(fields.get('compression')),
    wantsMechanisms: fields.has('saslSupportedMechs'),
    speculative: speculative?.type === DOCUMENT ? speculative : undefined,
  }
}

function isTrue(value: Value | undefined): boolean {
  return value?.type === 8 && readBoolean(value)
}

function textsIn(value: Value | undefined): readonly string[] {
  if (value?.type !== ARRAY) return []
  const texts: string[] = []
  for (const element of elements(value))
    if (element.value.type === STRING) texts.push(readString(element.value))
  return texts
}

export interface HelloFacts {
  readonly upstream: Upstream
  /** 12 bytes: this process, to clients behind a balancer. */
  readonly serviceId: Uint8Array
  readonly connectionId: number
  readonly now: number
  /** Undefined: not asked. Invariant: the same for every name, known or not. */
  readonly mechanisms: readonly string[] | undefined
  readonly compression: readonly string[]
  /** The answer to speculativeAuthenticate, where it could be served. */
  readonly speculative: object | undefined
}

export function helloDocument({ name, helloOk, balanced }: HelloRequest, facts: HelloFacts): Uint8Array {
  const { upstream, mechanisms, compression, speculative } = facts
  const least = (key: keyof typeof SIZES) => new Int32(Math.min(SIZES[key], upstream[key]))
  return serialize({
    ...(helloOk ? { helloOk: true } : {}),
    ...(name === 'hello' ? { isWritablePrimary: true } : { ismaster: true }),
    // Behind anything else drivers number their writes, which a server alone does not take (mongodb.md §2).
    ...(upstream.kind === 'standalone' && !balanced ? {} : { msg: 'isdbgrid' }),
    ...(balanced ? { serviceId: new ObjectId(facts.serviceId) } : {}),
    maxBsonObjectSize: least('maxBsonObjectSize'),
    maxMessageSizeBytes: least('maxMessageSizeBytes'),
    maxWriteBatchSize: least('maxWriteBatchSize'),
    localTime: new Date(facts.now),
    logicalSessionTimeoutMinutes: new Int32(SESSION_TIMEOUT),
    connectionId: new Int32(facts.connectionId),
    minWireVersion: new Int32(0),
    maxWireVersion: new Int32(Math.min(NEWEST_WIRE, upstream.maxWireVersion)),
    readOnly: false,
    ...(compression.length === 0 ? {} : { compression: [...compression] }),
    ...(mechanisms === undefined ? {} : { saslSupportedMechs: [...mechanisms] }),
    ...(speculative === undefined ? {} : { speculativeAuthenticate: speculative }),
    ok: new Double(1),
  })
}

/** Where whoever is proven from elsewhere stands. */
export const EXTERNAL = '$external'
export const X509 = 'MONGODB-X509'
export const OIDC = 'MONGODB-OIDC'

/** What a sign-in may use here. `safe`: a secret may travel as it is. */
export function mechanismsOf(
  { auth }: Pick<Hall, 'auth'>,
  { safe, encrypted }: { readonly safe: boolean; readonly encrypted: boolean },
): readonly string[] {
  const offered: string[] = []
  if (auth.includes('password')) offered.push('SCRAM-SHA-256')
  if (safe && (auth.includes('password') || auth.includes('token'))) offered.push('PLAIN')
  if (safe && auth.includes('token')) offered.push(OIDC)
  if (encrypted && auth.includes('certificate')) offered.push(X509)
  return offered
}

/** A SASL payload of ours. */
export const payloadOf = (bytes: Uint8Array): Binary => new Binary(bytes)
