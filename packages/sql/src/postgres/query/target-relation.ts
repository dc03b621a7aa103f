/** The relation that a statement writes: itself, its family, and the bases behind a view (R4). */
import type { Verb } from '@gatehouse/core'
import type { CatalogRelation } from '../../catalog.js'
import { type Mention, mention, touch } from '../../lineage/mention.js'
import type { Item } from '../../lineage/scope.js'
import type { UseDetail } from '../../lineage/uses.js'
import { type Tree, text } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { mentionCascades } from './cascade.js'
import { readAlias } from './from.js'
import { mentionAbsent, resolveRelation } from './names.js'
import { mentionFamily, type Reading, readRelation } from './relation.js'
import { type Stored, writtenFrom } from './store.js'
import { readOnWrite, readPolicies } from './stored-expressions.js'

export interface Target {
  readonly relation: CatalogRelation | undefined
  readonly reading: Reading | undefined
  readonly item: Item
  /** Counts the verb on the target; every call is one place that writes. */
  write(
    verb: Verb,
    columns: readonly string[] | 'all',
    bounded: () => boolean,
    stored?: readonly Stored[],
  ): void
}

/** Opens the target under its alias. What is read of it becomes an action only when a field is. */
export function openTarget(node: Tree | undefined, env: Env): Target {
  const alias = readAlias(node?.alias)
  const { relation, resource, problem, absent } = resolveRelation(node, env.analysis)
  if (relation === undefined) {
    const why = problem ?? 'the target is not understood'
    opaque(env, why, resource)
    return {
      relation: undefined,
      reading: undefined,
      item: { name: alias.name ?? text(node?.relname), columns: [], open: why },
      write: (verb) => mentionAbsent(verb, absent, env),
    }
  }
  const only = node?.inh !== true
  const reading = readRelation(relation, env, alias.name, only)
  for (const each of reading.mentions) each.optional = true
  const view = relation.kind === 'view' || relation.kind === 'materialized'
  if (relation.rules) opaque(env, `rules of \`${relation.name}\` rewrite what is written to it`, resource)
  else if (view && relation.triggers)
    opaque(env, `triggers of view \`${relation.name}\` write in its place`, resource)

  /** What the relation runs by itself when it is written, and what refers to it follows. */
  function runStored(
    written: CatalogRelation,
    verb: Verb,
    names: readonly string[],
    isBounded: boolean,
  ): void {
    readPolicies(written, verb, env)
    readOnWrite(written, verb, names, env.ledger.defaults === true, env)
    for (const child of env.analysis.catalog.descendants(written))
      readOnWrite(
        child,
        verb,
        child.columns.map((each) => each.name),
        false,
        env,
      )
    mentionCascades(written, verb, names, isBounded, env)
  }

  function write(
    verb: Verb,
    names: readonly string[] | 'all',
    bounded: () => boolean,
    stored: readonly Stored[] = [],
  ): void {
    if (!relation) return
    const columns = names === 'all' ? relation.columns.map((column) => column.name) : names
    const family = mentionFamily(relation, env, verb, only)
    const isBounded = bounded()
    const note = relation.triggers
      ? `triggers of \`${relation.name}\` run too`
      : cascade(relation, verb, columns, env)
    for (const each of family) {
      each.bounded = isBounded
      if (note !== undefined) each.atMost = note
    }
    runStored(relation, verb, columns, isBounded)
    const told = (name: string): UseDetail | undefined => writtenFrom(name, stored, target)
    for (const name of columns) writeColumn(relation, name, family, env, told(name))
    if (!view) return
    for (const { resource: base } of reading.mentions.slice(1)) {
      const [, schema = '', name = ''] = base.path
      const found = env.analysis.catalog.relation(schema, name)
      // Which of its columns the view leaves out, and so to their defaults, is not worked out.
      if (found)
        runStored(found, verb, verb === 'insert' ? [] : found.columns.map((each) => each.name), isBounded)
    }
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
        if (base) touch(base, leaf.column, leaf.classes, 'written', told(name))
      }
  }
  const target: Target = { relation, reading, item: { ...reading.item, mentions: reading.mentions }, write }
  return target
}

function writeColumn(
  relation: CatalogRelation,
  name: string,
  family: readonly Mention[],
  env: Env,
  told: UseDetail | undefined,
): void {
  const column = relation.columns.find((each) => each.name === name)
  if (!column) {
    env.analysis.unknownName(name)
    opaque(env, `column \`${name}\` of \`${relation.name}\` is not in the catalog`)
    return
  }
  for (const each of family) touch(each, name, column.classes, 'written', told)
}

const QUIET: ReadonlySet<string> = new Set(['none', 'restrict'])

/** Why more rows than the statement's own may change: other relations refer to these, and follow what becomes of them. */
function cascade(
  { oid, name, columns }: CatalogRelation,
  verb: Verb,
  written: readonly string[],
  env: Env,
): string | undefined {
  if (verb !== 'delete' && verb !== 'update') return undefined
  const touched = (key: number): boolean =>
    written.includes(columns.find((column) => column.number === key)?.name ?? '')
  const follows = env.analysis.catalog.catalog.relations.find(({ foreignKeys }) =>
    foreignKeys?.some(
      ({ relation, referenced, onDelete, onUpdate }) =>
        relation === oid &&
        (verb === 'delete' ? !QUIET.has(onDelete) : !QUIET.has(onUpdate) && referenced.some(touched)),
    ),
  )
  return follows && `rows of \`${follows.name}\` that refer to \`${name}\` change too`
}
