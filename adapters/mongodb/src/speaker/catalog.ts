/** The contract's world as a catalog of MongoDB's, and as documents of a real server. */
import { DOCUMENT, type RelationName, WORLD } from '@gatehouse/adapter-contract'
import type { Document } from 'bson'
import type { Description } from '../catalog/description.js'
import { fieldOf } from './say.js'

const names = Object.keys(WORLD.relations) as RelationName[]
const TYPES = { integer: 'int', text: 'string' } as const

/** Where one document stands that has documents inside. */
export const NESTED = 'papers'

export const description: Description = {
  engine: 'mongodb',
  version: '7.0.12',
  databases: [WORLD.database],
  collections: names.map((name) => ({
    database: WORLD.database,
    name,
    kind: 'collection',
    fields: WORLD.relations[name].columns.map((column) => ({
      path: [fieldOf(column.name)],
      types: [TYPES[column.kind]],
    })),
    indexes: [{ name: '_id_', paths: ['_id'] }],
  })),
}

/** By collection. */
export const documents: Readonly<Record<string, readonly Document[]>> = {
  ...Object.fromEntries(names.map((name) => [name, stored(name)])),
  [NESTED]: [{ _id: 1, shown: JSON.parse(DOCUMENT) }],
}

function stored(name: RelationName): readonly Document[] {
  const { columns, rows } = WORLD.relations[name]
  return rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name: column, kind }, index) => [
        fieldOf(column),
        kind === 'integer' ? Number(row[index]) : row[index],
      ]),
    ),
  )
}
