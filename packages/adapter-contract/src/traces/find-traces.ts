/** Finds what is left of a personal cell in bytes that came over the wire, however it was dressed. */
import { type Dress, dresses, plain, reverse, secretOf } from './dresses.js'
import { PEOPLE, type Person } from './people.js'

export interface Trace {
  readonly cell: string
  readonly dress: string
}

export type FindTraces = (received: Buffer, rows: readonly (readonly (string | null)[])[]) => Trace[]

const cells = PEOPLE.flatMap((person, index) =>
  (Object.entries(person) as [keyof Person, string][]).map(([column, value]) => ({
    cell: `${column} ${index + 1}`,
    column,
    value,
    secret: secretOf(column, value),
  })),
)

/**
 * Looks for traces of personal cells in all bytes that a client was sent, and in its rows read as one text: letter by letter, as
 * character codes, along rows and along columns. `formsOf` gives dates and numbers as the server's settings and binary formats write them.
 */
export function traceFinder(formsOf: (column: keyof Person, value: string) => Dress[]): FindTraces {
  const needles = cells.flatMap(({ cell, column, value, secret }) =>
    [...dresses(secret, value), ...formsOf(column, value)]
      .filter(([, bytes]) => bytes.length >= 4)
      .map(([dress, bytes]) => ({ cell, dress, bytes })),
  )
  return (received, rows) => {
    const found: Trace[] = needles
      .filter(({ bytes }) => holds(received, bytes))
      .map(({ cell, dress }) => ({ cell, dress }))
    const woven = [...weave(rows), plain(received.toString('latin1'))]
    for (const { cell, secret } of cells) {
      const bare = plain(secret)
      // Fewer digits are found in any heap of numbers.
      if (bare.length < 8) continue
      for (const text of woven) {
        if (text.includes(bare)) found.push({ cell, dress: 'pieces' })
        if (text.includes(reverse(bare))) found.push({ cell, dress: 'pieces, reversed' })
      }
    }
    return found
  }
}

/** Few digits within a longer number are no trace. */
function holds(received: Buffer, bytes: Buffer): boolean {
  if (bytes.length >= 8 || !/^\d+$/.test(bytes.toString('latin1'))) return received.includes(bytes)
  for (let at = received.indexOf(bytes); at >= 0; at = received.indexOf(bytes, at + 1)) {
    if (!/[\d.]/.test(String.fromCharCode(received[at - 1] ?? 0))) return true
  }
  return false
}

function weave(rows: readonly (readonly (string | null)[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => cell ?? ''))
  const width = Math.max(0, ...texts.map((row) => row.length))
  const along = Array.from({ length: width }, (_, column) => texts.map((row) => row[column] ?? ''))
  const lines = [texts.flat(), ...along]
  const codes = lines.map((line) => line.map(decode).join(''))
  return [...lines.map((line) => line.join('')), ...codes].map(plain)
}

/** A character's code as text or as a binary integer. */
function decode(cell: string): string {
  if (/^\d{2,3}$/.test(cell)) return String.fromCharCode(Number(cell))
  if (/^\0{1,7}[^\0]$/.test(cell)) return cell.slice(-1)
  return ''
}
