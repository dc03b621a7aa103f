/** What is done to a partition or child by other means than a query is done to its parents' rows too (R4). */
import type { Action, Verb } from '@gatehouse/core'
import type { Found, Reading } from './found.js'

/** Queries name their kin themselves, and what reaches downwards names its children; these are done to one by its name. */
const VERBS: ReadonlySet<Verb> = new Set<Verb>([
  'truncate',
  'lock',
  'alter',
  'drop',
  'create',
  'grant',
  'admin',
])

/** Restrictions on parents bind the statement; permission on these is not needed. */
export function withParents(found: Found, reading: Reading): Found {
  const added: Action[] = []
  const has = (action: Action, path: readonly string[]) =>
    [...found.actions, ...added].some(
      ({ verb, resource }) => verb === action.verb && resource.path.join('.') === path.join('.'),
    )
  for (const each of found.actions) {
    for (const path of VERBS.has(each.verb) ? parentsOf(each, reading) : []) {
      if (!has(each, path)) added.push({ ...each, resource: { ...each.resource, path }, derived: true })
    }
  }
  return added.length === 0 ? found : { ...found, actions: [...found.actions, ...added] }
}

function parentsOf(
  { resource: { kind, path } }: Action,
  { analysis }: Reading,
): readonly (readonly string[])[] {
  const [database = '', schema = '', name = ''] = path
  const relation =
    kind === 'relation' && path.length === 3 ? analysis.catalog.relation(schema, name) : undefined
  if (relation === undefined) return []
  return analysis.catalog.ancestors(relation).map((parent) => [database, parent.schema, parent.name])
}
