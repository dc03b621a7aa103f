/** OVER: what a window partitions and orders by. */
import { use } from '../../lineage/mention.js'
import { fold } from '../catalog-index.js'
import { argue, type Env, opaque, type Scope } from './analysis.js'
import { byItsKeys } from './document-path.js'
import { readValue } from './expression.js'
import { nameOf } from './names.js'
import { sortExpressions } from './order.js'
import { list, stranger, text, tree, variant } from './tree.js'

/** `{NamedWindow}` or `{WindowSpec}`. */
export function readWindow(node: unknown, scope: Scope, env: Env): void {
  const found = variant(node)
  if (found?.type === 'NamedWindow') {
    readNamed(found.node, scope, env)
    return
  }
  const spec = tree(found?.node)
  if (
    found?.type !== 'WindowSpec' ||
    !spec ||
    stranger(spec, 'window_name partition_by order_by window_frame') !== undefined
  ) {
    opaque(env, 'a window is not understood')
    return
  }
  if (spec.window_name != null) readNamed(spec.window_name, scope, env)
  use(
    env,
    byItsKeys(
      list(spec.partition_by).map((each) => readValue(each, scope, env)),
      env,
    ),
    'group',
  )
  use(
    env,
    byItsKeys(
      sortExpressions(spec.order_by, env).map((each) => readValue(each, scope, env)),
      env,
    ),
    'order',
  )
  if (spec.window_frame == null) return
  const frame = tree(spec.window_frame)
  if (!frame || stranger(frame, 'units start_bound end_bound') !== undefined)
    opaque(env, 'a window frame is not understood')
  for (const bound of [frame?.start_bound, frame?.end_bound]) {
    const limit = variant(bound)
    if (limit?.node != null) readBound(limit.node, scope, env)
    else if (bound != null && !/^(CurrentRow|Preceding|Following)$/.test(limit?.type ?? text(bound) ?? ''))
      opaque(env, 'the bound of a window frame is not understood')
  }
}

/** WINDOW w is read where it is defined; what it reads steers each output that it stands in. */
function readNamed(node: unknown, scope: Scope, env: Env): void {
  if (env.steering === undefined) return
  const name = fold(nameOf(node)?.value ?? '')
  const definition = env.windows?.get(name)
  if (definition === undefined) return
  const windows = new Map(env.windows)
  windows.delete(name)
  readWindow(definition, scope, { ...env, windows })
}

function readBound(node: unknown, scope: Scope, env: Env): void {
  const value = readValue(node, scope, env)
  if (value.how !== 'constant') argue(env, [value])
}
