/** Compares what the reader says of a statement with what the server shows of it; each difference is a finding. */
import type { Action, Output } from '@gatehouse/core'
import type { CatalogIndex } from '../catalog-index.js'
import type { Plan } from '../plan.js'
import { className } from './scene.js'

export interface Said {
  readonly actions: readonly Action[]
  readonly outputs: readonly Output[] | 'unknown'
  /** Nothing is permitted by it but a rule that names opaque. */
  readonly opaque: boolean
}

export function saidBy(plan: Plan): Said | undefined {
  if (plan.kind !== 'read' || plan.statements.length !== 1) return undefined
  const [statement] = plan.statements
  if (!statement) return undefined
  const { actions, outputs } = statement
  return { actions, outputs, opaque: actions.some(({ certainty }) => certainty === 'opaque') }
}

const named = (action: Action) => action.resource.path.slice(1).join('.')

/** `schema.relation` and `schema.relation.column` of everything that its actions name. */
export function readSet(said: Said): ReadonlySet<string> {
  const read = new Set<string>()
  for (const action of said.actions) {
    if (action.resource.kind === 'routine') read.add(`${named(action)}()`)
    if (action.resource.kind !== 'relation') continue
    read.add(named(action))
    if (action.fields === 'unknown') read.add(`${named(action)}.*`)
    else
      for (const { name } of action.fields)
        for (const each of columnsNamed(name)) read.add(`${named(action)}.${each}`)
  }
  for (const action of said.actions)
    for (const called of action.functions) read.add(`${called.split('.').slice(-2).join('.')}()`)
  return read
}

/** A field may go on behind a colon with a path inside the column, whose own name may hold colons too. */
function columnsNamed(field: string): readonly string[] {
  const parts = field.split(':')
  return parts.map((_, at) => parts.slice(0, at + 1).join(':'))
}

/** Row types of the scene's set-returning functions. */
const FUNCTION_ROWS: readonly string[] = ['one.t1', 'two.t2']

/** Of what the server says that the statement depends on, what the reading leaves out. */
export function missing(said: Said, dependencies: readonly string[]): readonly string[] {
  const read = readSet(said)
  return dependencies.filter((each) => {
    const relation = each.slice(0, each.lastIndexOf('.'))
    if (read.has(each) || read.has(`${relation}.*`)) return false
    // What an opaque function returns is named by its row's type, and which of two functions it is does not matter.
    return !said.opaque || (!FUNCTION_ROWS.includes(relation) && !each.endsWith('()'))
  })
}

export interface ServerField {
  readonly name: string
  readonly tableID: number
  readonly columnID: number
}

/** What RowDescription shows that the reading does not: names, their number, and the columns they come from. */
export function originFaults(
  said: Said,
  fields: readonly ServerField[],
  index: CatalogIndex,
): readonly string[] {
  const { outputs } = said
  if (outputs === 'unknown') return []
  if (outputs.length !== fields.length) return [`${outputs.length} outputs, ${fields.length} fields`]
  return fields.flatMap((field, at) => {
    const output = outputs[at]
    const faults: string[] = []
    if (output && output.name !== field.name)
      faults.push(`output ${at} is named ${output.name}, not ${field.name}`)
    const relation = field.tableID === 0 ? undefined : index.relationByOid(field.tableID)
    if (!relation || !output || output.unprovable !== undefined) return faults
    const resource = `oracle.${relation.schema}.${relation.name}`
    const column = relation.columns.find(({ number }) => number === field.columnID)
    if (column === undefined) return faults
    const source = output.sources.find((each) => each.resource === resource && each.field === column.name)
    if (!source) faults.push(`output ${at} comes from ${resource}.${column.name}`)
    // A view's column may be computed from others.
    else if (output.how !== 'copied' && TABLES.has(relation.kind) && column.generated === undefined)
      faults.push(`output ${at} is ${output.how}, and a copy of ${resource}.${column.name}`)
    return faults
  })
}

const TABLES: ReadonlySet<string> = new Set(['table', 'partitioned'])

export interface Answer {
  /** SQLSTATE of the server's refusal. */
  readonly error: string | undefined
  readonly rows: number
  /** Each column's values, as text, in any order. */
  readonly columns: readonly string[]
}

/** Whether the reading reports a use, beyond output, of something of this class. */
export function uses(said: Said, variant: number): boolean {
  return said.actions.some(
    ({ fields }) =>
      fields === 'unknown' ||
      fields.some(
        (field) =>
          field.classes.includes(className(variant)) &&
          field.uses.some((use) => use !== 'output' && use !== 'written'),
      ),
  )
}

/** What differs between two databases that differ in one class alone, though the reading calls it clean of that class. */
export function valueFaults(said: Said, one: Answer, other: Answer, variant: number): readonly string[] {
  if (said.opaque || uses(said, variant)) return []
  if (one.error !== other.error) return [`error ${one.error} becomes ${other.error} by v${variant}`]
  if (one.rows !== other.rows) return [`${one.rows} rows become ${other.rows} by v${variant}`]
  return one.columns.flatMap((values, at) => {
    if (values === other.columns[at] || said.outputs === 'unknown') return []
    const output = said.outputs[at]
    const shown =
      output?.unprovable !== undefined ||
      output?.sources.some(({ classes }) => classes.includes(className(variant)))
    return shown ? [] : [`output ${at} differs by v${variant}`]
  })
}
