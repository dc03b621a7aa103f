/** COM_FIELD_LIST: a table's columns with their defaults, as command lines ask for them to complete names (protocol manual, "COM_FIELD_LIST"). */
import { type Reading, strictText } from '@gatehouse/adapter-kit'
import type { MysqlStatement } from '@gatehouse/sql'
import { readPacket } from '../messages/index.js'
import { malformed, refusedPlan, unreadable } from './answers.js'
import type { Packet } from './arriving.js'
import { takeReading } from './plans.js'
import type { ReadingParts } from './reading.js'
import { asAsk, effective } from './statements.js'

/** Bytes; names have 64 characters at the most, and are refused by the server beyond. */
const LONGEST_NAME = 256

/** Read as the SHOW COLUMNS that says the same. */
export function readFieldList(packet: Packet, parts: ReadingParts): Reading {
  const table = tableOf(packet)
  if (table === undefined) return malformed(packet, 'COM_FIELD_LIST')
  const reading = takeReading(parts, `SHOW COLUMNS FROM \`${table.replaceAll('`', '``')}\``, false)
  if (reading instanceof Promise) return { kind: 'wait', ready: reading }
  const { plan, canonical } = reading
  if (plan.kind === 'unreadable') return unreadable(parts, packet, refusedPlan(plan))
  const [shown] = plan.statements
  if (shown === undefined || plan.statements.length > 1) return malformed(packet, 'COM_FIELD_LIST')
  const known = effective(parts, shown)
  if (known.kind === 'wait') return known
  if (known.kind === 'refused') return unreadable(parts, packet, known.refused)
  const statement = asCommand(known.statement)
  parts.hold({ kind: 'fields', packet, statement, text: canonical })
  return { kind: 'ask', asks: [asAsk(statement)], judge: 'admit', exchange: parts.memory.exchange }
}

function tableOf({ buffer, start, end }: Packet): string | undefined {
  const zero = buffer.indexOf(0, start + 1)
  if (zero < 0 || zero >= end || end - start > 2 * LONGEST_NAME) return undefined
  const name = strictText(readPacket(buffer, start + 1, end).nulBytes())
  return name === '' ? undefined : name
}

const commands = new WeakMap<MysqlStatement, MysqlStatement>()

/** One object for each, so that a decision on it can be remembered. */
function asCommand(shown: MysqlStatement): MysqlStatement {
  const known = commands.get(shown) ?? { ...shown, command: 'FIELD LIST' }
  commands.set(shown, known)
  return known
}
