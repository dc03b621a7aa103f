/** What a write stores into each column: what flows there, unchanged or not (R19). */
import type { FieldPlace } from '@gatehouse/core'
import { sourcesOf } from '../../lineage/key-join.js'
import { use } from '../../lineage/mention.js'
import type { UseDetail } from '../../lineage/uses.js'
import { compute, either, isPlainCopy, type Value } from '../../lineage/value.js'
import type { MysqlColumn } from '../catalog.js'
import { fold } from '../catalog-index.js'
import { argue, type Env } from './analysis.js'
import { TYPE, typeOfColumn } from './known-types.js'
import type { Reading } from './relation.js'
import { fits } from './stored-type.js'

/** A value and the column that it is stored into. */
export interface Stored {
  readonly name: string
  readonly value: Value
}

/** Values by position; those that a query gives too many of are stored nowhere. */
export function storedBy(names: readonly string[], values: readonly Value[]): readonly Stored[] {
  return values.map((value, at) => ({ name: names[at] ?? '?', value }))
}

function columnNamed(name: string, { relation }: Reading): MysqlColumn | undefined {
  return relation.columns.find((each) => fold(each.name) === fold(name))
}

/** Says where each value flows; what must be converted on its way can warn or fail. */
export function store(all: readonly Stored[], reading: Reading, env: Env): void {
  for (const { name, value } of all) {
    const column = columnNamed(name, reading)
    const copied = column !== undefined && isPlainCopy(value) && staysItself(value, column, env)
    const places = copied ? placesOf(name, reading, env) : undefined
    use(env, [value], 'flow', places && { into: places })
    const texts = column !== undefined && typeOfColumn(column.type) === TYPE.string
    if (column && value.leaves.size > 0 && !copied && !texts) argue(env, [value])
  }
}

/** What is told of a write to this column. */
export function writtenFrom(
  name: string,
  all: readonly Stored[],
  reading: Reading,
  env: Env,
): UseDetail | undefined {
  const column = columnNamed(name, reading)
  const own = all.filter((stored) => fold(stored.name) === fold(name))
  if (own.length === 0) return undefined
  const issued = own.some(({ value }) => value.issued) ? { issued: true } : {}
  const copies =
    column !== undefined &&
    !runsTriggers(reading, env) &&
    own.every(({ value }) => isPlainCopy(value) && staysItself(value, column, env))
  const from = copies ? own.flatMap(({ value }) => sourcesOf(value)) : []
  return from.length === 0 ? issued : { ...issued, from }
}

/** The value as the column holds it then: the same where it fits. */
export function asStored(value: Value, name: string, reading: Reading, env: Env): Value {
  const column = columnNamed(name, reading)
  if (column !== undefined && isPlainCopy(value) && staysItself(value, column, env)) return value
  return compute([value], value.type)
}

/** Every column that it copies is of a type that the target holds as it is. */
function staysItself(value: Value, column: MysqlColumn, env: Env): boolean {
  for (const { mention, column: name } of value.leaves) {
    const [schema = '', relation = ''] = mention.resource.path
    const found = env.analysis.catalog
      .relation(schema, relation)
      ?.columns.find((each) => fold(each.name) === fold(name))
    if (found === undefined || !fits(found, column)) return false
  }
  return true
}

/** Where a column's values can be read; undefined when triggers or foreign keys may take them elsewhere. */
function placesOf(name: string, reading: Reading, env: Env): readonly FieldPlace[] | undefined {
  const shown = reading.item.columns.find((each) => fold(each.name) === fold(name))?.value
  const value = shown ?? reading.item.system?.(name)
  if (runsTriggers(reading, env) || value === undefined || !isPlainCopy(value)) return undefined
  const places = sourcesOf(value)
  const stays = places.every(({ resource: [schema = '', relation = ''], field }) => {
    const found = env.analysis.catalog.relation(schema, relation)
    return (
      found !== undefined &&
      !env.analysis.catalog
        .referrers(found)
        .some(({ key }) => key.cascades && key.references.some((each) => fold(each) === fold(field)))
    )
  })
  return places.length === 0 || !stays ? undefined : places
}

/** Its own, or those of what stands behind a view. */
function runsTriggers(reading: Reading, env: Env): boolean {
  return reading.mentions.some(({ resource: { path } }) => {
    const [schema = '', name = ''] = path
    return env.analysis.catalog.relation(schema, name)?.triggers === true
  })
}

/**
 * SET evaluates from left to right: a column that was assigned before shows what it was given (MySQL manual 15.2.17);
 * among several tables the order is not known.
 */
export function afterAssigning(value: Value, before: ReadonlyMap<Reading, readonly Stored[]>): Value {
  const given: Value[] = []
  for (const [reading, all] of before)
    for (const { name, value: stored } of all)
      if (
        [...value.leaves].some(
          (leaf) => reading.mentions.includes(leaf.mention) && fold(leaf.column) === fold(name),
        )
      )
        given.push(stored)
  return given.length === 0 ? value : either([value, ...given])
}
