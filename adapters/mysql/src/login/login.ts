/** Signing in upstream: greeting, encryption, proof, and the settings that a session begins with. */
import type { SiteLimits, Upstream, Wire } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import type { MysqlFlavour } from '@gatehouse/sql'
import type { Arrival } from '../greeting/arrival.js'
import {
  CLIENT,
  createDialogue,
  type Dialogue,
  lenenc,
  lenencString,
  nulString,
  payload,
  u32,
} from '../messages/index.js'
import { type Agreed, agree } from './agreed.js'
import { attributeBlock } from './attributes.js'
import { begin } from './beginning.js'
import { firstAnswer, provePassword } from './proving.js'
import { readServerGreeting, type ServerGreeting } from './server-greeting.js'

export interface UpstreamLogin {
  readonly user: string
  readonly password: string | undefined
  /** The name that the upstream's certificate must bear. */
  readonly host: string
  readonly tls: Upstream['tls']
  readonly ca?: Upstream['ca']
  /** Whom it is for, and what was agreed with that client. */
  readonly arrival: Arrival
  /** The session's id, for the connection attributes. */
  readonly session: string
  readonly limits: SiteLimits
  /** Some rule may permit LOAD DATA LOCAL; left out: none. */
  readonly files?: boolean
}

/** An upstream connection that takes commands. */
export interface Ready {
  /** Agreed upstream: the client's own that the server knows, and SESSION_TRACK. */
  readonly capabilities: number
  readonly extended: number
  /** The upstream's own id of this connection, for KILL. */
  readonly threadId: number
  /** Status flags after the last of our own commands. */
  readonly status: number
  readonly salt: Uint8Array
  /** Each word in upper case. */
  readonly sqlMode: readonly string[] | 'unknown'
  /** character_set_client, in lower case. */
  readonly charset: string
  readonly database: string | undefined
  /** What was asked once, by variable's name in lower case: time_zone, max_allowed_packet … */
  readonly settings: ReadonlyMap<string, string>
}

/** What an upstream may send at most in one packet before it is ready. */
const CEILING = 64 * 1024

/** Bytes of one packet that we would take; the server has a limit of its own. */
const LONGEST_PACKET = 2 ** 30

const fault = (what: string) => new GatehouseError('GH_WIRE', what)

/** What signing in alone tells: nothing is asked yet, and nothing set. */
interface SignedIn {
  readonly upstream: Dialogue
  readonly server: ServerGreeting
  readonly agreed: Agreed
}

/** Throws `GH_WIRE` with what the upstream said by code, never by its text. */
export async function signIn(wire: Wire, login: UpstreamLogin): Promise<SignedIn> {
  const { arrival } = login
  const upstream = createDialogue(wire, CEILING)
  const server = readServerGreeting(await upstream.read())
  const encrypts = login.tls !== 'disable'
  const { files = false } = login
  const agreed = agree(arrival, server, { encrypts, database: arrival.database !== undefined, files })
  const fixed = payload(
    u32(agreed.capabilities),
    u32(LONGEST_PACKET),
    [arrival.collation],
    new Uint8Array(19),
    u32(agreed.extended),
  )
  if (encrypts) await secure(upstream, login, server.capabilities, fixed)
  upstream.write(payload(fixed, ...identification(login, agreed, server)))
  await provePassword(upstream, login.password)
  return { upstream, server, agreed }
}

/** Throws as `signIn` does. */
export async function logIn(wire: Wire, login: UpstreamLogin): Promise<Ready> {
  const { arrival, limits } = login
  const { upstream, server, agreed } = await signIn(wire, login)
  const flavour: MysqlFlavour = /mariadb/i.test(server.serverVersion) ? 'mariadb' : 'mysql'
  const begun = await begin(upstream, flavour, {
    limits,
    charset: arrival.charset,
    short: (agreed.capabilities & CLIENT.DEPRECATE_EOF) !== 0,
  })
  if (wire.buffered > 0) throw fault('the upstream sent more than it was asked for')
  return {
    ...agreed,
    threadId: server.threadId,
    status: begun.status,
    salt: server.nonce,
    sqlMode: readSqlMode(begun.settings.get('sql_mode')),
    charset: begun.settings.get('character_set_client')?.toLowerCase() ?? arrival.charset,
    database: begun.database,
    settings: begun.settings,
  }
}

async function secure(
  upstream: Dialogue,
  { host, ca }: UpstreamLogin,
  offered: number,
  request: Uint8Array,
): Promise<void> {
  const { wire } = upstream
  if ((offered & CLIENT.SSL) === 0) throw fault('the upstream does not offer TLS')
  if (wire.buffered > 0) throw fault('the upstream sent bytes before the TLS handshake')
  upstream.write(request)
  await wire.secureClient({ servername: host, ...(ca === undefined ? {} : { ca }) })
}

/** The rest of HandshakeResponse41, behind its fixed fields. */
function identification(
  { user, password, arrival, session }: UpstreamLogin,
  { capabilities }: Agreed,
  server: { readonly plugin: string; readonly nonce: Uint8Array },
): readonly Uint8Array[] {
  const { plugin, answer } = firstAnswer(server.plugin, password, server.nonce)
  const attributes = attributeBlock(arrival, session)
  const lenencAnswer = (capabilities & CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA) !== 0
  return [
    nulString(user),
    lenencAnswer ? lenencString(answer) : payload([answer.length], answer),
    ...(arrival.database === undefined ? [] : [nulString(arrival.database)]),
    nulString(plugin),
    payload(lenenc(attributes.length), attributes),
  ]
}

export function readSqlMode(value: string | undefined): readonly string[] | 'unknown' {
  if (value === undefined) return 'unknown'
  return value
    .toUpperCase()
    .split(',')
    .filter((word) => word !== '')
}
