/** XMLTABLE and JSON_TABLE: every column can show what the document holds. */

import { rename } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { type Namespace, type Scope, single } from '../../lineage/scope.js'
import { CONSTANT, type Column, compute, type Value } from '../../lineage/value.js'
import { as, list, type Tree, text } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { applyCast } from './cast.js'
import { somewhere } from './document-path.js'
import { readValue } from './expression.js'
import { readAlias } from './from.js'
import { readBehaviour, readJsonValue, readPassing } from './json-expression.js'
import { resolveType } from './names.js'

function typed(typeName: unknown, value: Value, env: Env): Value {
  return typeName === undefined
    ? CONSTANT
    : applyCast(compute([value]), resolveType(typeName, env.analysis), env)
}

export function readXmlTable(node: Tree, scope: Scope, env: Env): Namespace {
  const sources = [node.docexpr, node.rowexpr].map((each) => readValue(each, scope, env))
  for (const each of list(node.namespaces)) sources.push(readValue(as(each, 'ResTarget')?.val, scope, env))
  const definitions = list(node.columns).map((each) => as(each, 'RangeTableFuncCol'))
  const columns: Column[] = definitions.map((definition) => {
    const inner = [definition?.colexpr, definition?.coldefexpr]
      .filter((each) => each !== undefined)
      .map((each) => readValue(each, scope, env))
    use(env, inner, 'argument')
    const value = definition?.for_ordinality === true ? CONSTANT : compute([...sources, ...inner])
    return { name: text(definition?.colname) ?? '?', value: typed(definition?.typeName, value, env) }
  })
  use(env, sources, 'argument')
  return finish(node, columns, 'xmltable')
}

export function readJsonTable(node: Tree, scope: Scope, env: Env): Namespace {
  const sources = [
    readJsonValue(node.context_item, scope, env),
    ...readPassing(node.passing, scope, env),
    ...readBehaviour(node.on_error, scope, env),
  ].map((value) => somewhere(value, env))
  use(env, sources, 'argument')
  return finish(node, jsonColumns(node.columns, compute(sources), scope, env), 'json_table')
}

function jsonColumns(nodes: unknown, value: Value, scope: Scope, env: Env): readonly Column[] {
  return list(nodes).flatMap((each): readonly Column[] => {
    const definition = as(each, 'JsonTableColumn')
    if (!definition) {
      opaque(env, 'a column of JSON_TABLE is not understood')
      return []
    }
    if (definition.coltype === 'JTC_NESTED') return jsonColumns(definition.columns, value, scope, env)
    const inner = [
      ...readBehaviour(definition.on_empty, scope, env),
      ...readBehaviour(definition.on_error, scope, env),
    ]
    use(env, inner, 'argument')
    const own = definition.coltype === 'JTC_FOR_ORDINALITY' ? CONSTANT : compute([value, ...inner])
    return [{ name: text(definition.name) ?? '?', value: typed(definition.typeName, own, env) }]
  })
}

function finish(node: Tree, columns: readonly Column[], fallback: string): Namespace {
  const alias = readAlias(node.alias)
  return single({ name: alias.name ?? fallback, columns: rename(columns, alias.columns), mentions: [] })
}
