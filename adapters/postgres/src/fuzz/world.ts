/** All that sessions share while they are fuzzed: the real reader over a small catalog, and the policy. */
import { Defining } from '@gatehouse/adapter-kit'
import { compilePolicy, type Identity, type Policy, readDocuments, readPack } from '@gatehouse/core'
import { type Catalog, type CatalogRelation, createPostgresReader, type PostgresReader } from '@gatehouse/sql'
import type { Database } from '../catalog/database.js'
import { meaningOf, NOTES, PEOPLE, TEXTS } from './statements.js'

const RULES = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: fuzz, owner: tests}
default: forbid
rules:
  - {name: vault, effect: forbid, verbs: [read, insert, update, delete, copy-out, copy-in], resources: ["shop.public.vault"]}
  - {name: personal, effect: mask, classes: [email], with: redact, probing: allow, unless: '"admins" in identity.groups'}
`

/** What policy counts for everybody in a world of its own; one of these at a time (R21). */
export const COUNTED = ['rows', 'bytes', 'affected'] as const
export type Counted = (typeof COUNTED)[number]
/** Low enough to be passed, high enough to be kept: one row of `bytes` fits always, three never do. */
export const LIMITS: Readonly<Record<Counted, number>> = { rows: 1, bytes: 60, affected: 40 }

const policyWith = (more: string): Policy => {
  const { documents, faults } = readDocuments({ file: 'fuzz.yaml', text: `${RULES}${more}` })
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return compilePolicy([...documents, readPack('observe')])
}

const relation = (oid: number, name: string, columns: CatalogRelation['columns']): CatalogRelation => ({
  oid,
  schema: 'public',
  name,
  kind: 'table',
  columns,
  parents: [],
  rules: false,
  triggers: false,
})
const column = (number: number, name: string, type: number, classes: readonly string[] = []) => ({
  number,
  name,
  type,
  classes,
  nullable: true,
})
const CATALOG: Catalog = {
  engine: 'postgres',
  major: 18,
  serverVersion: '18.1',
  database: 'shop',
  epoch: 1,
  relations: [
    relation(PEOPLE, 'people', [column(1, 'id', 23), column(2, 'email', 25, ['email'])]),
    relation(NOTES, 'notes', [column(1, 'id', 23), column(2, 'body', 25)]),
    relation(30_003, 'vault', [column(1, 'id', 23)]),
  ],
  routines: [],
  types: [],
  operators: [],
  casts: [],
  schemas: ['pg_catalog', 'public', 'information_schema'],
}

export const CONTEXT = { searchPath: ['$user', 'public'], overlay: [], account: 'gw', settled: true } as const

export interface World {
  policy(counted: Counted | undefined): Policy
  readonly reader: PostgresReader
  /** A statement's form, by what records keep of its text. */
  form(redacted: string): string | undefined
  database(reader: PostgresReader): Database
  close(): Promise<void>
}

/** A plan that another spelling shares keeps the text of the first. */
const plain = (text: string) =>
  text
    .replace(/^[;\s]+/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()

export async function createWorld(): Promise<World> {
  const open = policyWith('')
  const [rows, bytes, affected] = COUNTED.map((kind) =>
    policyWith(`  - {name: few, effect: limit, ${kind}: ${LIMITS[kind]}${kind === 'bytes' ? 'B' : ''}}\n`),
  )
  const limited = { rows, bytes, affected } as Readonly<Record<Counted, Policy>>
  // Nothing here is about time: a busy machine must not refuse what a quiet one reads.
  const limits = { milliseconds: 60_000 }
  const reader = await createPostgresReader({ major: 18, catalog: CATALOG, accounts: ['gw'], limits })
  const forms = new Map<string, string>()
  for (const form of TEXTS) {
    const text = form.replace(/\bN\b/, '5')
    if (meaningOf(text)?.form !== form) throw new Error(`a form that is not read back: ${form}`)
    const plan = await reader.read(text, [], CONTEXT)
    if (plan.kind !== 'read') throw new Error(`${text}: ${plan.why}`)
    for (const statement of plan.statements) forms.set(plain(statement.text), form)
  }
  const relations = new Map(CATALOG.relations.map((each) => [each.oid, each]))
  const names = new Map(CATALOG.relations.map((each) => [`shop.${each.schema}.${each.name}`, each]))
  return {
    policy: (counted) => (counted === undefined ? open : limited[counted]),
    reader,
    form: (redacted) => forms.get(plain(redacted)),
    database: (own) => ({
      name: 'shop',
      reader: own,
      current: true,
      epoch: 1,
      relation: (oid) => relations.get(oid),
      named: (resource) => names.get(resource),
      type: () => undefined,
      document: undefined,
      catalog: () => CATALOG,
      refresh: async () => {},
      refreshing: undefined,
      defining: new Defining(),
      revise: async () => {},
      target: () => ({ host: '127.0.0.1', port: 5432 }),
      close: async () => {},
    }),
    close: () => reader.close(),
  }
}

export function identityOf(name: string, groups: readonly string[]): Identity {
  return { subject: name, name, issuer: 'local', home: true, groups, claims: {}, provenBy: 'password' }
}
