/** KILL: of one's own sessions it is a cancel, and carried out here; of others' it is refused as if there were none (mysql-wire §3.7). */
import type { Reading } from '@gatehouse/adapter-kit'
import type { MysqlStatement } from '@gatehouse/sql'
import { okPayload, packets } from '../messages/index.js'
import { NOT_SUPPORTED, unread, unreadable } from './answers.js'
import type { Packet } from './arriving.js'
import type { ReadingParts } from './reading.js'
import { asAsk } from './statements.js'

const FORM = /^kill(?:\s+(?:hard|soft))?(?:\s+(query|connection))?\s+(\d{1,10})$/i

/** `text`: canonical. */
export function readKill(
  packet: Packet,
  text: string,
  statement: MysqlStatement,
  parts: ReadingParts,
): Reading {
  const found = FORM.exec(text.trim())
  if (found?.[2] === undefined)
    return unreadable(parts, packet, {
      code: 'GH_UNREADABLE',
      why: 'KILL is carried with a connection id that stands in the text',
      native: NOT_SUPPORTED,
      statement,
    })
  const connection = found[1]?.toLowerCase() !== 'query'
  return askKill(packet, Number(found[2]), connection, statement, parts)
}

export function askKill(
  packet: Packet,
  threadId: number,
  connection: boolean,
  statement: MysqlStatement,
  parts: ReadingParts,
): Reading {
  const { memory, siblings } = parts
  const found = siblings.find(threadId)
  if (found instanceof Promise) return { kind: 'wait', ready: found }
  if (!found)
    return unreadable(parts, packet, {
      code: 'GH_FORBIDDEN',
      why: `Unknown thread id: ${threadId}`,
      native: { code: 1094, state: 'HY000' },
      statement,
    })
  // Nothing of anybody else's is concerned.
  const own: MysqlStatement = { ...statement, actions: [], effects: [] }
  const answer = () => {
    siblings.kill(threadId, connection)
    return packets(packet.next, okPayload({ status: memory.status }))
  }
  parts.hold({ kind: 'local', packet, statement: own, answer })
  return { kind: 'ask', asks: [asAsk(own)], judge: 'admit', exchange: memory.exchange }
}

export const killStatement: MysqlStatement = { ...unread('KILL'), effects: [], reserve: false }
