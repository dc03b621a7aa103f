/** What a write stores into each column: what flows there, unchanged or not (R19). */
import type { FieldPlace } from '@gatehouse/core'
import type { CatalogColumn, CatalogRelation } from '../../catalog.js'
import { sourcesOf } from '../../lineage/key-join.js'
import { use } from '../../lineage/mention.js'
import type { UseDetail } from '../../lineage/uses.js'
import { isPlainCopy, type Value } from '../../lineage/value.js'
import { TYPE } from '../functions/builtin-types.js'
import { TEMPORARY } from '../session/session-relation.js'
import type { Env } from './analysis.js'
import { convertStored } from './conversion.js'
import { apart } from './document-path.js'
import type { Target } from './target-relation.js'

/** Values by the columns that they are stored into; a part of a column (`a[1]`, `a.b`) changes the rest by itself. */
export interface Stored {
  readonly name: string
  readonly value: Value
  readonly partly?: boolean
}

/** Says where each value flows, converted to the column's type on its way. */
export function store(all: readonly Stored[], target: Target, env: Env): void {
  for (const { name, value: given, partly = false } of all) {
    const value = target.relation?.schema === TEMPORARY ? given : apart(given, env)
    const column = target.relation?.columns.find((each) => each.name === name)
    const copied = column !== undefined && !partly && isPlainCopy(value) && staysItself(value, column)
    const places = copied ? placesOf(name, target, env) : undefined
    use(env, [value], 'flow', places && { into: places })
    if (column === undefined || target.relation === undefined) continue
    env.analysis.stored?.(target.relation, name, value)
    if (value.leaves.size > 0 && !staysItself(value, column) && !TEXTS.has(column.type))
      use(env, [value], 'argument')
    const converted = convertStored(value, column.type, env)
    // What a cast's body reads is stored with it.
    if (converted) use(env, [converted], 'flow')
  }
}

/** What is told of a write to this column. */
export function writtenFrom(name: string, all: readonly Stored[], target: Target): UseDetail | undefined {
  const column = target.relation?.columns.find((each) => each.name === name)
  const own = all.filter((stored) => stored.name === name)
  const issued = own.some(({ value }) => value.issued) ? { issued: true } : {}
  const copies =
    column && own.every(({ value, partly }) => !partly && isPlainCopy(value) && staysItself(value, column))
  if (!copies || own.length === 0) return own.length === 0 ? undefined : issued
  return { ...issued, from: own.flatMap(({ value }) => sourcesOf(value)) }
}

const STRINGS: ReadonlySet<number> = new Set([TYPE.text, TYPE.varchar])
const TEXTS: ReadonlySet<number> = new Set([TYPE.text, TYPE.varchar, TYPE.bpchar, TYPE.name])

/** Assigned without a conversion that could fail or change it. */
function staysItself({ type }: Value, column: CatalogColumn): boolean {
  return type === column.type || (type !== undefined && STRINGS.has(type) && STRINGS.has(column.type))
}

/** Where a column's values can be read; undefined when triggers, rules or keys that follow may take them anywhere. */
function placesOf(name: string, { relation, item }: Target, env: Env): readonly FieldPlace[] | undefined {
  const value = item.columns.find((column) => column.name === name)?.value
  if (relation === undefined || !value || !isPlainCopy(value)) return undefined
  const places = sourcesOf(value)
  const kept = places.every(({ resource: [, schema = '', table = ''], field }) => {
    const behind = env.analysis.catalog.relation(schema, table)
    // What only the session has, has neither.
    return behind === undefined || staysThere(behind, field, env)
  })
  return kept && staysThere(relation, name, env) ? places : undefined
}

function staysThere(relation: CatalogRelation, name: string, env: Env): boolean {
  if (relation.triggers || relation.rules) return false
  const number = relation.columns.find((column) => column.name === name)?.number
  return !env.analysis.catalog
    .referrers(relation)
    .some(({ key }) => key.onUpdate === 'cascade' && key.referenced.some((each) => each === number))
}
