/** The shape of an everyday text in one pass that allocates nothing but the key; what is not everyday is left to others. */

// Marks as in shape.ts.
const INT4 = 1
const NUMERIC = 3
const PLAIN = 4

/** Longer texts are not worth it. */
const LONGEST = 4096
/**
 * The text and, from its beginning on, the key, which is never longer than what was read; behind the text a zero. There is
 * room for any text of that length in UTF-8: what was cut off would not be seen.
 */
const bytes = Buffer.alloc(LONGEST * 3 + 1)

const LETTER = 1
const DIGIT = 2
const DOLLAR = 4
const IN_WORD = LETTER | DIGIT | DOLLAR
const SPACE = 8
const SYMBOL = 16
const SINGLE = 32
const FLAGS = new Uint8Array(256)
for (const c of ' \t\n\r\f') FLAGS[c.charCodeAt(0)] = SPACE
for (let c = 97; c < 123; c++) FLAGS[c] = FLAGS[c - 32] = LETTER
FLAGS[95] = LETTER
for (let c = 48; c < 58; c++) FLAGS[c] = DIGIT
for (const c of '~!@#^&|`?+-*/%<>=') FLAGS[c.charCodeAt(0)] = SYMBOL
for (const c of '()[],:.') FLAGS[c.charCodeAt(0)] = SINGLE
FLAGS[36] = DOLLAR

/** Invariant: the key is the one that `anyShape` gives, or undefined. */
export function quickShape(text: string): string | undefined {
  const { length } = text
  // Every character of ASCII is a byte, and only these are.
  if (length > LONGEST || bytes.write(text) !== length) return undefined
  bytes[length] = 0
  let at = 0
  let out = 0
  let stringBefore = false
  for (;;) {
    let code = bytes[at] as number
    let flag = FLAGS[code] as number
    if (flag === SPACE) {
      do {
        code = bytes[++at] as number
        flag = FLAGS[code] as number
      } while (flag === SPACE)
      if (out > 0 && at < length) bytes[out++] = 32
    }
    if (flag === LETTER) {
      const start = at
      const begin = out
      do {
        bytes[out++] = code
        code = bytes[++at] as number
      } while (((FLAGS[code] as number) & IN_WORD) !== 0)
      const size = at - start
      // A prefix of a string; the two words after which a parenthesis is special.
      if (size === 1 ? code === 39 || code === 38 : (size === 2 || size === 5) && isSpecial(begin, size))
        return undefined
      if (begin === 0 && !isFirst(size)) return undefined
      stringBefore = false
    } else if (out === 0 && code !== 40) return undefined
    else if (flag === SINGLE) {
      bytes[out++] = code
      at++
      // A number may begin with its point.
      if (code === 46 && FLAGS[bytes[at] as number] === DIGIT) return undefined
      stringBefore = false
    } else if (flag === DIGIT) {
      const start = at
      do code = bytes[++at] as number
      while (FLAGS[code] === DIGIT)
      let mark = INT4
      if (code === 46) {
        mark = NUMERIC
        do code = bytes[++at] as number
        while (FLAGS[code] === DIGIT)
        if (code === 46) return undefined
      } else if (at - start > 9) return undefined
      if (((FLAGS[code] as number) & IN_WORD) !== 0) return undefined
      bytes[out++] = mark
      stringBefore = false
    } else if (code === 39) {
      if (stringBefore) return undefined
      at = endOfQuoted(at + 1, length, 39)
      if (at < 0) return undefined
      bytes[out++] = PLAIN
      stringBefore = true
    } else if (flag === SYMBOL) {
      do {
        const next = bytes[++at] as number
        if ((code === 45 && next === 45) || (code === 47 && next === 42)) return undefined
        bytes[out++] = code
        code = next
      } while (FLAGS[code] === SYMBOL)
      stringBefore = false
    } else if (code === 34) {
      const start = at
      at = endOfQuoted(at + 1, length, 34)
      if (at < 0) return undefined
      for (let copied = start; copied < at; copied++) bytes[out++] = bytes[copied] as number
      stringBefore = false
    } else if (flag === DOLLAR) {
      const start = at
      do {
        bytes[out++] = code
        code = bytes[++at] as number
      } while (FLAGS[code] === DIGIT)
      if (at === start + 1 || FLAGS[code] === LETTER) return undefined
      stringBefore = false
    } else {
      if (code === 59) while (FLAGS[bytes[++at] as number] === SPACE);
      if (at < length) return undefined
      // The space before a semicolon.
      if (bytes[out - 1] === 32) out--
      return bytes.toString('latin1', 0, out)
    }
  }
}

/** Behind the quote that closes; -1 when none does. A doubled one does not. */
function endOfQuoted(from: number, length: number, quote: number): number {
  for (let at = from; at < length; at++) {
    if (bytes[at] === quote) {
      if (bytes[at + 1] !== quote) return at + 1
      at++
    }
  }
  return -1
}

/** `in`, or what may be `float`. */
function isSpecial(begin: number, size: number): boolean {
  const first = (bytes[begin] as number) | 32
  const second = (bytes[begin + 1] as number) | 32
  return size === 2 ? first === 105 && second === 110 : first === 102 && second === 108
}

/** A word of at most six letters as one number, whatever their case. */
function pack(word: { readonly [at: number]: number | undefined }, size: number): number {
  let packed = 0
  for (let at = 0; at < size; at++) packed = packed * 128 + ((word[at] as number) | 32)
  return packed
}

const [SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, WITH] = [
  'select',
  'insert',
  'update',
  'delete',
  'merge',
  'values',
  'with',
].map((word) => pack(Buffer.from(word), word.length))

function isFirst(size: number): boolean {
  if (size > 6) return false
  const word = pack(bytes, size)
  return (
    word === SELECT ||
    word === INSERT ||
    word === UPDATE ||
    word === DELETE ||
    word === MERGE ||
    word === VALUES ||
    word === WITH
  )
}
