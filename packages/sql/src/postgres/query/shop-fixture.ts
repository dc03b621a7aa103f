/** The small shop that tests of the resolver read against; classes and all. */
import { createRequire } from 'node:module'
import type { Action, Output } from '@gatehouse/core'
import type {
  Catalog,
  CatalogCast,
  CatalogOperator,
  CatalogRelation,
  CatalogRoutine,
  CatalogType,
  RelationKind,
  ReviewedRoutine,
} from '../../catalog.js'
import { type CatalogIndex, createCatalogIndex, hashBody } from '../catalog-index.js'
import { builtinType } from '../functions/builtin-types.js'
import type { Analysis } from './analysis.js'

interface Grammar {
  loadModule(): Promise<void>
  parseSync(text: string): unknown
}

const grammar = createRequire(import.meta.url)('libpg-query-18') as Grammar

export const loadGrammar = () => grammar.loadModule()

export function parseOne(text: string): unknown {
  const parsed = grammar.parseSync(text) as { stmts: readonly { stmt: unknown }[] }
  return parsed.stmts[0]?.stmt
}

interface RelationShape {
  readonly kind?: RelationKind
  readonly definition?: string
  readonly parents?: readonly string[]
  readonly rules?: boolean
  readonly triggers?: boolean
}

let oid = 20000

/** `columns`: `name:type` with `!class` behind it and `=expression` for a generated one. */
function relation(
  name: string,
  columns: string,
  shape: RelationShape = {},
  others: readonly CatalogRelation[] = [],
): CatalogRelation {
  const [schema = '', own = ''] = name.split('.')
  return {
    oid: oid++,
    schema,
    name: own,
    kind: shape.kind ?? 'table',
    columns: columns.split(' ').map((text, position) => {
      const [, column = '', type = '', classes = '', generated] =
        /^(\w+):(\w+)((?:!\w+)*)(?:=(.+))?$/.exec(text) ?? []
      return {
        name: column,
        number: position + 1,
        type: builtinType(type) ?? USER_TYPES[type] ?? 0,
        classes: classes.split('!').filter((each) => each !== ''),
        nullable: true,
        ...(generated === undefined ? {} : { generated }),
      }
    }),
    ...(shape.definition === undefined ? {} : { definition: shape.definition }),
    parents: (shape.parents ?? []).flatMap(
      (parent) => others.find((each) => each.name === parent)?.oid ?? [],
    ),
    rules: shape.rules ?? false,
    triggers: shape.triggers ?? false,
  }
}

const USER_TYPES: Readonly<Record<string, number>> = {
  address: 19001,
  mood: 19002,
  citext: 19003,
  positive: 19004,
}

const secret = relation('public.secret', 'id:int4 pw:text!secret')
const customers = relation(
  'public.customers',
  'id:int4 name:text email:text!email ssn:text!national_id birth:date!birth_date profile:jsonb region:text home:address mood:mood nick:varchar handle:citext',
)
const orders = relation(
  'public.orders',
  'id:int4 customer_id:int4 total:numeric note:text placed:timestamptz',
)
const staff = relation(
  'public.staff',
  'id:int4 salary:int4!salary boss:int4 upper_name:text!name=upper("first") first:text!name',
)
const log = relation('public.log', 'id:int4 line:text')
const audited = relation('public.audited', 'id:int4 v:text', { triggers: true })
const ruled = relation('public.ruled', 'id:int4 v:text', { rules: true })
const parent = relation('public.events', 'id:int4 day:date body:text', { kind: 'partitioned' })
const child = relation('public.events_1', 'id:int4 day:date body:text!token', { parents: ['events'] }, [
  parent,
])
const grandchild = relation('public.events_1a', 'id:int4 day:date body:text', { parents: ['events_1'] }, [
  child,
])

const RELATIONS: readonly CatalogRelation[] = [
  secret,
  customers,
  orders,
  staff,
  log,
  audited,
  ruled,
  parent,
  child,
  grandchild,
  relation('public.address', 'street:text city:text door_code:text!secret', { kind: 'composite' }),
  relation('evil.secret', 'id:int4 pw:text'),
  relation('evil.only_here', 'id:int4'),
  relation('pg_catalog.pg_class', 'oid:oid relname:name relnamespace:oid relkind:char', {}),
  relation('pg_catalog.pg_namespace', 'oid:oid nspname:name', {}),
  relation('pg_catalog.pg_stats', 'tablename:name most_common_vals:text', {
    kind: 'view',
    definition: 'SELECT 1',
  }),
  relation('public.seq', 'last_value:int8 log_cnt:int8 is_called:bool', { kind: 'sequence' }),
  relation('public.vsecret', 'id:int4 pw:text', {
    kind: 'view',
    definition: ' SELECT secret.id, secret.pw FROM public.secret;',
  }),
  relation('public.vupper', 'id:int4 u:text', {
    kind: 'view',
    definition: ' SELECT s.id, upper(s.pw) AS u FROM public.secret s WHERE (s.pw IS NOT NULL);',
  }),
  relation('public.vnested', 'number:int4 word:text', {
    kind: 'view',
    definition: ' SELECT v.id AS number, v.u AS word FROM public.vupper v;',
  }),
  relation('public.vcast', 'id:int4 n:int4', {
    kind: 'view',
    definition: ' SELECT secret.id, (secret.pw)::integer AS n FROM public.secret;',
  }),
  relation('public.vcount', 'region:text n:int8', {
    kind: 'view',
    definition:
      ' SELECT customers.region, count(customers.ssn) AS n FROM public.customers GROUP BY customers.region;',
  }),
  relation('public.vleak', 'x:text', { kind: 'view', definition: ' SELECT public.leak() AS x;' }),
  relation('public.vhung', 'x:text', { kind: 'view' }),
  relation('public.vloop', 'x:text', { kind: 'view', definition: ' SELECT vloop.x FROM public.vloop;' }),
  relation('public.mv', 'id:int4 pw:text', {
    kind: 'materialized',
    definition: " SELECT secret.id, secret.pw FROM public.secret WHERE (secret.pw ~~ 'a%'::text);",
  }),
]

const routine = (name: string, shape: Partial<CatalogRoutine> = {}): CatalogRoutine => {
  const [schema = '', own = ''] = name.split('.')
  return {
    oid: oid++,
    schema,
    name: own,
    kind: 'function',
    arguments: [],
    variadic: false,
    defaults: 0,
    returns: 25,
    returnsSet: false,
    language: 'plpgsql',
    body: '',
    securityDefiner: false,
    ...shape,
  }
}

const citextEquals = routine('public.citext_eq', { arguments: [19003, 19003], returns: 16, language: 'c' })

export const ROUTINES: readonly CatalogRoutine[] = [
  routine('public.leak'),
  routine('public.taxed', { arguments: [1700], returns: 1700 }),
  routine('public.reviewed', { arguments: [25] }),
  routine('public.date_trunc', { arguments: [25, 1082], returns: 1082 }),
  routine('public.rows_of', { returns: 2249, returnsSet: true }),
  routine('public.proc', { kind: 'procedure', arguments: [25], returns: 2278 }),
  routine('evil.lower', { arguments: [25] }),
  citextEquals,
]

const type = (name: string, kind: CatalogType['kind'], shape: Partial<CatalogType> = {}): CatalogType => ({
  oid: USER_TYPES[name] ?? 0,
  schema: 'public',
  name,
  kind,
  relation: 0,
  element: 0,
  base: 0,
  ...shape,
})

const named = (name: string) => RELATIONS.find((each) => each.name === name)?.oid ?? 0

const TYPES: readonly CatalogType[] = [
  type('address', 'composite', { relation: named('address') }),
  type('mood', 'enum'),
  type('citext', 'base'),
  type('positive', 'domain', { base: 23 }),
  type('secret', 'composite', { oid: 19100, relation: secret.oid }),
]

const OPERATORS: readonly CatalogOperator[] = [
  { schema: 'public', name: '=', left: 19003, right: 19003, routine: citextEquals.oid },
  { schema: 'public', name: '@@@@', left: 25, right: 25, routine: citextEquals.oid },
]

const CASTS: readonly CatalogCast[] = [
  { source: 25, target: 19003, routine: 0, implicit: false },
  { source: 19003, target: 25, routine: 0, implicit: true },
]

export const CATALOG: Catalog = {
  engine: 'postgres',
  major: 18,
  serverVersion: '18.0',
  database: 'shop',
  epoch: 1,
  relations: RELATIONS,
  routines: ROUTINES,
  types: TYPES,
  operators: OPERATORS,
  casts: CASTS,
  schemas: ['public', 'evil'],
}

export const REVIEWED: readonly ReviewedRoutine[] = [
  { name: 'shop.public.reviewed', body: hashBody(''), verbs: ['read'], clean: true },
]

export function shopIndex(catalog: Catalog = CATALOG): CatalogIndex {
  return createCatalogIndex(catalog, { parse: (text) => grammar.parseSync(text), reviewed: REVIEWED })
}

export interface Noted {
  literals: number
  readonly unknown: string[]
}

export function analysisOf(index: CatalogIndex, given: Partial<Analysis> = {}): Analysis & { noted: Noted } {
  const noted: Noted = { literals: 0, unknown: [] }
  return {
    catalog: index,
    searchPath: ['"$user"', 'public'],
    overlay: new Set(),
    account: 'gatehouse',
    parameterTypes: [],
    literalMattered: () => {
      noted.literals++
    },
    unknownName: (name) => {
      noted.unknown.push(name)
    },
    noted,
    ...given,
  }
}

/** One line per action: `~` derived, `*` unfiltered; fields with their uses. */
export function drawActions(actions: readonly Action[]): readonly string[] {
  return actions.map((action) => {
    const fields =
      action.fields === 'unknown'
        ? ' ?'
        : action.fields.map((field) => ` ${field.name}[${field.uses.join(' ')}]`).join('')
    const certainty = action.certainty === 'exact' ? '' : ` ${action.certainty}`
    const path = action.resource.path.join('.').replace(/^shop\.public\./, '')
    return `${action.derived ? '~' : ''}${action.verb} ${path}${fields}${certainty}${action.unfiltered ? ' *' : ''}`
  })
}

/** `name=source,source`: `!` unprovable, `()` around what is computed, `#` before what is counted. */
export function drawOutputs(outputs: readonly Output[] | 'unknown'): string {
  if (outputs === 'unknown') return 'unknown'
  return outputs
    .map((output) => {
      const sources = output.sources
        .map((source) => `${source.resource.replace(/^shop\.public\./, '')}.${source.field}`)
        .join(',')
      const drawn =
        output.how === 'counted' ? `#${sources}` : output.how === 'computed' ? `(${sources})` : sources
      return `${output.name}=${drawn}${output.unprovable === undefined ? '' : '!'}`
    })
    .join(' ')
}
