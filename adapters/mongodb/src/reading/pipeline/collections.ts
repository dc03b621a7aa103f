/** The documents of a collection, and of a view as its stored pipeline makes them (R4). */
import type { Collection } from '../../catalog/catalog.js'
import { type Draft, draft, type Ledger } from '../ledger.js'
import { collectionResource } from '../namespaces.js'
import { documentsOf, either, type Lineage, unprovable } from './lineage.js'
import { type Scope, spend } from './scope.js'
import type { Walk } from './stage.js'

/** As deep as the server lets views stand on views. */
const DEEPEST_VIEW = 20

export function readCollection(
  database: string,
  name: string,
  scope: Scope,
  walk: Walk,
  bounded = false,
): Lineage {
  spend(scope)
  const read = mention(scope.ledger, database, name, scope.owned)
  if (!bounded) read.unfiltered = true
  const { collection } = read
  const shown = documentsOf(read)
  return collection?.kind === 'view' ? either([shown, viewed(collection, scope, walk)]) : shown
}

/** A read of the collection's documents by a command on them: no view can be written. */
export function joinedDocuments(ledger: Ledger, database: string, name: string): Lineage {
  return documentsOf(mention(ledger, database, name, false))
}

function mention(ledger: Ledger, database: string, name: string, derived: boolean): Draft {
  const collection = ledger.catalog.collection(database, name)
  return draft(ledger, 'read', collectionResource(database, name), { derived, collection })
}

function viewed(view: Collection, scope: Scope, walk: Walk): Lineage {
  const { database, viewOn, pipeline } = view
  const title = `${database}.${view.name}`
  if (scope.depth >= DEEPEST_VIEW) return unprovable(`the view ${title} stands on too many others`)
  if (viewOn === undefined || pipeline === undefined) {
    return unprovable(`the definition of the view ${title} is not known`)
  }
  const inner: Scope = { ...scope, database, variables: new Map(), owned: true, depth: scope.depth + 1 }
  const documents = walk.collection(database, viewOn, inner)
  return walk.pipeline(pipeline, { ...inner, root: documents })
}
