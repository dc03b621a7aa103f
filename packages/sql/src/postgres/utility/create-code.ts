/** CREATE of what runs later: functions, triggers, rules, policies. Their makers need what the code reads (R4). */
import type { Action } from '@gatehouse/core'
import { type MadeRoutine, readExpression, readQuery } from '../query/index.js'
import { as, list, type Tree, text, tree, unwrap, word, words } from '../tree.js'
import { define } from './create-relation.js'
import { readCalls, readOver } from './expressions.js'
import { action, type Found, opaque, type Reading } from './found.js'
import { object, relation } from './names.js'

export function readCreateFunction(node: Tree, reading: Reading): Found {
  const procedure = node.is_procedure === true
  const command = procedure ? 'CREATE PROCEDURE' : 'CREATE FUNCTION'
  const name = words(node.funcname) ?? []
  const routine = object(name, reading, 'routine')
  const defaults = list(node.parameters).map((each) => as(each, 'FunctionParameter')?.defexpr)
  const verbs = node.replace === true ? (['create', 'alter'] as const) : (['create'] as const)
  return {
    command,
    actions: [
      ...verbs.map((verb) => action(verb, routine, command)),
      ...bodyActions(node, reading, command),
      ...readCalls(defaults, reading),
    ],
    effects: [define([name.at(-1)])],
  }
}

/** A body in SQL is read statement by statement; one in another language may do anything. */
function bodyActions(node: Tree, reading: Reading, command: string): readonly Action[] {
  const routine = madeRoutine(node)
  if (node.sql_body !== undefined)
    return flatten(node.sql_body).flatMap((each) => storedActions(each, routine, reading, command))
  let language = 'sql'
  let body: readonly string[] = []
  for (const option of list(node.options)) {
    const element = as(option, 'DefElem')
    const name = text(element?.defname)
    if (name === 'language') language = (word(element?.arg) ?? '').toLowerCase()
    if (name === 'as') body = words(as(element?.arg, 'List')?.items) ?? []
  }
  if (language !== 'sql') return [opaque(reading, command, `a body in \`${language}\` cannot be read`)]
  const [source, ...more] = body
  const statements = source === undefined || more.length > 0 ? undefined : reading.parse(source)
  if (!statements) return [opaque(reading, command, 'the body cannot be read')]
  return statements.flatMap((each) =>
    storedActions(as(each, 'RawStmt')?.stmt ?? tree(each)?.stmt, routine, reading, command),
  )
}

/** FunctionParameterMode (parsenodes.h): what is given to it, a body can name. */
const GIVEN: ReadonlySet<string | undefined> = new Set([
  'FUNC_PARAM_IN',
  'FUNC_PARAM_DEFAULT',
  'FUNC_PARAM_INOUT',
  'FUNC_PARAM_VARIADIC',
])

function madeRoutine(node: Tree): MadeRoutine {
  const parameters = list(node.parameters).flatMap((each) => {
    const parameter = as(each, 'FunctionParameter')
    const name = text(parameter?.name)
    return name === undefined || !GIVEN.has(text(parameter?.mode)) ? [] : [{ name, type: parameter?.argType }]
  })
  return { name: words(node.funcname)?.at(-1) ?? '', parameters }
}

function flatten(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body.flatMap((each) => flatten(each))
  const items = as(body, 'List')
  return items ? flatten(items.items) : [body]
}

const QUERIES = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

function storedActions(
  statement: unknown,
  routine: MadeRoutine,
  reading: Reading,
  command: string,
): readonly Action[] {
  const found = unwrap(statement)
  if (found?.type === 'ReturnStmt')
    return readExpression(found.node.returnval, reading.analysis, undefined, routine).actions
  if (found && QUERIES.has(found.type))
    return readQuery(statement, reading.analysis, { stored: true, within: routine }).actions
  return [opaque(reading, command, 'the body holds a statement that is no query')]
}

export function readCreateTrigger(node: Tree, reading: Reading): Found {
  const command = 'CREATE TRIGGER'
  const range = tree(node.relation) ?? {}
  return {
    command,
    actions: [
      action('create', relation(range, reading).resource, command),
      ...attached(node, reading, command),
      ...readOver(rowsOf(range), [...copiedByTrigger(node), node.whenClause], reading),
    ],
    effects: [define([text(range.relname)])],
  }
}

const rowsOf = (range: Tree) => [
  { range, alias: 'new' },
  { range, alias: 'old' },
]

/**
 * Code that from now on runs with other rows than its author meant it for, with all of their columns: whoever attaches it
 * does what it does, which of a body that nobody has read is not known (R3).
 */
function attached(node: Tree, reading: Reading, command: string): readonly Action[] {
  if (READ_TRIGGERS.has(builtinOf(node, reading) ?? '')) return []
  const does = readCalls([{ FuncCall: { funcname: node.funcname } }], reading)
  if (does.some(({ verb }) => verb === 'call')) return does
  const routine = object(words(node.funcname) ?? [], reading, 'routine')
  return [action('call', routine, command, { functions: [routine.path.slice(1).join('.')] }), ...does]
}

/** Functions for triggers that the server brings (manual, sections 9.29 and 12.4.3): what their arguments show is all that they do. */
const READ_TRIGGERS: ReadonlySet<string> = new Set([
  'suppress_redundant_updates_trigger',
  'tsvector_update_trigger',
  'tsvector_update_trigger_column',
])

/** The built-in that a trigger calls, where no other routine of its name can be meant. */
function builtinOf({ funcname }: Tree, { analysis }: Reading): string | undefined {
  const name = words(funcname) ?? []
  const last = name.at(-1) ?? ''
  if (name.length > 1) return name[0] === 'pg_catalog' && name.length === 2 ? last : undefined
  return analysis.overlay.has(last) || analysis.catalog.routines(last).length > 0 ? undefined : last
}

/** Columns that a built-in writes into another of the same row, by the names that it is given behind that one. */
function copiedByTrigger(node: Tree): readonly unknown[] {
  const names = words(node.args) ?? []
  const name = words(node.funcname)?.at(-1)
  // The other names its configuration, not a column that holds it.
  const copied =
    name === 'tsvector_update_trigger_column'
      ? names.slice(1)
      : name === 'tsvector_update_trigger'
        ? names.slice(2)
        : []
  return copied.map((column) => ({
    ColumnRef: { fields: [{ String: { sval: 'new' } }, { String: { sval: column } }] },
  }))
}

export function readCreateEventTrigger(node: Tree, reading: Reading): Found {
  const command = 'CREATE EVENT TRIGGER'
  const name = text(node.trigname) ?? ''
  return {
    command,
    actions: [action('create', object([name], reading), command), ...attached(node, reading, command)],
  }
}

/** A rule makes one statement do another: whoever makes it needs what its actions do (R4). */
export function readCreateRule(node: Tree, reading: Reading): Found {
  const command = 'CREATE RULE'
  const range = tree(node.relation) ?? {}
  const rows = rowsOf(range)
  const actions = list(node.actions).flatMap((each) => {
    const found = unwrap(each)
    if (found?.type === 'NotifyStmt') return reading.statement(each).actions
    if (!found || !QUERIES.has(found.type))
      return [opaque(reading, command, 'an action of the rule is no query')]
    return readQuery(each, reading.analysis, { stored: true, around: rows }).actions
  })
  return {
    command,
    actions: [
      action('create', relation(range, reading).resource, command),
      ...actions,
      ...readOver(rows, [node.whereClause], reading),
    ],
    effects: [define([text(range.relname)])],
  }
}

export function readPolicy(node: Tree, reading: Reading): Found {
  const creates = node.cmd_name !== undefined
  const command = creates ? 'CREATE POLICY' : 'ALTER POLICY'
  const range = tree(node.table) ?? {}
  const place = relation(range, reading).resource
  return {
    command,
    actions: [
      action(creates ? 'create' : 'alter', place, command),
      action('grant', place, command),
      ...readOver([{ range }], [node.qual, node.with_check], reading),
    ],
  }
}
