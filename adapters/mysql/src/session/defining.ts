/** What a session defines for others to see, from the moment that it goes upstream until what came of it is read (R2). */
import type { Definition } from '@gatehouse/adapter-kit'
import type { MysqlStatement } from '@gatehouse/sql'
import { mayDoAnything, redefines } from './effects.js'
import type { Memory } from './memory.js'
import type { Statements } from './owed.js'

const defines = ({ effects }: MysqlStatement) => effects.some(redefines)

export function beginDefining(memory: Memory, { runs }: Statements): void {
  for (const { statement } of runs)
    if (defines(statement)) memory.definitions.defining.begins(memory, definitionOf(statement))
}

/** Names compare without case here: more may seem to be the same than are. */
export const fold = (name: string) => name.toLowerCase()

/** Schemas and code reach further than their names; what code that nobody has read defines cannot be counted. */
function definitionOf(statement: MysqlStatement): Definition {
  const { command, effects, actions } = statement
  const reached = actions.filter(({ verb }) => verb !== 'read')
  const names = [
    ...effects.flatMap((effect) => (effect.kind === 'define' && !effect.temporary ? effect.names : [])),
    ...reached.map(({ resource }) => resource.path.at(-1) ?? '*'),
  ]
  const isWide = names.includes('*') || reached.some(({ resource }) => resource.kind !== 'relation')
  return {
    names: isWide ? undefined : new Set(names.map(fold)),
    swings: command !== 'CREATE INDEX' && !mayDoAnything(statement),
  }
}

/** Nothing that defines is on its way any more. */
export function endDefining(memory: Memory): void {
  const { owed, definitions } = memory
  const coming = owed?.kind === 'statements' ? owed.runs.slice(owed.index) : []
  if (!coming.some(({ statement }) => defines(statement))) definitions.defining.ends(memory)
}
