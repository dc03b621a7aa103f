/** COPY in all its directions (manual, SQL COPY). */
import type { Action, Field, Verb } from '@gatehouse/core'
import type { CopyForm } from '../plan.js'
import { readQuery } from '../query/index.js'
import { as, list, optionFlag, optionText, type Tree, text, tree, words } from '../tree.js'
import { action, type Found, opaque, type Reading, resource } from './found.js'
import { relation } from './names.js'

export function readCopy(node: Tree, reading: Reading): Found {
  const command = node.is_from === true ? 'COPY FROM' : 'COPY TO'
  const form = copyForm(node)
  if (!form)
    return {
      command,
      actions: [opaque(reading, command, 'the options of COPY are not known')],
      outputs: 'unknown',
      // Whoever may do anything, and sees nothing masked, may have it in a form that is not read here.
      ...(text(node.filename) === undefined ? { copy: unread(node) } : {}),
    }
  const place = outside(node, command)
  const found = node.is_from === true ? copyIn(node, reading, command) : copyOut(node, reading, command)
  if (place)
    return { ...found, outputs: [], actions: [place, ...found.actions.map((each) => elsewhere(each))] }
  return { ...found, copy: form }
}

function unread(node: Tree): CopyForm {
  const direction = node.is_from === true ? 'in' : 'out'
  return { direction, format: 'text', delimiter: '\t', null: '\\N', quote: '"', escape: '"', header: false }
}

/** The server's file or program that data moves to or from. */
function outside(node: Tree, command: string): Action | undefined {
  const name = text(node.filename)
  if (name === undefined) return undefined
  const verb: Verb = node.is_from === true ? 'import' : 'export'
  const place = node.is_program === true ? resource('command', ['program']) : resource('path', [name])
  return action(verb, place, command)
}

/** Towards a file the relation is exported or imported, not copied to the client; what leaves so, no mask meets (R19). */
function elsewhere(copied: Action): Action {
  if (copied.verb === 'copy-in') return { ...copied, verb: 'import' }
  const verb = copied.verb === 'copy-out' ? 'export' : copied.verb
  if (copied.fields === 'unknown') return { ...copied, verb }
  const fields = copied.fields.map((field) => ({
    ...field,
    uses: field.uses.map((use) => (use === 'output' ? 'flow' : use)),
  }))
  return { ...copied, verb, fields }
}

function copyOut(node: Tree, reading: Reading, command: string): Found {
  const range = tree(node.relation)
  const query = range ? selectOf(range, node, reading) : node.query
  const found = reading.statement(query)
  return {
    ...found,
    command,
    // Rows of a COPY come in no portal that could stop at a limit (R21).
    collects: true,
    streams: true,
    uncounted: 'COPY counts what it copies, not what its query changes',
    actions: found.actions.flatMap((each) =>
      // What stands behind a view or is read by a routine leaves as well: a rule against that binds.
      each.verb === 'read'
        ? [
            { ...each, verb: 'copy-out' as const, command },
            { ...each, derived: true, command },
          ]
        : [{ ...each, command }],
    ),
    outputs: found.outputs ?? [],
  }
}

/** `COPY t` as the SELECT that it stands for: t alone without children, no generated columns unless named. */
function selectOf(range: Tree, node: Tree, reading: Reading): unknown {
  const { relation: found } = relation(range, reading)
  const named = words(node.attlist) ?? []
  const names =
    named.length > 0
      ? named
      : found?.columns.filter((c) => c.generated === undefined && c.number > 0).map((c) => c.name)
  const fields = names ? names.map((name) => [{ String: { sval: name } }]) : [[{ A_Star: {} }]]
  return {
    SelectStmt: {
      targetList: fields.map((reference) => ({ ResTarget: { val: { ColumnRef: { fields: reference } } } })),
      fromClause: [{ RangeVar: { ...range, inh: false } }],
      limitOption: 'LIMIT_OPTION_DEFAULT',
      op: 'SETOP_NONE',
    },
  }
}

/** What INSERT would do (triggers, rules, generated columns), named copy-in; a rule against INSERT still binds. */
function copyIn(node: Tree, reading: Reading, command: string): Found {
  const range = tree(node.relation) ?? {}
  const { relation: found } = relation(range, reading)
  const named = words(node.attlist) ?? []
  const names =
    named.length > 0
      ? named
      : (found?.columns.filter((c) => c.generated === undefined && c.number > 0).map((c) => c.name) ?? [])
  const insert = readQuery(
    {
      InsertStmt: {
        relation: range,
        cols: names.map((name) => ({ ResTarget: { name } })),
        override: 'OVERRIDING_NOT_SET',
      },
    },
    reading.analysis,
  )
  const written: readonly Field[] | 'unknown' =
    names.length === 0 ? 'unknown' : names.map((name) => fieldOf(name, insert.actions))
  const actions = insert.actions.flatMap((each) =>
    each.verb === 'insert'
      ? [
          { ...each, verb: 'copy-in' as const, command, fields: each.derived ? each.fields : written },
          { ...each, derived: true, command, fields: each.derived ? each.fields : written },
        ]
      : [{ ...each, command }],
  )
  return { command, actions: [...actions, ...condition(node, range, reading, command)], outputs: [] }
}

function fieldOf(name: string, actions: readonly Action[]): Field {
  for (const { verb, fields } of actions) {
    const known =
      verb === 'insert' && fields !== 'unknown' ? fields.find((field) => field.name === name) : undefined
    if (known) return known
  }
  return { name, uses: ['written'], classes: [] }
}

/** COPY … FROM … WHERE sees only the incoming row, but the functions in it run. */
function condition(node: Tree, range: Tree, reading: Reading, command: string): readonly Action[] {
  if (node.whereClause === undefined) return []
  const found = readQuery(
    {
      SelectStmt: {
        targetList: [{ ResTarget: { val: { A_Const: { isnull: true } } } }],
        fromClause: [{ RangeVar: range }],
        whereClause: node.whereClause,
        limitOption: 'LIMIT_OPTION_DEFAULT',
        op: 'SETOP_NONE',
      },
    },
    reading.analysis,
  )
  return found.actions.map((each) =>
    each.verb === 'read' ? { ...each, derived: true, command } : { ...each, command },
  )
}

const KNOWN_OPTIONS = new Set(
  'format freeze delimiter null header quote escape force_quote force_not_null force_null encoding default on_error log_verbosity reject_limit'.split(
    ' ',
  ),
)

/** The form of the data, with the defaults of the format; undefined for an option that is not known. */
export function copyForm(node: Tree): CopyForm | undefined {
  const options = new Map<string, unknown>()
  for (const option of list(node.options)) {
    const element = as(option, 'DefElem')
    const name = text(element?.defname)
    if (name === undefined || !KNOWN_OPTIONS.has(name) || options.has(name)) return undefined
    options.set(name, element?.arg ?? null)
  }
  const value = (name: string) => {
    const given = options.get(name)
    return given === undefined ? undefined : optionText(given ?? undefined)
  }
  const encoding = value('encoding')
    ?.toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
  if (encoding !== undefined && encoding !== 'utf8' && encoding !== 'unicode') return undefined
  const format = value('format') ?? 'text'
  if (format !== 'text' && format !== 'csv' && format !== 'binary') return undefined
  const quote = value('quote') ?? '"'
  const header = options.has('header')
    ? value('header')?.toLowerCase() === 'match' || optionFlag(options.get('header') ?? undefined)
    : false
  if (header === undefined) return undefined
  return {
    direction: node.is_from === true ? 'in' : 'out',
    format,
    delimiter: value('delimiter') ?? (format === 'csv' ? ',' : '\t'),
    null: value('null') ?? (format === 'csv' ? '' : '\\N'),
    quote,
    escape: value('escape') ?? quote,
    header,
  }
}
