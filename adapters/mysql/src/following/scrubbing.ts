/** What a masked viewer may read of the server's own words (R20). */
import type { MysqlCatalog } from '@gatehouse/sql'
import type { Server } from '../catalog/server.js'
import { type ScrubContext, scrubError, scrubInfo } from '../masking/index.js'
import { errPayload, readErr } from '../messages/index.js'

const known = new WeakMap<MysqlCatalog, ReadonlySet<string>>()

/** Everything that the catalog names, in lower case. */
function namesOf(catalog: MysqlCatalog): ReadonlySet<string> {
  const found = known.get(catalog)
  if (found !== undefined) return found
  const names = new Set(catalog.schemas.map((name) => name.toLowerCase()))
  for (const { name, columns } of catalog.relations) {
    names.add(name.toLowerCase())
    for (const column of columns) names.add(column.name.toLowerCase())
  }
  for (const { name } of catalog.routines) names.add(name.toLowerCase())
  known.set(catalog, names)
  return names
}

/** `text`: the one that the words are about. */
export function scrubContext(text: string, server: Pick<Server, 'catalog'>): ScrubContext {
  return { statementText: text, isName: (name) => namesOf(server.catalog()).has(name.toLowerCase()) }
}

/** ERR's payload. */
export function scrubbedErr(content: Uint8Array, context: ScrubContext): Uint8Array {
  const { code, message, state } = scrubError(readErr(content), context)
  return errPayload(code, message, state)
}

export function scrubbedInfo(info: Uint8Array): Uint8Array {
  return Buffer.from(scrubInfo(Buffer.from(info).toString('latin1')))
}
