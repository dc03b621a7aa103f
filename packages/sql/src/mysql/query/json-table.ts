/** JSON_TABLE: rows out of a document, each column from under keys of its own (R6). */
import { type Namespace, single } from '../../lineage/scope.js'
import { type Column, compute, constantOf, type Value } from '../../lineage/value.js'
import { literalText } from './acting-call.js'
import { argue, type Env, opaque, type Scope } from './analysis.js'
import { typeOfCast } from './cast.js'
import { ANYWHERE, narrow, pathKeys, somewhere } from './document-path.js'
import { readValue } from './expression.js'
import { readAlias } from './from.js'
import { TYPE } from './known-types.js'
import { nameOf } from './names.js'
import { list, stranger, type Tree, tree, variant } from './tree.js'

export function readJsonTable(node: Tree, scope: Scope, env: Env): Namespace {
  const place: Place = {
    document: readValue(node.json_expr, scope, env),
    keys: keysOf({ path: node.json_path }),
  }
  argue(env, [valueAt(place, env)])
  env.analysis.literalMattered()
  const odd = stranger(node, 'json_expr json_path columns alias')
  const columns = odd === undefined ? columnsOf(node.columns, place, env, 0) : undefined
  const alias = readAlias(node.alias, env)
  if (!columns) {
    const why = 'JSON_TABLE is not understood'
    opaque(env, why)
    return single({ name: alias.name, columns: [], open: why })
  }
  return single({ name: alias.name, columns })
}

interface Place {
  readonly document: Value
  readonly keys: readonly string[]
}

function keysOf({ path }: Tree): readonly string[] {
  const literal = literalText({ Value: path })
  return literal === undefined ? [ANYWHERE] : pathKeys(literal)
}

/** A key that no path names may still be any that stands below it: a member of what is listed without its keys. */
function valueAt({ document, keys }: Place, env: Env): Value {
  if (keys.length === 0) return document
  return narrow(document, keys, true, env) ?? somewhere(document, env, true)
}

/** Nesting that the server allows at all. */
const DEPTH = 64

function columnsOf(nodes: unknown, place: Place, env: Env, depth: number): readonly Column[] | undefined {
  const found: Column[] = []
  for (const each of list(nodes)) {
    const column = variant(each)
    const members = tree(column?.node)
    if (column?.type === 'ForOrdinality') {
      const name = nameOf(column.node)?.value
      if (name === undefined) return undefined
      found.push({ name, value: constantOf(TYPE.integer) })
    } else if (
      column?.type === 'Nested' &&
      members &&
      stranger(members, 'path columns') === undefined &&
      depth < DEPTH
    ) {
      const below = { ...place, keys: [...place.keys, ...keysOf(members)] }
      argue(env, [valueAt(below, env)])
      const inner = columnsOf(members.columns, below, env, depth + 1)
      if (!inner) return undefined
      found.push(...inner)
    } else if (
      column?.type === 'Named' &&
      members &&
      stranger(members, 'name type path exists on_empty on_error') === undefined
    ) {
      const name = nameOf(members.name)?.value
      if (name === undefined) return undefined
      // What does not fit the type, or is not there, can be told by an error or by what stands in its place.
      const value = valueAt({ ...place, keys: [...place.keys, ...keysOf(members)] }, env)
      argue(env, [value])
      found.push({ name, value: compute([value], typeOfCast(members.type)) })
    } else return undefined
  }
  return found
}
