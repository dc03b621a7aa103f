/** What a viewer may do to the collections that are known, in MongoDB's words: tools build their trees of it (mongodb.md §10). */
import type { Verb } from '@gatehouse/core'
import type { ConversationParts } from './parts.js'

export interface Privilege {
  readonly resource: { readonly db: string; readonly collection: string }
  readonly actions: readonly string[]
}

const ACTIONS: readonly (readonly [Verb, string])[] = [
  ['read', 'find'],
  ['insert', 'insert'],
  ['update', 'update'],
  ['delete', 'remove'],
]
/** More would not fit a tool's tree, nor a reply. */
const MOST = 2000

export function privilegesOf({ gate, house }: ConversationParts): readonly Privilege[] {
  const catalog = house.server.catalog()
  const all = catalog
    .databases()
    .flatMap((db) => catalog.collections(db).map(({ name }) => [db, name] as const))
  return all.slice(0, MOST).flatMap(([db, collection]) => {
    const actions = ACTIONS.filter(([verb]) => gate.wouldPermit(touching(verb, [db, collection])))
    return actions.length === 0
      ? []
      : [{ resource: { db, collection }, actions: actions.map(([, action]) => action) }]
  })
}

/** The collection or database as a whole: no field of it is named. */
export function touching(verb: Verb, path: readonly string[]) {
  return {
    command: verb,
    actions: [
      {
        verb,
        resource: {
          kind: path.length === 1 ? ('database' as const) : ('relation' as const),
          path,
          system: false,
        },
        fields: [],
        unfiltered: false,
        certainty: 'exact' as const,
        command: verb,
        functions: [],
        derived: false,
      },
    ],
    outputs: [],
    collects: false,
    text: '',
    bytes: 0,
  }
}
