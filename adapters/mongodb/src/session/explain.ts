/** Reads a line of mongosh, or a command as Extended JSON, as a session would: for `explain` and policy tests. */
import type { Explanation } from '@gatehouse/adapter-kit'
import { EJSON, serialize } from 'bson'
import { documentValue } from '../bson/index.js'
import type { Catalog } from '../catalog/catalog.js'
import type { Command, Reader } from '../reading/read-command.js'
import { readShellText, type ShellText } from '../shell/shell-text.js'

export function explainCommand(
  reader: Reader,
  catalog: Catalog,
  text: string,
  database: string | undefined,
): Explanation {
  const used = database ?? catalog.databases()[0] ?? 'admin'
  const document = extendedJson(text)
  const given: ShellText =
    document === undefined
      ? readShellText(text, used)
      : { kind: 'command', command: commandOf(document, used) }
  if (given.kind === 'unreadable') return given
  const read = reader.read(given.command, { catalog })
  return read.kind === 'unreadable'
    ? { kind: 'unreadable', why: read.why }
    : { kind: 'read', statements: [read.statement] }
}

function commandOf(document: object, used: string): Command {
  const [name = ''] = Object.keys(document)
  const database = '$db' in document && typeof document.$db === 'string' ? document.$db : used
  const body = documentValue(serialize({ ...document, $db: database }, { ignoreUndefined: true }))
  return { name, database, body, sequences: new Map() }
}

/** Undefined: the text is no JSON. */
function extendedJson(text: string): object | undefined {
  try {
    const parsed: unknown = EJSON.parse(text, { relaxed: false })
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
