/** What a session defines for others to see, from the moment that it goes upstream until what came of it is read (R2). */
import type { Definition } from '@gatehouse/adapter-kit'
import type { Catalog, Effect, PostgresStatement } from '@gatehouse/sql'
import { IDLE } from '../messages.js'
import type { Memory } from './memory.js'

type Define = Extract<Effect, { kind: 'define' }>

const isLasting = (effect: Effect): effect is Define => effect.kind === 'define' && !effect.temporary

/** CREATE, ALTER, DROP of what others see. */
export function beginDefining(memory: Memory, statement: PostgresStatement): void {
  const { definitions } = memory
  if (statement.effects.some(isLasting))
    definitions.defining.begins(memory, definitionOf(statement, definitions.catalog()))
}

/** Nothing that is there means something else by them. */
const ADDS: ReadonlySet<string> = new Set([
  'CREATE INDEX',
  'CREATE SEQUENCE',
  'CREATE TABLE',
  'CREATE TABLE AS',
])

/** Schemas, types and code reach further than their names. */
function definitionOf({ command, effects, actions }: PostgresStatement, catalog: Catalog): Definition {
  const defined = effects.filter(isLasting)
  const reached = actions.filter(({ verb }) => verb !== 'read')
  const told = defined.flatMap(({ relations = [] }) => relations)
  const names = [
    ...defined.flatMap((each) => each.names),
    ...told.map(({ name }) => name),
    ...reached.map(({ resource }) => resource.path.at(-1) ?? '*'),
  ]
  if (names.includes('*') || reached.some(({ resource }) => resource.kind !== 'relation'))
    return { names: undefined, swings: true }
  const swings =
    !ADDS.has(command) &&
    (defined.some((each) => each.names.length > 0) || !told.every((each) => adds(each, catalog)))
  return { names: new Set(names), swings }
}

/** All that it had it has still, as it was. */
function adds(told: NonNullable<Define['relations']>[number], { relations }: Catalog): boolean {
  if (told.gone === true) return false
  const before = relations.find(({ oid }) => oid === told.oid)
  if (before === undefined) return true
  if (before.schema !== told.schema || before.name !== told.name) return false
  return before.columns.every(({ name, number, type }) =>
    told.columns.some((each) => each.number === number && each.name === name && each.type === type),
  )
}

/** Nothing that it has sent is unanswered, and no transaction is open. */
export function endDefining(memory: Memory): void {
  if (memory.status === IDLE && memory.ledger.size === 0) memory.definitions.defining.ends(memory)
}
