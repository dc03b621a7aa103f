/** A literal key into a JSON column narrows the column to a path inside it: `profile:contact.email`. */

import type { Leaf, Value } from '../../lineage/value.js'
import { attributesOf } from '../attributes.js'
import { TYPE } from '../functions/builtin-types.js'
import { as, list, text, tree, words } from '../tree.js'
import type { Env } from './analysis.js'
import { underlying } from './conversion.js'

/** What a path may hold to be written unambiguously. */
const PLAIN = /^[^.:*\0]+$/

/**
 * The value under literal keys; undefined when it is no JSON column or path of one. `document`: it is JSON again, so that
 * further keys go deeper.
 */
export function narrow(
  value: Value,
  keys: readonly string[],
  document: boolean,
  env: Env,
): Value | undefined {
  if (value.type !== TYPE.json && value.type !== TYPE.jsonb) return undefined
  if (value.same.size === 0 || keys.length === 0 || !keys.every((key) => PLAIN.test(key))) return undefined
  env.analysis.literalMattered()
  const narrowed: Leaf[] = [...value.same].map((leaf) => ({
    mention: leaf.mention,
    column: `${leaf.column}${leaf.column.includes(':') ? '.' : ':'}${keys.join('.')}`,
    classes: leaf.classes,
    ...(document ? {} : { spelled: true }),
  }))
  const others = [...value.leaves].filter((leaf) => !value.same.has(leaf))
  return {
    how: 'computed',
    leaves: new Set([...narrowed, ...others]),
    same: document ? new Set(narrowed) : new Set(),
    type: document ? value.type : TYPE.text,
    ...(value.unprovable === undefined ? {} : { unprovable: value.unprovable }),
  }
}

/** A function's alias means its only column where that is a document: rows have no operators that look into them. */
export function documentOf(value: Value): Value {
  const [only] = value.row ?? []
  const type = only?.value.type
  return value.row?.length === 1 && only && (type === TYPE.json || type === TYPE.jsonb) ? only.value : value
}

/** The keys of a text[] literal such as `{contact,email}`; undefined for anything less plain. */
export function pathKeys(literal: string): readonly string[] | undefined {
  const match = /^\{([^{}"\\\s]+)\}$/.exec(literal)
  return match?.[1]?.split(',')
}

/** A string literal, `'email'` or `'email'::text` as the server writes stored definitions. */
export function keyOf(node: unknown): string | undefined {
  const cast = as(node, 'TypeCast')
  if (!cast) return text(tree(as(node, 'A_Const')?.sval)?.sval)
  return isText(cast.typeName, false) ? keyOf(cast.arg) : undefined
}

/** The keys of `ARRAY['contact', 'email']` and of a text[] literal, cast or not. */
export function pathOf(node: unknown): readonly string[] | undefined {
  const cast = as(node, 'TypeCast')
  if (cast) return isText(cast.typeName, true) ? pathOf(cast.arg) : undefined
  const listed = as(node, 'A_ArrayExpr')
  const literal = keyOf(node)
  if (!listed) return literal === undefined ? undefined : pathKeys(literal)
  const keys = list(listed.elements).map(keyOf)
  return keys.every((key) => key !== undefined) ? keys : undefined
}

function isText(typeName: unknown, array: boolean): boolean {
  const type = tree(typeName)
  return words(type?.names)?.at(-1) === 'text' && list(type?.arrayBounds).length > 0 === array
}

/** A place in a list: `contacts.[].email`. */
export const POSITION = '[]'
/** A key that nobody can tell from the text: `profile:*`. */
const ANYWHERE = '*'

const DOCUMENTS: ReadonlySet<number> = new Set([TYPE.json, TYPE.jsonb, 199, 3807])

/** json, jsonb, hstore, arrays of them and domains over them. */
export function isDocumentType(type: number, env: Env): boolean {
  const known = underlying(type, env)
  if (DOCUMENTS.has(known)) return true
  const found = env.analysis.catalog.typeByOid(known)
  if (found?.kind !== 'base') return false
  return found.name === 'hstore' || (found.element > 0 && isDocumentType(found.element, env))
}

function isDocumentLeaf({ mention, column }: Leaf, env: Env): boolean {
  const [schema = '', relation = ''] = mention.resource.path.slice(1)
  const [name, inside] = column.split(':', 2)
  const known = env.analysis.catalog.relation(schema, relation)?.columns.find((each) => each.name === name)
  return known !== undefined && leadsToDocument(known.type, inside?.split('.') ?? [], env, 0)
}

/** A document, what stands in one, or a composite that holds one: `path` begins with the names of attributes. */
function leadsToDocument(type: number, path: readonly string[], env: Env, depth: number): boolean {
  if (isDocumentType(type, env)) return true
  if (depth > DEEPEST) return false
  const attributes = attributesOf(type, env.analysis.catalog)
  const [next, ...rest] = path
  const meant = attributes.filter(({ name }) => name === next)
  return meant.length > 0
    ? meant.some((each) => leadsToDocument(each.type, rest, env, depth + 1))
    : attributes.some((each) => leadsToDocument(each.type, [], env, depth + 1))
}

/** Composites within composites. */
const DEEPEST = 8

/**
 * The value in a form that no longer shows the keys it stood under (R6): what it holds may be of any key. Everything that
 * is no document stays what it is.
 */
export function somewhere(value: Value, env: Env): Value {
  let lost = false
  const leaves = [...value.leaves].map((leaf): Leaf => {
    if (leaf.column.endsWith(ANYWHERE) || !isDocumentLeaf(leaf, env)) return leaf
    lost = true
    return { ...leaf, column: `${leaf.column}${leaf.column.includes(':') ? '.' : ':'}${ANYWHERE}` }
  })
  if (!lost) return value
  const how = value.how === 'copied' ? 'computed' : value.how
  return { ...value, how, leaves: new Set(leaves), same: new Set() }
}

/**
 * The value where no reply shows any more that it is a document's text: stored under another name, or made a key. What it
 * holds may be of any key, unless it is a number or a truth value.
 */
export function apart(value: Value, env: Env): Value {
  if (value.type !== undefined && SCALARS.has(value.type)) return value
  const spelled = new Set([...value.leaves].filter((leaf) => leaf.spelled))
  if (spelled.size === 0) return value
  const whole = somewhere({ ...value, leaves: spelled }, env)
  const others = [...value.leaves].filter((leaf) => !spelled.has(leaf))
  return { ...value, leaves: new Set([...others, ...whole.leaves]), same: new Set() }
}

/** Of nothing but a document's texts. */
export function isSpelled({ type, leaves }: Value): boolean {
  return type === TYPE.text && leaves.size > 0 && [...leaves].every((leaf) => leaf.spelled)
}

/** Built-ins whose results keep the keys of the documents that they are given, or tell nothing of their values. */
export const KEEPS_KEYS: ReadonlySet<string> = new Set(
  `to_json to_jsonb row_to_json array_to_json json_agg jsonb_agg json_agg_strict jsonb_agg_strict array_agg
   json_build_object jsonb_build_object json_build_array jsonb_build_array json_object_agg jsonb_object_agg
   json_strip_nulls jsonb_strip_nulls jsonb_set jsonb_set_lax jsonb_insert json_array_elements jsonb_array_elements
   json_array_length jsonb_array_length json_typeof jsonb_typeof count unnest array_append array_prepend array_cat
   array_length cardinality first_value last_value nth_value lag lead any_value num_nulls num_nonnulls pg_typeof`.split(
    /\s+/,
  ),
)

/** Built-ins that give the texts that they are given whole, so that a reply shows which is an object's. */
export const KEEPS_TEXTS: ReadonlySet<string> = new Set(['concat', 'concat_ws', 'min', 'max', 'string_agg'])

/** Casts of documents that only take numbers and truth values: nothing with keys passes them. */
export const SCALARS: ReadonlySet<number> = new Set([
  TYPE.bool,
  TYPE.int2,
  TYPE.int4,
  TYPE.int8,
  TYPE.float4,
  TYPE.float8,
  TYPE.numeric,
])
