/** Asks a server what databases, collections, views and indexes it has, and samples what documents look like (R2). */

import { serialize } from 'bson'
import type { CollectionInfo, Document, MongoClient } from 'mongodb'
import { documentValue } from '../bson/value.js'
import type { DescribedCollection, DescribedIndex } from './description.js'
import { isSystem } from './description.js'
import { type SampledField, sampleFields } from './sample.js'

/** What stands without looking at documents. */
export type Outline = Omit<DescribedCollection, 'fields' | 'indexes'>

export interface Listing {
  readonly databases: readonly string[]
  readonly outlines: readonly Outline[]
  /** Equal listings have equal prints. */
  readonly print: string
}

/** Sampled at once of one collection. */
const SAMPLE = 40
const SAMPLE_MS = 2000

export async function readListing(
  client: MongoClient,
  served: readonly string[] | undefined,
): Promise<Listing> {
  const { databases } = await client.db('admin').command({ listDatabases: 1, nameOnly: true })
  const names = (databases as { name: string }[])
    .map(({ name }) => name)
    .filter((name) => served === undefined || served.includes(name))
    .sort()
  const outlines: Outline[] = []
  for (const database of names) {
    const found = await client.db(database).listCollections().toArray()
    outlines.push(...found.map((info) => outlineOf(database, info as CollectionInfo)))
  }
  outlines.sort((a, b) => (a.name < b.name ? -1 : 1))
  return { databases: names, outlines, print: JSON.stringify([names, outlines]) }
}

function outlineOf(database: string, { name, type, options }: CollectionInfo): Outline {
  const { viewOn, pipeline } = (options ?? {}) as Document
  if (type === 'view')
    return { database, name, kind: 'view', viewOn: String(viewOn), pipeline: arrayBytes(pipeline) }
  return { database, name, kind: type === 'timeseries' ? 'timeseries' : 'collection' }
}

/** A BSON array has the form of a document whose keys are its indexes. */
function arrayBytes(stages: unknown): string {
  const list = Array.isArray(stages) ? stages : []
  return Buffer.from(serialize(Object.fromEntries(list.map((stage, at) => [String(at), stage])))).toString(
    'base64',
  )
}

export async function readIndexes(
  client: MongoClient,
  { database, name, kind }: Outline,
): Promise<readonly DescribedIndex[]> {
  if (kind !== 'collection' || isSystem(database, name)) return []
  const indexes = await client.db(database).collection(name).listIndexes().toArray()
  return indexes.map(({ name: index, key }) => ({
    name: String(index),
    paths: Object.keys(key as Document),
  }))
}

/** Nothing of views, which show what their collections hold, and of the server's own. */
export async function readSample(
  client: MongoClient,
  { database, name, kind }: Outline,
): Promise<readonly SampledField[]> {
  if (kind === 'view' || isSystem(database, name)) return []
  const options = {
    raw: true,
    maxTimeMS: SAMPLE_MS,
    limit: SAMPLE,
    batchSize: SAMPLE,
    singleBatch: true,
  } as const
  const collection = client.db(database).collection(name)
  const oldest = collection.find({}, options).toArray()
  // The newest, where ids grow: fields come with new versions of an application.
  const newest = collection.find({}, { ...options, sort: { _id: -1 } }).toArray()
  const found = (await Promise.all([oldest, newest])).flat() as unknown as Buffer[]
  return sampleFields(found.map((bytes) => documentValue(bytes, 0, bytes.length)))
}
