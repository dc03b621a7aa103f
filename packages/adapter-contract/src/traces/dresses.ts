/** A personal cell, and what statements make of it: the dresses in which it could come over the wire. */
import { createHash } from 'node:crypto'
import type { Person } from './people.js'

export type Dress = [name: string, bytes: Buffer]

/** What of a cell no mask of the pack shows: a mail's domain, four last digits, an initial and a year may be seen. */
export function secretOf(column: keyof Person, value: string): string {
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

export const reverse = (text: string) => [...text].reverse().join('')
export const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')

export function dresses(secret: string, whole: string): Dress[] {
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
  const found = texts.map(([dress, text]): Dress => [dress, Buffer.from(text)])
  for (const name of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']) {
    for (const text of new Set([whole, secret, whole.toLowerCase(), whole.toUpperCase()])) {
      const digest = createHash(name).update(text).digest()
      found.push([name, digest], [`${name} hex`, Buffer.from(digest.toString('hex'))])
      found.push([`${name} base64`, Buffer.from(digest.toString('base64'))])
    }
  }
  return found
}
