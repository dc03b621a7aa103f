/** What clients are offered: an allow-list of what the gateway can follow, and nothing else (mysql-wire §2.3). */
import type { Server } from '../catalog/server.js'
import { CLIENT, MARIADB_CLIENT } from '../messages/index.js'

const PLAIN =
  CLIENT.LONG_PASSWORD |
  CLIENT.FOUND_ROWS |
  CLIENT.LONG_FLAG |
  CLIENT.CONNECT_WITH_DB |
  CLIENT.ODBC |
  CLIENT.IGNORE_SPACE |
  CLIENT.PROTOCOL_41 |
  CLIENT.INTERACTIVE |
  CLIENT.TRANSACTIONS |
  CLIENT.SECURE_CONNECTION |
  CLIENT.MULTI_STATEMENTS |
  CLIENT.MULTI_RESULTS |
  CLIENT.PS_MULTI_RESULTS |
  CLIENT.PLUGIN_AUTH |
  CLIENT.CONNECT_ATTRS |
  CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA |
  CLIENT.SESSION_TRACK |
  CLIENT.DEPRECATE_EOF

/** What of a server shows in its greeting. */
export type Describing = Pick<Server, 'flavour' | 'serverVersion'> & Partial<Pick<Server, 'takesFiles'>>

export interface Offer {
  readonly capabilities: number
  /** MariaDB's own; where there are none LONG_PASSWORD is set, and nobody reads that word. */
  readonly extended: number
}

/**
 * The server's own descriptions of columns where it has them: by these clients know a JSON column from a text. LOCAL_FILES
 * where the server takes files; who may send one is not known yet.
 */
export function offered(encrypts: boolean, server: Describing): Offer {
  const capabilities =
    PLAIN | (encrypts ? CLIENT.SSL : 0) | (server.takesFiles === true ? CLIENT.LOCAL_FILES : 0)
  if (!describesColumns(server)) return { capabilities, extended: 0 }
  return {
    capabilities: capabilities & ~CLIENT.LONG_PASSWORD,
    extended: MARIADB_CLIENT.EXTENDED_METADATA,
  }
}

/** MariaDB from 10.6 on (10.5's first releases lack it); some put `5.5.5-` before their version, for old replicas' sake. */
function describesColumns({ flavour, serverVersion }: Pick<Server, 'flavour' | 'serverVersion'>): boolean {
  if (flavour !== 'mariadb') return false
  const [, major = 0, minor = 0] = (/^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(serverVersion) ?? []).map(Number)
  return major > 10 || (major === 10 && minor >= 6)
}
