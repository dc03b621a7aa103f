/** UNION, INTERSECT and EXCEPT: by position. */
import { type Tree, text, tree } from '../tree.js'
import type { Env } from './analysis.js'
import { use } from './mention.js'
import { readSelect } from './select.js'
import type { Columns } from './target.js'
import { either, lazy } from './value.js'

export function mergeBranches(left: Columns, right: Columns): Columns {
  const columns = left.columns.map((column, position) => {
    const other = right.columns[position]
    return other ? lazy(column.name, () => either([column.value, other.value])) : column
  })
  const open = left.open ?? right.open
  return open === undefined ? { columns } : { columns, open }
}

/** The branches of a chain of set operations, without recursion: chains may be long. */
export function readSetOperation(node: Tree, env: Env, lazily: boolean): Columns {
  const chain: Tree[] = []
  let leftmost: Tree = node
  for (let each: Tree | undefined = node; each; each = tree(each.larg)) {
    leftmost = each
    const op = text(each.op)
    const plain =
      each === node ||
      (each.withClause === undefined && each.sortClause === undefined && each.limitCount === undefined)
    if (op === undefined || op === 'SETOP_NONE' || !plain) break
    chain.push(each)
  }
  if (leftmost === node) return { columns: [], open: 'a set operation has no left side' }
  let result = readSelect(leftmost, { ...env, top: false }, { lazily })
  for (const each of chain.reverse()) {
    const right = tree(each.rarg)
    if (!right) continue
    result = mergeBranches(result, readSelect(right, { ...env, top: false }, { lazily }))
    const distinct = each.op !== 'SETOP_UNION' || each.all !== true
    if (distinct)
      use(
        env,
        result.columns.map((column) => column.value),
        'group',
      )
  }
  return result
}
