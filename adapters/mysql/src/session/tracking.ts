/** What a session has become, as the upstream says in its OKs (protocol manual, "Session State Information"). */
import { text } from '@gatehouse/adapter-kit'
import { readPacket } from '../messages/index.js'

const SYSTEM_VARIABLES = 0
const SCHEMA = 1

export interface Tracked {
  /** By name in lower case. */
  readonly variables: ReadonlyMap<string, string>
  /** Undefined: nothing is said of it; empty: none. */
  readonly schema: string | undefined
}

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
