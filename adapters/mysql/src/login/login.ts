/** Signing in upstream: greeting, encryption, proof, and the settings that a session begins with. */
import type { SiteLimits, Upstream, Wire } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import type { Arrival } from '../greeting/arrival.js'

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
}

/** An upstream connection that takes commands. */
export interface Ready {
  /** Agreed upstream: the client's own that the server knows, and SESSION_TRACK where it knows it. */
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

/** Throws `GH_WIRE` with what the upstream said by code, never by its text. */
export async function logIn(_upstream: Wire, _login: UpstreamLogin): Promise<Ready> {
  throw new GatehouseError('GH_INVARIANT', 'not built yet')
}
