/** UNION, INTERSECT and EXCEPT: by position. */

import { type Columns, mergeBranches } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { type Tree, text, tree } from '../tree.js'
import type { Env } from './analysis.js'
import { readSelect } from './select.js'

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
  const branches: Columns[] = [readSelect(leftmost, { ...env, top: false }, { lazily })]
  // What no comparison has seen yet: in a long chain of UNIONs every branch is compared, but counted once.
  let pending: readonly Columns[] = branches
  let compared = false
  for (const each of chain.reverse()) {
    const right = tree(each.rarg)
    if (!right) continue
    const branch = readSelect(right, { ...env, top: false }, { lazily })
    branches.push(branch)
    const distinct = each.op !== 'SETOP_UNION' || each.all !== true
    pending = [...pending, branch]
    if (!distinct) continue
    compare(pending, env)
    pending = []
    compared = true
  }
  // A definition says what it compares with what: each branch with all others.
  if (env.owned && compared) compare(branches, env)
  return mergeBranches(branches)
}

function compare(branches: readonly Columns[], env: Env): void {
  use(
    env,
    branches.flatMap(({ columns }) => columns.map((column) => column.value)),
    'group',
  )
}
