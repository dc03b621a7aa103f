/** Tokens of the spool's envelope, which also stand in JSON as they are: no blank, quote or control character. */

/** 1 for each code that a token may hold. */
export const PLAIN = new Uint8Array(128)
for (let code = 0; code < 128; code += 1) if (/[\w.:~/-]/.test(String.fromCharCode(code))) PLAIN[code] = 1

/** Looked at for each record: a loop costs a fraction of an expression. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (PLAIN[text.charCodeAt(index)] !== 1) return false
  return text.length > 0
}

export function token(text: string): string {
  return isPlain(text) ? text : encodeURIComponent(Buffer.from(text).toString()) || '-'
}
