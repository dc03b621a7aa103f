/** From one parse tree to the statements in it, each read in the light of those before it in the same text. */
import type { Action } from '@gatehouse/core'
import type { Effect, PostgresStatement, ReadingContext } from './plan.js'
import { type Analysis, readQuery } from './query/index.js'
import { redact } from './text/redact.js'
import { as, isTree, list, type Tree, text, unwrap } from './tree.js'
import { readUnknown } from './utility/administration.js'
import { readSelectInto } from './utility/create-relation.js'
import type { Found, Reading } from './utility/found.js'
import { withParents } from './utility/parents.js'
import { neverOnRoleCatalogs, readRenameRole } from './utility/roles.js'
import { named, readSetConfigs, setsByRow } from './utility/set-config.js'
import { neverByCall, neverOnSettings } from './utility/settings.js'
import { QUERY_STATEMENTS, UTILITY_STATEMENTS } from './utility/statement-types.js'
import { withTemporary } from './utility/temporary.js'

const COMMANDS: Readonly<Record<string, string>> = {
  SelectStmt: 'SELECT',
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
}

/** Reads one wrapped statement node. */
export function readStatement(node: unknown, reading: Reading): Found {
  const found = unwrap(node)
  if (!found) return readUnknown('STATEMENT', reading)
  const { actions, ...rest } = readAny(found.type, found.node, node, reading)
  // SET shows its value and says itself what it may not be.
  const never =
    rest.never ??
    neverOnRoleCatalogs(actions) ??
    neverOnSettings(actions) ??
    (found.type === 'VariableSetStmt' ? undefined : neverBySetConfig(actions, node, reading))
  return { ...rest, actions, ...(never === undefined ? {} : { never }) }
}

function readAny(type: string, members: Tree, node: unknown, reading: Reading): Found {
  const into = type === 'SelectStmt' ? readSelectInto(members, reading) : undefined
  if (into) return into
  if (QUERY_STATEMENTS.has(type)) {
    const { actions, outputs, collects } = readQuery(named(node), reading.analysis)
    return {
      command: COMMANDS[type] ?? type,
      actions,
      outputs,
      collects,
      effects: readSetConfigs(node).effects,
    }
  }
  if (type === 'RenameStmt' && members.renameType === 'OBJECT_ROLE') return readRenameRole(members, reading)
  const read = Object.hasOwn(UTILITY_STATEMENTS, type) ? UTILITY_STATEMENTS[type] : undefined
  return read ? withParents(read(members, reading), reading) : readUnknown(type, reading)
}

/** Calls of set_config anywhere in the statement, by what their constants show. */
function neverBySetConfig(actions: readonly Action[], node: unknown, reading: Reading): string | undefined {
  const { values, hidden } = readSetConfigs(node)
  if (hidden) {
    reading.analysis.literalMattered()
    const shown = setsByRow(node) && actions.some(readsSettings)
    return shown ? undefined : 'set_config is called for a setting that the text does not show'
  }
  if (!actions.some(({ verb }) => verb === 'set')) return undefined
  reading.analysis.literalMattered()
  return neverByCall(actions, values)
}

function readsSettings({ verb, resource }: Action): boolean {
  return verb === 'read' && resource.path.at(-2) === 'pg_catalog' && resource.path.at(-1) === 'pg_settings'
}

export interface Surroundings {
  readonly analysis: Omit<Analysis, 'searchPath' | 'overlay' | 'parameterTypes'>
  readonly accounts: ReadonlySet<string>
  readonly context: ReadingContext
  readonly parameterTypes: readonly number[]
  readonly parse: (text: string) => readonly unknown[] | undefined
}

/** Reads the statements of one text in order: what one changes of search_path or names holds for the next. */
export function readStatements(
  trees: readonly unknown[],
  source: string,
  around: Surroundings,
): PostgresStatement[] {
  const bytes = Buffer.from(source)
  const overlay = new Set(around.context.overlay)
  const temporary = new Set(around.context.temporary ?? around.context.overlay)
  const prepared = new Map<string, unknown>()
  const done: PostgresStatement[] = []
  let searchPath = around.context.searchPath
  for (const raw of trees) {
    const node = isTree(raw) ? raw.stmt : undefined
    const slice = sliceOf(raw, bytes, source, trees.length)
    const moment = { ...around, searchPath, overlay, temporary }
    const statement = resolve(readOne(node, slice, moment), done, prepared, moment)
    done.push(statement)
    for (const effect of statement.effects) {
      if (effect.kind === 'prepare') prepared.set(effect.name, node)
      if (effect.kind === 'define') {
        for (const name of effect.names) {
          overlay.add(name)
          if (effect.temporary) temporary.add(name)
        }
      }
      searchPath = pathAfter(effect, searchPath, around.context)
    }
  }
  return done
}

/** search_path after an effect. The end of a transaction may undo what was set in it, here or before this text. */
function pathAfter(
  effect: Effect,
  current: readonly string[] | 'unknown',
  context: ReadingContext,
): readonly string[] | 'unknown' {
  if (effect.kind === 'set' && effect.name === 'search_path') return effect.value ?? 'unknown'
  if (effect.kind === 'reset-all' || (effect.kind === 'discard' && effect.what === 'all')) return 'unknown'
  // $user is the current role.
  if (effect.kind === 'set' && ROLES.has(effect.name)) return current.includes('$user') ? 'unknown' : current
  const ends = effect.kind === 'transaction' && !BEGINS.has(effect.what)
  return ends && !(context.settled === true && current === context.searchPath) ? 'unknown' : current
}

const ROLES: ReadonlySet<string> = new Set(['role', 'session_authorization'])
const BEGINS: ReadonlySet<string> = new Set(['begin', 'savepoint', 'release'])

interface Moment extends Surroundings {
  readonly searchPath: readonly string[] | 'unknown'
  readonly overlay: ReadonlySet<string>
  readonly temporary: ReadonlySet<string>
}

function readOne(node: unknown, slice: string, moment: Moment): PostgresStatement {
  const read = readStatement(node, readingOf(slice, moment, moment.parameterTypes))
  const found = withTemporary(read, (name) => moment.temporary.has(name))
  return complete(found, textOf(node, slice), slice)
}

function readingOf(slice: string, moment: Moment, parameterTypes: readonly number[]): Reading {
  const { searchPath } = moment
  const overlay = moment.overlay.has('*') ? everything : new Set(moment.overlay)
  const analysis: Analysis = { ...moment.analysis, searchPath, overlay, parameterTypes }
  const reading: Reading = {
    analysis,
    catalog: analysis.catalog.catalog,
    accounts: moment.accounts,
    parse: moment.parse,
    source: slice,
    statement: (node) => readStatement(node, reading),
    inner: (node, types) =>
      complete(readStatement(node, readingOf(slice, moment, types)), textOf(node, slice), slice),
  }
  return reading
}

/** After a change whose names are not known, every name may mean something else. */
const everything: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true })

function complete(found: Found, shown: string, slice: string): PostgresStatement {
  return {
    command: found.command,
    actions: found.actions,
    outputs: found.outputs ?? [],
    collects: found.collects ?? false,
    text: shown,
    bytes: Buffer.byteLength(slice),
    effects: found.effects ?? [],
    reserve: found.reserve ?? false,
    ...(found.refersTo === undefined ? {} : { refersTo: found.refersTo }),
    ...(found.copy === undefined ? {} : { copy: found.copy }),
    ...(found.never === undefined ? {} : { never: found.never }),
  }
}

/** A setting's value may be a bare word, which no redaction of constants reaches. */
function textOf(node: unknown, slice: string): string {
  const set = as(node, 'VariableSetStmt')
  const name = text(set?.name)
  if (set && name?.includes('.') && set.kind === 'VAR_SET_VALUE') return `SET ${name} TO ?`
  return redact(slice)
}

/** EXECUTE and FETCH of what the same text prepared or declared. */
function resolve(
  statement: PostgresStatement,
  before: readonly PostgresStatement[],
  prepared: ReadonlyMap<string, unknown>,
  moment: Moment,
): PostgresStatement {
  const { refersTo } = statement
  if (!refersTo) return statement
  if (refersTo.kind === 'prepared') {
    // The server analyses a prepared statement again under the search_path of its execution (plancache.c).
    const node = prepared.get(refersTo.name)
    const again = node === undefined ? undefined : readOne(node, '', moment).effects[0]
    return again?.kind === 'prepare' ? withActions(statement, again.statement) : statement
  }
  const declared = before
    .flatMap((each) => each.effects)
    .findLast((effect) => effect.kind === 'declare' && effect.name === refersTo.name)
  return declared?.kind === 'declare' ? withActions(statement, declared.statement) : statement
}

function withActions(statement: PostgresStatement, meant: PostgresStatement): PostgresStatement {
  const { refersTo: _, ...rest } = statement
  const actions: readonly Action[] = [...statement.actions, ...meant.actions]
  return {
    ...rest,
    actions,
    effects: RUNS.has(statement.command) ? [...statement.effects, ...meant.effects] : statement.effects,
    outputs: statement.outputs === 'unknown' ? meant.outputs : statement.outputs,
    collects: statement.collects || meant.collects,
    ...(meant.never === undefined ? {} : { never: meant.never }),
  }
}

/** What carries out the effects of the statement that it refers to; a cursor has none. */
const RUNS: ReadonlySet<string> = new Set(['EXECUTE', 'EXPLAIN ANALYZE'])

/** A statement's own part of the text; the grammar counts in bytes. */
function sliceOf(raw: unknown, bytes: Buffer, source: string, count: number): string {
  if (count === 1 || !isTree(raw)) return source
  const from = typeof raw.stmt_location === 'number' ? raw.stmt_location : 0
  const length = typeof raw.stmt_len === 'number' ? raw.stmt_len : bytes.length - from
  return bytes.subarray(from, from + length).toString()
}

export function treesOf(parsed: unknown): readonly unknown[] {
  return isTree(parsed) ? list((parsed as Tree).stmts) : []
}
