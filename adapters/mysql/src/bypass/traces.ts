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

/** Dates and numbers as functions and the binary format write them (protocol manual, "Binary Protocol Value"). */
function otherForms(column: keyof Person, value: string): [string, Buffer][] {
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
      ...texts.map((text): [string, Buffer] => ['date', Buffer.from(text)]),
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
export function findTraces(received: Buffer, rows: readonly (readonly (string | null)[])[]): Trace[] {
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

function weave(rows: readonly (readonly (string | null)[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => cell ?? ''))
  const width = Math.max(0, ...texts.map((row) => row.length))
  const along = Array.from({ length: width }, (_, column) => texts.map((row) => row[column] ?? ''))
  const lines = [texts.flat(), ...along]
  const codes = lines.map((line) => line.map(decode).join(''))
  return [...lines.map((line) => line.join('')), ...codes].map(plain)
}

/** A character's code. */
function decode(cell: string): string {
  if (/^\d{2,3}$/.test(cell)) return String.fromCharCode(Number(cell))
  return ''
}
