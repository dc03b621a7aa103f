/** Whether what a view's definition asks of its fields is its owner's question alone, or one that a session can steer. */
import type { CatalogRelation } from '../../catalog.js'
import { isOfSession } from '../session/session-relation.js'
import { walk, words } from '../tree.js'

/** Built-ins whose answer a session can choose by what it sets, seeds, locks, creates or calls itself. */
const STEERABLE: ReadonlySet<string> = new Set([
  'current_setting',
  'current_schema',
  'current_schemas',
  'set_config',
  'nextval',
  'currval',
  'lastval',
  'pg_sequence_last_value',
  'random',
  'random_normal',
  'pg_my_temp_schema',
  'to_regclass',
  'to_regtype',
  'to_regproc',
  'pg_table_is_visible',
  'obj_description',
  'col_description',
  'shobj_description',
])

/** `definition`: the view's parsed query. Functions that are not the server's own may ask the session anything. */
export function isOwnersAlone(relation: CatalogRelation, definition: unknown): boolean {
  if (relation.schema.startsWith('pg_temp') || isOfSession(relation)) return false
  let alone = true
  walk(definition, (type, node) => {
    if (type === 'SQLValueFunction' && node.op === 'SVFOP_CURRENT_SCHEMA') alone = false
    if (type !== 'FuncCall') return
    const name = words(node.funcname) ?? ['', '']
    const own = name.length === 1 || name[0] === 'pg_catalog'
    if (!own || STEERABLE.has(name.at(-1) ?? '')) alone = false
  })
  return alone
}
