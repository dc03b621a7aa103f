/** One record as one line for a person: nothing in it can steer a terminal (R27). */

const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu

/** Control, bidirectional and other characters without a shape of their own as \u escapes. */
export function printable(text: string): string {
  return text.replace(STEERING, (odd) =>
    Array.from(
      { length: odd.length },
      (_, at) => `\\u${odd.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}

function at(record: unknown, ...path: readonly string[]): unknown {
  let value = record
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function ending(record: unknown): string {
  const ours = at(record, 'unmapped', 'gatehouse')
  const status = text(at(ours, 'outcome', 'status'))
  if (status === '') return ''
  const code = text(at(record, 'status_code'))
  const rows = `${text(at(ours, 'outcome', 'returned'))} returned, ${text(at(ours, 'outcome', 'affected'))} affected`
  return ` (${rows}${code === '' ? '' : `, ${code}`})`
}

/** Time, sequence number, phase, message and what the statement was; at most `width` characters. */
export function recordLine(record: unknown, width = 400): string {
  const time = at(record, 'time')
  const when = typeof time === 'number' && Math.abs(time) < 8.64e15 ? new Date(time).toISOString() : '-'
  const query = text(at(record, 'query_info', 'query_string')).replace(/\s+/g, ' ')
  const phase = text(at(record, 'unmapped', 'gatehouse', 'phase'))
  const line = [
    when,
    `#${text(at(record, 'metadata', 'sequence'))}`,
    phase.padEnd(9),
    `${text(at(record, 'message'))}${ending(record)}`,
    phase === 'decision' && query !== '' ? `| ${query}` : '',
  ]
  const whole = printable(line.join(' ').trimEnd())
  return whole.length > width ? `${whole.slice(0, width - 1)}…` : whole
}
