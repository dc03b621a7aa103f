/** INTO of a SELECT: where its rows go instead of to the client (MySQL manual 15.2.13.1). */
import type { Token } from './administration/cursor.js'

export type Into =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'variables'; readonly names: readonly string[] }

export type WithoutInto =
  | { readonly text: string; readonly into: Into | undefined }
  | { readonly refused: string }

const OPTION_WORDS: ReadonlySet<string> = new Set(
  'character set charset fields columns terminated optionally enclosed escaped by lines starting'.split(' '),
)

/** The query without its INTO; `tokens` are the text's. */
export function cutInto(text: string, tokens: readonly Token[]): WithoutInto {
  const verb = tokens.find((token) => token.value !== '(')?.value
  const places = tokens.flatMap((token, at) => (token.kind === 'word' && token.value === 'into' ? [at] : []))
  const writes = verb === 'insert' || verb === 'replace'
  const [at, ...others] = writes ? places.slice(places[0] !== undefined && places[0] < 4 ? 1 : 0) : places
  if (at === undefined) return { text, into: undefined }
  if (others.length > 0 || writes) return { refused: 'INTO stands where none was expected' }
  const found = readInto(tokens, at)
  const first = tokens[at]
  const last = tokens[found === undefined ? -1 : found.end - 1]
  if (!found || !first || !last) return { refused: 'where its rows go does not stand in the text' }
  return { text: `${text.slice(0, first.start)} ${text.slice(last.end)}`.trim(), into: found.into }
}

function readInto(
  tokens: readonly Token[],
  at: number,
): { readonly into: Into; readonly end: number } | undefined {
  const word = tokens[at + 1]
  if (word?.kind === 'word' && (word.value === 'outfile' || word.value === 'dumpfile')) {
    const path = tokens[at + 2]
    if (path?.kind !== 'string') return undefined
    let end = at + 3
    for (; end < tokens.length; end++) {
      const token = tokens[end]
      const option = token?.kind === 'word' && OPTION_WORDS.has(token.value)
      const value = token?.kind === 'string' || token?.kind === 'number'
      const charset = CHARSET.has(tokens[end - 1]?.value ?? '') && tokens[end - 1]?.kind === 'word'
      if (!option && !value && !charset) break
    }
    return { into: { kind: 'file', path: path.value }, end }
  }
  const names: string[] = []
  for (let end = at + 1; ; end += 2) {
    const token = tokens[end]
    if (token?.kind !== 'variable') return undefined
    names.push(token.value)
    const next = tokens[end + 1]
    if (next?.kind !== 'symbol' || next.value !== ',')
      return { into: { kind: 'variables', names }, end: end + 1 }
  }
}

const CHARSET: ReadonlySet<string> = new Set(['set', 'charset'])
