/** Stages that look at several documents together: groups, windows, order, counts. */
import { elements, type Value } from '../../bson/index.js'
import { badValue } from '../unread.js'
import { isDocument, items, onlyElement, pathOf, wantArray, wantDocument, wantString } from '../values.js'
import { distinctPaths } from './distinct-paths.js'
import { accumulate, readAccumulator, readExpression } from './expressions.js'
import { at, CONSTANT, COUNTED, compute, documentOf, either, type Lineage, put } from './lineage.js'
import { merged } from './operator-arguments.js'
import { ACCUMULATORS, WINDOWS } from './operators-table.js'
import { member, stageMembers } from './reshaping.js'
import { type Scope, use } from './scope.js'
import type { ReadStage } from './stage.js'

function group(value: Value, scope: Scope): Lineage {
  const children = new Map<string, Lineage>()
  for (const { name, value: each } of elements(wantDocument(value, '$group'))) {
    const known = children.get(name)
    const read = name === '_id' ? key(each, scope) : gathered(name, each, scope)
    children.set(name, known === undefined ? read : either([known, read]))
  }
  if (!children.has('_id')) throw badValue('a group specification must include an _id')
  return documentOf(children)
}

function key(value: Value, scope: Scope): Lineage {
  const read = readExpression(value, scope)
  use(scope, [read], 'group')
  return read
}

function gathered(name: string, value: Value, scope: Scope): Lineage {
  const only = isDocument(value) ? onlyElement(value) : undefined
  if (only === undefined) throw badValue(`The field '${name}' must be an accumulator object`)
  return readAccumulator(only.name, only.value, scope)
}

function outputs(value: Value | undefined, scope: Scope): readonly (readonly [string, Lineage])[] {
  if (value === undefined) return [['count', COUNTED]]
  return [...elements(wantDocument(value, 'output'))].map(({ name, value: each }) => [
    name,
    gathered(name, each, scope),
  ])
}

function bucket(value: Value, scope: Scope): Lineage {
  const members = stageMembers(value, '$bucket', ['groupBy', 'boundaries', 'default', 'output'])
  const by = key(member(members, 'groupBy', '$bucket'), scope)
  return documentOf(merged([['_id', compute([by])], ...outputs(members.get('output'), scope)]))
}

function bucketAuto(value: Value, scope: Scope): Lineage {
  const members = stageMembers(value, '$bucketAuto', ['groupBy', 'buckets', 'output', 'granularity'])
  const by = key(member(members, 'groupBy', '$bucketAuto'), scope)
  const id = documentOf(
    new Map([
      ['min', by],
      ['max', by],
    ]),
  )
  return documentOf(merged([['_id', id], ...outputs(members.get('output'), scope)]))
}

function sortByCount(value: Value, scope: Scope): Lineage {
  return documentOf(
    new Map([
      ['_id', key(value, scope)],
      ['count', COUNTED],
    ]),
  )
}

function count(value: Value): Lineage {
  return documentOf(
    new Map([
      ['_id', CONSTANT],
      [wantString(value, '$count'), COUNTED],
    ]),
  )
}

/** Also of find and findAndModify. */
export function readSort(value: Value, scope: Scope): void {
  for (const { name, value: by } of elements(wantDocument(value, 'sort'))) {
    if (isDocument(by)) {
      const kind = onlyElement(by)
      if (kind?.name !== '$meta') throw badValue(`'${name}' is no direction of a sort`)
      continue
    }
    if (name !== '$natural') use(scope, [at(scope.root, name.split('.'))], 'order')
  }
}

function windows(value: Value, scope: Scope): Lineage {
  const members = stageMembers(value, '$setWindowFields', ['partitionBy', 'sortBy', 'output'])
  const by = members.get('partitionBy')
  if (by !== undefined) use(scope, [readExpression(by, scope)], 'group')
  const order = members.get('sortBy')
  if (order !== undefined) readSort(order, scope)
  let found = scope.root
  const output = wantDocument(member(members, 'output', '$setWindowFields'), 'output')
  distinctPaths([...elements(output)].map(({ name }) => pathOf(name)))
  for (const { name, value: each } of elements(output)) {
    const path = pathOf(name)
    // Where a window has nothing to give, some servers leave what stands there.
    found = put(found, path, either([at(found, path), windowed(name, each, scope)]))
  }
  return found
}

function windowed(name: string, value: Value, scope: Scope): Lineage {
  let found: Lineage | undefined
  for (const { name: operator, value: argument } of elements(wantDocument(value, name))) {
    if (operator === 'window') continue
    const known = WINDOWS.get(operator) ?? ACCUMULATORS.get(operator)
    if (known === undefined || found !== undefined)
      throw badValue(`Unrecognized window function, ${operator}`)
    scope.ledger.functions.add(operator)
    found = accumulate(operator, known, argument, scope)
  }
  if (found === undefined) throw badValue(`the window of '${name}' has no function`)
  return found
}

function densify(value: Value, scope: Scope): Lineage {
  const members = stageMembers(value, '$densify', ['field', 'partitionByFields', 'range'])
  use(scope, [at(scope.root, pathOf(wantString(member(members, 'field', '$densify'), 'field')))], 'order')
  partition(members.get('partitionByFields'), scope)
  return scope.root
}

function partition(value: Value | undefined, scope: Scope): void {
  if (value === undefined) return
  for (const name of items(wantArray(value, 'partitionByFields'))) {
    use(scope, [at(scope.root, pathOf(wantString(name, 'partitionByFields')))], 'group')
  }
}

function fill(value: Value, scope: Scope): Lineage {
  const members = stageMembers(value, '$fill', ['partitionBy', 'partitionByFields', 'sortBy', 'output'])
  const by = members.get('partitionBy')
  if (by !== undefined) use(scope, [readExpression(by, scope)], 'group')
  partition(members.get('partitionByFields'), scope)
  const order = members.get('sortBy')
  if (order !== undefined) readSort(order, scope)
  let found = scope.root
  const output = wantDocument(member(members, 'output', '$fill'), 'output')
  distinctPaths([...elements(output)].map(({ name }) => pathOf(name)))
  for (const { name, value: each } of elements(output)) {
    const parts = stageMembers(each, '$fill', ['value', 'method'])
    const given = parts.get('value')
    const path = pathOf(name)
    const known = at(found, path)
    const filled = given === undefined ? compute([known]) : readExpression(given, scope)
    found = put(found, path, either([known, filled]))
  }
  return found
}

export const GROUPING: ReadonlyMap<string, ReadStage> = new Map<string, ReadStage>([
  ['$group', group],
  ['$bucket', bucket],
  ['$bucketAuto', bucketAuto],
  ['$sortByCount', sortByCount],
  ['$count', count],
  ['$setWindowFields', windows],
  ['$densify', densify],
  ['$fill', fill],
  [
    '$sort',
    (value, scope) => {
      readSort(value, scope)
      return scope.root
    },
  ],
])
