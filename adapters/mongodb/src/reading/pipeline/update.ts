/** Updates that are pipelines: what each document becomes, and what moved to where (R19). */
import type { Value } from '../../bson/index.js'
import { fieldsUnder } from '../known-fields.js'
import { type Draft, touch } from '../ledger.js'
import { badValue } from '../unread.js'
import { isDocument, items, onlyElement } from '../values.js'
import { isCopy, type Lineage } from './lineage.js'
import { WALK } from './pipeline.js'
import type { Scope } from './scope.js'
import { storeAt } from './writing.js'

const ALLOWED: ReadonlySet<string> = new Set([
  '$set',
  '$addFields',
  '$unset',
  '$project',
  '$replaceRoot',
  '$replaceWith',
])

export function readPipelineUpdate(stages: Value, scope: Scope, targets: readonly Draft[]): void {
  for (const stage of items(stages)) {
    const name = isDocument(stage) ? onlyElement(stage)?.name : undefined
    if (name === undefined || !ALLOWED.has(name)) throw badValue(`${name ?? 'that'} is no stage of an update`)
  }
  const before = scope.root
  const after = WALK.pipeline(stages, scope)
  const kept = after.places.length === 1 && isWhole(after) && after.places[0] === before.places[0]
  if (!kept) {
    for (const target of targets) {
      for (const { path } of fieldsUnder(target.collection, [])) {
        if (path[0] !== '_id' && !isSame(after, path)) touch(scope.ledger, target, path, 'written')
      }
    }
  }
  storeChanges(scope, after, [], targets, kept)
}

/** Documents as they are: nothing else, and never none, can stand in their place. */
function isWhole({ places, mixed, part }: Lineage): boolean {
  return places[0]?.path.length === 0 && mixed !== true && part !== true
}

/** The document still has this field where it was. */
function isSame(after: Lineage, path: readonly string[]): boolean {
  let found: Lineage | undefined = after
  for (const name of path) {
    const next: Lineage | undefined = found.children.get(name)
    if (next === undefined) return isPlace(found, path)
    found = next
  }
  return isPlace(found, path)
}

function isPlace(value: Lineage, path: readonly string[]): boolean {
  const [place] = value.places
  if (place === undefined || !isCopy(value) || value.places.length > 1) return false
  if (value.mixed === true || value.part === true || value.gone === true) return false
  return place.path.every((name, index) => name === path[index])
}

/** Every place but those that hold what they held. */
function storeChanges(
  scope: Scope,
  value: Lineage,
  path: readonly string[],
  targets: readonly Draft[],
  kept: boolean,
): void {
  for (const [name, child] of value.children) {
    const at = [...path, name]
    if (child.gone) {
      for (const target of targets) remove(scope, target, at)
    } else if (isPlace(child, at) && child.places[0]?.path.length === at.length) continue
    else if (child.children.size > 0)
      storeChanges(scope, child, at, targets, isPlace({ ...child, children: new Map() }, at))
    else storeOne(scope, child, at, targets)
  }
  if (kept) return
  if (value.places.length > 0 || value.taint.length > 0 || value.unprovable !== undefined)
    storeOne(scope, { ...value, children: new Map() }, path, targets)
  // A new document has nothing of the one that stood there.
  else if (path.length > 0) for (const target of targets) remove(scope, target, path)
}

function remove(scope: Scope, target: Draft, path: readonly string[]): void {
  touch(scope.ledger, target, path, 'written')
  for (const field of fieldsUnder(target.collection, path)) touch(scope.ledger, target, field.path, 'written')
}

function storeOne(scope: Scope, value: Lineage, path: readonly string[], targets: readonly Draft[]): void {
  for (const target of targets) {
    for (const field of fieldsUnder(target.collection, path))
      touch(scope.ledger, target, field.path, 'written')
    // What is no document gives way to one.
    for (let length = 1; length < path.length; length++) {
      const above = path.slice(0, length)
      if (fieldsUnder(target.collection, above).length === 0) touch(scope.ledger, target, above, 'written')
    }
  }
  storeAt(scope, value, path, targets)
}
