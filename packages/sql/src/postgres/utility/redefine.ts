/** What ALTER, RENAME and DROP leave of a relation, where their text tells it exactly (R2). */
import type { CatalogRelation } from '../../catalog.js'
import type { Defining } from '../session/session-names.js'
import { withDependents } from '../session/session-names.js'
import { isOfSession, type SessionRelation } from '../session/session-relation.js'
import { as, list, type Tree, text, tree } from '../tree.js'
import { draftColumn, numbered } from './define-table.js'
import type { Reading } from './found.js'
import { relation } from './names.js'

type Told = Pick<Defining, 'names' | 'relations'> & { readonly temporary?: true }

const NOTHING: Told = { names: [] }

function opaque(...names: readonly (string | undefined)[]): Told {
  return { names: names.flatMap((name) => name ?? []) }
}

/** A relation as the session holds it: its own, or the catalog's before its first change. */
function held(found: CatalogRelation, reading: Reading): SessionRelation {
  const own = reading.definitions.find(({ oid }) => oid === found.oid)
  const next = Math.max(0, ...found.columns.map(({ number }) => number)) + 1
  return own ?? { ...found, next }
}

/** What follows a change of a relation that is not told is not told either. */
function lostWith(range: Tree, reading: Reading, ...more: readonly (string | undefined)[]): Told {
  const { relation: found } = relation(range, reading)
  const below = found === undefined ? [] : reading.analysis.catalog.descendants(found)
  const own = below.filter(({ oid }) => reading.definitions.some((each) => each.oid === oid))
  return opaque(text(range.relname), ...more, ...own.map(({ name }) => name))
}

/** Nothing above or below it that would follow. */
function isAlone(found: CatalogRelation, reading: Reading): boolean {
  const { catalog } = reading.analysis
  return found.parents.length === 0 && catalog.descendants(found).length === 0
}

/** Subcommands that change neither what columns there are nor what stands in them. */
const NEUTRAL = new Set(
  'ColumnDefault CookedColumnDefault SetNotNull DropNotNull AddConstraint AddIndex AddIndexConstraint DropConstraint ValidateConstraint AlterConstraint SetStatistics SetStorage SetCompression SetOptions ResetOptions ClusterOn DropCluster SetRelOptions ResetRelOptions ReplaceRelOptions ReplicaIdentity ChangeOwner SetLogged SetUnLogged SetTableSpace SetIdentity DropIdentity EnableRowSecurity DisableRowSecurity ForceRowSecurity NoForceRowSecurity'
    .split(' ')
    .map((name) => `AT_${name}`),
)

export function altered(node: Tree, told: boolean, reading: Reading): Told {
  const range = tree(node.relation) ?? {}
  const lost = lostWith(range, reading)
  const { relation: found } = relation(range, reading)
  const commands = list(node.cmds).map((each) => as(each, 'AlterTableCmd'))
  const neutral = commands.every((each) => NEUTRAL.has(text(each?.subtype) ?? ''))
  const kin = commands.flatMap((each) => kinOf(each))
  // Rows show through another relation from now on, for as long as the session has what is temporary.
  if (kin.length > 0) return { names: [...lost.names, ...kin], temporary: true }
  if (!told || found === undefined || node.objtype !== 'OBJECT_TABLE') return lost
  if (neutral) return NOTHING
  if (!isAlone(found, reading)) return lost
  let now = held(found, reading)
  for (const command of commands) {
    const after = command && step(now, command, reading)
    if (after === undefined) return lost
    now = after
  }
  return { names: [], relations: [now] }
}

/** What INHERIT and ATTACH PARTITION join to the relation. */
function kinOf(command: Tree | undefined): readonly string[] {
  const range = as(command?.def, 'RangeVar') ?? tree(as(command?.def, 'PartitionCmd')?.name)
  const name = text(range?.relname)
  return name === undefined ? [] : [name]
}

function step(now: SessionRelation, command: Tree, reading: Reading): SessionRelation | undefined {
  const kind = text(command.subtype) ?? ''
  if (NEUTRAL.has(kind)) return now
  if (kind === 'AT_AddColumn') {
    const definition = as(command.def, 'ColumnDef')
    const name = text(definition?.colname)
    if (definition === undefined || name === undefined) return undefined
    const stands = now.columns.some((column) => column.name === name)
    if (command.missing_ok === true && (stands || !isOfSession(now))) return stands ? now : undefined
    const { column, sequence } = draftColumn(definition, reading)
    if (sequence) return undefined
    return { ...now, columns: [...now.columns, numbered(column, now.oid, now.next)], next: now.next + 1 }
  }
  if (kind === 'AT_DropColumn' && command.behavior !== 'DROP_CASCADE') {
    const columns = now.columns.filter(({ name }) => name !== command.name)
    if (columns.length === now.columns.length && !isOfSession(now)) return undefined
    return { ...now, columns }
  }
  return undefined
}

/** RENAME of a relation or a column: of the catalog's own it may change what other definitions mean. */
export function renamedRelation(node: Tree, reading: Reading): Told {
  const range = tree(node.relation) ?? {}
  const newname = text(node.newname)
  const whole = WHOLE.has(text(node.renameType) ?? '')
  const lost = lostWith(range, reading, whole ? newname : undefined)
  const { relation: found } = relation(range, reading)
  if (found === undefined || newname === undefined || !isOfSession(found)) return lost
  if (whole) return { names: [], relations: [{ ...found, name: newname }] }
  if (node.renameType !== 'OBJECT_COLUMN' || !isAlone(found, reading)) return lost
  const columns = found.columns.map((column) =>
    column.name === node.subname ? { ...column, name: newname } : column,
  )
  return { names: [], relations: [{ ...found, columns }] }
}

const WHOLE: ReadonlySet<string> = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_FOREIGN_TABLE',
  'OBJECT_SEQUENCE',
  'OBJECT_INDEX',
])

export function movedRelation(range: Tree, schema: string, reading: Reading): Told {
  const { relation: found } = relation(range, reading)
  if (found === undefined || !isOfSession(found)) return opaque(text(range.relname))
  const along = reading.definitions
    .filter(({ belongsTo }) => belongsTo === found.oid)
    .map((each) => ({ ...each, schema }))
  return { names: [], relations: [{ ...found, schema }, ...along] }
}

/** DROP of relations without their dependents, or of the session's own with theirs; undefined: anything may go. */
export function dropped(ranges: readonly Tree[], cascades: boolean, reading: Reading): Told | undefined {
  const gone: SessionRelation[] = []
  const names: string[] = []
  for (const range of ranges) {
    const { relation: found } = relation(range, reading)
    if (found === undefined) {
      const name = text(range.relname) ?? '*'
      // What is not there is not dropped; what cannot be told stays so.
      if (cascades || reading.analysis.overlay.has(name) || reading.analysis.searchPath === 'unknown')
        names.push(name)
    } else if (cascades && !isOfSession(found)) return undefined
    else gone.push(held(found, reading))
  }
  if (cascades && names.length > 0) return undefined
  const oids = withDependents(gone, reading.definitions)
  const all = new Map(
    [...gone, ...reading.definitions.filter(({ oid }) => oids.has(oid))].map((each) => [each.oid, each]),
  )
  return { names, relations: [...all.values()].map((each) => ({ ...each, gone: true as const })) }
}
