/** Traces of personal cells in what a Postgres client was sent. */
import { type Dress, type Person, type Trace, traceFinder } from '@gatehouse/adapter-contract'

/** Dates and numbers as the server's settings and binary formats write them. */
function otherForms(column: keyof Person, value: string): Dress[] {
  if (column === 'birth_date') {
    const [year = '', month = '', day = ''] = value.split('-')
    const time = Date.parse(value) / 1000
    const days = Buffer.alloc(4)
    days.writeInt32BE(time / 86_400 - 10_957)
    const micros = Buffer.alloc(8)
    micros.writeBigInt64BE(BigInt(time - 946_684_800) * 1_000_000n)
    const texts = [
      `${day}.${month}.${year}`,
      `${month}/${day}/${year}`,
      `${day}/${month}/${year}`,
      `${month}-${day}-${year}`,
      `${day}-${month}-${year}`,
      `${year}${month}${day}`,
      String(time),
      String(time / 86_400 + 2_440_588),
    ]
    return [
      ['days', days],
      ['microseconds', micros],
      ...texts.map((text): Dress => ['date', Buffer.from(text)]),
    ]
  }
  if (column !== 'salary') return []
  const digits = value.replace('.', '').padStart(8, '0')
  const double = Buffer.alloc(8)
  double.writeDoubleBE(Number(value))
  const float = Buffer.alloc(4)
  float.writeFloatBE(Number(value))
  const integer = Buffer.alloc(4)
  integer.writeInt32BE(Math.round(Number(value)))
  const numeric = Buffer.alloc(6)
  numeric.writeUInt16BE(Number(digits.slice(0, 2)), 0)
  numeric.writeUInt16BE(Number(digits.slice(2, 6)), 2)
  numeric.writeUInt16BE(Number(digits.slice(6, 8)) * 100, 4)
  return [
    ['double', double],
    ['float', float],
    ['integer', integer],
    ['numeric', numeric.subarray(0, 4)],
  ]
}

const find = traceFinder(otherForms)

export function findTraces(received: Buffer, rows: readonly (readonly (Buffer | null)[])[]): Trace[] {
  return find(
    received,
    rows.map((row) => row.map((cell) => cell?.toString('latin1') ?? null)),
  )
}
