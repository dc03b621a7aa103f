/** A shop's collections, commands written as objects, and short forms of what was read, for the tests of reading. */
import { type Action, type Output, resourceName } from '@gatehouse/core'
import { classifyPath, withUmbrellas } from '@gatehouse/masking'
import { type Document, serialize } from 'bson'
import { documentValue, elements, findValue, type Value } from '../bson/index.js'
import { type Catalog, type Collection, fieldName, type KnownField } from '../catalog/catalog.js'
import type { Command, ReadCommand } from './read-command.js'
import { readCommand } from './reader.js'

function classesOf(_: readonly [string, string], path: readonly string[]): readonly string[] {
  return withUmbrellas([
    ...new Set(path.flatMap((__, at) => classifyPath(undefined, undefined, path.slice(0, at + 1)))),
  ])
}

function collection(name: string, paths: string, more: Partial<Collection> = {}): Collection {
  const fields = paths.split(' ').map((text): KnownField => {
    const path = text.split('.')
    return { path, types: [], classes: classesOf(['shop', name], path) }
  })
  return {
    database: 'shop',
    name,
    kind: 'collection',
    fields: new Map(fields.map((field) => [fieldName(field.path), field])),
    indexes: new Map([
      ['_id_', ['_id']],
      ['by_email', ['email']],
      ['by_tags', ['tags']],
      ['ssn_1', ['ssn']],
      ['words', ['tags', '_fts', '_ftsx']],
      ['all', ['$**']],
    ]),
    system: false,
    ...more,
  }
}

export function array(items: readonly Document[]): Value {
  const found = findValue(documentValue(serialize({ items: [...items] })), 'items')
  if (found === undefined) throw new TypeError('no array')
  return found
}

const view = (viewOn: string, pipeline: readonly Document[]): Partial<Collection> => ({
  kind: 'view',
  viewOn,
  pipeline: array(pipeline),
})

/** customers hold an e-mail, an SSN, an address and cards; orders hold none of it. */
export const COLLECTIONS: readonly Collection[] = [
  collection('customers', '_id name email ssn age address address.city address.phone cards cards.iban tags'),
  collection('orders', '_id customer total note items items.sku items.qty'),
  collection('copies', '_id email body'),
  collection('people', '_id who mail', view('customers', [{ $project: { who: '$name', mail: '$email' } }])),
  collection('reachable', '_id mail', view('people', [{ $match: { mail: { $ne: null } } }])),
  collection('shown', '_id m', view('reachable', [{ $project: { m: '$mail' } }])),
]

export const CATALOG: Catalog = {
  collection: (database, name) =>
    COLLECTIONS.find((each) => each.database === database && each.name === name),
  collections: (database) => COLLECTIONS.filter((each) => each.database === database),
  databases: () => ['shop'],
  classesOf,
}

/** `sequences`: what stands in kind-1 sections. */
export function command(
  body: Document,
  sequences: Record<string, readonly Document[]> = {},
  database = 'shop',
): Command {
  const document = documentValue(serialize({ ...body, $db: database }))
  const [first] = elements(document)
  return {
    name: first?.name ?? '',
    database,
    body: document,
    sequences: new Map(
      Object.entries(sequences).map(([name, list]) => [
        name,
        list.map((each) => documentValue(serialize(each))),
      ]),
    ),
  }
}

export function read(
  body: Document,
  sequences?: Record<string, readonly Document[]>,
  database?: string,
): ReadCommand {
  return readCommand(command(body, sequences, database), { catalog: CATALOG })
}

/** Its statement; a command that was not understood fails the test. */
export function statement(body: Document, database?: string) {
  const found = read(body, {}, database)
  if (found.kind === 'unreadable') throw new Error(found.why)
  return found.statement
}

/** `read shop.customers (email: lookup · age: filter) unfiltered`; outputs alone are left out. */
export function actions(body: Document, database?: string): readonly string[] {
  return statement(body, database).actions.map(sayAction)
}

export function sayAction(action: Action): string {
  const { verb, resource, fields, unfiltered, derived } = action
  const said =
    fields === 'unknown'
      ? ' (unknown)'
      : fields
          .filter(({ uses }) => uses.some((use) => use !== 'output'))
          .map((field) => {
            const uses = field.uses.filter((use) => use !== 'output').join(' ')
            const into =
              field.into?.map((place) => `>${place.resource.slice(1).join('.')}.${place.field}`) ?? []
            const from =
              field.from?.map((place) => `<${place.resource.slice(1).join('.')}.${place.field}`) ?? []
            return [`${field.name}: ${uses}`, ...into, ...from, ...(field.issued ? ['issued'] : [])].join(' ')
          })
          .join(' · ')
  const list = said === '' || said.startsWith(' ') ? said : ` (${said})`
  return `${verb} ${resourceName(resource)}${list}${unfiltered ? ' unfiltered' : ''}${derived ? ' derived' : ''}`
}

/** By output: `email < customers.email`, `n < computed customers.ssn`, `x < ?customers.ssn` when unprovable. */
export function outputs(body: Document, database?: string): readonly string[] | 'unknown' {
  const { outputs: found } = statement(body, database)
  return found === 'unknown' ? found : found.map(sayOutput)
}

function sayOutput({ name, how, sources, unprovable }: Output): string {
  const from = sources.map(({ resource, field }) => `${resource.split('.').slice(1).join('.')}.${field}`)
  const mark = unprovable === undefined ? '' : '?'
  return `${name} <${how === 'copied' ? '' : ` ${how}`} ${mark}${from.join(', ')}`.trimEnd()
}

/** The outputs in which something of one of these fields can show, as far as it is known. */
export function showing(body: Document, field: string): readonly string[] {
  const { outputs: found } = statement(body)
  if (found === 'unknown') return ['everything']
  return found
    .filter(
      (output) => output.unprovable !== undefined || output.sources.some((source) => source.field === field),
    )
    .map(({ name }) => name)
}
