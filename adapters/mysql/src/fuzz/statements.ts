/** The fixed set of texts, and what each means to the model of the server; `N` in them tells answers apart. */
import { type ColumnDefinition, TYPE } from '../messages/index.js'

export const SECRET = 'sesame'

export interface Result {
  readonly columns: readonly ColumnDefinition[]
  readonly rows: readonly (readonly string[])[]
  /** Columns that a masked viewer gets masked. */
  readonly masked: readonly number[]
}

export type Verb =
  | 'select'
  | 'write'
  | 'begin'
  | 'commit'
  | 'rollback'
  | 'savepoint'
  | 'release'
  | 'rollback-to'
  | 'set'
  | 'autocommit'
  | 'use'
  | 'define'
  | 'call'
  | 'prepare'
  | 'execute'
  | 'deallocate'
  | 'warnings'
  | 'load'

export interface Meaning {
  /** Which of the forms below it is. */
  readonly form: string
  readonly verb: Verb
  readonly result?: Result
  /** Rows that it changes. */
  readonly changes?: number
  /** `early`: nothing of the result comes before the error. */
  readonly fails?: { readonly code: number; readonly early: boolean }
  /** The policy forbids it to viewers with masks; so it does what might do what it forbids. */
  readonly forbidden?: true
  /** What PREPARE names. */
  readonly inner?: string
  /** System variable and what it becomes. */
  readonly sets?: readonly [name: string, value: string]
  readonly name?: string
  /** The client's, which the server asks for. */
  readonly file?: string
}

const none = Buffer.alloc(0)
function column(name: string, type: number, table?: string): ColumnDefinition {
  const of = table === undefined ? none : Buffer.from(table)
  return {
    schema: table === undefined ? none : Buffer.from('shop'),
    table: of,
    orgTable: of,
    name: Buffer.from(name),
    orgName: table === undefined ? none : Buffer.from(name),
    charset: type === TYPE.LONGLONG ? 63 : 45,
    length: 160,
    type,
    flags: 0,
    decimals: 0,
  }
}
const { LONGLONG, VAR_STRING } = TYPE
const result = (
  columns: readonly ColumnDefinition[],
  rows: readonly (readonly string[])[],
  masked: readonly number[] = [],
): Result => ({ columns, rows, masked })

const ID = column('id', LONGLONG, 'notes')
const BODY = column('body', VAR_STRING, 'notes')
const EMAIL = column('email', VAR_STRING, 'people')
const NOTES = result(
  [ID, BODY],
  [
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'c'],
  ],
)
const people = (n: string) =>
  result(
    [EMAIL, column('n', LONGLONG)],
    [
      [SECRET, n],
      [SECRET, n],
    ],
    [0],
  )
/** More rows than there are numbers of packets. */
const MANY = result(
  [ID],
  Array.from({ length: 260 }, (_, index) => [String(index)]),
)
export const WARNINGS = result(
  [column('Level', VAR_STRING), column('Code', LONGLONG), column('Message', VAR_STRING)],
  [],
)

/** A column as COM_FIELD_LIST shows it; `value`: its default, null for NULL, undefined where a server says nothing of one. */
export interface Field {
  readonly column: ColumnDefinition
  readonly value: string | null | undefined
}

/** By table: what COM_FIELD_LIST lists, and the statement that says the same. */
export const FIELD_LISTS: Readonly<
  Record<string, { readonly meaning: Meaning; readonly fields: readonly Field[] }>
> = {
  people: {
    meaning: { form: 'SHOW COLUMNS FROM `people`', verb: 'select' },
    fields: [
      { column: ID, value: null },
      { column: EMAIL, value: SECRET },
      { column: BODY, value: undefined },
    ],
  },
}

const MEANINGS: Readonly<Record<string, (n: string) => Omit<Meaning, 'form'>>> = {
  'select N': (n) => ({ verb: 'select', result: result([column(n, LONGLONG)], [[n]]) }),
  'select ?': () => ({ verb: 'select', result: result([column('?', VAR_STRING)], [['?']]) }),
  'select id, body from notes': () => ({ verb: 'select', result: NOTES }),
  'select id from notes': () => ({ verb: 'select', result: MANY }),
  'select id, body from notes where id = ?': () => ({ verb: 'select', result: NOTES }),
  'select email, N from people': (n) => ({ verb: 'select', result: people(n) }),
  'select email, N from people where id = ?': (n) => ({ verb: 'select', result: people(n) }),
  'select id from vault': () => ({
    verb: 'select',
    result: result([column('id', LONGLONG, 'vault')], [['1']]),
    forbidden: true,
  }),
  'select (select id from notes)': () => ({
    verb: 'select',
    result: result([column('n', LONGLONG)], [['1']]),
    fails: { code: 1242, early: false },
  }),
  "insert into notes values (N, 'x')": () => ({ verb: 'write', changes: 1 }),
  "insert into notes values (N, 'twice')": () => ({ verb: 'write', fails: { code: 1062, early: true } }),
  'insert into notes values (?, ?)': () => ({ verb: 'write', changes: 1 }),
  "update notes set body = 'x' where id = N": (n) => ({ verb: 'write', changes: Number(n) }),
  'update notes set body = ? where id = N': (n) => ({ verb: 'write', changes: Number(n) }),
  'delete from notes where id = N': (n) => ({ verb: 'write', changes: Number(n) }),
  'delete from vault where id = ?': () => ({ verb: 'write', changes: 1, forbidden: true }),
  begin: () => ({ verb: 'begin' }),
  'start transaction': () => ({ verb: 'begin' }),
  commit: () => ({ verb: 'commit' }),
  rollback: () => ({ verb: 'rollback' }),
  'savepoint s': () => ({ verb: 'savepoint', name: 's' }),
  'release savepoint s': () => ({ verb: 'release', name: 's' }),
  'rollback to savepoint s': () => ({ verb: 'rollback-to', name: 's' }),
  'set @a = N': () => ({ verb: 'set' }),
  'set autocommit = 0': () => ({ verb: 'autocommit', sets: ['autocommit', 'OFF'] }),
  'set autocommit = 1': () => ({ verb: 'autocommit', sets: ['autocommit', 'ON'] }),
  "set sql_mode = ''": () => ({ verb: 'set', sets: ['sql_mode', ''] }),
  "set sql_mode = 'STRICT_ALL_TABLES'": () => ({ verb: 'set', sets: ['sql_mode', 'STRICT_ALL_TABLES'] }),
  'use shop': () => ({ verb: 'use' }),
  'create table made (id int)': () => ({ verb: 'define' }),
  'call several()': () => ({ verb: 'call', forbidden: true, result: NOTES }),
  'call failing()': () => ({
    verb: 'call',
    forbidden: true,
    result: NOTES,
    fails: { code: 1644, early: false },
  }),
  "prepare p from 'select 7'": () => ({ verb: 'prepare', inner: 'select 7' }),
  "prepare p from 'select email, 7 from people'": () => ({
    verb: 'prepare',
    inner: 'select email, 7 from people',
  }),
  'execute p': () => ({ verb: 'execute' }),
  'deallocate prepare p': () => ({ verb: 'deallocate' }),
  'show warnings': () => ({ verb: 'warnings', result: WARNINGS }),
}

export const TEXTS: readonly string[] = Object.keys(MEANINGS)
/** LOAD DATA LOCAL: what comes of it the client's next packets say. */
export const LOADS: readonly string[] = ['notes', 'vault', 'nowhere'].map(
  (table) => `load data local infile 'N.csv' into table ${table}`,
)
const loading =
  (table: string) =>
  (n: string): Omit<Meaning, 'form'> => ({
    verb: 'load',
    file: `${n}.csv`,
    // What no catalog has may be anything: whoever has masks may not.
    ...(table === 'notes' ? {} : { forbidden: true }),
    ...(table === 'nowhere' ? { fails: { code: 1146, early: true } } : {}),
  })
const meaningAs = (form: string): ((n: string) => Omit<Meaning, 'form'>) | undefined =>
  MEANINGS[form] ?? (LOADS.includes(form) ? loading(form.slice(form.lastIndexOf(' ') + 1)) : undefined)
/** With places for values: by COM_STMT_PREPARE alone. */
export const PARAMETRISED: readonly string[] = TEXTS.filter((text) => text.includes('?'))
export const QUERIED: readonly string[] = TEXTS.filter((text) => !text.includes('?'))
const BY_QUERY = new Set(['prepare', 'execute', 'deallocate', 'use', 'warnings', 'call', 'begin'])
export const PREPARABLE: readonly string[] = TEXTS.filter(
  (text) => !BY_QUERY.has(MEANINGS[text]?.('1').verb ?? ''),
)

const PATTERNS = [...TEXTS, ...LOADS].map((form) => {
  const pattern = form
    .replace(/[()*?'.[\]@]/g, '\\$&')
    .replace(' \\@', ' ?\\@')
    .replace(/\bN\b/, '(\\d+)')
  return { form, pattern: new RegExp(`^${pattern}$`) }
})
const known = new Map<string, Meaning | undefined>()

export function meaningOf(text: string): Meaning | undefined {
  if (known.has(text)) return known.get(text)
  for (const { form, pattern } of PATTERNS) {
    const found = pattern.exec(text)
    if (found === null) continue
    const meaning = { form, ...meaningAs(form)?.(found[1] ?? '0') } as Meaning
    if (known.size < 20_000) known.set(text, meaning)
    return meaning
  }
  return undefined
}

/** Undefined: no grammar takes one of them. Empty: nothing but semicolons. */
export function meaningsOf(text: string): readonly Meaning[] | undefined {
  const parts = text.split(';').map((part) => part.trim())
  while (parts.at(-1) === '') parts.pop()
  const meanings = parts.map(meaningOf)
  return meanings.some((each) => each === undefined) ? undefined : (meanings as readonly Meaning[])
}

export const parametersOf = (meaning: Meaning): number => meaning.form.split('?').length - 1

/** `?` shows the first value. */
export function filled(result: Result, [value = '']: readonly string[]): Result {
  return { ...result, rows: result.rows.map((row) => row.map((cell) => (cell === '?' ? value : cell))) }
}
