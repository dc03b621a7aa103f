/** An action in one line, as the pages of the action model write it. */
import type { Action, Field, FieldPlace } from './action.js'

const CERTAINTY = { exact: [], 'at-most': ['at most'], opaque: ['opaque'] } as const

/** Elsewhere no row is chosen, and nothing could bound it. */
const BOUNDED: ReadonlySet<string> = new Set(['read', 'update', 'delete', 'truncate', 'copy-out', 'export'])

export function drawAction(action: Action): string {
  const { verb, resource, fields, derived, unfiltered, certainty, functions, why } = action
  const shown =
    fields === 'unknown'
      ? ' (fields unknown)'
      : fields.length === 0
        ? ''
        : ` (${fields.map(drawField).join('; ')})`
  const traits = [
    ...(unfiltered && BOUNDED.has(verb) && resource.kind === 'relation' ? ['unfiltered'] : []),
    ...CERTAINTY[certainty],
    ...(derived ? ['derived'] : []),
    ...(functions.length > 0 ? [`calls ${functions.join(', ')}`] : []),
    ...(why === undefined ? [] : [why]),
  ]
  return `${verb} ${resource.path.join('.')}${shown}${traits.length > 0 ? ` · ${traits.join(' · ')}` : ''}`
}

function drawField({ name, uses, classes, joins, into, from, issued, beside }: Field): string {
  const more = [
    ...(joins ?? []).map(
      ({ theirs, declared }) => `with ${places(theirs)}${declared ? ', a declared key' : ''}`,
    ),
    ...(into === undefined ? [] : [`into ${places(into)}`]),
    ...(from === undefined ? [] : [`from ${places(from)}`]),
    ...(issued === true ? ['a mask'] : []),
    ...(beside === undefined || beside.length === 0
      ? []
      : [`beside ${beside.map((path) => path.join('.')).join(', ')}`]),
  ]
  const shown = more.length > 0 ? ` ${more.join(', ')}` : ''
  return `${name}${classes.length > 0 ? ` [${classes.join(' ')}]` : ''}: ${uses.join(' ')}${shown}`
}

function places(found: readonly FieldPlace[]): string {
  return found.map(({ resource, field }) => `${resource.at(-1)}.${field}`).join(', ')
}
