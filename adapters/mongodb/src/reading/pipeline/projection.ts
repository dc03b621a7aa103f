/** `$project`, and the projections of find and findAndModify. */
import { elements, TYPE, type Value } from '../../bson/index.js'
import { readFieldCondition } from '../filter.js'
import { badValue, Unread } from '../unread.js'
import {
  firstName,
  isDocument,
  isString,
  items,
  onlyElement,
  pathOf,
  truth,
  wantArray,
  wantDocument,
  wantString,
} from '../values.js'
import { distinctPaths } from './distinct-paths.js'
import { readExpression } from './expressions.js'
import { at, documentOf, either, type Lineage, put, removed } from './lineage.js'
import type { Scope } from './scope.js'

type Part =
  | { readonly kind: 'include' | 'exclude'; readonly path: readonly string[] }
  /** `$slice` alone leaves the others. */
  | { readonly kind: 'keep'; readonly path: readonly string[] }
  | { readonly kind: 'compute'; readonly path: readonly string[]; readonly value: Lineage }

export function readProjection(spec: Value, scope: Scope, find: boolean): Lineage {
  const parts = partsOf(wantDocument(spec, 'projection'), [], scope, find)
  distinctPaths(parts.map(({ path }) => path))
  const isId = ({ path }: Part): boolean => path.length === 1 && path[0] === '_id'
  const others = parts.filter((part) => !isId(part))
  const ids = parts.filter(isId)
  const inclusive = others.some(({ kind }) => kind === 'include' || kind === 'compute')
  const exclusive = others.some(({ kind }) => kind === 'exclude')
  if (inclusive && exclusive) throw ofTwoMinds(others)
  const idOnly =
    others.every(({ kind }) => kind === 'keep') &&
    ids.some(({ kind }) => kind !== 'exclude' && kind !== 'keep')
  if (exclusive || (!inclusive && !idOnly)) {
    return parts.reduce(
      (found, part) =>
        part.kind === 'exclude' ? put(found, part.path, removed(at(found, part.path))) : found,
      scope.root,
    )
  }
  let found: Lineage = documentOf(new Map())
  const included = ids.length === 0 ? [{ kind: 'include', path: ['_id'] } as const, ...parts] : parts
  for (const part of included) {
    if (part.kind === 'exclude') continue
    const value = part.kind === 'compute' ? part.value : at(scope.root, part.path)
    found = put(found, part.path, value)
  }
  return found
}

/** In the server's words, which go by what comes first. */
function ofTwoMinds(parts: readonly Part[]): Unread {
  const includes = parts.find(({ kind }) => kind !== 'keep')?.kind !== 'exclude'
  const odd = parts.find(({ kind }) => kind !== 'keep' && (kind === 'exclude') === includes)
  const [code, does, within] = includes
    ? [31254, 'exclusion', 'inclusion']
    : [31253, 'inclusion', 'exclusion']
  return new Unread(`Cannot do ${does} on field ${odd?.path.join('.')} in ${within} projection`, {
    code,
    codeName: `Location${code}`,
  })
}

function partsOf(spec: Value, prefix: readonly string[], scope: Scope, find: boolean): readonly Part[] {
  const parts: Part[] = []
  for (const { name, value } of elements(spec)) {
    const positional = find && name.endsWith('.$')
    const path = [...prefix, ...pathOf(positional ? name.slice(0, -2) : name)]
    if (path.some((each) => each.startsWith('$'))) throw badValue(`'${name}' is no path in a projection`)
    const flag = value.type === TYPE.NULL ? undefined : truth(value)
    if (flag !== undefined) parts.push({ kind: flag ? 'include' : 'exclude', path })
    else if (isDocument(value)) parts.push(...documentPart(value, path, scope, find))
    else parts.push({ kind: 'compute', path, value: readExpression(value, scope) })
  }
  return parts
}

function documentPart(value: Value, path: readonly string[], scope: Scope, find: boolean): readonly Part[] {
  const first = firstName(value)
  if (first === undefined) throw badValue('an empty object is no projection')
  if (!first.startsWith('$')) return partsOf(value, path, scope, find)
  const only = onlyElement(value)
  if (find && only?.name === '$slice' && !isArrayExpression(only.value)) return [{ kind: 'keep', path }]
  if (find && only?.name === '$elemMatch') {
    readFieldCondition(at(scope.root, path), value, scope)
    return [{ kind: 'include', path }]
  }
  return [{ kind: 'compute', path, value: readExpression(value, scope) }]
}

/** In find `$slice: n` and `$slice: [n, m]` cut the field itself; `$slice: ['$a', n]` is the expression. */
function isArrayExpression(value: Value): boolean {
  if (value.type !== TYPE.ARRAY) return false
  for (const { value: first } of elements(value))
    return isString(first) || isDocument(first) || first.type === TYPE.ARRAY
  return false
}

/** `$addFields` and `$set`: what is named is written over; documents go into the documents that stand there. */
export function addFields(spec: Value, scope: Scope): Lineage {
  const added = [...additions(wantDocument(spec, '$addFields'), [], scope)]
  distinctPaths(added.map(([path]) => path))
  return added.reduce((found, [path, value]) => put(found, path, value), scope.root)
}

function* additions(
  spec: Value,
  prefix: readonly string[],
  scope: Scope,
): Generator<readonly [readonly string[], Lineage]> {
  for (const { name, value } of elements(spec)) {
    const path = [...prefix, ...pathOf(name)]
    if (path.some((each) => each.startsWith('$'))) throw badValue(`'${name}' is no path`)
    const first = isDocument(value) ? firstName(value) : undefined
    if (first !== undefined && !first.startsWith('$')) yield* additions(value, path, scope)
    // An empty document goes into the one that stands there, and changes nothing of it.
    else if (isDocument(value) && first === undefined)
      yield [path, either([at(scope.root, path), documentOf(new Map())])]
    else yield [path, readExpression(value, scope)]
  }
}

/** Copies of what is removed stay where they are. */
export function unset(value: Value, scope: Scope): Lineage {
  const names = isString(value) ? [value] : items(wantArray(value, '$unset'))
  let found = scope.root
  for (const name of names) {
    const path = pathOf(wantString(name, '$unset'))
    found = put(found, path, removed(at(found, path)))
  }
  return found
}
