/** Writes of as many documents as there are, inside a transaction of the gateway's own: over the limit it is taken back (R21). */
import type { House } from '../house.js'
import type { Arrived } from './arriving.js'
import { SESSION_ID } from './lsid.js'
import type { Memory } from './memory.js'

/** The gateway's own transaction; no client's session has its id. */
export interface Guard {
  /** 16 bytes, upstream. */
  readonly session: Uint8Array
  readonly number: bigint
}

/** Their replies say how many documents they changed. */
const COUNTED: ReadonlySet<string> = new Set(['update', 'delete'])

/**
 * Undefined: nothing could be taken back. A lone server has no transactions; in the client's own its earlier commands would go
 * with it; a retryable write has a number of its own; where no answer is waited for, nobody counts.
 */
export function guardFor(arrived: Arrived, memory: Memory, { server, site }: House): Guard | undefined {
  if (!COUNTED.has(arrived.command.name) || arrived.silent || arrived.numbered) return undefined
  if (server.upstream.kind === 'standalone') return undefined
  memory.guarding ??= { session: asUuid(site.random(SESSION_ID)), last: 0n }
  memory.guarding.last += 1n
  return { session: memory.guarding.session, number: memory.guarding.last }
}

/** Version 4 (RFC 9562, section 5.4). */
function asUuid(random: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(random)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes
}
