/** Relations with their columns, definitions and what else is said of them, one pass per question (R2, R4). */
import type { MysqlColumn, MysqlFlavour, MysqlForeignKey, MysqlRelation } from '@gatehouse/sql'
import type { CatalogClient, Row } from './client.js'
import { plainExpression } from './plain-expression.js'
import {
  COLUMNS,
  DOCUMENTS,
  KINDS,
  NAMES,
  SYSTEM_COLUMNS,
  SYSTEM_SCHEMAS,
  TRIGGERS,
  VIEWS,
  WARNINGS,
} from './queries.js'

/** A column before its classes are known. */
export interface DescribedColumn extends Omit<MysqlColumn, 'classes'> {
  readonly comment: string
  /** A default that is an expression: it may copy other columns of the row. */
  readonly expressionDefault?: string
}

export interface DescribedRelation {
  readonly schema: string
  readonly name: string
  readonly kind: MysqlRelation['kind']
  readonly columns: readonly DescribedColumn[]
  readonly definition?: string
  readonly triggers: boolean
  readonly lasting?: true
  readonly foreignKeys: readonly MysqlForeignKey[]
}

export interface DescribedRelations {
  readonly relations: readonly DescribedRelation[]
  /** False when a lock kept a relation from being read: it is worth another try. */
  readonly complete: boolean
  /** Bodies of triggers, each once. */
  readonly bodies: ReadonlySet<unknown>
}

/** Their rows live in other tables or on other servers (R4): like a view whose query is not known. */
const ELSEWHERE = new Set(['MRG_MYISAM', 'FEDERATED', 'CONNECT', 'SPIDER', 'OQGRAPH', 'SPHINX'])
const LOCK_WAIT_TIMEOUT = 1205

/** Names are kept apart by a character that none can hold (MySQL manual §11.2). */
export function relationKey(schema: unknown, name: unknown): string {
  return `${schema}\0${name}`
}

export async function readRelations(
  client: CatalogClient,
  flavour: MysqlFlavour,
): Promise<DescribedRelations> {
  const names = await client.rows(NAMES)
  const kinds = new Map<string, Row>()
  await client.each(KINDS, (row) => kinds.set(relationKey(row[0], row[1]), row))
  const columns = new Map<string, DescribedColumn[]>()
  const holdsDocuments = flavour === 'mariadb' ? await readDocuments(client) : () => false
  const take = columnTaker(columns, flavour, holdsDocuments)
  await client.each(COLUMNS, take)
  const complete = !(await lockedOut(client))
  await client.each(SYSTEM_COLUMNS, take)
  const definitions = new Map<string, string>()
  await client.each(VIEWS, ([schema, name, text]) => {
    if (typeof text === 'string' && text !== '') definitions.set(relationKey(schema, name), text)
  })
  const triggers = new Set<string>()
  const bodies = new Set<unknown>()
  await client.each(TRIGGERS, ([schema, name, body]) => {
    triggers.add(relationKey(schema, name))
    bodies.add(body)
  })
  const relations = names.map(([schema, name]): DescribedRelation => {
    const key = relationKey(schema, name)
    // MySQL gives them in any order; `*` is read by it.
    const own = (columns.get(key) ?? []).sort((a, b) => a.number - b.number)
    const definition = definitions.get(key)
    return {
      schema: String(schema),
      name: nameOf(schema, name),
      kind: SYSTEM_SCHEMAS.has(String(schema).toLowerCase()) ? 'system' : kindOf(kinds.get(key), own.length),
      columns: own,
      ...(definition === undefined ? {} : { definition }),
      triggers: triggers.has(key),
      ...(isLasting(kinds.get(key)) ? { lasting: true as const } : {}),
      foreignKeys: [],
    }
  })
  return { relations, complete, bodies }
}

/** Of information_schema they compare without case, and servers write them in upper case: rules do not. */
function nameOf(schema: unknown, name: unknown): string {
  return String(schema).toLowerCase() === 'information_schema' ? String(name).toLowerCase() : String(name)
}

async function lockedOut(client: CatalogClient): Promise<boolean> {
  return (await client.rows(WARNINGS)).some(([, code]) => Number(code) === LOCK_WAIT_TIMEOUT)
}

type HoldsDocuments = (schema: unknown, relation: unknown, column: unknown, type: unknown) => boolean

/** Of a table whose checks could not be seen every column that may be of documents counts as one. */
async function readDocuments(client: CatalogClient): Promise<HoldsDocuments> {
  const checked = new Map<string, string>()
  await client.each(DOCUMENTS, ([schema, relation, clause]) => {
    const key = relationKey(schema, relation)
    checked.set(key, `${checked.get(key) ?? ''} ${clause}`)
  })
  const unsure = await lockedOut(client)
  return (schema, relation, column, type) =>
    type === 'longtext' &&
    (unsure ||
      (checked
        .get(relationKey(schema, relation))
        ?.includes(`json_valid(\`${String(column).replaceAll('`', '``')}\`)`) ??
        false))
}

/** Without columns nothing is known of it: a view without a definition is opaque. */
function kindOf(row: Row | undefined, columns: number): MysqlRelation['kind'] {
  if (row === undefined || columns === 0) return 'view'
  const [, , type, engine] = row
  if (type === 'SEQUENCE') return 'sequence'
  if (String(type).includes('VIEW') || ELSEWHERE.has(String(engine ?? '').toUpperCase())) return 'view'
  return engine === null ? 'view' : 'table'
}

const TRANSACTIONAL: ReadonlySet<string> = new Set(['INNODB', 'ROCKSDB', 'NDBCLUSTER', 'TOKUDB'])

/** Of a table whose engine is not known to roll back. */
function isLasting(row: Row | undefined): boolean {
  const engine = row?.[3]
  return typeof engine === 'string' && !TRANSACTIONAL.has(engine.toUpperCase())
}

/** Half a million rows share few types and collations: each is kept once. */
function columnTaker(
  columns: Map<string, DescribedColumn[]>,
  flavour: MysqlFlavour,
  holdsDocuments: HoldsDocuments,
): (row: Row) => void {
  const texts = new Map<string, string>()
  const once = (cell: unknown): string => {
    const text = String(cell ?? '')
    const known = texts.get(text)
    if (known === undefined) texts.set(text, text)
    return known ?? text
  }
  let key = ''
  let list: DescribedColumn[] = []
  return ([schema, relation, name, number, type, collation, nullable, extra, generated, comment, value]) => {
    const own = relationKey(schema, relation)
    if (own !== key) {
      key = own
      list = columns.get(own) ?? []
      columns.set(own, list)
    }
    const said = once(extra).toUpperCase()
    const expression = plainExpression(generated, flavour)
    const copies = expressionDefault(value, said, flavour)
    list.push({
      name: once(name),
      number: Number(number),
      type: holdsDocuments(schema, relation, name, type) ? 'json' : once(type),
      ...(collation == null ? {} : { collation: once(collation) }),
      nullable: nullable === 'YES',
      ...(expression === undefined ? {} : { generated: expression }),
      invisible: /\bINVISIBLE\b/.test(said),
      comment: String(comment ?? ''),
      ...(copies === undefined ? {} : { expressionDefault: copies }),
    })
  }
}

/** MariaDB shows expressions plainly and quotes what is a constant; MySQL marks them. */
function expressionDefault(value: unknown, extra: string, flavour: MysqlFlavour): string | undefined {
  if (typeof value !== 'string') return undefined
  if (flavour === 'mysql' && !extra.includes('DEFAULT_GENERATED')) return undefined
  return value.includes('`') ? plainExpression(value, flavour) : undefined
}
