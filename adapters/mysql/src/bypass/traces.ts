/** Traces of personal cells in what a MySQL client was sent. */
import { type Dress, type FindTraces, type Person, traceFinder } from '@gatehouse/adapter-contract'

/** Dates and numbers as functions and the binary format write them (protocol manual, "Binary Protocol Value"). */
function otherForms(column: keyof Person, value: string): Dress[] {
  if (column === 'birth_date') {
    const [year = '', month = '', day = ''] = value.split('-')
    const days = Date.parse(value) / 86_400_000 + 719_528
    const date = Buffer.from([4, 0, 0, Number(month), Number(day)])
    date.writeUInt16LE(Number(year), 1)
    const texts = [
      `${day}.${month}.${year}`,
      `${month}/${day}/${year}`,
      `${day}/${month}/${year}`,
      `${year}${month}${day}`,
      String(days),
      String((days - 719_528) * 86_400),
    ]
    return [
      ['binary date', date.subarray(1)],
      ['binary days', wholeOf(days)],
      ...texts.map((text): Dress => ['date', Buffer.from(text)]),
    ]
  }
  if (column !== 'salary') return []
  const double = Buffer.alloc(8)
  double.writeDoubleLE(Number(value))
  const float = Buffer.alloc(4)
  float.writeFloatLE(Number(value))
  return [
    ['double', double],
    ['float', float],
    ['integer', wholeOf(Math.round(Number(value)))],
  ]
}

function wholeOf(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

export const findTraces: FindTraces = traceFinder(otherForms)
