/** TypeScript text without what is not code: just enough of a scanner for the rules of the house. */

export interface CodeText {
  /** Comments blanked, strings kept. */
  readonly withStrings: string
  /** Comments blanked, and what stands in strings, templates and regular expressions. */
  readonly bare: string
}

/** After one of these a slash begins a regular expression, otherwise it divides. */
const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|await|void|throw|new|delete|else|do))\s*$/

/** Same length and same lines as the text. */
export function codeText(text: string): CodeText {
  const withStrings = [...text]
  const bare = [...text]
  const blank = (target: string[], from: number, to: number) => {
    for (let at = from; at < to; at += 1) if (target[at] !== '\n') target[at] = ' '
  }
  const units = [...text]
  const source = units.join('')
  const templates: number[] = []
  let depth = 0
  let at = 0
  while (at < units.length) {
    const here = units[at]
    const pair = `${here}${units[at + 1]}`
    const end = pair === '//' ? lineEnd(units, at) : pair === '/*' ? commentEnd(units, at) : undefined
    if (end !== undefined) {
      blank(withStrings, at, end)
      blank(bare, at, end)
      at = end
    } else if (here === "'" || here === '"') {
      const close = quoteEnd(units, at, here)
      blank(bare, at + 1, close - 1)
      at = close
    } else if (here === '`' || (here === '}' && templates.at(-1) === depth)) {
      if (here === '}') templates.pop()
      const close = templateEnd(units, at + 1)
      if (units[close - 1] === '{') templates.push(depth)
      blank(bare, at + 1, units[close - 1] === '{' ? close - 2 : close - 1)
      at = close
    } else if (
      here === '/' &&
      units.length === source.length &&
      BEFORE_REGEX.test(bare.slice(Math.max(0, at - 200), at).join(''))
    ) {
      const close = regexEnd(units, at)
      blank(bare, at + 1, close - 1)
      at = close
    } else {
      if (here === '{') depth += 1
      if (here === '}') depth -= 1
      at += 1
    }
  }
  return { withStrings: withStrings.join(''), bare: bare.join('') }
}

function lineEnd(units: readonly string[], from: number): number {
  const end = units.indexOf('\n', from)
  return end < 0 ? units.length : end
}

function commentEnd(units: readonly string[], from: number): number {
  for (let at = from + 2; at < units.length; at += 1)
    if (units[at] === '*' && units[at + 1] === '/') return at + 2
  return units.length
}

function quoteEnd(units: readonly string[], from: number, quote: string): number {
  for (let at = from + 1; at < units.length; at += 1) {
    if (units[at] === '\\') at += 1
    else if (units[at] === quote || units[at] === '\n') return at + 1
  }
  return units.length
}

/** Behind the closing backquote, or behind the brace that opens an expression. */
function templateEnd(units: readonly string[], from: number): number {
  for (let at = from; at < units.length; at += 1) {
    if (units[at] === '\\') at += 1
    else if (units[at] === '`') return at + 1
    else if (units[at] === '$' && units[at + 1] === '{') return at + 2
  }
  return units.length
}

function regexEnd(units: readonly string[], from: number): number {
  let inClass = false
  for (let at = from + 1; at < units.length; at += 1) {
    if (units[at] === '\\') at += 1
    else if (units[at] === '\n') return at
    else if (units[at] === '[') inClass = true
    else if (units[at] === ']') inClass = false
    else if (units[at] === '/' && !inClass) return at + 1
  }
  return units.length
}
