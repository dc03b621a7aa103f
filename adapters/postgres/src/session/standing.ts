/** Whether what a statement was read against still stood when it ran, or does the same by what stands now (R2). */
import { confirmed, isSame, isUndisputed } from '@gatehouse/adapter-kit'
import type { Catalog, CatalogRelation, CatalogType, PostgresStatement } from '@gatehouse/sql'
import type { Memory, Run } from './memory.js'
import { rereading } from './rereading.js'

/** Of a viewer for whom it matters what a statement touches: asked once, by the first reply. */
export function confirm(memory: Memory, run: Run): void {
  if (run.confirmed) return
  run.confirmed = true
  const { definitions, gate } = memory
  if (isUndisputed(definitions, run) || !gate.discerns) return
  const { statement, readAgainst, readAt } = run
  const names = namesOf(statement)
  if (names.size === 0) return
  const readAgain = rereading(memory, run)
  const asked = confirmed(definitions, {
    session: memory,
    readAgainst,
    readAt,
    names,
    async stands(before, now) {
      if (isUntouched(names, before, now)) return true
      const again = await readAgain()
      if (again === undefined) return false
      if (!gate.masked) return isSame(again, statement) || gate.standsFor(run.permit, again)
      // Invariant: rows are masked by what their columns were when it was read.
      return isSame(again, statement) && areKept(names, before, now)
    },
  })
  if (asked === undefined) return
  const { confirming } = memory
  memory.confirming =
    confirming === undefined
      ? asked
      : Promise.all([confirming, asked]).then((answers) => !answers.includes(false))
}

function namesOf({ actions }: PostgresStatement): ReadonlySet<string> {
  return new Set(
    actions.flatMap(({ resource: { kind, path } }) => (kind === 'relation' ? [path.at(-1) ?? ''] : [])),
  )
}

/** Nothing by these names, no type and no code has become another. */
function isUntouched(names: ReadonlySet<string>, before: Catalog, now: Catalog): boolean {
  if (before === now) return true
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

/** What stood by these names is there, with all its columns as they were. */
function areKept(names: ReadonlySet<string>, before: Catalog, now: Catalog): boolean {
  const there = new Map(now.relations.map((relation) => [relation.oid, relation]))
  return before.relations.every((relation) => {
    if (!names.has(relation.name)) return true
    const after = there.get(relation.oid)
    if (after === undefined) return false
    const { schema, name, kind, columns } = after
    return (
      isSame([schema, name, kind], [relation.schema, relation.name, relation.kind]) &&
      relation.columns.every((column) => {
        const kept = columns.find(({ number }) => number === column.number)
        return (
          kept !== undefined &&
          isSame([kept.name, kept.type, kept.classes], [column.name, column.type, column.classes])
        )
      })
    )
  })
}
