/** saslStart, saslContinue and authenticate as documents: one conversation at a time, and one answer for all that fails (mongodb.md §3). */
import type { Hall } from '@gatehouse/adapter-kit'
import type { Identity } from '@gatehouse/core'
import { Double, Int32, serialize } from 'bson'
import {
  elements,
  isNumber,
  readBinary,
  readBoolean,
  readNumber,
  readString,
  TYPE,
  type Value,
} from '../bson/index.js'
import type { Failure } from '../refusing.js'
import { EXTERNAL, OIDC, payloadOf, X509 } from './hello.js'
import { createProving, type Proving, type Turn } from './proving.js'

export type Answer =
  /** Goes on; `fields` are the reply's, without `ok`. */
  | { readonly kind: 'more'; readonly fields: object }
  | {
      readonly kind: 'proven'
      readonly fields: object
      readonly login: string
      readonly database: string
      readonly identity: Identity
      /** By a token that its driver can bring anew. */
      readonly renewable: boolean
    }
  /** To be told after the hall's delay; it ends the connection, unless the client may try `again`. */
  | {
      readonly kind: 'refused'
      readonly login: string
      readonly database: string
      readonly reason: string
      readonly again: boolean
    }
  /** Not a proof at all: the connection goes on. */
  | { readonly kind: 'failed'; readonly failure: Failure }

export interface SignIn {
  /** `database`: the command's `$db`; inside speculativeAuthenticate its `db`. */
  start(command: Value, database: string, speculative: boolean): Promise<Answer>
  proceed(command: Value): Promise<Answer>
  /** `authenticate`: MONGODB-X509 alone. */
  authenticate(command: Value, database: string): Promise<Answer>
}

/** The same for an unknown user, a wrong password and whatever else does not hold. */
export const AUTHENTICATION_FAILED: Failure = {
  code: 18,
  codeName: 'AuthenticationFailed',
  errmsg: 'Authentication failed.',
  errInfo: { gatehouse: { code: 'GH_SIGN_IN' } },
}

/** One conversation to a connection: any number says as much. */
const CONVERSATION = 1

export function createSignIn(hall: () => Hall, mechanisms: () => readonly string[]): SignIn {
  let running:
    | {
        readonly proving: Proving
        readonly database: string
        readonly speculative: boolean
        /** MONGODB-OIDC. */
        readonly token: boolean
        steps: number
      }
    | undefined

  /** A client may not have taken up what its hello offered; it may not begin again in the middle. */
  const inTheMiddle = () => running !== undefined && !(running.speculative && running.steps === 0)

  const told = (turn: Turn, database: string): Answer => {
    const renewable = running?.token === true
    if (turn.kind === 'unavailable') {
      running = undefined
      return { kind: 'failed', failure: unavailable(mechanisms()) }
    }
    if (turn.kind === 'refused') {
      running = undefined
      return { ...refused(database, turn.reason, turn.login), again: renewable }
    }
    const done = turn.kind === 'proven'
    const fields = {
      conversationId: new Int32(CONVERSATION),
      done,
      payload: payloadOf(turn.payload),
    }
    if (!done) return { kind: 'more', fields }
    running = undefined
    return { kind: 'proven', fields, database, login: turn.login, identity: turn.identity, renewable }
  }

  return {
    async start(command, database, speculative) {
      if (inTheMiddle()) {
        running = undefined
        return refused(database, 'a second conversation')
      }
      const fields = fieldsOf(command)
      const mechanism = fields.get('mechanism')
      const payload = payloadIn(fields.get('payload'))
      if (mechanism?.type !== TYPE.STRING || payload === undefined)
        return {
          kind: 'failed',
          failure: malformed("BSON field 'saslStart.payload' is missing or of a wrong type"),
        }
      const options = fields.get('options')
      const skips = options?.type === TYPE.DOCUMENT ? fieldsOf(options).get('skipEmptyExchange') : undefined
      const name = readString(mechanism)
      const proving = createProving({
        hall: hall(),
        mechanism: name,
        mechanisms: mechanisms(),
        skipsEmpty: skips?.type === TYPE.BOOLEAN && readBoolean(skips),
      })
      running = { proving, database, speculative, token: name === OIDC, steps: 0 }
      return told(await proving.step(payload), database)
    },
    async proceed(command) {
      const fields = fieldsOf(command)
      const id = fields.get('conversationId')
      const payload = payloadIn(fields.get('payload'))
      if (running === undefined)
        return {
          kind: 'failed',
          failure: { code: 17, codeName: 'ProtocolError', errmsg: 'No SASL session state found' },
        }
      const { proving, database } = running
      running.steps += 1
      if (payload === undefined || id === undefined || !isNumber(id) || readNumber(id) !== CONVERSATION) {
        running = undefined
        return refused(database, 'malformed')
      }
      return told(await proving.step(payload), database)
    },
    async authenticate(command, database) {
      if (inTheMiddle()) {
        running = undefined
        return refused(database, 'a second conversation')
      }
      running = undefined
      const fields = fieldsOf(command)
      const mechanism = fields.get('mechanism')
      const named = fields.get('user')
      if (mechanism?.type !== TYPE.STRING || readString(mechanism) !== X509 || !mechanisms().includes(X509))
        return { kind: 'failed', failure: unavailable(mechanisms()) }
      if (named !== undefined && named.type !== TYPE.STRING)
        return { kind: 'failed', failure: malformed("BSON field 'authenticate.user' is of a wrong type") }
      const login = named === undefined ? '' : readString(named)
      if (database !== EXTERNAL) return refused(database, 'malformed', login)
      const answer = await hall().prove({ kind: 'certificate', login })
      if (answer.kind === 'refused') return refused(database, answer.reason, answer.login ?? login)
      const { identity } = answer
      const user = typeof identity.claims.subject === 'string' ? identity.claims.subject : identity.name
      return {
        kind: 'proven',
        fields: { dbname: EXTERNAL, user },
        database,
        login: identity.name,
        identity,
        renewable: false,
      }
    },
  }
}

const refused = (database: string, reason: string, login = ''): Extract<Answer, { kind: 'refused' }> => ({
  kind: 'refused',
  login,
  database,
  reason,
  again: false,
})

export const okDocument = (fields: object): Uint8Array => serialize({ ...fields, ok: new Double(1) })

export function unavailable(mechanisms: readonly string[]): Failure {
  return {
    code: 334,
    codeName: 'MechanismUnavailable',
    errmsg: `this mechanism is not available here; these are: ${mechanisms.join(', ')}`,
  }
}

const malformed = (errmsg: string): Failure => ({ code: 9, codeName: 'FailedToParse', errmsg })

/** The first of each name. */
function fieldsOf(document: Value): ReadonlyMap<string, Value> {
  const fields = new Map<string, Value>()
  for (const { name, value } of elements(document)) if (!fields.has(name)) fields.set(name, value)
  return fields
}

/** Binary, or base64 in a string. */
function payloadIn(value: Value | undefined): Uint8Array | undefined {
  if (value?.type === TYPE.BINARY) return readBinary(value).bytes
  if (value?.type !== TYPE.STRING) return undefined
  const text = readString(value)
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
