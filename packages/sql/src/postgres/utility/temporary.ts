/** Which definitions only this session sees: what stands in pg_temp shadows every other schema, and no catalog shows it (R2). */
import type { Effect } from '../plan.js'
import type { Found } from './found.js'

const DEFINING: ReadonlySet<string> = new Set(['create', 'alter'])

/**
 * Marks definitions as temporary where the text does not say so: an unqualified name may land in pg_temp, a view over a
 * temporary relation is temporary itself, and so is what a temporary relation is renamed to.
 */
export function withTemporary(found: Found, mayBeTemporary: (name: string) => boolean): Found {
  if (!found.effects?.some((effect) => effect.kind === 'define' && !effect.temporary)) return found
  const lands = found.actions.some(
    ({ verb, resource }) =>
      DEFINING.has(verb) && resource.path.length === 3 && isElsewhere(resource.path[1] ?? ''),
  )
  const over =
    found.command === 'CREATE VIEW' &&
    found.actions.some(
      ({ resource }) => resource.kind === 'relation' && mayBeTemporary(resource.path.at(-1) ?? ''),
    )
  const mark = (effect: Effect): Effect => {
    if (effect.kind !== 'define' || effect.names.includes('*')) return effect
    const renames = effect.names.length > 1 && effect.names.some((name) => mayBeTemporary(name))
    return lands || over || renames ? { ...effect, temporary: true } : effect
  }
  return { ...found, effects: found.effects.map((effect) => mark(effect)) }
}

/** pg_temp, or a schema that could not be known. */
function isElsewhere(schema: string): boolean {
  return schema === '?' || schema === 'pg_temp' || schema.startsWith('pg_temp_')
}
