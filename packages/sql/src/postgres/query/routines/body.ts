/** A SQL body made ready for one call: its parameters by number become names that no text can write. */
import type { CatalogRoutine } from '../../../catalog.js'
import type { CatalogIndex } from '../../catalog-index.js'
import { isTree, unwrap } from '../../tree.js'
import { unknownNode } from '../known-nodes.js'

export interface Body {
  readonly statements: readonly unknown[]
  /** In nodes, about. */
  readonly size: number
}

const READABLE: ReadonlySet<string> = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'ReturnStmt',
])

/** Settings that a routine may have without its text meaning something else; search_path is followed. */
const HARMLESS =
  /^(search_path|.*_timeout|work_mem|maintenance_work_mem|hash_mem_multiplier|temp_buffers|jit.*|enable_.*|.*_cost|plan_cache_mode|.*parallel.*|cursor_tuple_fraction|timezone|datestyle|intervalstyle|extra_float_digits|client_min_messages|log_.*|from_collapse_limit|join_collapse_limit|geqo.*|effective_.*|synchronous_commit|lc_.*|bytea_output|check_function_bodies|default_text_search_config|seq_page_cost|track_.*)$/i

export function settingName(setting: string): string {
  return setting.slice(0, Math.max(0, setting.indexOf('='))).toLowerCase()
}

/** The name under which a body's scope holds parameter `number`. */
export function numberedName(number: number): string {
  return `\0${number}`
}

const made = new WeakMap<readonly unknown[], Map<string, Body>>()

/** `constants`: the numbers of those parameters that get a constant; they stay parameters, which can bound a relation. */
export function bodyOf(
  routine: CatalogRoutine,
  catalog: CatalogIndex,
  constants: ReadonlySet<number>,
): Body | { readonly why: string } {
  const problem = problemOf(routine)
  if (problem !== undefined) return { why: problem }
  const statements = catalog.routineBody(routine)
  if (statements === undefined) return { why: 'its body cannot be read' }
  const key = [...constants].sort().join(',')
  const known = made.get(statements)?.get(key)
  if (known) return known
  for (const each of statements) {
    const found = unwrap(each)
    if (!found || !READABLE.has(found.type)) return { why: 'its body holds a statement that is no query' }
    const inside = found.type === 'ReturnStmt' ? found.node.returnval : each
    const strange = unknownNode(inside) ?? (found.node.intoClause === undefined ? undefined : 'INTO')
    if (strange !== undefined) return { why: `\`${strange}\` in its body is not understood` }
  }
  let size = 0
  const rewrite = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewrite)
    if (!isTree(value)) return value
    size++
    const parameter = value.ParamRef
    const number = isTree(parameter) && typeof parameter.number === 'number' ? parameter.number : 0
    if (isTree(parameter) && !constants.has(number))
      return { ColumnRef: { fields: [{ String: { sval: numberedName(number) } }] } }
    return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, rewrite(inner)]))
  }
  const body: Body = {
    statements: statements.map(rewrite),
    get size() {
      return size
    },
  }
  const kept = made.get(statements) ?? new Map<string, Body>()
  made.set(statements, kept.set(key, body))
  return body
}

function problemOf(routine: CatalogRoutine): string | undefined {
  if (routine.kind === 'aggregate') return 'it is an aggregate of functions that nobody vetted'
  if (routine.kind === 'window') return 'it is a window function that nobody vetted'
  if (routine.language !== 'sql') return `it is written in \`${routine.language}\``
  const setting = routine.settings?.map(settingName).find((name) => !HARMLESS.test(name))
  return setting === undefined ? undefined : `it runs with \`${setting}\` set`
}
