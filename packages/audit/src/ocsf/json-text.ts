/** JSON strings in printable ASCII: whatever a client sent, no terminal can be steered by a record (R27). */

const UNSAFE = /[^\x20-\x7e]|["\\]/
const NOT_PRINTABLE = /[^\x20-\x7e]/g

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The inside of a JSON string, without its quotes. One byte per character, whatever the text. */
export function jsonText(text: string): string {
  return UNSAFE.test(text) ? JSON.stringify(text).slice(1, -1).replace(NOT_PRINTABLE, escaped) : text
}

/** A JSON string. */
export function quote(text: string): string {
  return `"${jsonText(text)}"`
}

/** A JSON array of strings. */
export function quoteAll(texts: readonly string[]): string {
  return `[${texts.map(quote).join(',')}]`
}

/** Any JSON value in printable ASCII. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(NOT_PRINTABLE, escaped)
}

/** At most `limit` UTF-16 units, never half a character. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text
  const last = text.charCodeAt(limit - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit)
}

/** The same text in one piece: a string that was concatenated is gathered anew each time it is copied. */
export function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

/** A whole number that JSON and the spool's envelope can hold, whatever was counted or clocked. */
export function whole(value: number): number {
  return Number.isSafeInteger(value) ? value : Number.isFinite(value) ? clamp(Math.trunc(value)) : 0
}

function clamp(value: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value))
}
