/** The server's own grammar for one major version, checked against its pinned hash before it is loaded. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { GatehouseError } from '@gatehouse/core'
import { GRAMMARS, type Grammar } from './grammars.js'

/** A text that the grammar itself rejects. */
export interface SyntaxFault {
  readonly message: string
  /** From 1, in characters. */
  readonly position: number
}

export interface Parser {
  /** `{stmts}`, or the grammar's complaint. Any other failure throws: then the parser cannot be trusted any more. */
  parse(text: string): { readonly stmts: readonly unknown[] } | { readonly fault: SyntaxFault }
}

interface Library {
  loadModule(): Promise<void>
  parseSync(text: string): unknown
}

/** R7: a major version without a grammar of its own is refused, unless `nearest` names the one to use. */
export function grammarOf(major: number, nearest?: number): Grammar {
  const wanted = GRAMMARS.some((each) => each.major === major) ? major : nearest
  const grammar = GRAMMARS.find((each) => each.major === wanted)
  if (grammar) return grammar
  const known = GRAMMARS.map((each) => each.major).join(', ')
  throw new GatehouseError(
    'GH_CONFIGURATION',
    `there is no grammar for Postgres ${major}: known are ${known}`,
  )
}

export async function loadParser(grammar: Grammar): Promise<Parser> {
  const require = createRequire(import.meta.url)
  const main = require.resolve(grammar.module)
  const wasm = join(dirname(main), 'libpg-query.wasm')
  const found = createHash('sha256').update(readFileSync(wasm)).digest('hex')
  if (found !== grammar.sha256) {
    throw new GatehouseError(
      'GH_CONFIGURATION',
      `the parser of Postgres ${grammar.major} is not the one that was pinned`,
    )
  }
  const library = require(grammar.module) as Library
  await library.loadModule()
  return { parse: (text) => parseWith(library, text) }
}

/** Some builds put the folder before the name. */
const CLEAN = /(?:^|[_/])(?:scan\.l|gram\.y|parser\.c|scansup\.c)$/

function parseWith(library: Library, text: string): ReturnType<Parser['parse']> {
  // The library refuses a text without characters, which the server answers with EmptyQueryResponse.
  if (text.trim() === '') return { stmts: [] }
  try {
    const result = library.parseSync(text) as { stmts?: readonly unknown[] }
    return { stmts: result.stmts ?? [] }
  } catch (error) {
    const fault = syntaxFault(error)
    if (fault) return { fault }
    throw error
  }
}

/** Only an error that the lexer or the grammar raised of its own accord leaves the parser in a known state. */
function syntaxFault(error: unknown): SyntaxFault | undefined {
  if (!(error instanceof Error) || !('sqlDetails' in error)) return undefined
  const details = error.sqlDetails as { cursorPosition?: number; fileName?: string } | undefined
  if (!details || !CLEAN.test(details.fileName ?? '') || error.message.startsWith('memory exhausted'))
    return undefined
  return { message: error.message, position: (details.cursorPosition ?? 0) + 1 }
}
