/** Parameters that are masks which this gateway issued, on their way back as if they were data (R19). */
import { isIssuedMask } from '@gatehouse/core'
import type { PostgresStatement } from '@gatehouse/sql'

/** Longer than any mask: what `partial` keeps of an e-mail address is its domain, of 253 characters at the most. */
const LONGEST = 300
const SHORTEST = 3
const STAR = 42
/** Bytes among which its first star stands. */
const STARRED_BY = 5
const QUOTE = 34
const LOWER_P = 112

/** Whether the value reads as one, in either format: text has the same bytes in both. */
export function isIssued(buffer: Uint8Array, start: number, length: number): boolean {
  if (length < SHORTEST || length > LONGEST) return false
  const first = buffer[start]
  // `.***` has one character before the stars, of at most four bytes.
  let starred = false
  for (let at = start; at < start + STARRED_BY && at < start + length; at += 1)
    if (buffer[at] === STAR) starred = true
  if (!starred && first !== QUOTE && first !== LOWER_P) return false
  return isIssuedMask(Buffer.from(buffer.buffer, buffer.byteOffset + start, length).toString())
}

/** The same statement, where one of its parameters is such a value: any field that it stores into may be given it. */
export function storingIssued(statement: PostgresStatement): PostgresStatement {
  const actions = statement.actions.map((action) => {
    if (action.fields === 'unknown') return action
    const fields = action.fields.map((field) =>
      field.uses.includes('written') && field.from === undefined
        ? { ...field, issued: true as const }
        : field,
    )
    return { ...action, fields }
  })
  return { ...statement, actions }
}
