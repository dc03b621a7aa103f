/** A relation that is not there, where one is read or written. */
import type { Verb } from '@gatehouse/core'
import { mention } from '../../lineage/mention.js'
import type { Item } from '../../lineage/scope.js'
import { type Env, missing, opaque } from './analysis.js'
import type { ResolvedRelation } from './names.js'

const absences = new WeakMap<Item, ResolvedRelation>()

/** Keeps why an item of FROM has no columns, for statements that would write to it. */
export function rememberAbsent(item: Item, found: ResolvedRelation): void {
  absences.set(item, found)
}

export function absentOf(item: Item): ResolvedRelation | undefined {
  return absences.get(item)
}

/** Opaque, and told in the server's words where it is certain that nothing bears the name. */
export function refuseAbsent(verb: Verb, found: ResolvedRelation, env: Env): void {
  const { problem = 'a relation is not understood', resource } = found
  opaque({ ...env, stored: false }, problem, resource)
  missing(env, found.absent)
  mentionAbsent(verb, found, env)
}

/** What is not there counts where it could be: that it is not, only those may learn who may use what is there. */
export function mentionAbsent(verb: Verb, { absent, resource }: ResolvedRelation, env: Env): void {
  if (absent === undefined || absent.code === '1046' || env.derived) return
  mention(env.ledger, { verb, resource, command: env.command, derived: false, bounded: true })
}
