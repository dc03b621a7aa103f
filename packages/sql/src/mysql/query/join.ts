/** JOIN: merged columns of USING and NATURAL, their order, and what ON bounds. */
import { use } from '../../lineage/mention.js'
import { type Item, type Namespace, together } from '../../lineage/scope.js'
import { type Column, either, lazy, type Value } from '../../lineage/value.js'
import { fold } from '../catalog-index.js'
import { type Env, opaque } from './analysis.js'
import { byItsKeys } from './document-path.js'
import { readFactor } from './from.js'
import { useKeys } from './key-join.js'
import { partsOf } from './names.js'
import { readCondition } from './predicate.js'
import { UNNAMED } from './scope.js'
import { list, stranger, tree, variant } from './tree.js'

type Side = 'inner' | 'left' | 'right'

const KINDS: Readonly<Record<string, Side>> = {
  Join: 'inner',
  Inner: 'inner',
  CrossJoin: 'inner',
  StraightJoin: 'inner',
  Left: 'left',
  LeftOuter: 'left',
  Right: 'right',
  RightOuter: 'right',
}

export function readJoin(node: unknown, left: Namespace, before: Namespace, env: Env): Namespace {
  const join = tree(node)
  const right = readFactor(join?.relation, together(before, left), env)
  const operator = variant(join?.join_operator)
  const constraint = variant(operator?.node)
  const side = operator && Object.hasOwn(KINDS, operator.type) ? KINDS[operator.type] : undefined
  const both = together(left, right)
  if (!join || stranger(join, 'relation join_operator') !== undefined || side === undefined || !constraint)
    return unknownJoin(both, env)
  switch (constraint.type) {
    case 'None':
      return both
    case 'On': {
      const bounds = side === 'inner' ? both : side === 'left' ? right : left
      readCondition(
        constraint.node,
        { ...both, outer: env.outer },
        { ...env, top: false, clause: 'on' },
        'join',
        bounds,
      )
      return both
    }
    case 'Natural':
      return merge(left, right, side, shared(left, right), env, true)
    case 'Using': {
      const names = list(constraint.node).map((each) => partsOf(each))
      if (names.some((parts) => parts?.length !== 1)) return unknownJoin(both, env)
      return merge(
        left,
        right,
        side,
        names.map((parts) => parts?.[0]?.value ?? ''),
        env,
        false,
      )
    }
    default:
      return unknownJoin(both, env)
  }
}

function unknownJoin(both: Namespace, env: Env): Namespace {
  const why = 'a join is not understood'
  opaque(env, why)
  return { ...both, open: why }
}

function shared(left: Namespace, right: Namespace): readonly string[] {
  const names = new Set(right.columns.map((column) => fold(column.name)))
  return left.columns.map((column) => column.name).filter((name) => name !== UNNAMED && names.has(fold(name)))
}

function named(namespace: Namespace, name: string): readonly Value[] {
  const found = namespace.columns
    .filter((column) => fold(column.name) === fold(name))
    .map((column) => column.value)
  return found.length > 0 ? found : namespace.items.flatMap((item: Item) => item.system?.(name) ?? [])
}

/** Merged columns stand first, in the order of the first table (MySQL reference manual §15.2.13.2); the right one for RIGHT. */
function merge(
  left: Namespace,
  right: Namespace,
  side: Side,
  names: readonly string[],
  env: Env,
  natural: boolean,
): Namespace {
  const [first, second] = side === 'right' ? [right, left] : [left, right]
  const wanted = new Set(names.map(fold))
  const order = first.columns.filter((column) => wanted.has(fold(column.name))).map((column) => column.name)
  const hidden = names.filter((name) => !order.some((each) => fold(each) === fold(name)))
  const merged: Column[] = [...order, ...hidden].map((name) =>
    lazy(name, () => either([...named(first, name), ...named(second, name)], true)),
  )
  for (const { name, value } of merged)
    if (!useKeys(either(named(left, name)), either(named(right, name)), env))
      use(env, byItsKeys([value], env), 'join')
  const rest = (namespace: Namespace) => namespace.columns.filter((column) => !wanted.has(fold(column.name)))
  const both = together(left, right)
  const unsure = natural && [left, right].every(({ columns }) => columns.some(({ name }) => name === UNNAMED))
  const open = both.open ?? (unsure ? 'which columns a NATURAL JOIN merges is not known' : undefined)
  if (unsure) opaque(env, 'which columns a NATURAL JOIN merges is not known')
  // MariaDB leaves a merged column out of * where it is invisible.
  const shown = env.analysis.catalog.catalog.flavour === 'mariadb' ? merged.slice(0, order.length) : merged
  const unseen = merged.slice(shown.length)
  return {
    items: unseen.length === 0 ? both.items : [...both.items, hiddenItem(unseen)],
    columns: [...shown, ...rest(first), ...rest(second)],
    ...(open === undefined ? {} : { open }),
  }
}

/** Columns that a bare name finds, and `*` does not show. */
function hiddenItem(columns: readonly Column[]): Item {
  return {
    name: undefined,
    columns: [],
    system: (name) => columns.find((column) => fold(column.name) === fold(name))?.value,
  }
}
