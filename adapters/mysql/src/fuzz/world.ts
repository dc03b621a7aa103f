/** All that sessions share while they are fuzzed: the real reader over a small catalog, and the policy. */
import { Defining } from '@gatehouse/adapter-kit'
import { compilePolicy, type Identity, type Policy, readDocuments, readPack } from '@gatehouse/core'
import {
  createMysqlReader,
  type MysqlCatalog,
  type MysqlContext,
  type MysqlFlavour,
  type MysqlReader,
  type MysqlRelation,
} from '@gatehouse/sql'
import type { Server } from '../catalog/server.js'
import { FIELD_LISTS, LOADS, meaningOf, TEXTS } from './statements.js'

const RULES = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: fuzz, owner: tests}
default: forbid
rules:
  - {name: vault, effect: forbid, groups: [analysts], verbs: [read, insert, update, delete], resources: ["shop.vault"]}
  - {name: personal, effect: mask, classes: [email], with: redact, probing: allow, unless: '"admins" in identity.groups'}
`

/** What policy counts for everybody in a world of its own; one of these at a time (R21). */
export const COUNTED = ['rows', 'bytes', 'affected'] as const
export type Counted = (typeof COUNTED)[number]
/** Low enough to be passed, high enough to be kept. */
export const LIMITS: Readonly<Record<Counted, number>> = { rows: 1, bytes: 20, affected: 40 }

const policyWith = (more: string): Policy => {
  const { documents, faults } = readDocuments({ file: 'fuzz.yaml', text: `${RULES}${more}` })
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return compilePolicy([...documents, readPack('observe')])
}

const relation = (
  name: string,
  ...columns: readonly (readonly [string, string, string?])[]
): MysqlRelation => ({
  schema: 'shop',
  name,
  kind: 'table',
  columns: columns.map(([column, type, ofClass], index) => ({
    name: column,
    number: index + 1,
    type,
    classes: ofClass === undefined ? [] : [ofClass],
    nullable: true,
    invisible: false,
  })),
  triggers: false,
  foreignKeys: [],
})
const routine = (name: string) =>
  ({ schema: 'shop', name, kind: 'procedure', body: 'BEGIN END', parameters: 0 }) as const

const VERSIONS = {
  mariadb: { version: [10, 11, 19], serverVersion: '5.5.5-10.11.19-MariaDB' },
  mysql: { version: [9, 7, 0], serverVersion: '9.7.0' },
} as const

const catalogOf = (flavour: MysqlFlavour): MysqlCatalog => ({
  engine: 'mysql',
  flavour,
  ...VERSIONS[flavour],
  lowerCaseTableNames: 0,
  epoch: 1,
  schemas: ['shop', 'information_schema', 'mysql', 'performance_schema', 'sys'],
  relations: [
    relation('people', ['id', 'int(11)'], ['email', 'varchar(40)', 'email']),
    relation('notes', ['id', 'int(11)'], ['body', 'varchar(40)']),
    relation('vault', ['id', 'int(11)']),
  ],
  routines: [routine('several'), routine('failing')],
  loadable: [],
})

export const CONTEXT: MysqlContext = {
  database: 'shop',
  sqlMode: [],
  charset: 'utf8mb4',
  overlay: [],
  account: 'gw',
}

export interface World {
  policy(counted: Counted | undefined): Policy
  readonly reader: MysqlReader
  /** What records keep of a form's text; permits are counted by it. */
  redacted(form: string): string | undefined
  /** It is one statement that nobody understands: who may run such hears from the server what it is. */
  isOpaque(text: string): Promise<boolean>
  server(reader: MysqlReader, takesFiles: boolean): Server
  close(): Promise<void>
}

/** A plan that another spelling shares keeps the text of the first. */
export const plain = (text: string) =>
  text
    .replace(/[;\s]+/g, ' ')
    .trim()
    .toLowerCase()

export async function createWorld(flavour: MysqlFlavour = 'mariadb'): Promise<World> {
  const catalog = catalogOf(flavour)
  const open = policyWith('')
  const [rows, bytes, affected] = COUNTED.map((kind) =>
    policyWith(`  - {name: few, effect: limit, ${kind}: ${LIMITS[kind]}${kind === 'bytes' ? 'B' : ''}}\n`),
  )
  const limited = { rows, bytes, affected } as Readonly<Record<Counted, Policy>>
  const { version } = catalog
  // Nothing here is about time: a busy machine must not refuse what a quiet one reads.
  const limits = { milliseconds: 60_000 }
  const reader = await createMysqlReader({ flavour, version, catalog, accounts: ['gw'], limits })
  const redacted = new Map<string, string>()
  for (const form of [...TEXTS, ...LOADS]) {
    const text = form.replace(/\bN\b/, '5')
    if (meaningOf(text)?.form !== form) throw new Error(`a form that is not read back: ${form}`)
    const { plan, canonical } = await reader.read(text, CONTEXT)
    if (plan.kind === 'unreadable') throw new Error(`${text}: ${plan.why}`)
    if (canonical !== text) throw new Error(`${text} goes upstream as ${canonical}`)
    for (const statement of plan.statements) redacted.set(form, plain(statement.text))
  }
  for (const { meaning } of Object.values(FIELD_LISTS)) {
    const { plan } = await reader.read(meaning.form, CONTEXT)
    if (plan.kind === 'unreadable') throw new Error(`${meaning.form}: ${plan.why}`)
    for (const statement of plan.statements) redacted.set(meaning.form, plain(statement.text))
  }
  const relations = new Map(catalog.relations.map((each) => [`${each.schema}.${each.name}`, each]))
  const find = (schema: string, name: string) => relations.get(`${schema}.${name}`)
  return {
    policy: (counted) => (counted === undefined ? open : limited[counted]),
    reader,
    redacted: (form) => redacted.get(form),
    async isOpaque(text) {
      const { plan } = await reader.read(text, CONTEXT, true)
      if (plan.kind === 'unreadable' || plan.statements.length !== 1) return false
      return plan.statements[0]?.actions.some(({ certainty }) => certainty === 'opaque') === true
    },
    server: (own, takesFiles) => ({
      flavour,
      version,
      serverVersion: catalog.serverVersion,
      takesFiles,
      reader: own,
      current: true,
      epoch: 1,
      refreshing: undefined,
      defining: new Defining(),
      document: undefined,
      relation: find,
      column: (schema, name, column) => find(schema, name)?.columns.find((each) => each.name === column),
      serves: (database) => database === undefined || database === 'shop',
      refresh: async () => {},
      revise: async () => {},
      catalog: () => catalog,
      target: () => ({ host: '127.0.0.1', port: 3306 }),
      close: async () => {},
    }),
    close: () => reader.close(),
  }
}

export function identityOf(name: string, groups: readonly string[]): Identity {
  return { subject: name, name, issuer: 'local', home: true, groups, claims: {}, provenBy: 'password' }
}
