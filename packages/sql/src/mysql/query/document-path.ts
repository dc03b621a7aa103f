/** A literal path into a JSON column narrows the column to what is under it: `profile:contact.email`. */
import type { Leaf, Value } from '../../lineage/value.js'
import { fold } from '../catalog-index.js'
import type { Env } from './analysis.js'
import { TYPE, typeOfColumn } from './known-types.js'

/** As paths write a place in a list, and a key that nobody can tell from the text: `orders.[].sku`, `profile:*`. */
const POSITION = '[]'
export const ANYWHERE = '*'

const STEP = /^\s*(?:\.\s*(?:([A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*)|"([^"\\.:*\0]+)")|(\[[\s\w*-]+\]))/

/**
 * The keys of a path, e.g. `$.contact."e-mail"` or `$.lines[0].sku`; `*` stands for all that is less plain. Empty: the
 * whole document.
 */
export function pathKeys(path: string): readonly string[] {
  if (!/^\s*\$/.test(path)) return [ANYWHERE]
  const keys: string[] = []
  let rest = path.trim().slice(1)
  while (rest !== '') {
    const match = STEP.exec(rest)
    if (!match) return [...keys, ANYWHERE]
    keys.push(match[3] === undefined ? (match[1] ?? match[2] ?? ANYWHERE) : POSITION)
    rest = rest.slice(match[0].length)
  }
  return keys
}

/**
 * The value under these keys; undefined when it is no column of documents or strings, or path of one.
 * `document`: it is JSON again, so that further keys go deeper.
 */
export function narrow(
  value: Value,
  keys: readonly string[],
  document: boolean,
  env: Env,
): Value | undefined {
  if (value.type !== TYPE.json && value.type !== TYPE.string) return undefined
  if (value.same.size === 0 || keys.length === 0) return undefined
  env.analysis.literalMattered()
  const narrowed: Leaf[] = [...value.same].map((leaf) => ({
    ...leaf,
    column: `${leaf.column}${leaf.column.includes(':') ? '.' : ':'}${keys.join('.')}`,
  }))
  const others = [...value.leaves].filter((leaf) => !value.same.has(leaf))
  return {
    how: 'computed',
    leaves: new Set([...narrowed, ...others]),
    same: document ? new Set(narrowed) : new Set(),
    type: document ? (value.type ?? TYPE.json) : TYPE.string,
    ...(value.unprovable === undefined ? {} : { unprovable: value.unprovable }),
  }
}

function isDocumentLeaf({ mention, column }: Leaf, env: Env): boolean {
  const [schema = '', relation = ''] = mention.resource.path
  const [name = ''] = column.split(':', 1)
  const known = env.analysis.catalog
    .relation(schema, relation)
    ?.columns.find((each) => fold(each.name) === fold(name))
  return known !== undefined && typeOfColumn(known.type) === TYPE.json
}

/**
 * The value in a form that no longer shows the keys it stood under (R6): what it holds may be of any key. Everything that
 * is no document stays what it is; MariaDB keeps documents in strings, which only its functions for documents make any.
 */
export function somewhere(value: Value, env: Env, document = false): Value {
  let lost = false
  const leaves = [...value.leaves].map((leaf): Leaf => {
    const strings = document && value.same.has(leaf)
    if (leaf.column.endsWith(ANYWHERE) || !(strings || isDocumentLeaf(leaf, env))) return leaf
    lost = true
    return { ...leaf, column: `${leaf.column}${leaf.column.includes(':') ? '.' : ':'}${ANYWHERE}` }
  })
  if (!lost) return value
  const how = value.how === 'copied' ? 'computed' : value.how
  return { ...value, how, leaves: new Set(leaves), same: new Set() }
}

/** What a whole document is compared, sorted or grouped by may be any key of it (R6). */
export function byItsKeys(values: readonly Value[], env: Env): readonly Value[] {
  return values.map((value) => {
    const isWhole = (leaf: Leaf) => !leaf.column.includes(':') && isDocumentLeaf(leaf, env)
    if (![...value.leaves].some(isWhole)) return value
    const leaves = [...value.leaves].map(
      (leaf): Leaf => (isWhole(leaf) ? { ...leaf, column: `${leaf.column}:${ANYWHERE}` } : leaf),
    )
    return { ...value, leaves: new Set(leaves), same: new Set() }
  })
}

/** Built-ins whose results keep the keys of the documents that they are given, or tell nothing of their values. */
export const KEEPS_KEYS: ReadonlySet<string> = new Set(
  `json_array json_arrayagg json_set json_insert json_replace json_remove json_append
   json_array_append json_array_insert json_merge json_merge_patch json_merge_preserve json_compact json_normalize
   json_length json_depth json_type json_valid json_storage_size json_storage_free json_keys count isnull any_value
   first_value last_value nth_value lag lead`.split(/\s+/),
)
