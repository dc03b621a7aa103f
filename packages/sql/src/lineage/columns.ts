/** A query's columns in any dialect: under new names, and merged from several branches. */
import { type Column, either, lazy } from './value.js'

export interface Columns {
  readonly columns: readonly Column[]
  /** Why there may be others. */
  readonly open?: string
}

/** The branches of a set operation as one: by position, under the first one's names. */
export function mergeBranches(branches: readonly Columns[]): Columns {
  const columns = (branches[0]?.columns ?? []).map(({ name }, position) =>
    lazy(name, () => either(branches.flatMap((branch) => branch.columns[position]?.value ?? []))),
  )
  const open = branches.find((branch) => branch.open !== undefined)?.open
  return open === undefined ? { columns } : { columns, open }
}

/** Columns under an alias's names: the first ones; the others keep theirs. */
export function rename(columns: readonly Column[], names: readonly string[]): readonly Column[] {
  if (names.length === 0) return columns
  return columns.map((column, position) => {
    const name = names[position]
    return name === undefined ? column : lazy(name, () => column.value)
  })
}

/** What the columns are made of, as text: equal when another pass over a recursive query found nothing new. */
export function digestColumns({ columns, open }: Columns): string {
  const parts = columns.map(({ name, value }) => {
    const leaves = [...value.leaves].map(
      ({ mention, column }) => `${mention.resource.path.join('.')}:${column}`,
    )
    return `${name}|${value.how}|${value.unprovable ?? ''}|${[...new Set(leaves)].sort().join(',')}`
  })
  return `${parts.join(';')}|${open ?? ''}`
}
