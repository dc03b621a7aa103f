/** What a session has become, as the upstream says in its OKs (protocol manual, "Session State Information"). */
import { text } from '@gatehouse/adapter-kit'
import { lenencString, payload, readPacket } from '../messages/index.js'

const SYSTEM_VARIABLES = 0
const SCHEMA = 1

export interface Tracked {
  /** By name in lower case. */
  readonly variables: ReadonlyMap<string, string>
  /** Undefined: nothing is said of it; empty: none. */
  readonly schema: string | undefined
}

/** What servers tell of by themselves (session_track_system_variables as it comes); the gateway has asked for more. */
const SHOWN: ReadonlySet<string> = new Set([
  'autocommit',
  'character_set_client',
  'character_set_connection',
  'character_set_results',
])
/** Its values are free: a viewer with masks is not told. */
const FREE = 'time_zone'

/**
 * The changes that a client is told of, put together anew (mysql-wire §0.10). Invariant: nothing else gets through, above
 * all no `redirect_url`. Throws `GH_WIRE`.
 */
export function shownChanges(changes: Uint8Array, masked: boolean): Uint8Array {
  if (changes.length === 0) return changes
  const { variables, schema } = readTracked(changes)
  const entries: Uint8Array[] = []
  for (const [name, value] of variables)
    if (SHOWN.has(name) || (name === FREE && !masked))
      entries.push(entry(SYSTEM_VARIABLES, lenencString(name), lenencString(value)))
  if (schema !== undefined) entries.push(entry(SCHEMA, lenencString(schema)))
  return payload(...entries)
}

const entry = (kind: number, ...parts: readonly Uint8Array[]) =>
  payload([kind], lenencString(payload(...parts)))

/** Throws `GH_WIRE` when a length lies. Kinds that are not known here are passed over. */
export function readTracked(changes: Uint8Array): Tracked {
  const variables = new Map<string, string>()
  let schema: string | undefined
  const reader = readPacket(changes)
  while (reader.left > 0) {
    const kind = reader.u8()
    const entry = readPacket(reader.lenencBytes() ?? new Uint8Array(0))
    if (kind === SYSTEM_VARIABLES) {
      // One or more in one entry.
      while (entry.left > 0) {
        const name = text(entry.lenencBytes() ?? new Uint8Array(0)).toLowerCase()
        variables.set(name, text(entry.lenencBytes() ?? new Uint8Array(0)))
      }
    } else if (kind === SCHEMA) schema = text(entry.lenencBytes() ?? new Uint8Array(0))
  }
  return { variables, schema }
}
