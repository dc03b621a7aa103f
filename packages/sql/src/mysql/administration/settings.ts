/** The settings under which the gateway could no longer read what the server reads (R13). */
import type { MysqlCatalog } from '../catalog.js'
import { rulesOf } from '../text/mode.js'

/** Whoever connects would run it, the gateway's own sessions included. */
const NEVER: ReadonlySet<string> = new Set([
  'init_connect',
  'init_replica',
  'init_slave',
  'lower_case_table_names',
])

/** Why this value is refused whatever the policy says; undefined when policy decides. `value` undefined: not known. */
export function neverSetMysql(
  name: string,
  value: string | undefined,
  server: Pick<MysqlCatalog, 'flavour' | 'version'>,
): string | undefined {
  const why = `the setting \`${name}\` may not take this value here: it changes how statements are read`
  if (NEVER.has(name)) return why
  if (value === undefined) return undefined
  const mode = { flavour: server.flavour, version: server.version, sqlMode: [], charset: 'utf8mb4' }
  if (name === 'sql_mode') {
    if (/^\d/.test(value)) return /^0+$/.test(value) ? undefined : why
    return typeof rulesOf({ ...mode, sqlMode: value.split(',') }) === 'string' ? why : undefined
  }
  if (name === 'character_set_client') {
    return typeof rulesOf({ ...mode, charset: value.toLowerCase() }) === 'string' ? why : undefined
  }
  return undefined
}
