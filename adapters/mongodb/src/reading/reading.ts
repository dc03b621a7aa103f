/** What the reading of one command is given, and what it answers. */
import type { Output } from '@gatehouse/core'
import type { Value } from '../bson/index.js'
import type { Catalog } from '../catalog/catalog.js'
import type { Arguments } from './arguments.js'
import { collectionName } from './arguments.js'
import { type Draft, draft, type Ledger } from './ledger.js'
import { collectionResource } from './namespaces.js'
import { variablesOf } from './pipeline/joining.js'
import { CONSTANT, documentsOf } from './pipeline/lineage.js'
import { WALK } from './pipeline/pipeline.js'
import { bind, type Scope, within } from './pipeline/scope.js'
import type { ReadCommand, ReplyPlan } from './read-command.js'

export interface Read {
  readonly outputs: readonly Output[] | 'unknown'
  readonly reply: ReplyPlan
  /** Another kind of answer than a statement that is sent on. */
  readonly kind?: (statement: Extract<ReadCommand, { kind: 'statement' }>['statement']) => ReadCommand
}

export interface Parts {
  readonly ledger: Ledger
  readonly catalog: Catalog
  readonly given: Arguments
}

export type ReadOne = (parts: Parts) => Read

/** Before anything is read: constants and `let`. */
export function scopeOf({ ledger, given }: Parts, variables?: Value): Scope {
  const scope: Scope = {
    ledger,
    database: given.command.database,
    root: CONSTANT,
    variables: new Map(),
    owned: false,
    depth: 0,
  }
  return variables === undefined ? scope : bind(scope, variablesOf(variables, scope))
}

/** The scope over the documents of the command's own collection. */
export function overCollection(parts: Parts, scope: Scope, bounded: boolean): Scope {
  const { command } = parts.given
  return within(scope, WALK.collection(command.database, collectionName(parts.given), scope, bounded))
}

/** Over documents that a write finds: nothing is read as long as no field of them is used. */
export function overWritten(scope: Scope, database: string, name: string): Scope {
  const { ledger } = scope
  const resource = collectionResource(database, name)
  const collection = ledger.catalog.collection(database, name)
  const known = ledger.drafts.size
  const read = draft(ledger, 'read', resource, { collection })
  if (ledger.drafts.size > known) read.optional = true
  return within({ ...scope, database }, documentsOf(read))
}

/** The draft of one verb on a collection of this name. */
export function target(
  { ledger, catalog }: Parts,
  verb: Draft['verb'],
  database: string,
  name: string,
  unfiltered: boolean,
): Draft {
  return draft(ledger, verb, collectionResource(database, name), {
    unfiltered,
    collection: catalog.collection(database, name),
  })
}
