/** Finds what is left of a personal cell in bytes that came over the wire, however it was dressed. */
import { createHash } from 'node:crypto'
import { PEOPLE, type Person } from './shop.js'

export interface Trace {
  readonly cell: string
  readonly dress: string
}

interface Needle extends Trace {
  readonly bytes: Buffer
}

/** What of a cell no mask of the pack shows: a mail's domain, four last digits, an initial and a year may be seen. */
function secretOf(column: keyof Person, value: string): string {
  switch (column) {
    case 'email':
      return value.slice(0, value.indexOf('@'))
    case 'full_name':
      return value.slice(1)
    case 'phone':
    case 'card_number':
    case 'iban':
      return value.slice(0, -4)
    case 'salary':
      return value.slice(0, 5)
    default:
      return value
  }
}

const reverse = (text: string) => [...text].reverse().join('')
const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')

function dresses(secret: string, whole: string): [string, Buffer][] {
  const raw = Buffer.from(secret)
  const texts: [string, string][] = [
    ['plain', secret],
    ['upper', secret.toUpperCase()],
    ['lower', secret.toLowerCase()],
    ['initcap', secret.charAt(0).toUpperCase() + secret.slice(1).toLowerCase()],
    ['reversed', reverse(secret)],
    ['hex', raw.toString('hex')],
    ['HEX', raw.toString('hex').toUpperCase()],
    ['hex of utf-16', Buffer.from(secret, 'utf16le').toString('hex')],
    ['codes', [...raw].join(',')],
    ['spaced codes', [...raw].join(' ')],
    ['url', encodeURIComponent(secret)],
  ]
  // Three ways in which base64 can fall on the start, without the ends that neighbours change.
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), raw]).toString('base64')
    texts.push([`base64 ${shift}`, shifted.slice(shift === 0 ? 0 : 4, -4)])
  }
  const found = texts.map(([dress, text]): [string, Buffer] => [dress, Buffer.from(text)])
  for (const name of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']) {
    for (const text of new Set([whole, secret, whole.toLowerCase(), whole.toUpperCase()])) {
      const digest = createHash(name).update(text).digest()
      found.push([name, digest], [`${name} hex`, Buffer.from(digest.toString('hex'))])
      found.push([`${name} base64`, Buffer.from(digest.toString('base64'))])
    }
  }
  return found
}

/** Dates and numbers as the server's settings and binary formats write them. */
function otherForms(column: keyof Person, value: string): [string, Buffer][] {
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
      ...texts.map((text): [string, Buffer] => ['date', Buffer.from(text)]),
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

const cells = PEOPLE.flatMap((person, index) =>
  (Object.entries(person) as [keyof Person, string][]).map(([column, value]) => ({
    cell: `${column} ${index + 1}`,
    column,
    value,
    secret: secretOf(column, value),
  })),
)

const needles: readonly Needle[] = cells.flatMap(({ cell, column, value, secret }) =>
  [...dresses(secret, value), ...otherForms(column, value)]
    .filter(([, bytes]) => bytes.length >= 4)
    .map(([dress, bytes]) => ({ cell, dress, bytes })),
)

/**
 * Traces of personal cells in all bytes that a client was sent, and in its rows read as one text: letter by letter, as
 * character codes, along rows and along columns.
 */
export function findTraces(received: Buffer, rows: readonly (readonly (Buffer | null)[])[]): Trace[] {
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

/** Few digits within a longer number are no trace. */
function holds(received: Buffer, bytes: Buffer): boolean {
  if (bytes.length >= 8 || !/^\d+$/.test(bytes.toString('latin1'))) return received.includes(bytes)
  for (let at = received.indexOf(bytes); at >= 0; at = received.indexOf(bytes, at + 1)) {
    if (!/[\d.]/.test(String.fromCharCode(received[at - 1] ?? 0))) return true
  }
  return false
}

function weave(rows: readonly (readonly (Buffer | null)[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => cell?.toString('latin1') ?? ''))
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
