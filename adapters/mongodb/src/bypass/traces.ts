/** Finds what is left of a personal value in bytes that came over the wire, however it was dressed. */
import { type Document, ObjectId } from 'bson'
import { PEOPLE, type Person } from './shop.js'

export interface Trace {
  readonly field: string
  readonly dress: string
}

interface Needle extends Trace {
  readonly bytes: Buffer
}

/** What of a text no mask of the pack shows: a mail's domain, four last characters and an initial may be seen. */
function secretOf(field: string, text: string): string {
  switch (field) {
    case 'email':
    case 'work_email':
      return text.slice(1, text.indexOf('@'))
    case 'full_name':
      return text.slice(1)
    case 'phone':
    case 'iban':
      return text.slice(0, -4)
    default:
      return text
  }
}

const reverse = (text: string) => [...text].reverse().join('')
const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')

function dresses(secret: string): [string, Buffer][] {
  const raw = Buffer.from(secret)
  const texts: [string, string][] = [
    ['plain', secret],
    ['upper', secret.toUpperCase()],
    ['lower', secret.toLowerCase()],
    ['reversed', reverse(secret)],
    ['beginning', secret.slice(0, 9)],
    ['hex', raw.toString('hex')],
    ['HEX', raw.toString('hex').toUpperCase()],
  ]
  // Three ways in which base64 can fall on the start, without the ends that neighbours change.
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), raw]).toString('base64')
    texts.push([`base64 ${shift}`, shifted.slice(shift === 0 ? 0 : 4, -4)])
  }
  return [
    ...texts.map(([dress, text]): [string, Buffer] => [dress, Buffer.from(text)]),
    ['utf-16', Buffer.from(secret, 'utf16le')],
  ]
}

function dateForms(date: Date): [string, Buffer][] {
  const iso = date.toISOString()
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-')
  const texts = [iso.slice(0, 10), `${month}/${day}/${year}`, `${year}${month}${day}`, String(date.getTime())]
  const days = Math.floor(date.getTime() / 86_400_000) * 86_400_000
  return [
    ...texts.map((text): [string, Buffer] => ['date', Buffer.from(text)]),
    ...[date.getTime(), days].flatMap((time): [string, Buffer][] => [
      ['int64', int64(time)],
      ['double', double(time)],
    ]),
  ]
}

function numberForms(value: number): [string, Buffer][] {
  const near = [Math.round(value), Math.trunc(value)]
  const decimal = Buffer.alloc(8)
  decimal.writeBigInt64LE(BigInt(Math.round(value * 100)) * 10_000_000n)
  return [
    ['double', double(value)],
    ['decimal', decimal],
    ...near.map((each): [string, Buffer] => ['double', double(each)]),
    ...near.map((each): [string, Buffer] => ['int32', int64(each).subarray(0, 4)]),
    ['text', Buffer.from(String(value))],
    ['text', Buffer.from(String(Math.trunc(value)))],
  ]
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(value))
  return bytes
}

function formsOf(field: string, value: Person[keyof Person]): [string, Buffer][] {
  if (value instanceof Date) return dateForms(value)
  if (value instanceof ObjectId) return [['bytes', Buffer.from(value.id)], ...dresses(value.toHexString())]
  return typeof value === 'number' ? numberForms(value) : dresses(secretOf(field, value))
}

const cells = PEOPLE.flatMap((person, index) =>
  Object.entries(person).map(([name, value]) => ({ name, value, field: `${name} ${index + 1}` })),
)

const needles: readonly Needle[] = cells.flatMap(({ name, value, field }) =>
  formsOf(name, value)
    .filter(([, bytes]) => bytes.length >= 4)
    .map(([dress, bytes]) => ({ field, dress, bytes })),
)

/** Traces of personal values in all bytes that a client was sent, and in its replies' leaves and names read as one text. */
export function findTraces(received: Buffer, replies: readonly Document[]): readonly Trace[] {
  const found: Trace[] = needles
    .filter(({ bytes }) => received.includes(bytes))
    .map(({ field, dress }) => ({ field, dress }))
  const leaves: string[] = []
  const names: string[] = []
  for (const reply of replies) gather(reply, leaves, names)
  const codes = leaves.map((leaf) => (/^\d{2,3}$/.test(leaf) ? String.fromCharCode(Number(leaf)) : ''))
  const woven = [leaves, names, codes, [received.toString('latin1')]].map((list) => plain(list.join('')))
  for (const { name, value, field } of cells) {
    if (typeof value !== 'string') continue
    const bare = plain(secretOf(name, value))
    for (const text of woven) {
      if (text.includes(bare)) found.push({ field, dress: 'pieces' })
      if (text.includes(reverse(bare))) found.push({ field, dress: 'pieces, reversed' })
    }
  }
  return found
}

function gather(value: unknown, leaves: string[], names: string[]): void {
  if (Array.isArray(value)) for (const each of value) gather(each, leaves, names)
  else if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    for (const [name, inner] of Object.entries(value)) {
      names.push(name)
      gather(inner, leaves, names)
    }
  else leaves.push(String(value))
}
