/** The outcome of a decision whose gateway died before it could say (R24), made from the decision's own record. */
import { asciiJson, whole } from './json-text.js'

interface Written {
  time: number
  metadata: { uid: string; sequence: number }
  message: string
  unmapped: { gatehouse: Record<string, unknown> }
  [name: string]: unknown
}

/** `decision` is the spool body of a decision record: envelope line and JSON. */
export function unknownOutcome(decision: string, at: number, sequence: number): string {
  const line = decision.indexOf('\n')
  const [, , , , uid = '', key = '-', subject = '-'] = decision.slice(0, line).split(' ')
  const own = uid.replace(/-d$/, '-o')
  const record = JSON.parse(decision.slice(line + 1)) as Written
  const time = whole(at)
  const { time: _, metadata, unmapped, message, ...rest } = record
  const gatehouse = {
    ...unmapped.gatehouse,
    phase: 'outcome',
    outcome: { status: 'unknown', returned: 0, affected: 0 },
  }
  const written = {
    time,
    metadata: { ...metadata, uid: own, sequence },
    ...rest,
    start_time: record.time,
    end_time: time,
    status_id: 0,
    status: 'Unknown',
    message: `${message}, unknown`,
    unmapped: { gatehouse },
  }
  return `R ${sequence} ${time} outcome ${own} ${key} ${subject}\n${asciiJson(written)}`
}
