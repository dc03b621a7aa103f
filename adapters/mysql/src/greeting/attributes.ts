/** Connection attributes (protocol manual, "Protocol::HandshakeResponse41"): what a client claims about itself (R10). */
import { strictText } from '@gatehouse/adapter-kit'
import { type PacketReader, readPacket } from '../messages/index.js'

/** Bytes of all of them, as servers take them. */
export const ATTRIBUTES_CEILING = 65_536

/**
 * Undefined over the ceiling. Blocks that are missing or malformed are none: Connector/J 5.1 and some command lines
 * announce attributes and send no or broken ones, and nothing is decided by them.
 */
export function readAttributes(response: PacketReader): ReadonlyMap<string, string> | undefined {
  if (response.left === 0) return new Map()
  const total = lenient(() => response.lenenc())
  if (total === undefined) return new Map()
  if (total > ATTRIBUTES_CEILING) return undefined
  const block = lenient(() => response.bytes(total))
  return (block && lenient(() => readPairs(block))) ?? new Map()
}

/**
 * MySQL's Connector/J compares versions with 5.5.16, and takes a MariaDB that puts `5.5.5-` before its own for older than that:
 * of what comes amid the password exchange it reads the mark as the content (9.4).
 */
export function readsUnmarked(
  attributes: ReadonlyMap<string, string>,
  { serverVersion }: { readonly serverVersion: string },
): boolean {
  return serverVersion.startsWith('5.5.5-') && attributes.get('_client_name') === 'MySQL Connector/J'
}

function readPairs(block: Uint8Array): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>()
  const reader = readPacket(block)
  while (reader.left > 0) {
    const name = strictText(reader.lenencBytes() ?? new Uint8Array())
    const value = strictText(reader.lenencBytes() ?? new Uint8Array())
    if (name !== undefined && name !== '' && value !== undefined) pairs.set(name, value)
  }
  return pairs
}

function lenient<Result>(read: () => Result | null): Result | undefined {
  try {
    return read() ?? undefined
  } catch {
    return undefined
  }
}
