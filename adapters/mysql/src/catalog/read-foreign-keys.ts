/** Foreign keys by referencing relation. MariaDB opens every table for them, so the second question is asked only where there is need. */
import type { MysqlForeignKey } from '@gatehouse/sql'
import type { CatalogClient } from './client.js'
import { FOREIGN_KEY_COLUMNS, FOREIGN_KEY_RULES } from './queries.js'
import { relationKey } from './read-relations.js'

/** Rules that leave the referencing rows as they are, or refuse. */
const QUIET = new Set(['RESTRICT', 'NO ACTION'])

interface Growing {
  readonly schema: string
  readonly relation: string
  readonly cascades: boolean
  readonly columns: string[]
  readonly references: string[]
}

export async function readForeignKeys(
  client: CatalogClient,
): Promise<ReadonlyMap<string, readonly MysqlForeignKey[]>> {
  const rules = new Map<string, boolean>()
  await client.each(FOREIGN_KEY_RULES, ([schema, relation, name, onUpdate, onDelete]) => {
    const cascades = !QUIET.has(String(onUpdate)) || !QUIET.has(String(onDelete))
    rules.set(`${relationKey(schema, relation)}\0${name}`, cascades)
  })
  if (rules.size === 0) return new Map()
  const keys = new Map<string, Map<string, Growing>>()
  await client.each(
    FOREIGN_KEY_COLUMNS,
    ([schema, relation, name, column, otherSchema, otherRelation, otherColumn]) => {
      const own = relationKey(schema, relation)
      const group = keys.get(own) ?? new Map<string, Growing>()
      keys.set(own, group)
      const key = group.get(String(name)) ?? {
        schema: String(otherSchema),
        relation: String(otherRelation),
        // A rule that was not shown is taken for the worse.
        cascades: rules.get(`${own}\0${name}`) ?? true,
        columns: [],
        references: [],
      }
      group.set(String(name), key)
      key.columns.push(String(column))
      key.references.push(String(otherColumn))
    },
  )
  return new Map([...keys].map(([relation, group]) => [relation, [...group.values()]]))
}
