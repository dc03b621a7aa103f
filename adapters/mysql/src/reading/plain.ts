/** Commands that carry no statement: they go upstream as they are, or are answered here. */
import type { Reading } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import { COM, readPacket } from '../messages/index.js'
import { asSent, open } from '../session/exchange.js'
import { forgetAll } from '../session/forgetting.js'
import { type Next, type Owed, own } from '../session/owed.js'
import { malformed } from './answers.js'
import type { Packet } from './arriving.js'
import { askKill, killStatement } from './kill.js'
import type { ReadingParts } from './reading.js'

/** Undefined: it is none of these. */
export function readPlain(packet: Packet, parts: ReadingParts): Reading | undefined {
  const { memory } = parts
  const { command, buffer, start, end } = packet
  switch (command) {
    case COM.PING:
      return pass(packet, parts, { kind: 'plain' })
    case COM.STATISTICS:
      return pass(packet, parts, { kind: 'statistics' })
    case COM.RESET_CONNECTION:
      return pass(packet, parts, {
        kind: 'plain',
        done: (client) => {
          forgetAll(memory)
          memory.multiple = parts.mayMultiply
          // The database stays; everything else is as it was at the beginning.
          const { database, overlay } = memory.context
          const kept = overlay.filter((name) => !memory.temporary.has(name))
          memory.context = { ...memory.initial, database, overlay: kept }
          memory.temporary.clear()
          const answer = () => ({ kind: 'answer', client }) as const
          return own(parts.afterReset(), [], answer, lost, true)
        },
      })
    case COM.SET_OPTION: {
      if (end - start !== 3) return malformed(packet, 'COM_SET_OPTION')
      const option = readPacket(buffer, start + 1, end).u16()
      // Invariant: the upstream cuts a text into several statements exactly where the gateway does.
      if (option > 1) return undefined
      if (option === 0 && !parts.mayMultiply) return undefined
      return pass(packet, parts, {
        kind: 'plain',
        done: () => {
          memory.multiple = option === 0
          return undefined
        },
      })
    }
    case COM.PROCESS_KILL:
      if (end - start !== 5) return malformed(packet, 'COM_PROCESS_KILL')
      return askKill(packet, readPacket(buffer, start + 1, end).u32(), true, killStatement, parts)
    default:
      return undefined
  }
}

/** Without its settings the session could not be followed. */
const lost = (): Next => {
  throw new GatehouseError('GH_WIRE', 'the settings of the session could not be set again')
}

function pass(packet: Packet, { memory }: ReadingParts, owed: Owed): Reading {
  open(memory, packet, owed)
  const sent = asSent(packet)
  return sent === 'frame' ? { kind: 'pass' } : { kind: 'pass', bytes: sent }
}
