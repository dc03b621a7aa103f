/** How replies are laid out: what client, gateway and server have agreed on (protocol manual, "Capabilities Flags"). */
import { type Dice, pick } from '@gatehouse/adapter-contract'
import { CLIENT, MARIADB_CLIENT } from '../messages/index.js'

export interface Layout {
  /** DEPRECATE_EOF. */
  readonly short: boolean
  /** SESSION_TRACK, for the client; the gateway always has it upstream. */
  readonly tracks: boolean
  /** MariaDB's EXTENDED_METADATA. */
  readonly extended: boolean
}

export const OLD: Layout = { short: false, tracks: false, extended: false }

export const LAYOUTS: readonly Layout[] = [false, true].flatMap((short) =>
  [false, true].flatMap((tracks) => [false, true].map((extended) => ({ short, tracks, extended }))),
)

/** The oldest as often as all others together. */
export const anyLayout = (dice: Dice): Layout => (dice(2) === 0 ? OLD : pick(dice, LAYOUTS))

export const named = ({ short, tracks, extended }: Layout): string =>
  [short && 'short', tracks && 'tracks', extended && 'extended'].filter((each) => each !== false).join('+') ||
  'old'

const BASE =
  CLIENT.PROTOCOL_41 |
  CLIENT.SECURE_CONNECTION |
  CLIENT.TRANSACTIONS |
  CLIENT.MULTI_STATEMENTS |
  CLIENT.MULTI_RESULTS |
  CLIENT.PS_MULTI_RESULTS |
  CLIENT.PLUGIN_AUTH

/** As the client has them, and the upstream. `files`: LOAD DATA LOCAL is carried. */
export function capabilitiesOf({ short, tracks, extended }: Layout, files: boolean) {
  const both = BASE | (short ? CLIENT.DEPRECATE_EOF : 0) | (files ? CLIENT.LOCAL_FILES : 0)
  return {
    client: both | (tracks ? CLIENT.SESSION_TRACK : 0),
    upstream: both | CLIENT.SESSION_TRACK,
    extended: extended ? MARIADB_CLIENT.EXTENDED_METADATA : 0,
  }
}
