/** Whether what a statement was read against still stood when it ran, or does the same by what stands now (R2). */
import { confirmed, isSame, isUndisputed } from '@gatehouse/adapter-kit'
import type { MysqlCatalog, MysqlRelation, MysqlStatement } from '@gatehouse/sql'
import { fold } from './defining.js'
import type { Memory, Run } from './memory.js'
import type { Statements } from './owed.js'
import { rereading } from './rereading.js'

/** Of a viewer for whom it matters what a statement touches: asked by the first packet of each result. */
export function confirm(memory: Memory, run: Run, owed: Statements): void {
  const { definitions, gate } = memory
  if (isUndisputed(definitions, run) || !gate.discerns) return
  const { statement, readAgainst, readAt } = run
  const names = namesOf(statement)
  if (names.size === 0) return
  const readAgain = rereading(memory, run, owed)
  const asked = confirmed(definitions, {
    session: memory,
    readAgainst,
    readAt,
    names,
    async stands(before, now) {
      if (isUntouched(names, before, now)) return true
      const again = await readAgain()
      if (again === undefined) return false
      if (!run.masked) return isSame(again, statement) || gate.standsFor(run.permit, again)
      // Invariant: rows are masked by what their columns were when it was read.
      return isSame(again, statement) && areKept(names, before, now)
    },
  })
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

function namesOf({ actions }: MysqlStatement): ReadonlySet<string> {
  return new Set(
    actions.flatMap(({ resource: { kind, path } }) => (kind === 'relation' ? [fold(path.at(-1) ?? '')] : [])),
  )
}

/** Nothing by these names, and no code, has become another. */
function isUntouched(names: ReadonlySet<string>, before: MysqlCatalog, now: MysqlCatalog): boolean {
  if (before === now) return true
  const isMeant = ({ name }: MysqlRelation) => names.has(fold(name))
  return (
    isSame(before.relations.filter(isMeant), now.relations.filter(isMeant)) &&
    isSame(before.routines, now.routines) &&
    isSame(before.loadable, now.loadable)
  )
}

/** What stood by these names is there, with all its columns as they were. */
function areKept(names: ReadonlySet<string>, before: MysqlCatalog, now: MysqlCatalog): boolean {
  const isMeant = ({ name }: MysqlRelation) => names.has(fold(name))
  const there = new Map(now.relations.filter(isMeant).map((each) => [`${each.schema}.${each.name}`, each]))
  return before.relations.filter(isMeant).every(({ schema, name, kind, columns }) => {
    const after = there.get(`${schema}.${name}`)
    return (
      after?.kind === kind &&
      columns.every((column) => {
        const kept = after.columns.find((each) => each.name === column.name)
        return kept !== undefined && isSame({ ...kept, number: 0 }, { ...column, number: 0 })
      })
    )
  })
}
