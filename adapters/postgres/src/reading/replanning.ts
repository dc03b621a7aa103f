/**
 * The server keeps the plan of a prepared statement until search_path or something in the plan changes; that something
 * else came in front of it, it does not notice (plancache.c). Then nobody here knows which of the two it runs.
 */
import type { PostgresStatement, ReadingContext } from '@gatehouse/sql'
import type { Prepared } from '../session/memory.js'

interface Meaning {
  readonly path: string
  /** Joined paths of the relations that the text names. */
  readonly relations: ReadonlySet<string>
}

const meanings = new WeakMap<Prepared, Meaning[]>()
const MOST_MEANINGS = 16

export const SHADOWED =
  'something has come in front of what this statement was prepared for: prepare it again'

function meaningOf(statement: PostgresStatement, context: ReadingContext): Meaning {
  const named = statement.actions.filter(({ derived, resource }) => !derived && resource.kind === 'relation')
  return {
    path: JSON.stringify([context.searchPath, context.likely]),
    relations: new Set(named.map(({ resource }) => resource.path.join('.'))),
  }
}

export function remember(prepared: Prepared, statement: PostgresStatement, context: ReadingContext): void {
  const known = meanings.get(prepared) ?? []
  const now = meaningOf(statement, context)
  if (!known.some((each) => isSame(each, now))) known.push(now)
  meanings.set(prepared, known)
}

/** `stands`: the relation is still there, by its joined path. */
export function mayMeanAnother(
  prepared: Prepared,
  statement: PostgresStatement,
  context: ReadingContext,
  stands: (relation: string) => boolean,
): boolean {
  const known = meanings.get(prepared) ?? []
  const now = meaningOf(statement, context)
  return (
    known.length > MOST_MEANINGS ||
    known.some((each) => each.path === now.path && !isSame(each, now) && [...each.relations].every(stands))
  )
}

function isSame(one: Meaning, other: Meaning): boolean {
  return (
    one.path === other.path &&
    one.relations.size === other.relations.size &&
    [...one.relations].every((each) => other.relations.has(each))
  )
}
