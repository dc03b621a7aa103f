/** What is asked of the upstream: the client's own contract and what the gateway needs for itself (mysql-wire §2.3). */
import { GatehouseError } from '@gatehouse/core'
import { CLIENT } from '../messages/index.js'
import type { ServerGreeting } from './server-greeting.js'

/** Changes what the client sees: upstream it is as the client has it, or `;` and CALL would mean something else. */
const COPIED =
  CLIENT.FOUND_ROWS |
  CLIENT.ODBC |
  CLIENT.IGNORE_SPACE |
  CLIENT.INTERACTIVE |
  CLIENT.MULTI_STATEMENTS |
  CLIENT.MULTI_RESULTS |
  CLIENT.PS_MULTI_RESULTS |
  CLIENT.DEPRECATE_EOF

/** The server's replies would mislead whoever does not know these, so it must know them. */
const NEEDED =
  CLIENT.LONG_FLAG |
  CLIENT.PROTOCOL_41 |
  CLIENT.TRANSACTIONS |
  CLIENT.SECURE_CONNECTION |
  CLIENT.PLUGIN_AUTH |
  CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA |
  CLIENT.CONNECT_ATTRS |
  CLIENT.SESSION_TRACK

export interface Agreed {
  readonly capabilities: number
  readonly extended: number
}

const fault = (what: string) => new GatehouseError('GH_WIRE', what)

/** Throws `GH_WIRE`. Without LOCAL_FILES, which `files` lets through, the server refuses LOAD DATA LOCAL itself. */
export function agree(
  client: Agreed,
  server: Pick<ServerGreeting, 'capabilities' | 'extended'>,
  more: { readonly encrypts: boolean; readonly database: boolean; readonly files: boolean },
): Agreed {
  const extended = client.extended & server.extended
  // The client was offered what the catalog's server knows: this one would describe columns, or end rows, otherwise than it expects.
  const ends = (client.capabilities & CLIENT.DEPRECATE_EOF & ~server.capabilities) === 0
  if (extended !== client.extended || !ends) throw fault('the upstream lacks what its like had offered')
  const asked =
    (client.capabilities & COPIED) |
    NEEDED |
    (more.files ? client.capabilities & CLIENT.LOCAL_FILES : 0) |
    (extended === 0 ? CLIENT.LONG_PASSWORD : 0) |
    (more.encrypts ? CLIENT.SSL : 0) |
    (more.database ? CLIENT.CONNECT_WITH_DB : 0)
  // MariaDB clears LONG_PASSWORD to say that it is itself: it takes it from whoever wants no extended ones.
  const known = server.capabilities | CLIENT.LONG_PASSWORD
  return { capabilities: asked & known, extended }
}
