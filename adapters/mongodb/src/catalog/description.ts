/** A catalog as plain data, and made from it: what was read of a server, or of a catalog file. */
import { type ClassesDocument, withUmbrellas } from '@gatehouse/masking'
import { TYPE } from '../bson/types.js'
import { ANY_KEY, type Catalog, type Collection, fieldName, type KnownField } from './catalog.js'
import { createClassify } from './classify.js'
import type { SampledField } from './sample.js'

export interface DescribedCollection {
  readonly database: string
  readonly name: string
  readonly kind: 'collection' | 'view' | 'timeseries'
  readonly viewOn?: string
  /** Of a view: its stages, a BSON array in base64. */
  readonly pipeline?: string
  readonly fields: readonly SampledField[]
  /** Left out: none that is known, so that whoever names one may mean any field. */
  readonly indexes?: readonly DescribedIndex[]
}

export interface DescribedIndex {
  readonly name: string
  /** In the key's order, dotted; `a.$**` of a wildcard. */
  readonly paths: readonly string[]
}

export interface Description {
  readonly engine: 'mongodb'
  /** As buildInfo says it. */
  readonly version: string
  readonly databases: readonly string[]
  readonly collections: readonly DescribedCollection[]
}

export const SYSTEM_DATABASES: ReadonlySet<string> = new Set(['admin', 'config', 'local'])

/** The server's own: what nobody's application keeps its data in (mongodb.md §4). */
export function isSystem(database: string, name: string): boolean {
  return SYSTEM_DATABASES.has(database) || name.startsWith('system.') || name.startsWith('enxcol_.')
}

export function createCatalog(description: Description, document: ClassesDocument): Catalog {
  const found = new Map<string, { readonly collection: Collection; readonly classify: Classify }>()
  for (const each of description.collections) {
    const classify = createClassify(each, document)
    found.set(keyOf(each.database, each.name), { collection: collectionOf(each, classify), classify })
  }
  /** Of collections that are not known: created since, or not there. */
  const strangers = new Map<string, Classify>()
  const classifyOf = (database: string, name: string): Classify => {
    const key = keyOf(database, name)
    const known = found.get(key)?.classify ?? strangers.get(key)
    if (known !== undefined) return known
    const classify = createClassify({ database, name, fields: [] }, document)
    if (strangers.size >= MOST_STRANGERS) strangers.clear()
    strangers.set(key, classify)
    return classify
  }
  const byDatabase = groupByDatabase([...found.values()].map(({ collection }) => collection))
  return {
    collection: (database, name) => found.get(keyOf(database, name))?.collection,
    collections: (database) => byDatabase.get(database) ?? [],
    databases: () => description.databases,
    classesOf: ([database, name], path) => classifyOf(database, name)(path),
  }
}

type Classify = (path: readonly string[]) => readonly string[]

const MOST_STRANGERS = 1000
const keyOf = (database: string, name: string) => `${database}\0${name}`

function groupByDatabase(collections: readonly Collection[]): Map<string, Collection[]> {
  const groups = new Map<string, Collection[]>()
  for (const collection of collections) {
    const group = groups.get(collection.database)
    if (group === undefined) groups.set(collection.database, [collection])
    else group.push(collection)
  }
  return groups
}

function collectionOf(each: DescribedCollection, classify: Classify): Collection {
  const { database, name, kind, viewOn, pipeline, indexes = [] } = each
  const fields = new Map<string, KnownField>(
    each.fields.flatMap((field) =>
      knownFields(field, classify).map((known) => [fieldName(known.path), known]),
    ),
  )
  const stages = pipeline === undefined ? undefined : Buffer.from(pipeline, 'base64')
  return {
    database,
    name,
    kind,
    ...(viewOn === undefined ? {} : { viewOn }),
    ...(stages === undefined
      ? {}
      : { pipeline: { type: TYPE.ARRAY, source: stages, start: 0, end: stages.length } }),
    fields,
    indexes: new Map(indexes.map((index) => [index.name, index.paths])),
    system: isSystem(database, name),
  }
}

/** The field, and where its keys are data one more beneath it that stands for them all. */
function knownFields({ path, types, keys }: SampledField, classify: Classify): readonly KnownField[] {
  const field: KnownField = { path, types, classes: classify(path) }
  if (keys === undefined) return [field]
  const classes = withUmbrellas([...field.classes, ...keys])
  return [field, { path: [...path, ANY_KEY], types: [], classes }]
}
