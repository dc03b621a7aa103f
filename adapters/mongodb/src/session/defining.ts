/** Commands after which the catalog says something else. */
import type { Action, Verb } from '@gatehouse/core'
import type { Named } from '../catalog/catalog-watch.js'

const DEFINING: ReadonlySet<Verb> = new Set(['create', 'alter', 'drop'])

/** The collections that it makes, changes or drops. */
export function definedBy(actions: readonly Action[]): readonly Named[] {
  return actions
    .filter(({ verb }) => DEFINING.has(verb))
    .map(({ resource: { path } }) => [path[0] ?? '', path[1] ?? ''])
}
