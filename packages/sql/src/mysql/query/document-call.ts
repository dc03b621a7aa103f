/** Functions of documents: which keys their results come from, and which lose sight of them (R6). */
import { compute, type Value } from '../../lineage/value.js'
import { literalText } from './acting-call.js'
import { argue, type Env } from './analysis.js'
import { ANYWHERE, KEEPS_KEYS, narrow, pathKeys, somewhere } from './document-path.js'
import { TYPE } from './known-types.js'

/** JSON_EXTRACT(column, '$.path') and its like. */
export function narrowed(
  name: string,
  values: readonly Value[],
  nodes: readonly unknown[],
  env: Env,
): Value | undefined {
  const [first] = values
  if (!first) return undefined
  if (name === 'json_unquote' && values.length === 1 && first.type === TYPE.json && first.same.size > 0)
    return { ...compute([first], TYPE.string), same: new Set() }
  const place = PATHS.get(name)
  if (place === undefined || values.length <= place) return undefined
  const [literal, ...more] = nodes.slice(place).map((node) => literalText(node))
  const keys = literal === undefined || more.length > 0 ? [ANYWHERE] : pathKeys(literal)
  if (keys.length === 0 && first.type === TYPE.json) return { ...first, how: 'computed' }
  const inside = narrow(first, keys, name !== 'json_value', env)
  if (!inside) return undefined
  const others = values.slice(1)
  if (first.type !== TYPE.json || others.some((value) => value.how !== 'constant'))
    argue(env, [inside, ...others])
  return GIVES_PART.has(name) ? inside : compute([inside, ...others], TYPE.integer)
}

/** Which argument is the first path into the document that is given first. */
const PATHS: ReadonlyMap<string, number> = new Map([
  ['json_extract', 1],
  ['json_value', 1],
  ['json_query', 1],
  ['json_contains', 2],
  ['json_exists', 1],
])
const GIVES_PART: ReadonlySet<string> = new Set(['json_extract', 'json_value', 'json_query'])

/** What a function is given, without keys where its result shows none. */
export function withKeysLost(name: string, values: readonly Value[], env: Env): readonly Value[] {
  const names = NAMES.get(name)
  if (names !== undefined) return values.map((value, at) => (names(at) ? somewhere(value, env) : value))
  if (KEEPS_KEYS.has(name) || (SAME_DOCUMENT.has(name) && values.every(isDocument))) return values
  const document = name.startsWith('json_') && name !== 'json_quote'
  return values.map((value, at) => somewhere(value, env, document && at === 0))
}

/** Which arguments become keys of the result: of a document that becomes one no key is left to be seen. */
const NAMES: ReadonlyMap<string, (at: number) => boolean> = new Map([
  ['json_object', (at) => at % 2 === 0],
  ['json_objectagg', (at) => at === 0],
])

const SAME_DOCUMENT: ReadonlySet<string> = new Set(['coalesce', 'ifnull', 'nullif', 'max', 'min'])

function isDocument({ type, how }: Value): boolean {
  return type === TYPE.json || how === 'constant'
}
