/** An aggregation pipeline, stage by stage: what its documents hold and where that comes from (mongodb.md §5). */
import type { Value } from '../../bson/index.js'
import { readFilter } from '../filter.js'
import { badValue, UNKNOWN_STAGE, Unread } from '../unread.js'
import { isDocument, items, onlyElement, wantArray, wantDocument } from '../values.js'
import { readCollection } from './collections.js'
import { GROUPING } from './grouping.js'
import { JOINING } from './joining.js'
import type { Lineage } from './lineage.js'
import { RESHAPING } from './reshaping.js'
import { type Scope, spend, within } from './scope.js'
import { SERVING } from './serving.js'
import type { ReadStage, Walk } from './stage.js'
import { WRITING } from './writing.js'

/** Table of stages; any other is refused as a server refuses what it does not know. */
export const STAGES: ReadonlyMap<string, ReadStage> = new Map<string, ReadStage>([
  [
    '$match',
    (value, scope) => {
      readFilter(wantDocument(value, '$match'), scope)
      return scope.root
    },
  ],
  ['$limit', (_, { root }) => root],
  ['$skip', (_, { root }) => root],
  ['$sample', (_, { root }) => root],
  ...RESHAPING,
  ...GROUPING,
  ...JOINING,
  ...SERVING,
  ...WRITING,
])

export const WALK: Walk = {
  pipeline: readPipeline,
  collection: (database, name, scope, bounded) => readCollection(database, name, scope, WALK, bounded),
}

/** As the server has it. */
const MOST_STAGES = 1000

function readPipeline(stages: Value, scope: Scope): Lineage {
  let root = scope.root
  let count = 0
  for (const stage of items(wantArray(stages, 'pipeline'))) {
    spend(scope)
    count += 1
    if (count > MOST_STAGES) throw badValue(`Pipeline length must be no longer than ${MOST_STAGES} stages`)
    const only = isDocument(stage) ? onlyElement(stage) : undefined
    if (only === undefined)
      throw badValue('A pipeline stage specification object must contain exactly one field.')
    const read = STAGES.get(only.name)
    if (read === undefined)
      throw new Unread(`Unrecognized pipeline stage name: '${only.name}'`, UNKNOWN_STAGE)
    root = read(only.value, within(scope, root), WALK)
  }
  return root
}
