/** The relation that a statement writes: itself, the bases behind a view, and what its foreign keys change (R4). */
import type { Verb } from '@gatehouse/core'
import { type Mention, mention, touch } from '../../lineage/mention.js'
import type { UseDetail } from '../../lineage/uses.js'
import type { MysqlRelation } from '../catalog.js'
import { fold } from '../catalog-index.js'
import { type Env, opaque } from './analysis.js'
import { resourceOf } from './names.js'
import { missingColumn } from './reference.js'
import { mentionRelation, type Reading } from './relation.js'
import { type Stored, writtenFrom } from './store.js'

/** Foreign keys that cascade through foreign keys: beyond this many relations it is opaque. */
const CASCADES = 200

/** What is read of a target becomes an action only when a field is. */
export function markTarget(reading: Reading): void {
  for (const each of reading.mentions) each.optional = true
}

/** Counts the verb on the target; every call is one place that writes. */
export function writeTo(
  reading: Reading,
  verb: Verb,
  columns: readonly string[],
  bounded: boolean,
  env: Env,
  stored: readonly Stored[] = [],
): void {
  const { relation } = reading
  const own = mentionRelation(relation, env, verb)
  own.bounded = bounded
  note(own, relation)
  const told = (name: string): UseDetail | undefined => writtenFrom(name, stored, reading, env)
  for (const name of columns)
    writeColumn(relation, name, own, { ...env, clause: verb === 'update' ? 'update' : 'insert' }, told(name))
  cascade(relation, verb, columns, env)
  if (relation.kind !== 'view') return
  const bases = new Map<Mention, Mention>()
  for (const base of reading.mentions) {
    if (base === reading.mention || base.verb !== 'read') continue
    const made = mention(env.ledger, { verb, resource: base.resource, command: env.command, derived: true })
    made.bounded = bounded
    bases.set(base, made)
    const [schema = '', name = ''] = base.resource.path
    const behind = env.analysis.catalog.relation(schema, name)
    if (behind) {
      note(made, behind)
      cascade(
        behind,
        verb,
        behind.columns.map((column) => column.name),
        env,
      )
    }
  }
  for (const name of columns) {
    const shown = reading.item.columns.find((column) => fold(column.name) === fold(name))?.value
    const value = shown ?? reading.item.system?.(name)
    for (const leaf of value?.leaves ?? []) {
      const base = bases.get(leaf.mention)
      if (base) touch(base, leaf.column, leaf.classes, 'written', told(name))
    }
  }
}

function note(found: Mention, relation: MysqlRelation): void {
  if (relation.triggers) found.atMost = `triggers of \`${relation.name}\` run too`
}

function writeColumn(relation: MysqlRelation, name: string, own: Mention, env: Env, told?: UseDetail): void {
  const column = relation.columns.find((each) => fold(each.name) === fold(name))
  if (column) touch(own, column.name, column.classes, 'written', told)
  else missingColumn(name, name, env)
}

/** ON DELETE and ON UPDATE: the rows that refer to what is deleted, or to a key that is changed, may change too. */
function cascade(relation: MysqlRelation, verb: Verb, columns: readonly string[], env: Env): void {
  if (verb !== 'delete' && verb !== 'update') return
  const { catalog } = env.analysis
  const seen = new Set<string>()
  const open: { relation: MysqlRelation; verb: Verb; columns: ReadonlySet<string> }[] = [
    { relation, verb, columns: new Set(columns.map(fold)) },
  ]
  for (let each = open.pop(); each; each = open.pop()) {
    const { verb: how, columns: changed } = each
    for (const { relation: child, key } of catalog.referrers(each.relation)) {
      const hit = how === 'delete' || key.references.some((name) => changed.has(fold(name)))
      if (!key.cascades || !hit) continue
      for (const next of how === 'delete' ? (['delete', 'update'] as const) : (['update'] as const)) {
        const mark = `${next}\0${child.schema}\0${child.name}\0${key.columns.join()}`
        if (seen.has(mark)) continue
        seen.add(mark)
        if (seen.size > CASCADES) {
          opaque(env, 'foreign keys change too many relations')
          return
        }
        const made = mention(env.ledger, {
          verb: next,
          resource: resourceOf(child),
          command: env.command,
          derived: true,
        })
        made.atMost = `a foreign key of \`${child.name}\` may change it too`
        if (next === 'update') for (const name of key.columns) writeColumn(child, name, made, env)
        open.push({ relation: child, verb: next, columns: new Set(key.columns.map(fold)) })
      }
    }
  }
}
