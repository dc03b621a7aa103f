/**
 * The toy's statements: `read R (f, g)`, `add R (f) 'v'`, `set R (f) 'v'`, `erase R`, each with `where id = n` and
 * `with R` or `inside R`; `begin`, `commit`, `rollback`; `eval …`. Several are parted by `;`, comments stand in `{}`.
 */
import type { Action, Output, Statement, Verb } from '@gatehouse/core'

export type Parsed =
  | { readonly kind: 'read'; readonly statements: readonly Statement[] }
  | { readonly kind: 'unreadable' }

type Token = { readonly kind: 'word' | 'literal' | 'sign'; readonly text: string }

const TOKEN = /\s+|\{[^}]*\}|'([^']*)'|"([^"]*)"|([A-Za-z_][A-Za-z_]*)|(\d+)|([(),;=])/y
const VERBS: Readonly<Record<string, Verb>> = { read: 'read', add: 'insert', set: 'update', erase: 'delete' }
const TRANSACTION = new Set(['begin', 'commit', 'rollback'])

/** Undefined when a character belongs to nothing. Words are lower case unless they are quoted. */
function tokens(text: string): Token[] | undefined {
  const found: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text)
    if (match === null) return undefined
    const [, literal, quoted, word, digits, sign] = match
    if (literal !== undefined) found.push({ kind: 'literal', text: literal })
    else if (digits !== undefined) found.push({ kind: 'literal', text: digits })
    else if (quoted !== undefined) found.push({ kind: 'word', text: quoted })
    else if (word !== undefined) found.push({ kind: 'word', text: word.toLowerCase() })
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign })
  }
  return found
}

export function parse(text: string): Parsed {
  const found = tokens(text)
  if (found === undefined || found.length === 0) return { kind: 'unreadable' }
  const statements: Statement[] = []
  let rest = found
  while (rest.length > 0) {
    const end = rest.findIndex(({ text: sign, kind }) => kind === 'sign' && sign === ';')
    const own = end < 0 ? rest : rest.slice(0, end)
    const statement = readStatement(own)
    if (statement === undefined) return { kind: 'unreadable' }
    statements.push({ ...statement, bytes: text.length })
    rest = end < 0 ? [] : rest.slice(end + 1)
  }
  return { kind: 'read', statements }
}

/** The statement with every literal put out of sight. */
const redacted = (found: readonly Token[]) =>
  found.map(({ kind, text }) => (kind === 'literal' ? '?' : text)).join(' ')

function readStatement(found: readonly Token[]): Statement | undefined {
  const [first, second] = found
  const command = first?.text ?? ''
  const whole = { command, text: redacted(found), bytes: 0, collects: false, outputs: [] as Output[] }
  const action = (verb: Verb, path: readonly string[], changes: Partial<Action> = {}): Action => ({
    verb,
    resource: { kind: 'relation', path, system: false },
    fields: [],
    unfiltered: false,
    certainty: 'exact',
    command,
    functions: [],
    derived: false,
    ...changes,
  })
  if (first?.kind !== 'word') return undefined
  if (TRANSACTION.has(command)) return { ...whole, actions: [action('transaction', ['shop'])] }
  if (command === 'eval')
    return { ...whole, outputs: 'unknown', actions: [action('opaque', ['shop'], { certainty: 'opaque' })] }
  const verb = VERBS[command]
  if (verb === undefined || second?.kind !== 'word') return undefined
  const names = fieldsOf(found)
  const others = found.flatMap(({ kind, text }, index) => {
    const brought = kind === 'word' && (text === 'with' || text === 'inside') ? found[index + 1] : undefined
    return brought === undefined ? [] : [action('read', ['shop', brought.text], { fields: 'unknown' })]
  })
  const filtered = found.some(({ kind, text }) => kind === 'word' && text === 'where')
  const own = action(verb, ['shop', second.text], {
    unfiltered: verb !== 'insert' && !filtered,
    fields: [
      ...names.map((name) => ({
        name,
        uses: [verb === 'read' ? 'output' : 'written'] as const,
        classes: [],
      })),
      ...(filtered ? [{ name: 'id', uses: ['lookup'] as const, classes: [] }] : []),
    ],
  })
  const outputs = verb === 'read' ? names.map((name) => outputOf(second.text, name)) : []
  return { ...whole, outputs, actions: [own, ...others] }
}

function fieldsOf(found: readonly Token[]): readonly string[] {
  const start = found.findIndex(({ text }) => text === '(')
  const end = found.findIndex(({ text }) => text === ')')
  if (start < 0 || end < start) return []
  return found.slice(start + 1, end).flatMap(({ kind, text }) => (kind === 'word' ? [text] : []))
}

const outputOf = (relation: string, name: string): Output => ({
  name,
  how: 'copied',
  sources: [{ resource: `shop.${relation}`, field: name, classes: [] }],
})
