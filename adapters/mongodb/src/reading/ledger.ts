/** The ledger of one command's reading: what it does to which resource, and every use of a field. */
import type { Action, Field, FieldPlace, FieldUse, KeyJoin, Resource, Verb } from '@gatehouse/core'
import { type Catalog, type Collection, fieldName } from '../catalog/catalog.js'
import { fieldsUnder } from './known-fields.js'
import { Unread } from './unread.js'

/** Names in one path; the server nests no deeper. */
const LONGEST_PATH = 200

/** What a use is about, where it is plain enough to be judged by that. */
export interface UseDetail {
  readonly into?: readonly FieldPlace[]
  readonly from?: readonly FieldPlace[]
  readonly join?: KeyJoin
  readonly beside?: readonly (readonly string[])[]
  readonly issued?: boolean
}

interface FieldUses {
  readonly classes: readonly string[]
  readonly uses: Set<FieldUse>
  readonly details: UseDetail[]
  /** Uses that say nothing more of themselves: whatever else is known of such a use does not hold of all. */
  readonly plain: Set<FieldUse>
}

/** One verb on one resource; every mention of it in the command adds to it. */
export interface Draft {
  readonly verb: Verb
  readonly resource: Resource
  /** Undefined: the catalog does not know it. */
  readonly collection: Collection | undefined
  readonly derived: boolean
  readonly fields: Map<string, FieldUses>
  certainty: Action['certainty']
  unfiltered: boolean
  /** Why its fields cannot be listed. */
  unknown?: string
  why?: string
  /** No action as long as no field of it is used: what is only written. */
  optional?: boolean
  /** Fields that are all shown, made once for each collection. */
  shown?: readonly Field[]
}

export interface Ledger {
  readonly catalog: Catalog
  readonly command: string
  readonly drafts: Map<string, Draft>
  readonly functions: Set<string>
  collects: boolean
  uncounted?: string
  never?: string
  /** Explained, not run: what it would write is read. */
  planned?: true
  /** Parts that may still be read: what a small command can unfold into through views is bounded. */
  budget: number
  /** A strength other than the field's own compares: an equality finds more than its constant. */
  collated: boolean
}

const BUDGET = 20_000
/** Fields that one action lists; with more they count as unknown. */
const MOST_FIELDS = 2000

export function createLedger(catalog: Catalog, command: string): Ledger {
  return {
    catalog,
    command,
    drafts: new Map(),
    functions: new Set(),
    collects: false,
    budget: BUDGET,
    collated: false,
  }
}

export function draft(
  ledger: Ledger,
  verb: Verb,
  resource: Resource,
  parts: {
    readonly derived?: boolean
    readonly unfiltered?: boolean
    readonly collection?: Collection | undefined
  } = {},
): Draft {
  const derived = parts.derived ?? false
  const key = `${verb}\0${derived ? 1 : 0}\0${resource.kind}\0${resource.path.join('\0')}`
  const known = ledger.drafts.get(key)
  if (known !== undefined) {
    if (parts.unfiltered === true) known.unfiltered = true
    return known
  }
  const made: Draft = {
    verb,
    resource,
    collection: parts.collection,
    derived,
    fields: new Map(),
    certainty: verb === 'opaque' ? 'opaque' : 'exact',
    unfiltered: parts.unfiltered ?? false,
  }
  ledger.drafts.set(key, made)
  return made
}

export function opaque(ledger: Ledger, why: string): void {
  const found = draft(
    ledger,
    'opaque',
    { kind: 'server', path: ['server'], system: true },
    { unfiltered: true },
  )
  found.why ??= why
  found.unknown ??= why
}

/** The field itself; what stands under it is another. */
export function touch(
  ledger: Ledger,
  found: Draft,
  path: readonly string[],
  use: FieldUse,
  detail?: UseDetail,
): void {
  const name = fieldName(path)
  let known = found.fields.get(name)
  if (known === undefined) {
    if (found.fields.size >= MOST_FIELDS) {
      found.unknown ??= `more than ${MOST_FIELDS} fields of it are named`
      return
    }
    known = { classes: classesOf(ledger, found, path), uses: new Set(), details: [], plain: new Set() }
    found.fields.set(name, known)
  }
  known.uses.add(use)
  if (detail !== undefined) known.details.push(detail)
  const told = detail?.into ?? detail?.from ?? detail?.join ?? detail?.beside
  if (told === undefined && TELLING.has(use)) known.plain.add(use)
}

/** The field and all that is known to stand under it. */
export function touchDeep(
  ledger: Ledger,
  found: Draft,
  path: readonly string[],
  use: FieldUse,
  detail?: UseDetail,
): void {
  if (path.length > 0) touch(ledger, found, path, use, detail)
  for (const field of fieldsUnder(found.collection, path)) touch(ledger, found, field.path, use, detail)
}

export function checkPath(path: readonly string[]): void {
  if (path.length > LONGEST_PATH) throw new Unread('a path of too many names', undefined, 'GH_TOO_LARGE')
}

export function classesOf(ledger: Ledger, found: Draft, path: readonly string[]): readonly string[] {
  checkPath(path)
  const known = found.collection?.fields.get(fieldName(path))
  if (known !== undefined) return known.classes
  const [database = '', collection = ''] = found.resource.path
  return ledger.catalog.classesOf([database, collection], path)
}

export function placeOf(ledger: Ledger, found: Draft, path: readonly string[]): FieldPlace {
  return { resource: found.resource.path, field: fieldName(path), classes: classesOf(ledger, found, path) }
}

const TELLING: ReadonlySet<FieldUse> = new Set(['flow', 'written', 'join', 'definition'])

const WRITES: ReadonlySet<Verb> = new Set<Verb>([
  'insert',
  'update',
  'delete',
  'create',
  'truncate',
  'export',
])

export function toActions(ledger: Ledger): readonly Action[] {
  const functions = [...ledger.functions].sort()
  const drafts = [...ledger.drafts.values()].filter((found) => !isIdle(found))
  return drafts.map((found) => ({
    verb: ledger.planned && WRITES.has(found.verb) ? 'read' : found.verb,
    resource: found.resource,
    fields: found.unknown === undefined ? fieldsOf(found) : 'unknown',
    unfiltered: found.unfiltered,
    certainty: found.certainty,
    command: ledger.command,
    functions,
    derived: found.derived,
    ...(found.why === undefined && found.unknown === undefined
      ? {}
      : { why: found.why ?? found.unknown ?? '' }),
  }))
}

function isIdle({ optional, fields, unknown, shown }: Draft): boolean {
  return optional === true && fields.size === 0 && unknown === undefined && shown === undefined
}

function fieldsOf({ shown, fields }: Draft): readonly Field[] {
  if (shown === undefined) return [...fields].map(([name, uses]) => toField(name, uses))
  if (fields.size === 0) return shown
  const all = shown.map((field) => {
    const uses = fields.get(field.name)
    if (uses === undefined) return field
    fields.delete(field.name)
    uses.uses.add('output')
    return toField(field.name, uses)
  })
  for (const [name, uses] of fields) all.push(toField(name, uses))
  return all
}

function toField(name: string, { classes, uses, details, plain }: FieldUses): Field {
  if (uses.size === 1 && details.length === 0) return { name, uses: [...uses], classes }
  const told = <T>(use: FieldUse, of: (detail: UseDetail) => readonly T[] | undefined): T[] | undefined =>
    uses.has(use) && !plain.has(use) ? distinct(details.flatMap((detail) => of(detail) ?? [])) : undefined
  const joins = told('join', ({ join }) => join && [join])
  const into = told('flow', (detail) => detail.into)
  const from = told('written', (detail) => detail.from)
  const beside = told('definition', (detail) => detail.beside)
  return {
    name,
    uses: [...uses].sort(),
    classes,
    ...(joins && { joins }),
    ...(into && { into }),
    ...(from && { from }),
    ...(beside && { beside }),
    ...(details.some(({ issued }) => issued) && { issued: true }),
  }
}

function distinct<T>(items: readonly T[]): T[] {
  if (items.length < 2) return [...items]
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}
