/** The parser of MySQL's queries: sqlparser-rs compiled to WebAssembly, checked against its pinned hash before it is loaded. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { GatehouseError } from '@gatehouse/core'
import { init, parse } from '@guanmingchiu/sqlparser-ts'

export interface MysqlParser {
  /** The statements' trees, or that the text is none. Any other failure throws: then the parser cannot be trusted any more. */
  parse(text: string): { readonly statements: readonly unknown[] } | { readonly fault: string }
}

/** SHA-256 of wasm/sqlparser_rs_wasm_bg.wasm of version 0.62.0, hexadecimal. */
const PINNED = 'e7e31afb9aee1a9fc059b6c20d9cac51ef01127b34e57f153dc4b199cef1afdf'

export async function loadMysqlParser(): Promise<MysqlParser> {
  const main = createRequire(import.meta.url).resolve('@guanmingchiu/sqlparser-ts')
  const wasm = join(dirname(main), '..', 'wasm', 'sqlparser_rs_wasm_bg.wasm')
  const found = createHash('sha256').update(readFileSync(wasm)).digest('hex')
  if (found !== PINNED) {
    throw new GatehouseError('GH_CONFIGURATION', "the parser of MySQL's text is not the one that was pinned")
  }
  await init()
  return { parse: parseWith }
}

/** What the library puts before each complaint of the parser's own; a trap of the WebAssembly lacks it. */
const OWN = 'sql parser error: '

function parseWith(text: string): ReturnType<MysqlParser['parse']> {
  try {
    return { statements: parse(text, 'mysql') as readonly unknown[] }
  } catch (error) {
    if (error instanceof Error && error.name === 'ParserError' && error.message.startsWith(OWN))
      return { fault: error.message.slice(OWN.length) }
    throw error
  }
}
