/** search_path as the server reads it: what separates names, how they fold, and how much is kept of them (varlena.c, scansup.c). */
import { as, text, tree } from './tree.js'

/** NAMEDATALEN - 1. */
const KEPT_BYTES = 63

/**
 * What the server keeps of a name. Undefined: it cuts a name that is not plain ASCII where its own encoding says, which
 * is not known here.
 */
export function keptName(name: string): string | undefined {
  const bytes = Buffer.byteLength(name)
  if (bytes <= KEPT_BYTES) return name
  return bytes === name.length ? name.slice(0, KEPT_BYTES) : undefined
}

/** Letters beyond ASCII keep their case. */
export const folded = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/**
 * Schema names of a search_path given as one string (SplitIdentifierString); undefined when it is malformed, or servers
 * read it differently: the vertical tab is a blank from version 16 on. No other character than these is a blank to them.
 */
export function splitSearchPath(value: string): readonly string[] | undefined {
  if (value.includes('\v')) return undefined
  const names: string[] = []
  let rest = value.replace(/^[ \t\n\r\f]+/, '')
  if (rest === '') return []
  for (;;) {
    const match = /^(?:"((?:[^"]|"")*)"|([^ \t\n\r\f",]+))[ \t\n\r\f]*(,?)[ \t\n\r\f]*/.exec(rest)
    if (!match) return undefined
    const [whole, quoted, bare, comma] = match
    const name = keptName(quoted === undefined ? folded(bare ?? '') : quoted.replaceAll('""', '"'))
    if (name === undefined) return undefined
    names.push(name)
    rest = rest.slice(whole.length)
    if (comma === '') return rest === '' ? names : undefined
    if (rest === '') return undefined
  }
}

/** The names that `SET search_path = …` lists; undefined when it is not certain what the server takes for one. */
export function listedSchemas(values: readonly unknown[]): readonly string[] | undefined {
  const names: string[] = []
  for (const value of values) {
    const string = tree(as(value, 'A_Const')?.sval)
    const name = string === undefined ? undefined : keptName(text(string.sval) ?? '')
    if (name === undefined) return undefined
    names.push(name)
  }
  return names
}
