/** Signing in upstream: TLS, hello with the identity in the client metadata, SCRAM-SHA-256 with the account (mongodb.md §3). */
import { createScramClient, SCRAM_SHA_256, type Site, type Upstream, type Wire } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import { Binary, Int32, serialize } from 'bson'
import {
  documentValue,
  findValue,
  isNumber,
  readBinary,
  readBoolean,
  readNumber,
  TYPE,
  type Value,
} from '../bson/index.js'
import { HEADER, OPCODE, readHeader, readOpMsg, writeOpMsg } from '../messages/index.js'

export interface UpstreamLogin {
  readonly user: string
  readonly password: string | undefined
  /** The name that the upstream's certificate must bear. */
  readonly host: string
  readonly tls: Upstream['tls']
  readonly ca?: Upstream['ca']
  /** Shows in the upstream's logs and in currentOp (R13). */
  readonly stamp: string
  readonly version: string
  readonly random: Site['random']
}

/** A connection that has signed in; `requestId`: the last that was used on it. */
export interface Ready {
  readonly requestId: number
}

/** What an upstream may answer at most before it is ready. */
const CEILING = 64 * 1024
/** Where accounts stand. */
const SOURCE = 'admin'
const NO_SEQUENCES: ReadonlyMap<string, readonly Value[]> = new Map()

const fault = (what: string) => new GatehouseError('GH_WIRE', what)

export interface Asking {
  /** The reply's document. Throws `GH_WIRE` with what the upstream said by code, never by its text. */
  ask(command: object): Promise<Value>
  readonly requestId: number
}

/** One command after another over a connection of our own. */
export function createAsking(wire: Wire): Asking {
  let requestId = 0
  return {
    async ask(command) {
      requestId += 1
      const body = documentValue(serialize(command))
      wire.write(writeOpMsg({ requestId, responseTo: 0, flags: 0, body, sequences: NO_SEQUENCES }))
      const header = await wire.read(HEADER)
      const { length, responseTo, opCode } = readHeader(header)
      if (opCode !== OPCODE.MSG || length < HEADER || length > CEILING || responseTo !== requestId)
        throw fault('the upstream does not answer as a MongoDB server')
      const reply = readOpMsg(Buffer.concat([header, await wire.read(length - HEADER)])).body
      const ok = findValue(reply, 'ok')
      if (ok === undefined || !isNumber(ok) || readNumber(ok) !== 1)
        throw fault(`the upstream refuses a command with code ${codeOf(reply) ?? 'unknown'}`)
      return reply
    },
    get requestId() {
      return requestId
    },
  }
}

/** The code of an error reply. */
export function codeOf(reply: Value): number | undefined {
  const code = findValue(reply, 'code')
  return code !== undefined && isNumber(code) ? Number(readNumber(code)) : undefined
}

export async function logIn(wire: Wire, login: UpstreamLogin): Promise<Ready & { readonly asking: Asking }> {
  const { tls, host, ca } = login
  if (tls !== 'disable') await wire.secureClient({ servername: host, ...(ca === undefined ? {} : { ca }) })
  const asking = createAsking(wire)
  await asking.ask({
    hello: new Int32(1),
    helloOk: true,
    client: {
      application: { name: login.stamp },
      driver: { name: 'gatehouse', version: login.version },
      os: { type: 'unknown' },
    },
    $db: SOURCE,
  })
  if (login.password !== undefined) await prove(asking, login, login.password)
  if (wire.buffered > 0) throw fault('the upstream sent more than it was asked for')
  return { requestId: asking.requestId, asking }
}

async function prove(asking: Asking, { user, random }: UpstreamLogin, password: string): Promise<void> {
  const scram = createScramClient({
    mechanism: SCRAM_SHA_256,
    user,
    password,
    nonce: Buffer.from(random(24)).toString('base64'),
  })
  let reply = await asking.ask({
    saslStart: new Int32(1),
    mechanism: SCRAM_SHA_256,
    payload: new Binary(scram.initial),
    options: { skipEmptyExchange: true },
    $db: SOURCE,
  })
  let proven = false
  for (let turn = 0; turn < 3; turn++) {
    if (!proven) {
      const { send, done } = await scram.step(payloadIn(reply))
      if (done?.ok === false) throw fault(`signing in upstream failed: ${done.reason}`)
      proven = done?.ok === true
      if (proven && isDone(reply)) return
      reply = await proceed(asking, reply, send ?? new Uint8Array(0))
    } else if (isDone(reply)) return
    else reply = await proceed(asking, reply, new Uint8Array(0))
  }
  // Invariant: an upstream that says it is done before it has proven itself is a stranger.
  if (!proven || !isDone(reply)) throw fault('the upstream does not end the sign-in')
}

function proceed(asking: Asking, reply: Value, payload: Uint8Array): Promise<Value> {
  const id = findValue(reply, 'conversationId')
  if (id === undefined || !isNumber(id)) throw fault('the upstream names no SASL conversation')
  return asking.ask({
    saslContinue: new Int32(1),
    conversationId: new Int32(Number(readNumber(id))),
    payload: new Binary(payload),
    $db: SOURCE,
  })
}

function payloadIn(reply: Value): Uint8Array {
  const payload = findValue(reply, 'payload')
  if (payload?.type !== TYPE.BINARY) throw fault('the upstream sends no SASL payload')
  return readBinary(payload).bytes
}

function isDone(reply: Value): boolean {
  const done = findValue(reply, 'done')
  return done?.type === TYPE.BOOLEAN && readBoolean(done)
}
