/** Reads a command as a session would, for `explain` and policy tests: a document in Extended JSON, `{"find": "customers"}`. */
import type { Explanation } from '@gatehouse/adapter-kit'
import { EJSON, serialize } from 'bson'
import { documentValue } from '../bson/index.js'
import type { Catalog } from '../catalog/catalog.js'
import type { Reader } from '../reading/read-command.js'

export function explainCommand(
  reader: Reader,
  catalog: Catalog,
  text: string,
  database: string | undefined,
): Explanation {
  const document = documentIn(text)
  if (typeof document === 'string') return { kind: 'unreadable', why: document }
  const [name = ''] = Object.keys(document)
  const said = '$db' in document && typeof document.$db === 'string' ? document.$db : undefined
  const used = said ?? database ?? catalog.databases()[0] ?? 'admin'
  const body = documentValue(serialize({ ...document, $db: used }, { ignoreUndefined: true }))
  const read = reader.read({ name, database: used, body, sequences: new Map() }, { catalog })
  return read.kind === 'unreadable'
    ? { kind: 'unreadable', why: read.why }
    : { kind: 'read', statements: [read.statement] }
}

const EXPECTED =
  'expected one command as a document in Extended JSON, such as {"find": "customers", "filter": {}}'

function documentIn(text: string): object | string {
  try {
    const parsed: unknown = EJSON.parse(text, { relaxed: false })
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : EXPECTED
  } catch {
    return EXPECTED
  }
}
