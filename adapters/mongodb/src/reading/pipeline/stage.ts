/** What the reading of one stage is given. */
import type { Value } from '../../bson/index.js'
import type { Lineage } from './lineage.js'
import type { Scope } from './scope.js'

/** Handed in, because pipelines hold pipelines. */
export interface Walk {
  /** The documents that a pipeline makes of the scope's. */
  pipeline(stages: Value, scope: Scope): Lineage
  /** The documents of a collection or a view, which are mentioned as read. `bounded`: a condition says which of them. */
  collection(database: string, name: string, scope: Scope, bounded?: boolean): Lineage
}

/** The documents after the stage; before it they are the scope's root. */
export type ReadStage = (value: Value, scope: Scope, walk: Walk) => Lineage
