/** Where a text of MySQL's may hold a mask that the gateway issued, in whatever literal (R19). */

/** What `b'…'` holds. */
export function ofBits(digits: string): string {
  const padded = digits.padStart(Math.ceil(digits.length / 8) * 8, '0')
  const bytes = padded.match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))).toString()
}

/** In so many words, in hexadecimal or bits. */
const MARKS = /\*\*\*|p_[a-z2-7]{16}|(?:0x|\bx')[0-9a-f]*(?:2a2a2a|705f|505f)|\bb'[01]{24}|\b0b[01]{23}/i
/** Backslashes that the server drops. */
const NEEDLESS = /\\[^0'"bnrtZ\\%]/
/** Pieces that the server joins. */
const JOINED = /['"]\s+['"]/
const PIECES = /['"]\*|\*['"]|['"]p/i

/** Rather too often than too seldom: whether a literal is one, the parser says. */
export function mayHoldIssued(text: string): boolean {
  return MARKS.test(text) || NEEDLESS.test(text) || (JOINED.test(text) && PIECES.test(text))
}

/** The same of a text whose only literals are numbers and plain strings: rather too often still, and cheap. */
export function mayHoldPlainly(text: string): boolean {
  return text.includes('***') || text.includes('p_') || text.includes('P_')
}
