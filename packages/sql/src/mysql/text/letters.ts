/** Which characters make names, numbers and white space to MySQL's lexer, as every character set here agrees on ASCII. */

const LETTER = 1
const DIGIT = 2
const HEX = 4
const BIT = 8

/** By code: bits as above (a name's letters: LETTER or DIGIT; DIGIT = 2, HEX = 4, BIT = 8). */
export const IDENT = new Uint8Array(128)
for (let code = 97; code < 123; code++) {
  IDENT[code] = LETTER
  IDENT[code - 32] = LETTER
}
for (let code = 48; code < 58; code++) IDENT[code] = DIGIT | HEX
for (const code of [97, 98, 99, 100, 101, 102]) {
  IDENT[code] = LETTER | HEX
  IDENT[code - 32] = LETTER | HEX
}
IDENT[48] = IDENT[49] = DIGIT | HEX | BIT
IDENT[95] = IDENT[36] = LETTER

/** The character's code; 127 behind the end, which is no letter, digit or space (never NaN, which would make every loop slow). */
export function codeAt(text: string, at: number): number {
  return at < text.length ? text.charCodeAt(at) : 127
}

export function isIdent(code: number): boolean {
  return code < 128 && ((IDENT[code] as number) & (LETTER | DIGIT)) !== 0
}

export function isDigit(code: number): boolean {
  return code > 47 && code < 58
}

export function isSpace(code: number): boolean {
  return code === 32 || (code > 8 && code < 14)
}
