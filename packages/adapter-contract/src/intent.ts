/** What the suite means, in words that all databases share; a speaker writes it down, and the law N1 compares. */
import type { Action, FieldUse } from '@gatehouse/core'
import { type Column, RELATION_NAMES, type RelationName, WORLD } from './world.js'

export const INTENT_VERBS = ['read', 'insert', 'update', 'delete'] as const
export type IntentVerb = (typeof INTENT_VERBS)[number]

export interface Intent {
  readonly verb: IntentVerb
  readonly relation: RelationName
  /** Shown by a read, written by an insert or update; empty for a delete. */
  readonly fields: readonly string[]
  /** Narrowed to the row with this key; left out: every row. */
  readonly id?: number
  /** A relation that is brought in, by one of the speaker's ways. Rows stay those of `relation`. */
  readonly other?: { readonly relation: RelationName; readonly way: string }
  /** Stored by an insert or update, as a literal. */
  readonly value?: string
}

/** `relation` left out: an expression. A document is JSON. */
export interface ShownColumn {
  readonly name: string
  readonly kind: Column['kind'] | 'document'
  readonly relation?: RelationName
}

export interface Result {
  readonly columns: readonly ShownColumn[]
  readonly rows: readonly (readonly (string | null)[])[]
}

export function read(relation: RelationName, fields: readonly string[], id?: number): Intent {
  return { verb: 'read', relation, fields, ...(id === undefined ? {} : { id }) }
}

/** What the world answers: rows for a read without other relations, none for anything else. */
export function resultOf(intent: Intent): Result {
  if (intent.verb !== 'read') return { columns: [], rows: [] }
  const { columns, rows } = WORLD.relations[intent.relation]
  const places = intent.fields.map((field) => columns.findIndex(({ name }) => name === field))
  return {
    columns: places.map((place) => ({ ...(columns[place] as Column), relation: intent.relation })),
    rows: rows
      .filter((row) => intent.id === undefined || row[0] === String(intent.id))
      .map((row) => places.map((place) => row[place] ?? null)),
  }
}

const USES: Readonly<Record<IntentVerb, FieldUse>> = {
  read: 'output',
  insert: 'written',
  update: 'written',
  delete: 'filter',
}

/** What the world's things are called behind one protocol. */
export interface Naming {
  /** A relation by the catalog's own names, outermost first. */
  resource(relation: RelationName): readonly string[]
  /** Left out: a column has its own name. */
  field?(column: string): string
}

/** What of the intent the actions leave out; undefined when they say it all, or something stronger. */
export function uncovered(
  intent: Intent,
  actions: readonly Action[],
  { resource, field: named = (column) => column }: Naming,
): string | undefined {
  if (actions.some(({ verb }) => verb === 'opaque')) return undefined
  const on = (relation: RelationName, verb: string) =>
    actions.filter(
      (action) => action.verb === verb && action.resource.path.join('.') === resource(relation).join('.'),
    )
  const own = on(intent.relation, intent.verb)
  if (own.length === 0) return `no \`${intent.verb}\` of \`${intent.relation}\``
  for (const field of intent.fields) {
    const isNamed = own.some(
      ({ fields }) =>
        fields === 'unknown' ||
        fields.some(({ name, uses }) => name === named(field) && uses.includes(USES[intent.verb])),
    )
    if (!isNamed) return `\`${intent.relation}.${field}\` is not named as ${USES[intent.verb]}`
  }
  const bounds = intent.verb !== 'insert' && intent.other === undefined
  if (bounds && intent.id === undefined && own.every(({ unfiltered }) => !unfiltered))
    return `\`${intent.relation}\` is said to be filtered`
  const { other } = intent
  if (other !== undefined && on(other.relation, 'read').length === 0)
    return `no read of \`${other.relation}\`, brought in by ${other.way}`
  return undefined
}

/** Every intent of the language, or a seeded choice of them: all verbs, relations, field lists, bounds and ways. */
export function* intents(ways: readonly string[]): Generator<Intent> {
  let value = 0
  for (const verb of INTENT_VERBS) {
    for (const relation of RELATION_NAMES) {
      const names = WORLD.relations[relation].columns.map(({ name }) => name)
      const lists = verb === 'delete' ? [[]] : sublists(verb === 'update' ? names.slice(1) : names)
      for (const fields of lists) {
        for (const id of verb === 'insert' ? [undefined] : [undefined, 2]) {
          for (const way of verb === 'read' ? [undefined, ...ways] : [undefined]) {
            value += 1
            const other = RELATION_NAMES[(RELATION_NAMES.indexOf(relation) + value) % 3] as RelationName
            yield {
              verb,
              relation,
              fields,
              value: `literal-${value}`,
              ...(id === undefined ? {} : { id }),
              ...(way === undefined ? {} : { other: { relation: other, way } }),
            }
          }
        }
      }
    }
  }
}

function sublists(names: readonly string[]): readonly (readonly string[])[] {
  const lists: string[][] = []
  for (let bits = 1; bits < 1 << names.length; bits += 1)
    lists.push(names.filter((_, index) => (bits >> index) % 2 === 1))
  return lists
}
