/** The forms of the masks that this gateway issues, so that one of them is never stored as if it were data (R19). */

const ISSUED = /^("\*{3}"|\*{3}(.{0,4}|@[a-z\d.-]+)|.\*{3}|p_[a-z2-7]{16}(@masked\.invalid)?)$/isu

/**
 * Whether the text is one that the masks redact, partial or pseudonym issue. NULL, numbers, dates and digests look like
 * any other value.
 */
export function isIssuedMask(text: string): boolean {
  return ISSUED.test(text)
}

/** A constant somewhere in a statement could be such a text, perhaps by escapes or in pieces. */
const MARKS = /\*\*\*|p_[a-z2-7]{16}|\be'|\bu&'|'\s*[\r\n]\s*'/i

export function mayHoldIssuedMask(statement: string): boolean {
  return MARKS.test(statement)
}
