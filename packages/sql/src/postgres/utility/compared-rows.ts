/**
 * Changes that fail when a row which stands already does not fit: whether they do tells of its values, by one guess for
 * each, so that what they look at is a use of it (R16).
 */
import type { Action } from '@gatehouse/core'
import type { CatalogRelation } from '../../catalog.js'
import { TYPE } from '../functions/builtin-types.js'
import { resolveType } from '../query/index.js'
import { as, list, type Tree, text, tree, words } from '../tree.js'
import { readCompared } from './expressions.js'
import { action, database, opaque, type Reading } from './found.js'
import { rangeOf, relation } from './names.js'

const reference = (name: string) => ({ ColumnRef: { fields: [{ String: { sval: name } }] } })

/** What a subcommand of ALTER TABLE compares of the rows of the table, or of the one that it attaches. */
export function comparedBySubcommand(
  subcommand: Tree,
  range: Tree,
  reading: Reading,
  command: string,
): readonly Action[] {
  switch (text(subcommand.subtype)) {
    case 'AT_AddConstraint':
      return readCompared(range, keysOf(as(subcommand.def, 'Constraint')), reading)
    case 'AT_AlterColumnType':
      return readCompared(range, convertedBy(subcommand, range, reading), reading)
    case 'AT_AttachPartition':
      return byPartition(range, tree(as(subcommand.def, 'PartitionCmd')?.name), reading, command)
    default:
      return []
  }
}

/** A new partition takes nothing that the default one holds: its rows are looked at. */
export function comparedByPartition(node: Tree, reading: Reading, command: string): readonly Action[] {
  const parent = as(list(node.inhRelations)[0], 'RangeVar')
  return node.partbound === undefined || !parent ? [] : byPartition(parent, undefined, reading, command)
}

/** Columns and expressions of UNIQUE, PRIMARY KEY and EXCLUDE, and the columns that refer to another table. */
function keysOf(constraint: Tree | undefined): readonly unknown[] {
  const excluded = list(constraint?.exclusions).map((each) => {
    const element = as(list(as(each, 'List')?.items)[0], 'IndexElem')
    const name = text(element?.name)
    return name === undefined ? element?.expr : reference(name)
  })
  const names = [constraint?.keys, constraint?.fk_attrs].flatMap((each) => words(each) ?? [])
  return [...names.map(reference), ...excluded]
}

const STRINGS: ReadonlySet<number> = new Set([TYPE.text, TYPE.varchar])
/** Every value of the first is one of each that follows. */
const WIDER: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [TYPE.int2, new Set([TYPE.int4, TYPE.int8, TYPE.numeric])],
  [TYPE.int4, new Set([TYPE.int8, TYPE.numeric])],
  [TYPE.int8, new Set([TYPE.numeric])],
])

/** The column, unless none of its values can fail to become one of the new type. USING is read as an expression. */
function convertedBy(subcommand: Tree, range: Tree, reading: Reading): readonly unknown[] {
  const name = text(subcommand.name)
  const definition = as(subcommand.def, 'ColumnDef')
  if (name === undefined || definition?.raw_default !== undefined) return []
  const { oid, array, limited, problem } = resolveType(definition?.typeName, reading.analysis)
  const { relation: found } = relation(range, reading)
  const from = found?.columns.find((column) => column.name === name)?.type
  const fits =
    problem === undefined &&
    !array &&
    !limited &&
    (STRINGS.has(oid) || (from !== undefined && WIDER.get(from)?.has(oid) === true))
  return fits ? [] : [reference(name)]
}

/** The partition key of the rows of `parent`, its default partition's, and of the table that becomes a partition. */
function byPartition(
  parent: Tree,
  attached: Tree | undefined,
  reading: Reading,
  command: string,
): readonly Action[] {
  const { relation: found } = relation(parent, reading)
  if (found === undefined) return attached ? [opaque(reading, command, 'the partition key is not known')] : []
  const names = keyColumns(found)
  return [parent, ...(attached ? [attached] : [])].flatMap((range) =>
    readCompared(range, names.map(reference), reading),
  )
}

function keyColumns({ columns, partitionKey = [] }: CatalogRelation): readonly string[] {
  // Which columns an expression reads is not asked.
  const isKey = (number: number) => partitionKey.includes(number) || partitionKey.includes(0)
  return columns.filter(({ number }) => isKey(number)).map(({ name }) => name)
}

/** AlterDomainStmt.subtype (parsenodes.h): C adds a constraint, V validates one. */
const CHECKING: ReadonlySet<string | undefined> = new Set([
  'C',
  'V',
  'AD_AddConstraint',
  'AD_ValidateConstraint',
])
const STORED: ReadonlySet<CatalogRelation['kind']> = new Set([
  'table',
  'partitioned',
  'materialized',
  'foreign',
])

/** Every column of the domain, in whatever table. */
export function comparedByDomain(node: Tree, reading: Reading, command: string): readonly Action[] {
  if (!CHECKING.has(text(node.subtype))) return []
  const { user, problem } = resolveType({ names: node.typeName }, reading.analysis)
  const { catalog } = reading.analysis
  // What the server does not know either, it refuses by itself.
  if (user === undefined) return problem?.includes('session') ? [opaque(reading, command, problem)] : []
  const holds = (type: number, depth = 0): boolean => {
    const found = catalog.typeByOid(type)
    return type === user.oid || (depth < DEEPEST && found?.kind === 'domain' && holds(found.base, depth + 1))
  }
  return catalog.catalog.relations.flatMap(({ kind, schema, name, columns }) => {
    const range = rangeOf([schema, name])
    const held = STORED.has(kind) ? columns.filter(({ type }) => holds(type)) : []
    return range === undefined || held.length === 0
      ? []
      : readCompared(
          range,
          held.map((column) => reference(column.name)),
          reading,
        )
  })
}

const DEEPEST = 16

/**
 * Rows that take the order of an index, which whoever reads them later sees. Of which columns an index is, the catalog does
 * not tell; without a relation all that were clustered once are sorted again.
 */
export function comparedByCluster(
  range: Tree | undefined,
  reading: Reading,
  command: string,
): readonly Action[] {
  if (range === undefined)
    return [{ ...action('read', database(reading), command, { fields: 'unknown' }), derived: true }]
  const columns = relation(range, reading).relation?.columns ?? []
  return readCompared(
    range,
    columns.map(({ name }) => reference(name)),
    reading,
  )
}
