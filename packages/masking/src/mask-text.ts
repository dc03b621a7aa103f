/** Masks of text: what a viewer sees instead, or null when the mask doesn't fit. */
import type { MaskKind } from '@gatehouse/core'
import type { FieldKey } from './mask-key.js'

/** Constant, so that it says nothing of the value's length. */
export const REDACTED = '***'
export const PSEUDONYM_DOMAIN = 'masked.invalid'

const SHORT = 5
const LONGEST_TAIL = 4
/** More characters than this change nothing. */
const LONG = 64
/** Low entropy, or worthless to recognise: a tail of these gives away too much. */
const NO_TAIL = [
  'secret',
  'password',
  'pin',
  'token',
  'secret-key',
  'gender',
  'health',
  'birth-date',
  'salary',
  'geo',
] as const

/**
 * The masked form of one text value of a field with these classes. Without a key, hash and pseudonym yield null;
 * bucket and year don't fit text.
 */
export function maskText(
  kind: MaskKind,
  classes: readonly string[],
  value: string,
  key: FieldKey | undefined,
): string | null {
  switch (kind) {
    case 'redact':
      return REDACTED
    case 'partial':
      return partialText(classes, value)
    case 'hash':
      return key === undefined ? null : hashText(key.digest(value))
    case 'pseudonym':
      return key === undefined ? null : pseudonymText(classes, key.digest(value))
    default:
      return null
  }
}

/** 32 hexadecimal digits. */
export function hashText(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, 16).toString('hex')
}

/** `p_` and 16 characters; an e-mail address stays one, in a domain that can't exist (RFC 2606). */
export function pseudonymText(classes: readonly string[], digest: Uint8Array): string {
  const name = `p_${base32(digest.subarray(0, 10))}`
  return classes.includes('email') ? `${name}@${PSEUDONYM_DOMAIN}` : name
}

/**
 * A recognisable tail: an e-mail's domain, a name's initial, otherwise the last characters, at most four and about a
 * third of the value. Short values, secrets and classes of low entropy show nothing.
 */
export function partialMask(classes: readonly string[]): (value: string) => string {
  if (NO_TAIL.some((name) => classes.includes(name))) return () => REDACTED
  const shown = classes.includes('email') ? emailDomain : classes.includes('person-name') ? initial : tail
  return (value) => (value.includes('\uFFFD') ? REDACTED : shown(value))
}

export function partialText(classes: readonly string[], value: string): string {
  return partialMask(classes)(value)
}

function emailDomain(value: string): string {
  return REDACTED + (/^[^@\s]+(@[a-z\d-]+(?:\.[a-z\d-]+)+)$/i.exec(value)?.[1] ?? '')
}

function initial(value: string): string {
  const text = value.trim().slice(0, LONG)
  if (countCharacters(text) < SHORT) return REDACTED
  return String.fromCodePoint(text.codePointAt(0) ?? 0) + REDACTED
}

function tail(value: string): string {
  const plain = value.trim()
  const count = countCharacters(plain.slice(0, LONG))
  if (count < SHORT) return REDACTED
  const shown = Math.min(LONGEST_TAIL, Math.floor((count + 1) / 3))
  const end = plain.slice(-LONG)
  return REDACTED + (PAIRED.test(end) ? Array.from(end).slice(-shown).join('') : end.slice(-shown))
}

const PAIRED = /[\uD800-\uDFFF]/

function countCharacters(text: string): number {
  return PAIRED.test(text) ? Array.from(text).length : text.length
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** RFC 4648 §6, lower case, for a multiple of five bytes. */
function base32(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((held >> (bits - 5)) & 31)
    held &= 31
  }
  return text
}
