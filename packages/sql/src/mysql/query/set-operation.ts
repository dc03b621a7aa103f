/** UNION, INTERSECT and EXCEPT: by position. */
import { type Columns, mergeBranches } from '../../lineage/columns.js'
import { use } from '../../lineage/mention.js'
import { type Env, opaque } from './analysis.js'
import { byItsKeys } from './document-path.js'
import { readBody, type SelectOptions } from './select.js'
import { as, stranger, type Tree, tree } from './tree.js'

/** Every branch, left to right, and whether any operation compares rows. */
function flatten(
  node: Tree,
  env: Env,
): { readonly branches: readonly unknown[]; readonly compares: boolean } {
  const branches: unknown[] = []
  let compares = false
  const open: unknown[] = [{ SetOperation: node }]
  while (open.length > 0) {
    const next = open.pop()
    const operation = tree(as(next, 'SetOperation'))
    if (!operation) {
      branches.push(next)
      continue
    }
    const known =
      /^(Union|Except|Intersect)$/.test(String(operation.op)) &&
      /^(All|Distinct|None)$/.test(String(operation.set_quantifier))
    if (!known || stranger(operation, 'left op set_quantifier right') !== undefined)
      opaque(env, 'a set operation is not understood')
    if (operation.op !== 'Union' || operation.set_quantifier !== 'All') compares = true
    open.push(operation.right, operation.left)
  }
  return { branches, compares }
}

export function readSetOperation(node: Tree, env: Env, options: SelectOptions): Columns {
  const { branches, compares } = flatten(node, env)
  const read = branches.map((branch) => readBody(branch, {}, env, options))
  if (compares)
    for (const { columns } of read)
      use(
        env,
        byItsKeys(
          columns.map((column) => column.value),
          env,
        ),
        'group',
      )
  return mergeBranches(read)
}
