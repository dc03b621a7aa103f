/** Signing in upstream as a service account: TLS, start-up, password, then everything up to ReadyForQuery. */
import {
  createScramClient,
  endpointBinding,
  md5Response,
  readInt32,
  SCRAM_SHA_256,
  SCRAM_SHA_256_PLUS,
  type Site,
  text,
  type Wire,
} from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import { errorFields } from '../following/error-fields.js'
import { BACKEND, cstring, FRONTEND, int32, message, readCstring, STARTUP } from '../messages.js'

export interface UpstreamLogin {
  readonly user: string
  readonly password: string | undefined
  readonly database: string
  readonly applicationName: string
  readonly settings: ReadonlyMap<string, string>
}

/** The server knows the account and does not take what the session was to begin with. */
export class StartRefused extends GatehouseError {
  /** Its ErrorResponse, without the header. */
  readonly body: Uint8Array

  constructor(body: Uint8Array) {
    super('GH_WIRE', refusalText(body))
    this.body = body
  }
}

export interface UpstreamReady {
  readonly parameters: ReadonlyMap<string, string>
  readonly processId: number
  readonly key: Uint8Array
}

/** What an upstream may send at most in one message before it is ready. */
const CEILING = 64 * 1024
/** Bytes of a process id, and of the shortest key that any version sends (manual §54.7). */
const SHORTEST_KEY = 8

const fault = (text: string) => new GatehouseError('GH_WIRE', text)

export async function secureUpstream(
  upstream: Wire,
  site: Pick<Site, 'upstream'>,
  host: string,
): Promise<void> {
  if (site.upstream.tls === 'disable') return
  upstream.write(Uint8Array.of(0, 0, 0, 8, ...int32(STARTUP.ssl)))
  const [answer] = await upstream.read(1)
  // An error here comes from nobody known: its text is not repeated (CVE-2024-10977).
  if (answer !== 0x53) throw fault('the upstream does not offer TLS')
  if (upstream.buffered > 0) throw fault('the upstream sent bytes before the TLS handshake')
  const ca = site.upstream.ca
  await upstream.secureClient({ servername: host, alpn: ['postgresql'], ...(ca === undefined ? {} : { ca }) })
}

export async function logIn(
  upstream: Wire,
  login: UpstreamLogin,
  random: Site['random'],
): Promise<UpstreamReady> {
  upstream.write(startupMessage(login))
  await authenticate(upstream, login, random)
  const parameters = new Map<string, string>()
  let processId = 0
  let key: Uint8Array = new Uint8Array()
  for (;;) {
    const { type, body } = await readMessage(upstream)
    switch (type) {
      case BACKEND.ParameterStatus: {
        const name = readCstring(body, 0, body.length)
        const value = name === undefined ? undefined : readCstring(body, name.next, body.length)
        if (name === undefined || value === undefined)
          throw fault('the upstream sent a malformed ParameterStatus')
        parameters.set(text(name.bytes), text(value.bytes))
        break
      }
      case BACKEND.BackendKeyData:
        if (body.length < SHORTEST_KEY) throw fault('the upstream sent a malformed BackendKeyData')
        processId = readInt32(body, 0)
        key = body.slice(4)
        break
      case BACKEND.ReadyForQuery:
        return { parameters, processId, key }
      case BACKEND.NoticeResponse:
        break
      case BACKEND.ErrorResponse:
        throw new StartRefused(body)
      default:
        throw fault(`the upstream sent message \`${String.fromCharCode(type)}\` before it was ready`)
    }
  }
}

function startupMessage(login: UpstreamLogin): Uint8Array {
  const pairs = new Map<string, string>([
    ['user', login.user],
    ['database', login.database],
    ['client_encoding', 'UTF8'],
    ['application_name', login.applicationName],
    ...login.settings,
  ])
  const body = Buffer.concat([
    int32(STARTUP.protocol30),
    ...[...pairs].flatMap(([name, value]) => [cstring(name), cstring(value)]),
    Uint8Array.of(0),
  ])
  return Buffer.concat([int32(body.length + 4), body])
}

async function authenticate(upstream: Wire, login: UpstreamLogin, random: Site['random']): Promise<void> {
  const password = (what: Uint8Array) => upstream.write(message(FRONTEND.PasswordMessage, what))
  const secret = () => {
    if (login.password === undefined) throw fault('the upstream asks for a password and none is configured')
    return login.password
  }
  // One question and its answer; a server that asks again and again is none.
  for (let asked = 0; asked < 2; asked += 1) {
    const { type, body } = await readProving(upstream)
    if (type !== BACKEND.Authentication || body.length < 4)
      throw fault('the upstream did not answer the start-up packet')
    switch (readInt32(body, 0)) {
      case 0:
        return
      case 3:
        if (!upstream.encrypted) throw fault('the upstream asks for a cleartext password without TLS')
        password(cstring(secret()))
        break
      case 5:
        password(cstring(md5Response(login.user, secret(), body.subarray(4, 8))))
        break
      case 10:
        await scram(upstream, body.subarray(4), secret(), random)
        break
      default:
        throw fault('the upstream asks for a kind of sign-in that the gateway does not know')
    }
  }
  throw fault('the upstream does not end the sign-in')
}

/** SASL rounds up to and with the server's final message, whose signature proves the server. */
async function scram(
  upstream: Wire,
  offer: Uint8Array,
  password: string,
  random: Site['random'],
): Promise<void> {
  const offered = text(offer).split('\0')
  const certificate = upstream.peerCertificate()
  const binding = certificate === undefined ? undefined : endpointBinding(certificate)
  const plus = binding !== undefined && offered.includes(SCRAM_SHA_256_PLUS)
  if (!plus && !offered.includes(SCRAM_SHA_256))
    throw fault('the upstream offers no SCRAM mechanism that the gateway knows')
  const client = createScramClient({
    mechanism: plus ? SCRAM_SHA_256_PLUS : SCRAM_SHA_256,
    password,
    ...(plus ? { channelBinding: binding } : {}),
    nonce: Buffer.from(random(24)).toString('base64'),
  })
  const { initial } = client
  upstream.write(message(FRONTEND.PasswordMessage, cstring(client.mechanism), int32(initial.length), initial))
  for (let round = 0; round < 2; round += 1) {
    const { type, body } = await readProving(upstream)
    const kind = type === BACKEND.Authentication && body.length >= 4 ? readInt32(body, 0) : -1
    if (kind !== 11 && kind !== 12) throw fault('the upstream left the SCRAM exchange')
    const step = await client.step(body.subarray(4))
    if (step.done?.ok === false)
      throw fault(`the SCRAM exchange with the upstream failed: ${step.done.reason}`)
    if (step.done?.ok === true) return
    if (step.send !== undefined) upstream.write(message(FRONTEND.PasswordMessage, step.send))
  }
  throw fault('the SCRAM exchange with the upstream does not end')
}

async function readMessage(upstream: Wire): Promise<{ readonly type: number; readonly body: Uint8Array }> {
  const head = await upstream.read(5)
  const length = readInt32(head, 1)
  if (length < 4 || length > CEILING)
    throw fault(`the upstream declared a message of ${length} bytes before it was ready`)
  const body = await upstream.read(length - 4)
  const type = head[0] as number
  return { type, body: body.slice() }
}

/** Messages before the account is proven: an error then is about the account. */
async function readProving(upstream: Wire): ReturnType<typeof readMessage> {
  const read = await readMessage(upstream)
  if (read.type === BACKEND.ErrorResponse) throw fault(refusalText(read.body))
  return read
}

function refusalText(body: Uint8Array): string {
  return `the upstream refused the sign-in with SQLSTATE ${errorFields(body).get('C') ?? 'none'}`
}
