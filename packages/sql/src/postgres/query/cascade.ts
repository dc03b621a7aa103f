/** What foreign keys do to the rows that refer to those which a statement deletes or changes. */
import type { Verb } from '@gatehouse/core'
import type { CatalogRelation, ReferentialAction } from '../../catalog.js'
import { mention, touch } from '../../lineage/mention.js'
import type { Env } from './analysis.js'
import { resourceOf } from './names.js'

const QUIET: ReadonlySet<ReferentialAction> = new Set(['none', 'restrict'])

interface Change {
  readonly relation: CatalogRelation
  readonly verb: 'delete' | 'update'
  /** Attribute numbers that an UPDATE changes. */
  readonly columns: readonly number[]
}

/** Every change that follows from one, at any depth, each once; all derived and at most. */
export function mentionCascades(
  relation: CatalogRelation,
  verb: Verb,
  written: readonly string[],
  bounded: boolean,
  env: Env,
): void {
  if (verb !== 'delete' && verb !== 'update') return
  const columns = relation.columns.filter(({ name }) => written.includes(name)).map(({ number }) => number)
  const open: Change[] = [{ relation, verb, columns }]
  const seen = new Set([keyOf({ relation, verb, columns })])
  for (let change = open.pop(); change; change = open.pop())
    for (const next of following(change, env)) {
      if (seen.has(keyOf(next))) continue
      seen.add(keyOf(next))
      open.push(next)
      const found = mention(env.ledger, {
        verb: next.verb,
        resource: resourceOf(env.analysis, next.relation),
        command: env.command,
        derived: true,
        bounded,
      })
      found.atMost = `rows that refer to \`${change.relation.name}\` follow what becomes of it`
      for (const column of next.relation.columns)
        if (next.verb === 'update' && next.columns.includes(column.number))
          touch(found, column.name, column.classes, 'written')
    }
}

function keyOf({ relation, verb, columns }: Change): string {
  return `${verb} ${relation.oid} ${columns.join(',')}`
}

/** Keys may refer to a partition's parent, or be inherited by partitions of the one that refers. */
function following({ relation, verb, columns }: Change, env: Env): readonly Change[] {
  const { catalog } = env.analysis
  const kin = [relation, ...catalog.ancestors(relation), ...catalog.descendants(relation)]
  return kin.flatMap((each) =>
    catalog.referrers(each).flatMap(({ relation: referrer, key }): readonly Change[] => {
      const action = verb === 'delete' ? key.onDelete : key.onUpdate
      if (QUIET.has(action)) return []
      if (verb === 'update' && !key.referenced.some((number) => columns.includes(number))) return []
      return verb === 'delete' && action === 'cascade'
        ? [{ relation: referrer, verb: 'delete', columns: [] }]
        : [{ relation: referrer, verb: 'update', columns: key.columns }]
    }),
  )
}
