/** JSON_TABLE: rows out of a document. */
import { type Namespace, single } from '../../lineage/scope.js'
import { type Column, compute, constantOf, type Value } from '../../lineage/value.js'
import { argue, type Env, opaque, type Scope } from './analysis.js'
import { typeOfCast } from './cast.js'
import { readValue } from './expression.js'
import { readAlias } from './from.js'
import { TYPE } from './known-types.js'
import { nameOf } from './names.js'
import { list, stranger, type Tree, tree, variant } from './tree.js'

export function readJsonTable(node: Tree, scope: Scope, env: Env): Namespace {
  const document = readValue(node.json_expr, scope, env)
  argue(env, [document])
  env.analysis.literalMattered()
  const odd = stranger(node, 'json_expr json_path columns alias')
  const columns = odd === undefined ? columnsOf(node.columns, document, env, 0) : undefined
  const alias = readAlias(node.alias, env)
  if (!columns) {
    const why = 'JSON_TABLE is not understood'
    opaque(env, why)
    return single({ name: alias.name, columns: [], open: why })
  }
  return single({ name: alias.name, columns })
}

/** Nesting that the server allows at all. */
const DEPTH = 64

function columnsOf(nodes: unknown, document: Value, env: Env, depth: number): readonly Column[] | undefined {
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
      const inner = columnsOf(members.columns, document, env, depth + 1)
      if (!inner) return undefined
      found.push(...inner)
    } else if (
      column?.type === 'Named' &&
      members &&
      stranger(members, 'name type path exists on_empty on_error') === undefined
    ) {
      const name = nameOf(members.name)?.value
      if (name === undefined) return undefined
      found.push({ name, value: compute([document], typeOfCast(members.type)) })
    } else return undefined
  }
  return found
}
