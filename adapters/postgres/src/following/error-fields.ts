/** The fields of an ErrorResponse or NoticeResponse body (manual §54.8). */
import { text } from '@gatehouse/adapter-kit'
import { readCstring } from '../messages.js'

/** By letter, the first of each; a malformed body gives what could be read. `body` has no header. */
export function errorFields(body: Uint8Array): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  let at = 0
  while (at < body.length && body[at] !== 0) {
    const letter = String.fromCharCode(body[at] as number)
    const value = readCstring(body, at + 1, body.length)
    if (value === undefined) break
    if (!fields.has(letter)) fields.set(letter, text(value.bytes))
    at = value.next
  }
  return fields
}
