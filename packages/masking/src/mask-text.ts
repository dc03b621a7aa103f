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
    default:
      return key === undefined ? null : (digestMask(kind, classes)?.(key.digest(value)) ?? null)
  }
}

/** The text that stands for a value by its digest; undefined for a mask that takes none. */
export function digestMask(
  kind: MaskKind,
  classes: readonly string[],
): ((digest: Uint8Array) => string) | undefined {
  if (kind === 'hash') return hashText
  if (kind !== 'pseudonym') return undefined
  // `p_` and 16 characters; an e-mail address stays one, in a domain that can't exist (RFC 2606).
  return classes.includes('email') ? (digest) => `${pseudonym(digest)}@${PSEUDONYM_DOMAIN}` : pseudonym
}

const HASH_BYTES = 16
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** 32 hexadecimal digits. No view: a small array's memory becomes an object of its own when somebody asks for it. */
function hashText(digest: Uint8Array): string {
  let text = ''
  for (let at = 0; at < HASH_BYTES; at += 1) text += HEX[digest[at] as number]
  return text
}

const PSEUDONYM_BYTES = 10

const pseudonym = (digest: Uint8Array): string => `p_${base32(digest, PSEUDONYM_BYTES)}`

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
/** Two letters, of ten bits. */
const PAIRS = Array.from(
  { length: 1024 },
  (_, bits) => ALPHABET.charAt(bits >> 5) + ALPHABET.charAt(bits & 31),
)

/** RFC 4648 §6, lower case, of the first `count` bytes, a multiple of five. */
function base32(bytes: Uint8Array, count: number): string {
  let text = ''
  let held = 0
  let bits = 0
  for (let at = 0; at < count; at += 1) {
    held = (held << 8) | (bytes[at] as number)
    bits += 8
    if (bits < 10) continue
    bits -= 10
    text += PAIRS[held >> bits]
    held &= (1 << bits) - 1
  }
  return text
}
