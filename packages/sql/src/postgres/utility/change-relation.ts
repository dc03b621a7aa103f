/** ALTER, RENAME and the like of relations, and TRUNCATE and LOCK: what they reach below the relation that they name. */
import type { Action, Verb } from '@gatehouse/core'
import type { Effect } from '../plan.js'
import { resolveRelation } from '../query/index.js'
import type { Defining } from '../session/session-names.js'
import { as, list, nodes, type Tree, text, tree } from '../tree.js'
import { comparedBySubcommand } from './compared-rows.js'
import { columnExpressions, ELSEWHERE, foreignKeys } from './create-relation.js'
import { isTold } from './define-table.js'
import { readOver } from './expressions.js'
import { action, type Found, opaque, type Reading } from './found.js'
import { newRelation, relation, relationResource } from './names.js'
import { altered, movedRelation, renamedRelation } from './redefine.js'

/** One action on the relation, and derived ones on its children and partitions unless ONLY stops there (R4). */
export function onTree(verb: Verb, range: Tree, reading: Reading, command: string): readonly Action[] {
  const { resource: place, relation: found } = relation(range, reading)
  const own = action(verb, place, command)
  if (!found || range.inh !== true) return [own]
  const below = reading.analysis.catalog.descendants(found)
  return [
    own,
    ...below.map((each) => action(verb, relationResource(each, reading), command, { derived: true })),
  ]
}

/** What CASCADE reaches is not in the text: only who may do this to the whole database may say it. */
export function cascade(verb: Verb, node: Tree, reading: Reading, command: string): readonly Action[] {
  if (node.behavior !== 'DROP_CASCADE') return []
  const whole = { kind: 'database' as const, path: [reading.catalog.database, '*', '*'], system: false }
  return [
    action(verb, whole, command, {
      certainty: 'at-most',
      why: 'CASCADE reaches objects that it does not name',
    }),
  ]
}

/** What a relation has below it is not known as long as it is itself not known; one that is not there has nothing. */
function unknownTree(range: Tree, reading: Reading, command: string): readonly Action[] {
  const { relation: found, problem, absent } = resolveRelation(range, reading.analysis)
  return found || absent ? [] : [opaque(reading, command, problem ?? 'the relation is not understood')]
}

export function readTruncate(node: Tree, reading: Reading): Found {
  const command = 'TRUNCATE TABLE'
  const ranges = nodes(node.relations, 'RangeVar')
  return {
    command,
    actions: [
      ...ranges.flatMap((range) => onTree('truncate', range, reading, command)),
      ...ranges.flatMap((range) => unknownTree(range, reading, command)),
      ...cascade('truncate', node, reading, command),
    ],
  }
}

/** AccessShareLock (lockdefs.h). */
const ACCESS_SHARE = 1

/** ACCESS SHARE is what every SELECT takes: whoever may read a relation may hold it, and pg_dump does. */
export function readLock(node: Tree, reading: Reading): Found {
  const command = 'LOCK TABLE'
  const verb = node.mode === ACCESS_SHARE ? 'read' : 'lock'
  const ranges = nodes(node.relations, 'RangeVar')
  return { command, actions: ranges.flatMap((range) => onTree(verb, range, reading, command)) }
}

const COMMANDS: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'ALTER TABLE',
  OBJECT_VIEW: 'ALTER VIEW',
  OBJECT_MATVIEW: 'ALTER MATERIALIZED VIEW',
  OBJECT_INDEX: 'ALTER INDEX',
  OBJECT_SEQUENCE: 'ALTER SEQUENCE',
  OBJECT_FOREIGN_TABLE: 'ALTER FOREIGN TABLE',
  OBJECT_TYPE: 'ALTER TYPE',
}

/** Subcommands that change who may see or do what: privileges as much as shape. */
const PRIVILEGES = new Set([
  'AT_ChangeOwner',
  'AT_EnableRowSecurity',
  'AT_DisableRowSecurity',
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
])

/** What a foreign table or a column of it stands for. */
const FOREIGN = new Set(['AT_GenericOptions', 'AT_AlterColumnGenericOptions'])

export function readAlterTable(node: Tree, reading: Reading): Found {
  const range = tree(node.relation) ?? {}
  const command = COMMANDS[text(node.objtype) ?? ''] ?? 'ALTER TABLE'
  const actions: Action[] = [...onTree('alter', range, reading, command)]
  const expressions: unknown[] = []
  for (const each of list(node.cmds)) {
    const subcommand = as(each, 'AlterTableCmd')
    if (!subcommand) {
      actions.push(opaque(reading, command, 'a part of it is not known'))
      continue
    }
    const kind = text(subcommand.subtype) ?? ''
    if (kind === 'AT_DropColumn') actions.push(action('drop', relation(range, reading).resource, command))
    if (PRIVILEGES.has(kind)) actions.push(action('grant', relation(range, reading).resource, command))
    if (FOREIGN.has(kind) || list(as(subcommand.def, 'ColumnDef')?.fdwoptions).length > 0)
      actions.push(opaque(reading, command, ELSEWHERE))
    actions.push(...cascade('drop', subcommand, reading, command))
    const definition = subcommand.def
    if (kind === 'AT_ColumnDefault' || kind === 'AT_SetExpression' || kind === 'AT_CookedColumnDefault')
      expressions.push(definition)
    else expressions.push(...columnExpressions(definition))
    actions.push(...foreignKeys(definition, reading, command))
    actions.push(...comparedBySubcommand(subcommand, range, reading, command))
    actions.push(...otherRelations(definition, reading, command))
  }
  actions.push(
    ...readOver([{ range }], expressions, reading).map((each) =>
      each.verb === 'read' ? { ...each, derived: true } : each,
    ),
  )
  return { command, actions, effects: [retold(altered(node, isTold(actions), reading))] }
}

function retold(told: Pick<Defining, 'names' | 'relations'> & { readonly temporary?: true }): Effect {
  return { kind: 'define', temporary: false, ...told }
}

/** INHERIT, ATTACH PARTITION, OF: a second relation changes or shows through the first. */
function otherRelations(definition: unknown, reading: Reading, command: string): readonly Action[] {
  const range = as(definition, 'RangeVar') ?? tree(as(definition, 'PartitionCmd')?.name)
  if (!range) return []
  return [
    action('alter', relation(range, reading).resource, command),
    action('read', relation(range, reading).resource, command),
  ]
}

export function readAlterSequence(node: Tree, reading: Reading): Found {
  const range = tree(node.sequence) ?? {}
  return { command: 'ALTER SEQUENCE', actions: onTree('alter', range, reading, 'ALTER SEQUENCE') }
}

/** The relation that an object belongs to when it has no place of its own (column, trigger, rule, policy, constraint). */
export function renamed(node: Tree, reading: Reading, command: string): Found | undefined {
  const range = tree(node.relation)
  if (!range) return undefined
  const actions = onTree('alter', range, reading, command)
  return { command, actions, effects: [retold(renamedRelation(node, reading))] }
}

/** ALTER … SET SCHEMA leaves one name and takes another. */
export function moved(node: Tree, reading: Reading, command: string): Found | undefined {
  const range = tree(node.relation)
  if (!range) return undefined
  const schema = text(node.newschema) ?? ''
  const target = newRelation({ ...range, schemaname: schema }, reading)
  return {
    command,
    actions: [...onTree('alter', range, reading, command), action('create', target, command)],
    effects: [retold(movedRelation(range, schema, reading))],
  }
}
