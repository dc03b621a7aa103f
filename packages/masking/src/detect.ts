/** Recognises classes of data by a value's own form, with its check digits where it has any. */

/** The classes that the whole text, trimmed, has the form of. */
export function detectClasses(text: string): readonly string[] {
  const value = text.trim()
  if (value.length < 3 || value.length > 320) return []
  return DETECTORS.flatMap(([name, detect]) => (detect(value) ? [name] : []))
}

export function isEmail(value: string): boolean {
  return /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z\d](?:[a-z\d-]{0,62})(?:\.[a-z\d](?:[a-z\d-]{0,62}))+$/i.test(
    value,
  )
}

/** 12 to 19 digits in one piece or in groups, an issuer's first digit, and the check digit of ISO/IEC 7812 (Luhn). */
export function isCard(value: string): boolean {
  if (!/^[2-6]\d*(?:[ -]\d{2,7})*$/.test(value)) return false
  const digits = value.replace(/[ -]/g, '')
  if (digits.length < 12 || digits.length > 19 || /^(\d)\1*$/.test(digits)) return false
  let sum = 0
  for (let at = digits.length - 1, double = false; at >= 0; at--, double = !double) {
    const digit = digits.charCodeAt(at) - 48
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum % 10 === 0
}

/** ISO 13616: the rearranged number is 1 modulo 97. */
export function isIban(value: string): boolean {
  const plain = value.replace(/ /g, '').toUpperCase()
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(plain)) return false
  let rest = 0
  for (const sign of plain.slice(4) + plain.slice(0, 4)) {
    const number = Number.parseInt(sign, 36)
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97
  }
  return rest === 1
}

/** E.164 with its plus, or a national number in groups: a bare run of digits is anything. */
export function isPhone(value: string): boolean {
  const digits = value.replace(/\D/g, '').length
  if (digits < 7 || digits > 15) return false
  if (/^\+\d[\d ().-]{5,24}\d$/.test(value)) return true
  return /^(?:\(\d{2,5}\)|0\d{1,4}|\d{3})[ ./-]\d{3,4}[ .-]\d{3,4}$/.test(value)
}

export function isIpAddress(value: string): boolean {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/\d{1,2})?$/.exec(value)
  if (octets !== null) return octets.slice(1, 5).every((octet) => Number(octet) <= 255)
  const groups = value.replace(/\/\d{1,3}$/, '').split(':')
  if (groups.length < 3 || groups.length > 8 || !groups.every((group) => /^[\da-f]{0,4}$/i.test(group)))
    return false
  return value.includes('::') || (groups.length === 8 && !groups.includes(''))
}

/** A United States social security number with its dashes; without them nine digits are anything. */
export function isSocialSecurityNumber(value: string): boolean {
  return /^(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(value)
}

const DETECTORS: readonly (readonly [string, (value: string) => boolean])[] = [
  ['email', isEmail],
  ['card', isCard],
  ['iban', isIban],
  ['phone', isPhone],
  ['ip', isIpAddress],
  ['national-id', isSocialSecurityNumber],
]
