/** Whether what a view's definition asks of its fields is its owner's question alone, or one that a session can steer. */
import { fold } from '../catalog-index.js'
import { judgeFunction } from '../functions/judge.js'
import type { MysqlAnalysis } from './analysis.js'
import { as, isTree, list, type Tree, text, tree } from './tree.js'

/**
 * Built-ins whose answer a session can choose by what it sets (`timestamp`, `rand_seed1`, `lc_time_names` …), locks, creates or
 * calls itself.
 */
const STEERABLE: ReadonlySet<string> = new Set(
  `rand uuid uuid_short connection_id database schema found_rows row_count last_insert_id is_free_lock is_used_lock
   current_role now sysdate curdate curtime current_date current_time current_timestamp localtime localtimestamp
   unix_timestamp utc_date utc_time utc_timestamp date_format dayname monthname week yearweek get_format
   from_unixtime convert_tz lastval nextval last_value ps_current_thread_id sformat`.split(/\s+/),
)

const answers = new WeakMap<object, boolean>()

/** `definition`: the view's parsed query. Functions that are not the server's own may ask the session anything. */
export function isOwnersAlone(definition: Tree, analysis: MysqlAnalysis): boolean {
  const known = answers.get(definition)
  if (known !== undefined) return known
  const answer = asksNobody(definition, analysis)
  answers.set(definition, answer)
  return answer
}

function asksNobody(definition: Tree, analysis: MysqlAnalysis): boolean {
  const open: unknown[] = [definition]
  while (open.length > 0) {
    const next = open.pop()
    if (Array.isArray(next)) open.push(...next)
    else if (isTree(next)) {
      const word = tree(next.Identifier)
      const bare = word && word.quote_style == null ? fold(text(word.value) ?? '') : ''
      if (bare.startsWith('@') || STEERABLE.has(bare)) return false
      if (next.Function !== undefined && !isOwn(tree(next.Function), analysis)) return false
      for (const inner of Object.values(next)) if (typeof inner === 'object') open.push(inner)
    }
  }
  return true
}

const VETTED: ReadonlySet<string> = new Set(['total', 'total-first', 'total-positions', 'clean'])
/** Grammar that looks like a function: see readSpecial in call.ts. */
const GRAMMAR: ReadonlySet<string> = new Set(['row', 'if', 'values', 'value', 'default', 'grouping'])

const NOTHING: ReadonlySet<string> = new Set()

function isOwn(node: Tree | undefined, analysis: MysqlAnalysis): boolean {
  const [part, ...others] = list(node?.name)
  const name = fold(text(tree(as(part, 'Identifier'))?.value) ?? '')
  if (others.length > 0 || STEERABLE.has(name)) return false
  if (GRAMMAR.has(name)) return true
  const count = list(tree(as(node?.args, 'List'))?.args).length
  return VETTED.has(
    judgeFunction([name], count, { ...analysis, overlay: NOTHING, unknownName: () => {} }).kind,
  )
}
