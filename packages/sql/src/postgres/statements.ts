/** From one parse tree to the statements in it, each read in the light of those before it in the same text. */
import type { Action } from '@gatehouse/core'
import { gatherMissing } from './missing-name.js'
import type { PostgresStatement, ReadingContext } from './plan.js'
import { type Analysis, readQuery } from './query/index.js'
import { flowing } from './session/flowing.js'
import { createGrowth } from './session/growth.js'
import { type Moment, momentAfter, momentOf, seenBy } from './session/moment.js'
import { sameNames } from './session/session-names.js'
import { redact } from './text/redact.js'
import { as, isTree, type Tree, text, unwrap } from './tree.js'
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
  const prepared = new Map<string, unknown>()
  const done: PostgresStatement[] = []
  let moment = momentOf(around.context)
  for (const raw of trees) {
    const node = isTree(raw) ? raw.stmt : undefined
    const slice = sliceOf(raw, bytes, source, trees.length)
    const place: Place = { ...around, moment, source, slice }
    const statement = resolve(readOne(node, place), done, prepared, place)
    done.push(statement)
    const after = momentAfter(moment, statement, around.context)
    // A plan that the server keeps may go on meaning what stood there before something came in front of it.
    if (!sameNames(after.names, moment.names)) prepared.clear()
    for (const effect of statement.effects) if (effect.kind === 'prepare') prepared.set(effect.name, node)
    moment = after
  }
  return done
}

interface Place extends Surroundings {
  readonly moment: Moment
  /** The whole text, and the statement's own part of it. */
  readonly source: string
  readonly slice: string
}

function readOne(node: unknown, place: Place): PostgresStatement {
  const { searchPath, likely } = place.moment
  const statement = readUnder(node, place, searchPath)
  if (searchPath !== 'unknown' || likely === undefined) return statement
  return supposed(statement, readUnder(node, place, likely))
}

/** For the record what it most likely means; for permits that this is not known. */
function supposed(certain: PostgresStatement, likely: PostgresStatement): PostgresStatement {
  const unknown = certain.actions.filter(({ certainty }) => certainty === 'opaque')
  if (unknown.length === 0) return certain
  const known = likely.actions.filter(({ certainty }) => certainty !== 'opaque')
  return { ...certain, actions: [...known, ...unknown] }
}

function readUnder(node: unknown, place: Place, searchPath: Moment['searchPath']): PostgresStatement {
  return readWhole(node, place, searchPath, place.parameterTypes)
}

/** A statement by itself: what it does, what it brings into the session's own relations, and what it names in vain. */
function readWhole(
  node: unknown,
  place: Place,
  searchPath: Moment['searchPath'],
  parameterTypes: readonly number[],
): PostgresStatement {
  const { names } = place.moment
  const overlay = names.overlay.includes('*') ? everything : new Set(names.overlay)
  const seen = seenBy(names, place.analysis.catalog)
  const catalog = seen?.index ?? place.analysis.catalog
  const base: Analysis = {
    ...place.analysis,
    catalog,
    searchPath,
    overlay,
    parameterTypes,
    ...(seen === undefined ? {} : { session: seen.session }),
  }
  const growth = createGrowth(base)
  const missing = gatherMissing()
  let uncounted: string | undefined
  const analysis: Analysis = {
    ...base,
    stored: growth.stored,
    missing: missing.missing,
    uncounted: (why) => {
      uncounted = why
    },
  }
  const reading: Reading = {
    analysis,
    catalog: catalog.catalog,
    accounts: place.accounts,
    parse: place.parse,
    definitions: names.definitions ?? [],
    source: place.slice,
    statement: (inner) => readStatement(inner, reading),
    inner: (inner, types) => readWhole(inner, place, searchPath, types),
  }
  const temporary = new Set(names.temporary ?? names.overlay)
  const found = withTemporary(readStatement(node, reading), (name) => temporary.has(name))
  const effects = [...(found.effects ?? []), ...growth.effects()]
  const absent = overlay === everything ? undefined : missing.told(node, found.actions, place.source)
  // Wherever in the statement it was met: arguments of EXECUTE and CALL, defaults, conditions of COPY.
  const counting = uncounted === undefined ? found : { uncounted, ...found }
  const whole = complete({ ...counting, effects }, textOf(node, place.slice), place.slice)
  return absent === undefined ? whole : { ...whole, missing: absent }
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
    ...(found.streams === undefined ? {} : { streams: found.streams }),
    ...(found.uncounted === undefined ? {} : { uncounted: found.uncounted }),
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
  place: Place,
): PostgresStatement {
  const { refersTo } = statement
  if (!refersTo) return statement
  if (refersTo.kind === 'prepared') {
    // The server analyses a prepared statement again under the search_path of its execution (plancache.c).
    const node = prepared.get(refersTo.name)
    const again = node === undefined ? undefined : readOne(node, { ...place, slice: '' }).effects[0]
    return again?.kind === 'prepare' ? withActions(statement, again.statement) : statement
  }
  const declared = before
    .flatMap((each) => each.effects)
    .findLast((effect) => effect.kind === 'declare' && effect.name === refersTo.name)
  return declared?.kind === 'declare' ? withActions(statement, declared.statement) : statement
}

function withActions(statement: PostgresStatement, meant: PostgresStatement): PostgresStatement {
  const { refersTo, ...rest } = statement
  const stores = refersTo?.stores === true
  const actions: readonly Action[] = [
    ...statement.actions,
    ...(stores ? meant.actions.map(flowing) : meant.actions),
  ]
  return {
    ...rest,
    actions,
    effects: RUNS.has(statement.command) ? [...statement.effects, ...meant.effects] : statement.effects,
    outputs: statement.outputs === 'unknown' ? meant.outputs : statement.outputs,
    collects: statement.collects || meant.collects,
    ...uncountedOf(statement, meant),
    ...(meant.never === undefined ? {} : { never: meant.never }),
  }
}

function uncountedOf(statement: PostgresStatement, meant: PostgresStatement): { uncounted?: string } {
  const uncounted = statement.uncounted ?? meant.uncounted
  return uncounted === undefined ? {} : { uncounted }
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
