/** Whether what a statement was read against still stood when it ran (R2). */
import { confirmed, isSame } from '@gatehouse/adapter-kit'
import type { Catalog, CatalogRelation, CatalogType, PostgresStatement } from '@gatehouse/sql'
import { IDLE } from '../messages.js'
import type { Memory, Run } from './memory.js'

/** Of a viewer whom masks bind: asked once, by the first reply. */
export function confirm(memory: Memory, run: Run): void {
  if (run.confirmed) return
  run.confirmed = true
  const { statement, readAgainst } = run
  if (!memory.gate.masked || !statement.actions.some(({ resource }) => resource.kind === 'relation')) return
  const asked = confirmed(memory.definitions, memory, readAgainst, (before, now) =>
    stands(statement, before, now),
  )
  if (asked === undefined) return
  const { confirming } = memory
  memory.confirming =
    confirming === undefined
      ? asked
      : Promise.all([confirming, asked]).then((answers) => !answers.includes(false))
}

/** Nothing by these names, no type and no code has become another. */
function stands({ actions }: PostgresStatement, before: Catalog, now: Catalog): boolean {
  if (before === now) return true
  const names = new Set(
    actions.flatMap(({ resource: { kind, path } }) => (kind === 'relation' ? [path.at(-1)] : [])),
  )
  const isMeant = ({ name, kind }: CatalogRelation) => names.has(name) || kind === 'composite'
  const known = new Set(before.types.map(({ oid }) => oid))
  /** Rows' types and arrays are those of their relations and elements. */
  const isOwn = ({ oid, kind, element }: CatalogType) =>
    known.has(oid) && kind !== 'composite' && element === 0
  return (
    isSame(before.relations.filter(isMeant), now.relations.filter(isMeant)) &&
    isSame(before.types.filter(isOwn), now.types.filter(isOwn)) &&
    isSame(before.routines, now.routines) &&
    isSame(before.operators, now.operators) &&
    isSame(before.casts, now.casts)
  )
}

/** CREATE, ALTER, DROP of what others see. */
export function defines({ effects }: PostgresStatement): boolean {
  return effects.some((effect) => effect.kind === 'define' && !effect.temporary)
}

/** Nothing that it has sent is unanswered, and no transaction is open. */
export function endDefining(memory: Memory): void {
  if (memory.status === IDLE && memory.ledger.size === 0) memory.definitions.defining.ends(memory)
}
