/** What clients are offered: an allow-list of what the gateway can follow, and nothing else (mysql-wire §2.3). */
import { CLIENT } from '../messages/index.js'

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
  CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA

/** Of MariaDB's extended ones: none yet, so that LONG_PASSWORD is set and nobody reads that word. */
export const OFFERED_EXTENDED = 0

export function offered(encrypts: boolean): number {
  return encrypts ? PLAIN | CLIENT.SSL : PLAIN
}
