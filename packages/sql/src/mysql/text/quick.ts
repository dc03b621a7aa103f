/** The fast path: whether a text is plainly its own canonical form. One loop that knows little and says no to the rest. */
import { codeAt, isDigit, isIdent, isSpace } from './letters.js'
import type { Rules } from './mode.js'
import { isSpaceSensitive, isTypeName } from './words.js'

/** Characters that stand for themselves wherever they are outside quotes: `% ( ) * + , = ? ^ ~` and the space. */
const ALONE = new Uint8Array(128)
for (const sign of ' \t\n\r%()*+,=?^~') ALONE[sign.charCodeAt(0)] = 1
/** `< = > !` */
const COMPARES = new Uint8Array(128)
for (const sign of '<=>!') COMPARES[sign.charCodeAt(0)] = 1

/** True: one statement that `canonicalise` would give back as it is. False says nothing. */
export function isPlainly(text: string, rules: Rules): boolean {
  const length = text.length
  if (length === 0 || isSpace(codeAt(text, 0)) || isSpace(codeAt(text, length - 1))) return false
  // The word before, when nothing but white space has come since.
  let wordStart = 0
  let wordEnd = -1
  let first = true
  let at = 0
  while (at < length) {
    const code = codeAt(text, at)
    const next = codeAt(text, at + 1)
    if (code > 127) return false
    if (isIdent(code)) {
      if (code === 95 || code === 36) return false
      if (isDigit(code)) {
        at = endOfNumber(text, at)
        if (at < 0) return false
        wordEnd = -1
        continue
      }
      wordStart = at
      for (at++; at < length && isIdent(codeAt(text, at)); ) at++
      wordEnd = at
      if (first && at - wordStart === 9) return false
      first = false
      const here = codeAt(text, at)
      if (here === 39 || here === 96 || here > 127) return false
      continue
    }
    if (ALONE[code] === 1) {
      if (code === 40) {
        if (
          wordEnd > 0 &&
          wordEnd < at &&
          !rules.ignoreSpace &&
          isSpaceSensitive(text.slice(wordStart, wordEnd))
        )
          return false
      } else if (code === 42 && next === 47) return false
      else if (code === 61 && COMPARES[next] === 1) return false
      if (!isSpace(code)) wordEnd = -1
      at++
      continue
    }
    if (code === 39) {
      if (wordEnd > 0 && isTypeName(text.slice(wordStart, wordEnd))) return false
      at = endOfString(text, at + 1, rules.asciiOnly)
      if (at < 0) return false
    } else if (code === 96) {
      at = endOfName(text, at + 1)
      if (at < 0 || isIdent(codeAt(text, at))) return false
    } else if (code === 46) {
      if (!isIdent(next) ? next !== 96 && next !== 42 : isDigit(next) || next === 36) return false
      // The name behind it: never an introducer, nor a function that is told by its parenthesis.
      for (at++; at < length && isIdent(codeAt(text, at)); ) at++
      const here = codeAt(text, at)
      if (here === 39 || here === 96 || here > 127) return false
    } else if (COMPARES[code] === 1) {
      if (COMPARES[next] === 1) {
        const pair = (next === 61 && code !== 61) || (code === 60 && next === 62)
        if (!pair || COMPARES[codeAt(text, at + 2)] === 1) return false
        at++
      }
      at++
    } else if (code === 45) {
      if (next === 45 || next === 62) return false
      at++
    } else if (code === 47) {
      if (next === 42) return false
      at++
    } else return false
    wordEnd = -1
  }
  return true
}

/** Digits, perhaps with a point in them; everything else that begins with a digit is read elsewhere. */
function endOfNumber(text: string, from: number): number {
  let at = from
  while (isDigit(codeAt(text, at))) at++
  if (codeAt(text, at) === 46) {
    at++
    while (isDigit(codeAt(text, at))) at++
  }
  const next = codeAt(text, at)
  return isIdent(next) || next === 39 || next === 46 || next === 96 || next > 127 ? -1 : at
}

function endOfString(text: string, from: number, asciiOnly: boolean): number {
  for (let at = from; at < text.length; at++) {
    const code = codeAt(text, at)
    if (code === 39) {
      if (codeAt(text, at + 1) !== 39) return codeAt(text, at + 1) === 34 ? -1 : at + 1
      at++
    } else if (code === 92) {
      at++
      const escaped = codeAt(text, at)
      if (escaped === 39 || escaped === 34 || escaped === 0) return -1
      if (escaped > 127) at--
    } else if (code === 0 || (code > 127 && (asciiOnly || (code >= 0xd800 && code < 0xe000)))) return -1
  }
  return -1
}

function endOfName(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = codeAt(text, at)
    if (code === 96) {
      if (codeAt(text, at + 1) !== 96) return at + 1
      at++
    } else if (code < 32 || code > 126) return -1
  }
  return -1
}
