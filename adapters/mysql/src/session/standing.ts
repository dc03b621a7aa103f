/** Whether what a statement was read against still stood when it ran (R2). */
import { confirmed, isSame } from '@gatehouse/adapter-kit'
import type { MysqlCatalog, MysqlRelation, MysqlStatement } from '@gatehouse/sql'
import { redefines } from './effects.js'
import type { Memory, Run } from './memory.js'

/** Of a viewer whom masks bind: asked by the first packet of each result. */
export function confirm(memory: Memory, { statement, readAgainst }: Run): void {
  if (!memory.gate.masked || !statement.actions.some(({ resource }) => resource.kind === 'relation')) return
  const asked = confirmed(memory.definitions, memory, readAgainst, (before, now) =>
    stands(statement, before, now),
  )
  if (asked === undefined) return
  const { confirming } = memory
  const number = memory.reply.client
  memory.confirming = Promise.all([confirming ?? true, asked]).then((answers) => {
    if (!answers.includes(false)) return true
    // The client has got nothing of this answer: what it is told instead has the number of what it waits for.
    memory.refutedAt ??= number
    return false
  })
}

/** Nothing by these names, and no code, has become another. */
function stands({ actions }: MysqlStatement, before: MysqlCatalog, now: MysqlCatalog): boolean {
  if (before === now) return true
  const names = new Set(
    actions.flatMap(({ resource: { kind, path } }) =>
      kind === 'relation' ? [path.at(-1)?.toLowerCase()] : [],
    ),
  )
  const isNamed = ({ name }: MysqlRelation) => names.has(name.toLowerCase())
  return (
    isSame(before.relations.filter(isNamed), now.relations.filter(isNamed)) &&
    isSame(before.routines, now.routines) &&
    isSame(before.loadable, now.loadable)
  )
}

export const defines = ({ effects }: MysqlStatement) => effects.some(redefines)

/** Nothing that defines is on its way any more. */
export function endDefining(memory: Memory): void {
  const { owed, definitions } = memory
  const coming = owed?.kind === 'statements' ? owed.runs.slice(owed.index) : []
  if (!coming.some(({ statement }) => defines(statement))) definitions.defining.ends(memory)
}
