/** A YAML file whose every value knows its line and column. */
import { isAlias, isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { Fault } from './fault.js'

export interface Place {
  readonly line: number
  readonly column: number
}

export interface YamlSource {
  readonly file: string
  readonly value: unknown
  readonly faults: readonly Fault[]
  /** Where the value at `path` stands; of a missing one, the innermost that exists. */
  placeOf(path: readonly PropertyKey[]): Place
  /** Where the key `name` of the mapping at `path` stands. */
  placeOfKey(path: readonly PropertyKey[], name: string): Place
}

/** Reads YAML 1.2, one document, no duplicate keys, no custom tags. Never throws. */
export function readYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', prettyErrors: false })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const offsetOf = (node: unknown): number | undefined =>
    isNode(node) && node.range ? node.range[0] : undefined
  const resolved = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node)
  const follow = (path: readonly PropertyKey[]): { node: unknown; offset: number } => {
    let node: unknown = document.contents
    let offset = offsetOf(node) ?? 0
    for (const part of path) {
      const from = resolved(node)
      if (!isCollection(from)) return { node: undefined, offset }
      node = from.get(part, true)
      if (node === undefined || node === null)
        return { node: undefined, offset: keyOffset(from, part) ?? offset }
      offset = offsetOf(node) ?? keyOffset(from, part) ?? offset
    }
    return { node, offset }
  }
  const keyOffset = (node: unknown, name: PropertyKey): number | undefined => {
    if (!isMap(node)) return undefined
    const pair = node.items.find(({ key }) => (isScalar(key) ? key.value : key) === name)
    return pair === undefined ? undefined : offsetOf(pair.key)
  }
  const faults = [...document.errors, ...document.warnings].map((fault) => ({
    file,
    ...place(fault.pos[0]),
    message: `not valid YAML: ${withoutLiteral(fault.code, fault.message)}`,
  }))
  // It would be dropped in silence by whatever reads plain objects.
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '__proto__')
        faults.push({ file, ...place(offsetOf(key) ?? 0), message: 'unknown key `__proto__`' })
    },
    Alias(_, alias) {
      if (alias.resolve(document) === undefined)
        faults.push({
          file,
          ...place(offsetOf(alias) ?? 0),
          message: 'not valid YAML: an alias without its anchor',
        })
    },
  })
  return {
    file,
    value: faults.length === 0 ? toPlain(document, faults, file) : undefined,
    faults,
    placeOf: (path) => place(follow(path).offset),
    placeOfKey(path, name) {
      const { node, offset } = follow(path)
      return place(keyOffset(resolved(node), name) ?? offset)
    },
  }
}

function toPlain(document: ReturnType<typeof parseDocument>, faults: Fault[], file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    faults.push({ file, line: 1, column: 1, message: 'not valid YAML: its aliases grow without bound' })
    return undefined
  }
}

/** Messages that never quote the file; the parser's others may hold a secret. */
const QUOTELESS = new Set([
  'BAD_COLLECTION_TYPE',
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'BLOCK_IN_FLOW',
  'DUPLICATE_KEY',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'MULTIPLE_DOCS',
  'TAB_AS_INDENT',
])

function withoutLiteral(code: string, message: string): string {
  return QUOTELESS.has(code) ? message.replaceAll('\n', ' ') : code.toLowerCase().replaceAll('_', ' ')
}
