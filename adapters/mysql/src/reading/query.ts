/** COM_QUERY and COM_INIT_DB: texts, and a database's name, read into statements. */
import { type Reading, strictText } from '@gatehouse/adapter-kit'
import type { MysqlStatement } from '@gatehouse/sql'
import { COM, errPayload, payload } from '../messages/index.js'
import { ownDiagnostics } from '../session/diagnostics.js'
import { mayDoAnything } from '../session/effects.js'
import { settle } from '../session/exchange.js'
import { trustAfter } from '../session/variables.js'
import { refusedPlan, unreadable } from './answers.js'
import type { Packet } from './arriving.js'
import { readKill } from './kill.js'
import { takeReading } from './plans.js'
import type { ReadingParts } from './reading.js'
import { asAsk, effective } from './statements.js'
import { decodeText, encodeText } from './texts.js'
import { withAllTracked } from './tracking-request.js'

export function readQuery(packet: Packet, parts: ReadingParts): Reading {
  const { memory } = parts
  const said = textOf(packet, parts)
  if (said === undefined) return notText(packet, parts)
  const text = withAllTracked(said)
  const reading = takeReading(parts, text, memory.multiple)
  if (reading instanceof Promise) return { kind: 'wait', ready: reading }
  const { plan, canonical } = reading
  if (plan.kind === 'unreadable') return unreadable(parts, packet, refusedPlan(plan))
  if (plan.statements.length === 0) return settle(packet, emptyQuery)
  const [first] = plan.statements
  if (first?.command === 'KILL' && plan.statements.length === 1)
    return readKill(packet, canonical, first, parts)
  const statements: MysqlStatement[] = []
  let { trust } = memory
  for (const [index, statement] of plan.statements.entries()) {
    const known = effective(parts, statement, parts.takesFiles && plan.statements.length === 1, trust)
    if (known.kind === 'wait') return known
    if (known.kind === 'refused') return unreadable(parts, packet, known.refused)
    if (index < plan.statements.length - 1 && mayAnswerOften(known.statement))
      return unreadable(parts, packet, { code: 'GH_UNREADABLE', why: UNTOLD, statement })
    statements.push(known.statement)
    trust = trustAfter(trust, known.statement, mayDoAnything(known.statement), true)
  }
  const [only, ...others] = statements
  if (only !== undefined && others.length === 0) {
    const own = ownDiagnostics(memory, only, canonical, packet)
    if (own !== undefined) {
      parts.hold({ kind: 'local', packet, statement: only, answer: own })
      return { kind: 'ask', asks: [asAsk(only)], judge: 'admit', exchange: memory.exchange }
    }
  }
  const content = canonical === said ? undefined : contentOf(COM.QUERY, canonical, parts)
  parts.hold({ kind: 'query', packet, statements, content, text: canonical })
  return { kind: 'ask', asks: statements.map(asAsk), judge: 'admit', exchange: memory.exchange }
}

const UNTOLD =
  'where its results end and those of the next statement begin cannot be told: send what is behind it by itself'

/** As many results as it likes; CALL says by an OK where they end. */
function mayAnswerOften({ outputs, command }: MysqlStatement): boolean {
  return outputs === 'unknown' && command !== 'CALL'
}

export const emptyQuery = errPayload(1065, 'Query was empty', '42000')

/** Behind the command's byte, in the character set of the connection. */
export function textOf({ buffer, start, end }: Packet, { memory }: ReadingParts): string | undefined {
  return decodeText(buffer.subarray(start + 1, end), memory.context.charset)
}

export function notText(packet: Packet, parts: ReadingParts): Reading {
  return unreadable(parts, packet, {
    code: 'GH_UNREADABLE',
    why: `the text is not well-formed ${parts.memory.context.charset}, or that cannot be read`,
    native: { code: 1300, state: 'HY000' },
  })
}

export function contentOf(command: number, text: string, { memory }: ReadingParts): Uint8Array {
  return payload([command], encodeText(text, memory.context.charset))
}

/** Read as the USE that it is. */
export function readInitDb(packet: Packet, parts: ReadingParts): Reading {
  const { buffer, start, end } = packet
  const name = strictText(buffer.subarray(start + 1, end))
  if (name === undefined || name === '' || name.length > 256 || name.includes('\0')) return noDatabase(packet)
  const reading = takeReading(parts, `USE \`${name.replaceAll('`', '``')}\``, false)
  if (reading instanceof Promise) return { kind: 'wait', ready: reading }
  const { plan } = reading
  if (plan.kind === 'unreadable') return unreadable(parts, packet, refusedPlan(plan))
  const [statement] = plan.statements
  if (statement === undefined || plan.statements.length > 1) return noDatabase(packet)
  const known = effective(parts, statement)
  if (known.kind === 'wait') return known
  if (known.kind === 'refused') return unreadable(parts, packet, known.refused)
  const content = payload([COM.INIT_DB], encodeText(name, parts.memory.context.charset))
  parts.hold({ kind: 'query', packet, statements: [known.statement], content, text: '' })
  return { kind: 'ask', asks: [asAsk(known.statement)], judge: 'admit', exchange: parts.memory.exchange }
}

const noDatabase = (packet: Packet): Reading =>
  settle(packet, errPayload(1046, 'No database selected', '3D000'))
