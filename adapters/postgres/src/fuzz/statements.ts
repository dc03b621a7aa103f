/** The fixed set of texts, and what each means to the model of the server; `N` in them tells answers apart. */

export const SECRET = 'sesame'
export const PEOPLE = 30_001
export const NOTES = 30_002

export interface Column {
  readonly name: string
  readonly relation: number
  readonly attribute: number
  readonly type: number
}

export interface Result {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
  /** Columns that a masked viewer gets masked. */
  readonly masked: readonly number[]
}

interface Failure {
  readonly code: string
  readonly text: string
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
  | 'copy-in'
  | 'copy-out'
  | 'set'
  | 'prepare'
  | 'execute'
  | 'deallocate'
  | 'declare'
  | 'fetch'
  | 'close'

export interface Meaning {
  /** Which of the forms below it is; permits are counted by it. */
  readonly form: string
  readonly verb: Verb
  readonly tag: string
  readonly result?: Result
  /** `early`: nothing of the result comes before it, its description included. */
  readonly fails?: Failure & { readonly early: boolean }
  /** The policy forbids it. */
  readonly forbidden?: true
  /** Of SQL's PREPARE and DECLARE. */
  readonly inner?: Meaning
}

const number = (name: string): Column => ({ name, relation: 0, attribute: 0, type: 23 })
const EMAIL: Column = { name: 'email', relation: PEOPLE, attribute: 2, type: 25 }
const ID: Column = { name: 'id', relation: NOTES, attribute: 1, type: 23 }
const secret = (n: number, row: number) => `${SECRET}${n}x${row}@example.com`
const list = (count: number) => Array.from({ length: count }, (_, row) => row)

type Form = readonly [form: string, mean: (n: number) => Omit<Meaning, 'form'>]

const one = (n: number): Result => ({ columns: [number('?column?')], rows: [[String(n)]], masked: [] })
const some = (n: number, rows: number): Result => ({
  columns: [number('?column?'), ID],
  rows: list(rows).map((row) => [String(n), String(row)]),
  masked: [],
})

const FORMS: readonly Form[] = [
  ['select N', (n) => ({ verb: 'select', tag: 'SELECT', result: one(n) })],
  ['select N, id from notes', (n) => ({ verb: 'select', tag: 'SELECT', result: some(n, n % 4) })],
  [
    'select email, N from people',
    (n) => ({
      verb: 'select',
      tag: 'SELECT',
      result: {
        columns: [EMAIL, number('?column?')],
        rows: list((n % 3) + 1).map((row) => [secret(n, row), String(n)]),
        masked: [0],
      },
    }),
  ],
  [
    'select upper(email), N from people',
    (n) => ({
      verb: 'select',
      tag: 'SELECT',
      result: {
        columns: [{ ...number('upper'), type: 25 }, number('?column?')],
        rows: [[secret(n, 0), String(n)]],
        masked: [0],
      },
    }),
  ],
  [
    'select N/0',
    (n) => ({
      verb: 'select',
      tag: 'SELECT',
      result: one(n),
      fails: { early: true, code: '22012', text: 'division by zero' },
    }),
  ],
  [
    'select N/(id - 2), id from notes',
    (n) => ({
      verb: 'select',
      tag: 'SELECT',
      result: some(n, 1),
      fails: { early: false, code: '22012', text: 'division by zero' },
    }),
  ],
  [
    "select N, id from notes where body::int = (select 1 from people where email = 'a' limit 1)",
    (n) => ({
      verb: 'select',
      tag: 'SELECT',
      result: some(n, 0),
      fails: {
        early: false,
        code: '22P02',
        text: `invalid input syntax for type integer: "${secret(n, 0)}"`,
      },
    }),
  ],
  ["insert into notes values (N, 'x')", (n) => ({ verb: 'write', tag: `INSERT 0 ${n}` })],
  [
    "insert into notes values (N, 'y') returning id",
    (n) => ({ verb: 'write', tag: 'INSERT 0', result: { columns: [ID], rows: [[String(n)]], masked: [] } }),
  ],
  ["update notes set body = 'x' where id = N", (n) => ({ verb: 'write', tag: `UPDATE ${n}` })],
  ['select N from vault', (n) => ({ verb: 'select', tag: 'SELECT', result: one(n), forbidden: true })],
  ['begin', () => ({ verb: 'begin', tag: 'BEGIN' })],
  ['commit', () => ({ verb: 'commit', tag: 'COMMIT' })],
  ['rollback', () => ({ verb: 'rollback', tag: 'ROLLBACK' })],
  ['savepoint s', () => ({ verb: 'savepoint', tag: 'SAVEPOINT' })],
  ['release s', () => ({ verb: 'release', tag: 'RELEASE' })],
  ['rollback to s', () => ({ verb: 'rollback-to', tag: 'ROLLBACK' })],
  ['copy notes from stdin', () => ({ verb: 'copy-in', tag: 'COPY' })],
  [
    'copy notes to stdout',
    () => ({
      verb: 'copy-out',
      tag: 'COPY',
      result: {
        columns: [ID, { ...number('body'), type: 25 }],
        rows: [
          ['1', 'x'],
          ['2', 'y'],
        ],
        masked: [],
      },
    }),
  ],
  [
    'copy people to stdout',
    () => ({
      verb: 'copy-out',
      tag: 'COPY',
      result: {
        columns: [ID, EMAIL],
        rows: [
          ['1', secret(0, 0)],
          ['2', secret(0, 1)],
        ],
        masked: [1],
      },
    }),
  ],
  ['set work_mem to 1024', () => ({ verb: 'set', tag: 'SET' })],
  ["set application_name to 'x'", () => ({ verb: 'set', tag: 'SET' })],
  ['set search_path to public', () => ({ verb: 'set', tag: 'SET' })],
  [
    'prepare p as select N',
    (n) => ({ verb: 'prepare', tag: 'PREPARE', inner: meaningOf(`select ${n}`) as Meaning }),
  ],
  [
    'prepare p as select email, N from people',
    (n) => ({
      verb: 'prepare',
      tag: 'PREPARE',
      inner: meaningOf(`select email, ${n} from people`) as Meaning,
    }),
  ],
  ['execute p', () => ({ verb: 'execute', tag: 'SELECT' })],
  ['deallocate p', () => ({ verb: 'deallocate', tag: 'DEALLOCATE' })],
  [
    'declare k cursor for select N, id from notes',
    (n) => ({
      verb: 'declare',
      tag: 'DECLARE CURSOR',
      inner: meaningOf(`select ${n}, id from notes`) as Meaning,
    }),
  ],
  [
    'declare k cursor for select email, N from people',
    (n) => ({
      verb: 'declare',
      tag: 'DECLARE CURSOR',
      inner: meaningOf(`select email, ${n} from people`) as Meaning,
    }),
  ],
  ['fetch 1 from k', () => ({ verb: 'fetch', tag: 'FETCH' })],
  ['close k', () => ({ verb: 'close', tag: 'CLOSE CURSOR' })],
]

/** Texts that a statement may be made of; `N` is to be filled in. */
export const TEXTS: readonly string[] = FORMS.map(([form]) => form)
/** Their names are looked up when they run, by the gateway as they are read: by Query alone the answers come in one place. */
export const BY_QUERY: ReadonlySet<string> = new Set([
  'execute p',
  'fetch 1 from k',
  ...TEXTS.filter((text) => /^(?:prepare|declare|deallocate|close)/.test(text)),
])

const STAMPED = /^SET SESSION application_name TO '/
const READERS = FORMS.map(([form, mean]) => {
  const pattern = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\bN\b/, '(\\d+)')
  return { form, mean, pattern: new RegExp(`^${pattern}$`) }
})
const known = new Map<string, Meaning | undefined>()

/** The meaning of one statement; undefined: the server's grammar does not take it. */
export function meaningOf(text: string): Meaning | undefined {
  if (known.has(text)) return known.get(text)
  const asked = STAMPED.test(text) ? "set application_name to 'x'" : text
  let found: Meaning | undefined
  for (const { form, mean, pattern } of READERS) {
    const match = pattern.exec(asked)
    if (match === null) continue
    found = { form, ...mean(Number(match[1] ?? 0)) }
    break
  }
  if (known.size < 10_000) known.set(text, found)
  return found
}

/** The statements of a text; undefined: the grammar does not take it, and none runs. */
export function meaningsOf(text: string): readonly Meaning[] | undefined {
  const found: Meaning[] = []
  for (const part of text.split(';')) {
    const statement = part.trim()
    if (statement === '') continue
    const meaning = meaningOf(statement)
    if (meaning === undefined) return undefined
    found.push(meaning)
  }
  return found
}
