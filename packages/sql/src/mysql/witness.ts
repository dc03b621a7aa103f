/** Whether a tree of sqlparser's can be what the server reads, as far as the text's own words can testify. */
import type { Token } from './administration/cursor.js'
import { treesBelow } from './mentions.js'
import { list, type Tree, text, tree } from './query/tree.js'
import { RESERVED_WORDS, VALUE_WORDS } from './reserved-words.js'

/** Why not; undefined when nothing speaks against it. */
export function testify(statement: unknown, tokens: readonly Token[]): string | undefined {
  const exempt = new Set<unknown>()
  let queries = 0
  for (const node of treesBelow(statement)) {
    if (node.Select !== undefined) queries++
    // NULL and TRUE have the shape of a name.
    exempt.add(node.Value)
    for (const name of [tree(node.Function)?.name, tree(node.Collate)?.collation])
      for (const part of list(name)) exempt.add(tree(part)?.Identifier)
    const word = nameOf(node)
    // The server takes a reserved word for a name only in quotes or behind a dot.
    if (
      word !== undefined &&
      !exempt.has(node) &&
      RESERVED_WORDS.has(word) &&
      !VALUE_WORDS.has(word) &&
      !behindDot(word, tokens)
    )
      return `\`${word}\` was taken for a name`
  }
  const words = tokens.filter((token) => token.kind === 'word' && token.value === 'select').length
  return words === queries ? undefined : 'it holds another number of queries than it has SELECTs'
}

/** An identifier's text where it stands without quotes. */
function nameOf(node: Tree): string | undefined {
  const value = text(node.value)
  const quoted = node.quote_style !== undefined && node.quote_style !== null
  return value === undefined || quoted || !('span' in node) ? undefined : value.toLowerCase()
}

function behindDot(word: string, tokens: readonly Token[]): boolean {
  const same = tokens.filter((token) => token.kind === 'word' && token.value === word)
  return same.length === 0
}
