/** Names in administrative statements, resolved as the server does: the default database completes them. */
import type { Action, Resource, ResourceKind, Verb } from '@gatehouse/core'
import { type ActionParts, action, resource } from '../../reading/actions.js'
import type { MysqlEffect } from '../plan.js'
import type { Cursor } from './cursor.js'
import { isSystem, opaque, type Reading } from './found.js'

/** A relation by the catalog's own spelling where the catalog holds it; undefined when no database was chosen. */
export function relation(parts: readonly string[], reading: Reading): Resource | undefined {
  const [schema, name] = complete(parts, reading)
  if (schema === undefined || name === undefined) return undefined
  const known = reading.catalog.relation(schema, name)
  if (known) return resource('relation', [known.schema, known.name], isSystem(known.schema))
  const folded = reading.catalog.catalog.lowerCaseTableNames === 1 ? name.toLowerCase() : name
  return resource('relation', [schema, folded], isSystem(schema))
}

/** A routine, trigger, event or the like. */
export function object(
  parts: readonly string[],
  reading: Reading,
  kind: ResourceKind = 'object',
): Resource | undefined {
  const [schema, name] = complete(parts, reading)
  return schema === undefined || name === undefined
    ? undefined
    : resource(kind, [schema, name], isSystem(schema))
}

function complete(
  parts: readonly string[],
  reading: Reading,
): readonly [schema: string | undefined, name: string | undefined] {
  if (parts.length > 2) return [undefined, undefined]
  const [first, second] = parts
  return second === undefined ? [reading.database, first] : [first && schemaName(first, reading), second]
}

/** A database by the catalog's own spelling: where case does not count, another spelling is the same database. */
export function schemaName(name: string, reading: Reading): string {
  const { schemas } = reading.catalog.catalog
  return schemas.includes(name)
    ? name
    : (schemas.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name)
}

/** Names between commas; undefined when something else stands there. */
export function nameList(cursor: Cursor): readonly (readonly string[])[] | undefined {
  const names: (readonly string[])[] = []
  do {
    const name = cursor.name()
    if (!name) return undefined
    names.push(name)
  } while (cursor.symbol(','))
  return names
}

/** One action per relation; one whose database is not known is opaque. */
export function onRelations(
  verb: Verb,
  names: readonly (readonly string[])[],
  reading: Reading,
  command: string,
  parts?: ActionParts,
): readonly Action[] {
  return names.map((name) => on(verb, relation(name, reading), reading, command, parts))
}

export function on(
  verb: Verb,
  target: Resource | undefined,
  reading: Reading,
  command: string,
  parts?: ActionParts,
): Action {
  return target
    ? action(verb, target, command, parts)
    : opaque(reading, command, 'no database is chosen, and the name has none')
}

/** A relation's own names mean something else from here on. */
export function define(names: readonly (readonly string[])[], temporary = false): MysqlEffect {
  return { kind: 'define', names: names.map((parts) => parts.at(-1) ?? '*'), temporary }
}

/** DDL ends the open transaction, whatever becomes of it (MySQL manual 15.3.3). */
export const COMMITS: MysqlEffect = { kind: 'transaction', what: 'commit' }
