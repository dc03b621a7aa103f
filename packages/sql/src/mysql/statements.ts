/** From a canonical text's statements to what each does, read in the light of those before it in the same text. */
import type { Action } from '@gatehouse/core'
import { action, resource } from '../reading/actions.js'
import { type MissingName, missingPart } from '../reading/missing-part.js'
import { isAccountTable, neverOnAccounts, WHY } from './administration/accounts.js'
import { openCursor } from './administration/cursor.js'
import { type Found, opaque, type Reading } from './administration/found.js'
import { neverOfSecrets } from './administration/secrets.js'
import { QUERY_WORDS, STATEMENT_WORDS } from './administration/statement-words.js'
import { tokensOf } from './administration/tokens.js'
import { withoutConstantRows } from './constant-rows.js'
import type { MysqlContext, MysqlEffect, MysqlStatement } from './plan.js'
import { type QueryParts, readQueryText, variablesOf } from './queries.js'
import type { MysqlAnalysis } from './query/index.js'
import type { TextMode } from './text/canonical.js'
import { rulesOf } from './text/mode.js'
import { redact } from './text/redact.js'
import { assignedByCode, type VariableNames, variablesRead } from './user-variables.js'

export interface Surroundings extends QueryParts {
  readonly analysis: Omit<MysqlAnalysis, 'database' | 'overlay'>
  readonly mode: TextMode
  readonly accounts: ReadonlySet<string>
  readonly context: MysqlContext
  /** A literal's text as a text of its own: canonical, or why it cannot be read. */
  readonly canonical: (text: string) => { readonly text: string } | { readonly why: string }
}

interface Moment extends Surroundings {
  readonly database: string | undefined
  readonly overlay: ReadonlySet<string>
  readonly depth: number
}

/** Statements and texts inside others; the server knows no three. */
const DEEPEST = 4
const TOO_DEEP = {
  command: 'STATEMENT',
  actions: [],
  unreadable: 'statements stand in statements too deep',
} as const

/** The statements, or why the whole text is unreadable. */
export function readStatements(
  texts: readonly string[],
  around: Surroundings,
): readonly MysqlStatement[] | string {
  const overlay = new Set(around.context.overlay)
  const done: MysqlStatement[] = []
  let { database } = around.context
  let changed = false
  for (const text of texts) {
    if (changed) return 'what follows is read under settings that the text changes'
    const read = readOne(text, { ...around, database, overlay, depth: 0 })
    if (typeof read === 'string') return read
    done.push(resolve(read, done))
    for (const effect of read.effects) {
      if (effect.kind === 'use') database = effect.database
      if (effect.kind === 'define') for (const name of effect.names) overlay.add(name)
      if (effect.kind === 'set' && changesLexing(effect, around.mode)) changed = true
    }
  }
  return done
}

/** Whether the server would cut the rest of the text otherwise. */
function changesLexing(effect: Extract<MysqlEffect, { kind: 'set' }>, mode: TextMode): boolean {
  if (effect.name !== 'sql_mode' && effect.name !== 'character_set_client') return false
  const { name, value } = effect
  if (value === undefined) return true
  const next = name === 'sql_mode' ? { ...mode, sqlMode: value.split(',') } : { ...mode, charset: value }
  return JSON.stringify(rulesOf(next)) !== JSON.stringify(rulesOf(mode))
}

function readOne(text: string, moment: Moment): MysqlStatement | string {
  const found = readFound(text, moment)
  return found.unreadable ?? complete(found, text, moment)
}

function readFound(whole: string, moment: Moment): Found {
  const text = withoutConstantRows(whole, moment.rules)
  const { accounts, database, context } = moment
  // Of a part of a statement the first parameter may be any of the whole.
  const { parameterTypes, ...known } = moment.analysis
  const analysis: MysqlAnalysis = {
    ...known,
    database,
    overlay: moment.overlay.has('*') ? everything : new Set(moment.overlay),
  }
  const reading: Reading = {
    analysis,
    catalog: analysis.catalog,
    database,
    accounts,
    account: context.account,
    query: (part, options) => readQueryText(part, moment, analysis, options),
    statement: (part) =>
      moment.depth >= DEEPEST ? TOO_DEEP : readFound(part, { ...moment, depth: moment.depth + 1 }),
    inner(part) {
      if (moment.depth >= DEEPEST) return TOO_DEEP.unreadable
      const canonical = moment.canonical(part)
      return 'why' in canonical
        ? canonical.why
        : readOne(canonical.text, { ...moment, depth: moment.depth + 1 })
    },
  }
  const own = parameterTypes === undefined || moment.depth > 0 ? {} : { parameterTypes }
  const found = readBy(text, moment, reading, own)
  const never = found.never ?? neverOnAccounts(found.actions) ?? neverOfSecrets(found.actions)
  const effects = mayDoAnything(found) ? [...(found.effects ?? []), ...ANYTHING] : (found.effects ?? [])
  return { ...found, effects, ...(never === undefined ? {} : { never }) }
}

/** Statements whose text does not show what runs. */
const UNSEEN: ReadonlySet<string> = new Set([
  'STATEMENT',
  'SET',
  'SET STATEMENT',
  'USE',
  'CALL',
  'BEGIN NOT ATOMIC',
  'EXECUTE IMMEDIATE',
])

/** A routine or a text that nobody read may leave the session with another database, other settings, other tables. */
function mayDoAnything({ command, actions }: Found): boolean {
  return actions.some(
    ({ verb, certainty }) =>
      certainty === 'opaque' && (verb === 'call' || (verb === 'opaque' && UNSEEN.has(command))),
  )
}

const ANYTHING: readonly MysqlEffect[] = [
  { kind: 'use', database: undefined },
  ...['sql_mode', 'character_set_client', 'character_set_results'].map(
    (name): MysqlEffect => ({ kind: 'set', name, value: undefined }),
  ),
  { kind: 'define', names: ['*'], temporary: false },
]

/** After a change whose names are not known, every name may mean something else. */
const everything: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true })

type Bound = Pick<MysqlAnalysis, 'parameterTypes'>

function readBy(text: string, moment: Moment, reading: Reading, bound: Bound): Found {
  const tokens = tokensOf(text, moment.rules)
  const first = tokens?.[0]
  if (!tokens || (first && first.kind !== 'word' && first.value !== '('))
    return {
      command: 'STATEMENT',
      actions: [opaque(reading, 'STATEMENT', 'the statement is not understood')],
      outputs: 'unknown',
      collects: true,
    }
  if (!first) return { command: 'EMPTY', actions: [] }
  if (QUERY_WORDS.has(first.value) && tokens[1]?.value !== ':')
    return readQueryFound(text, first.value, moment, reading, bound)
  const read = Object.hasOwn(STATEMENT_WORDS, first.value) ? STATEMENT_WORDS[first.value] : undefined
  if (!read || tokens[1]?.value === ':') {
    const why = `\`${first.value.slice(0, 63)}\` begins no statement that is understood`
    return {
      command: 'STATEMENT',
      actions: [opaque(reading, 'STATEMENT', why)],
      outputs: 'unknown',
      collects: true,
    }
  }
  const cursor = openCursor(text, tokens)
  const found = read(cursor, reading)
  if (cursor.done() || found.actions.some(({ verb }) => verb === 'opaque')) return found
  const why = `its end (\`${cursor.peek()?.kind === 'word' ? cursor.peek()?.value.slice(0, 63) : '…'}\`) is not understood`
  return { ...found, actions: [...found.actions, opaque(reading, found.command, why)] }
}

function readQueryFound(text: string, word: string, moment: Moment, reading: Reading, bound: Bound): Found {
  const names: MissingName[] = []
  let certain = !moment.overlay.has('*')
  const found = readQueryText(text, moment, {
    ...reading.analysis,
    ...bound,
    missing(name) {
      if (name) names.push(name)
      else certain = false
    },
  })
  const missing = certain && found.into === undefined ? missingPart(inOrder(names), found.actions) : undefined
  const never = found.writes?.some((name) => isAccountTable(name, reading.database)) ? { never: WHY } : {}
  const command = commandOf(word, found.actions)
  const effects = variablesOf(found)
  if (found.into === undefined)
    return {
      command,
      actions: found.actions,
      outputs: found.outputs,
      collects: found.collects,
      effects,
      ...never,
      ...(found.uncounted === undefined ? {} : { uncounted: found.uncounted }),
      ...(missing === undefined ? {} : { missing }),
    }
  if (found.into.kind === 'variables') return { command, actions: found.actions, effects }
  const exported = found.actions
    .filter(({ verb, derived }) => verb === 'read' && !derived)
    .map((each): Action => ({ ...each, verb: 'export', command: 'SELECT INTO' }))
  const others = found.actions.map((each) => (each.verb === 'read' ? { ...each, derived: true } : each))
  const path = action('export', resource('path', [found.into.path]), 'SELECT INTO')
  return { command: 'SELECT INTO', actions: [path, ...exported, ...others], collects: true, effects }
}

const FIRST = /'(field list|SELECT|INSERT INTO|VALUES|SET|UPDATE)'$/

/** The server resolves tables before columns, and the select list before what is behind it. */
function inOrder(names: readonly MissingName[]): readonly MissingName[] {
  const rank = ({ code, message }: MissingName) => (code !== '1054' ? 0 : FIRST.test(message) ? 1 : 2)
  return [...names].sort((a, b) => rank(a) - rank(b))
}

function commandOf(word: string, actions: readonly Action[]): string {
  if (word !== 'with' && word !== '(') return word.toUpperCase()
  return actions.find(({ derived }) => !derived)?.command ?? 'SELECT'
}

function complete(found: Found, text: string, { mode, rules, analysis }: Moment): MysqlStatement {
  const variables = variablesOfText(text, rules, found)
  const codeVariables = namesOfBoth(found.codeVariables, assignedByCode(found.actions, analysis.catalog))
  return {
    command: found.command,
    actions: found.actions,
    outputs: found.outputs ?? [],
    collects: found.collects ?? false,
    text: redact(text, mode),
    bytes: Buffer.byteLength(text),
    effects: found.effects ?? [],
    reserve: found.reserve ?? false,
    ...(found.refersTo === undefined ? {} : { refersTo: found.refersTo }),
    ...(found.local === undefined ? {} : { local: found.local }),
    ...(found.never === undefined ? {} : { never: found.never }),
    ...(found.uncounted === undefined ? {} : { uncounted: found.uncounted }),
    ...(found.missing === undefined ? {} : { missing: found.missing }),
    ...(variables.length === 0 ? {} : { variables }),
    ...(codeVariables === undefined ? {} : { codeVariables }),
  }
}

/** Its own, and those of the text within it (EXECUTE IMMEDIATE). */
function variablesOfText(text: string, rules: Moment['rules'], { variables = [] }: Found): readonly string[] {
  if (variables.length === 0 && !text.includes('@')) return []
  return [...new Set([...variables, ...variablesRead(tokensOf(text, rules) ?? [])])]
}

/** EXECUTE of what the same text prepared. */
function resolve(statement: MysqlStatement, before: readonly MysqlStatement[]): MysqlStatement {
  const { refersTo, ...rest } = statement
  if (!refersTo) return statement
  const last = before
    .flatMap((each) => each.effects)
    .findLast(
      (effect) =>
        (effect.kind === 'prepare' || effect.kind === 'deallocate') && effect.name === refersTo.name,
    )
  if (last?.kind !== 'prepare') return statement
  const meant = last.statement
  const uncounted = statement.uncounted ?? meant.uncounted
  return {
    ...rest,
    ...(uncounted === undefined ? {} : { uncounted }),
    actions: [...statement.actions, ...meant.actions],
    effects: [...statement.effects, ...meant.effects],
    outputs: meant.outputs,
    collects: statement.collects || meant.collects,
    ...variablesOfBoth(statement, meant),
    ...(meant.never === undefined ? {} : { never: meant.never }),
  }
}

/** Of a statement that runs another. */
export function variablesOfBoth(
  one: MysqlStatement,
  other: MysqlStatement,
): Pick<MysqlStatement, 'variables' | 'codeVariables'> {
  const variables = [...new Set([...(one.variables ?? []), ...(other.variables ?? [])])]
  const codeVariables = namesOfBoth(one.codeVariables, other.codeVariables)
  return {
    ...(variables.length === 0 ? {} : { variables }),
    ...(codeVariables === undefined ? {} : { codeVariables }),
  }
}

function namesOfBoth(
  one: VariableNames | undefined,
  other: VariableNames | undefined,
): VariableNames | undefined {
  if (one === 'unknown' || other === 'unknown') return 'unknown'
  return one === undefined ? other : [...new Set([...one, ...(other ?? [])])]
}
