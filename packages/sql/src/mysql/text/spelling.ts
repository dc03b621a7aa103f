/** One spelling of a string that ends at the same quote whether or not backslashes escape, and whatever `"` quotes. */
import { codeAt } from './letters.js'

/** `text`: the token with its quotes and, perhaps, the N before them. Its value stays the same. */
export function respell(text: string): string {
  const open = codeAt(text, 0) === 39 || codeAt(text, 0) === 34 ? 0 : 1
  const quote = codeAt(text, open)
  let out = `${text.slice(0, open)}'`
  let written = open + 1
  const last = text.length - 1
  for (let at = written; at < last; at++) {
    const code = codeAt(text, at)
    let instead: string | undefined
    let length = 1
    if (code === 92) {
      const escaped = codeAt(text, at + 1)
      length = 2
      if (escaped === 39) instead = "''"
      else if (escaped === 34) instead = '"'
      else if (escaped === 0) instead = '\\0'
    } else if (code === quote) {
      length = 2
      instead = quote === 39 ? undefined : '"'
    } else if (code === 39) instead = "''"
    else if (code === 0) instead = '\\0'
    if (instead !== undefined) {
      out += text.slice(written, at) + instead
      written = at + length
    }
    at += length - 1
  }
  return `${out}${text.slice(written, last)}'`
}
