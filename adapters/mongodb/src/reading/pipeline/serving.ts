/** Stages that tell of the server instead of documents, and those that search by an index of their own. */
import { TYPE, type Value } from '../../bson/index.js'
import { draft } from '../ledger.js'
import { commandResource } from '../namespaces.js'
import { isDocument, membersOf, wantArray } from '../values.js'
import { readExpression } from './expressions.js'
import { CONSTANT, documentOf, type Lineage, unprovable } from './lineage.js'
import { type Scope, use } from './scope.js'
import type { ReadStage } from './stage.js'

/** Other people's statements, hosts and sessions: an action on the server by the stage's name. */
function administer(name: string): ReadStage {
  return (_, { ledger }) => {
    draft(ledger, 'admin', commandResource(name.slice(1)), { unfiltered: true })
    return unprovable(`${name} can show what other people's statements hold`)
  }
}

/** The collection's own numbers: how many, how large, how often used. */
function collStats(value: Value): Lineage {
  if (isDocument(value)) membersOf(value, '$collStats')
  return CONSTANT
}

function indexStats(): Lineage {
  const spec = unprovable('the definition of an index can hold values')
  const names = ['name', 'key', 'host', 'shard', 'accesses', 'building'].map(
    (name) => [name, CONSTANT] as const,
  )
  return documentOf(new Map<string, Lineage>([...names, ['spec', spec]]))
}

/** Which fields an index covers is not known here. */
function search(value: Value, scope: Scope): Lineage {
  if (isDocument(value)) membersOf(value, '$search')
  use(scope, [scope.root], 'filter')
  return scope.root
}

function documents(value: Value, scope: Scope): Lineage {
  return readExpression(value.type === TYPE.ARRAY ? wantArray(value, '$documents') : value, scope)
}

const ADMINISTERING = [
  '$currentOp',
  '$listSessions',
  '$listLocalSessions',
  '$listSampledQueries',
  '$queryStats',
  '$querySettings',
  '$listClusterCatalog',
  '$shardedDataDistribution',
  '$operationMetrics',
  '$planCacheStats',
]

export const SERVING: ReadonlyMap<string, ReadStage> = new Map<string, ReadStage>([
  ...ADMINISTERING.map((name) => [name, administer(name)] as const),
  ['$collStats', collStats],
  ['$indexStats', indexStats],
  ['$listSearchIndexes', () => unprovable('the definition of an index can hold values')],
  ['$search', search],
  ['$vectorSearch', search],
  [
    '$searchMeta',
    (value, scope) => {
      search(value, scope)
      return unprovable('$searchMeta can hold values of any indexed field')
    },
  ],
  ['$documents', documents],
])
