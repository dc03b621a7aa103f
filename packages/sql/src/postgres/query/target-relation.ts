/** The relation that a statement writes: itself, its family, and the bases behind a view (R4). */
import type { Verb } from '@gatehouse/core'
import type { CatalogRelation } from '../../catalog.js'
import { type Mention, mention, touch } from '../../lineage/mention.js'
import type { Item } from '../../lineage/scope.js'
import { type Tree, text } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { readAlias } from './from.js'
import { resolveRelation } from './names.js'
import { mentionFamily, type Reading, readRelation } from './relation.js'

export interface Target {
  readonly relation: CatalogRelation | undefined
  readonly reading: Reading | undefined
  readonly item: Item
  /** Counts the verb on the target; every call is one place that writes. */
  write(verb: Verb, columns: readonly string[] | 'all', bounded: () => boolean): void
}

/** Opens the target under its alias. What is read of it becomes an action only when a field is. */
export function openTarget(node: Tree | undefined, env: Env): Target {
  const alias = readAlias(node?.alias)
  const { relation, resource, problem } = resolveRelation(node, env.analysis)
  if (relation === undefined) {
    const why = problem ?? 'the target is not understood'
    opaque(env, why, resource)
    return {
      relation: undefined,
      reading: undefined,
      item: { name: alias.name ?? text(node?.relname), columns: [], open: why },
      write: () => {},
    }
  }
  const only = node?.inh !== true
  const reading = readRelation(relation, env, alias.name, only)
  for (const each of reading.mentions) each.optional = true
  const view = relation.kind === 'view' || relation.kind === 'materialized'
  if (relation.rules) opaque(env, `rules of \`${relation.name}\` rewrite what is written to it`, resource)
  else if (view && relation.triggers)
    opaque(env, `triggers of view \`${relation.name}\` write in its place`, resource)

  function write(verb: Verb, names: readonly string[] | 'all', bounded: () => boolean): void {
    if (!relation) return
    const columns = names === 'all' ? relation.columns.map((column) => column.name) : names
    const family = mentionFamily(relation, env, verb, only)
    const isBounded = bounded()
    const note = relation.triggers ? `triggers of \`${relation.name}\` run too` : undefined
    for (const each of family) {
      each.bounded = isBounded
      if (note !== undefined) each.atMost = note
    }
    for (const name of columns) writeColumn(relation, name, family, env)
    if (!view) return
    const bases = new Map<Mention, Mention>()
    for (const base of reading.mentions)
      if (base !== reading.mention)
        bases.set(
          base,
          mention(env.ledger, {
            verb,
            resource: base.resource,
            command: env.command,
            derived: true,
            bounded: isBounded,
          }),
        )
    for (const name of columns)
      for (const leaf of reading.item.columns.find((column) => column.name === name)?.value.leaves ?? []) {
        const base = bases.get(leaf.mention)
        if (base) touch(base, leaf.column, leaf.classes, 'written')
      }
  }
  return { relation, reading, item: { ...reading.item, mentions: reading.mentions }, write }
}

function writeColumn(relation: CatalogRelation, name: string, family: readonly Mention[], env: Env): void {
  const column = relation.columns.find((each) => each.name === name)
  if (!column) {
    env.analysis.unknownName(name)
    opaque(env, `column \`${name}\` of \`${relation.name}\` is not in the catalog`)
    return
  }
  for (const each of family) touch(each, name, column.classes, 'written')
}
