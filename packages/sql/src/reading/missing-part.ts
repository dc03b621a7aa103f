/** What a statement names and the server does not have, told as the server would tell it (interface §5). */
import type { Action, MissingPart } from '@gatehouse/core'

/** A name that means nothing, as the server itself would say it. */
export interface MissingName {
  /** As the server writes it: SQLSTATE for Postgres, the error's number for MySQL. */
  readonly code: string
  readonly message: string
  /** The reason of the opaque action that stands for it. */
  readonly why: string
  /** Of the relations that the statement reads; left out where a relation is missing. */
  readonly column?: string
}

/** The first of them; undefined when something besides is not understood. */
export function missingPart(
  names: readonly MissingName[],
  actions: readonly Action[],
): MissingPart | undefined {
  const [first] = names
  if (first === undefined) return undefined
  const reasons = new Set(names.map(({ why }) => why))
  if (actions.some(({ certainty, why }) => certainty === 'opaque' && !reasons.has(why ?? '')))
    return undefined
  const standing = actions.filter(({ certainty }) => certainty !== 'opaque')
  const columns = new Set(names.flatMap(({ column }) => column ?? []))
  return {
    code: first.code,
    message: first.message,
    actions: [...columns].reduce<readonly Action[]>(withColumn, standing),
  }
}

/** Whoever may not read such a column learns nothing of it. */
function withColumn(actions: readonly Action[], column: string): readonly Action[] {
  return actions.map((action) =>
    action.resource.kind !== 'relation' || action.fields === 'unknown'
      ? action
      : { ...action, fields: [...action.fields, { name: column, uses: ['output'], classes: [] }] },
  )
}
