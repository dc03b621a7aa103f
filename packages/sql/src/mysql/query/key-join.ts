/** An equality of two columns and nothing else: what R17 leaves to who sees one of them masked. */
import { joinKeys, sharesMention } from '../../lineage/key-join.js'
import { isPlainCopy, type Leaf, type Value } from '../../lineage/value.js'
import { fold, type MysqlCatalogIndex } from '../catalog-index.js'
import type { Env } from './analysis.js'
import { TYPE } from './known-types.js'

/** Of these the server compares two of one type as they are; others it converts first. */
const COMPARED_AS_THEY_ARE: ReadonlySet<number | undefined> = new Set<number>([
  TYPE.integer,
  TYPE.decimal,
  TYPE.string,
  TYPE.bytes,
  TYPE.date,
  TYPE.datetime,
])

/** Records `left = right` as a join along these columns; false when it is anything more than that. */
export function useKeys(left: Value | undefined, right: Value | undefined, env: Env): boolean {
  if (left === undefined || right === undefined || env.owned || env.stored) return false
  if (!isPlainCopy(left) || !isPlainCopy(right) || sharesMention(left, right)) return false
  if (left.type !== right.type || !COMPARED_AS_THEY_ARE.has(left.type)) return false
  joinKeys(left, right, isDeclared(left, right, env.analysis.catalog), env)
  return true
}

function isDeclared(left: Value, right: Value, catalog: MysqlCatalogIndex): boolean {
  for (const one of left.leaves)
    for (const other of right.leaves)
      if (refers(one, other, catalog) || refers(other, one, catalog)) return true
  return false
}

function refers(from: Leaf, to: Leaf, catalog: MysqlCatalogIndex): boolean {
  const [schema = '', name = ''] = from.mention.resource.path
  const [toSchema = '', toName = ''] = to.mention.resource.path
  const target = catalog.relation(toSchema, toName)
  return (
    catalog
      .relation(schema, name)
      ?.foreignKeys.some(
        (key) =>
          catalog.relation(key.schema, key.relation) === target &&
          key.columns.some(
            (each, position) =>
              fold(each) === fold(from.column) && fold(key.references[position] ?? '') === fold(to.column),
          ),
      ) ?? false
  )
}
