/** What calling a routine of a name means: the worst that the search path can reach (R3). */
import type { Action, Resource, Verb } from '@gatehouse/core'
import type { CatalogRoutine, ReviewedRoutine } from '../../catalog.js'
import type { Analysis } from '../query/analysis.js'
import { searchedSchemas } from '../query/names.js'
import { accepts } from '../query/routines/arguments.js'
import { ACTING, type Acting } from './acting.js'
import { CLEAN } from './clean.js'
import { onlyComputes } from './extensions.js'
import { COLLECTING, TOTAL, TOTAL_ALONE, TOTAL_FIRST, TOTAL_INTEGER_POSITIONS } from './total.js'

export interface FunctionJudgement {
  /** Full name, as actions list it: `pg_catalog.lower`, `shop.public.order_total`. */
  readonly name: string
  /**
   * `total`: a mask can stand for its result (R16). `total-first`, `total-positions`: so in the first argument, where the
   * others hold no field, or are integer literals. `clean`: only computes, but is a use of its arguments. `acting`: a
   * built-in that does something. `routine`: a user's. `opaque`: not known.
   */
  readonly kind: 'total' | 'total-first' | 'total-positions' | 'clean' | 'acting' | 'routine' | 'opaque'
  /** What the action falls on, and its verbs; none for total and clean ones. */
  readonly resource: Resource
  readonly verbs: readonly Verb[]
  readonly certainty: Action['certainty']
  readonly acting?: Acting
  readonly collects: boolean
  /** Every user-defined candidate. */
  readonly routines: readonly CatalogRoutine[]
  /** Those among them that no Functions document names: their bodies tell, or nobody knows. */
  readonly unreviewed: readonly CatalogRoutine[]
  /** The built-in that the call may mean as well. */
  readonly builtin?: FunctionJudgement
  /** Reviewed as clean: what comes back comes from its arguments. */
  readonly provable: boolean
  readonly why?: string
}

const VERB_WORDS: ReadonlySet<string> = new Set<Verb>([
  'read',
  'insert',
  'update',
  'delete',
  'lock',
  'set',
  'admin',
  'listen',
])

function routineResource(database: string, schema: string, name: string): Resource {
  return { kind: 'routine', path: [database, schema, name], system: schema === 'pg_catalog' }
}

/** The judgement of the built-in alone; undefined when it is not on the closed list. */
function judgeBuiltin(name: string, count: number, database: string): FunctionJudgement | undefined {
  const shape = {
    name: `pg_catalog.${name}`,
    resource: routineResource(database, 'pg_catalog', name),
    verbs: [],
    certainty: 'exact' as const,
    collects: COLLECTING.has(name),
    routines: [],
    unreviewed: [],
    provable: true,
  }
  if (TOTAL.has(name) || (count === 1 && TOTAL_ALONE.has(name))) return { ...shape, kind: 'total' }
  if (TOTAL_FIRST.has(name)) return { ...shape, kind: 'total-first' }
  if (TOTAL_INTEGER_POSITIONS.has(name)) return { ...shape, kind: 'total-positions' }
  if (name === 'count' || CLEAN.has(name) || TOTAL_ALONE.has(name)) return { ...shape, kind: 'clean' }
  const acting = ACTING.get(name)
  return acting && { ...shape, kind: 'acting', verbs: [acting.verb], acting, provable: acting.quiet }
}

/** Why a routine's call is opaque, and what can be done about it. */
export function notKnown(name: string, because?: string): string {
  return `what \`${name}\` does is not known${because === undefined ? '' : `: ${because}`}; a Functions document can name it`
}

/** The review that a call rests on. An aggregate does what its support functions do. */
function reviewed(routine: CatalogRoutine, count: number, analysis: Analysis): ReviewedRoutine | undefined {
  if (routine.kind === 'aggregate') {
    const vetted = (routine.support ?? []).every(({ oid, schema, name }) => {
      const own = analysis.catalog.routineByOid(oid)
      return own
        ? onlyComputes(own) || analysis.catalog.reviewed(own)?.clean === true
        : schema === 'pg_catalog' && isHarmless(name)
    })
    const known = vetted && routine.support !== undefined && routine.support.length > 0
    return known ? { name: routine.name, body: '', verbs: [], clean: true } : undefined
  }
  // Defaults are expressions of their own, which the body's hash does not cover.
  return count < routine.arguments.length && routine.defaults > 0
    ? undefined
    : analysis.catalog.reviewed(routine)
}

/** information_schema's own, which drivers call by name. */
const INFORMATION_SCHEMA: ReadonlySet<string> = new Set([
  '_pg_char_max_length',
  '_pg_char_octet_length',
  '_pg_datetime_precision',
  '_pg_expandarray',
  '_pg_index_position',
  '_pg_interval_type',
  '_pg_numeric_precision',
  '_pg_numeric_precision_radix',
  '_pg_numeric_scale',
  '_pg_truetypid',
  '_pg_truetypmod',
])

function isHarmless(name: string): boolean {
  return CLEAN.has(name) || TOTAL.has(name) || TOTAL_ALONE.has(name) || TOTAL_FIRST.has(name)
}

/** Vetted by module and symbol; an aggregate, when all that it runs is. */
function computes(routine: CatalogRoutine, analysis: Analysis): boolean {
  if (routine.kind !== 'aggregate') return onlyComputes(routine)
  const support = routine.support ?? []
  return (
    support.some(({ oid }) => analysis.catalog.routineByOid(oid) !== undefined) &&
    support.every(({ oid, schema, name }) => {
      const own = analysis.catalog.routineByOid(oid)
      return own ? onlyComputes(own) : schema === 'pg_catalog' && isHarmless(name)
    })
  )
}

function judgeRoutines(
  routines: readonly CatalogRoutine[],
  count: number,
  builtin: FunctionJudgement | undefined,
  analysis: Analysis,
): FunctionJudgement {
  const { database } = analysis.catalog.catalog
  const [only] = routines
  const harmless = builtin === undefined || builtin.kind.startsWith('total') || builtin.kind === 'clean'
  if (only && harmless && routines.every((each) => computes(each, analysis)))
    return {
      name: `${database}.${only.schema}.${only.name}`,
      kind: 'clean',
      resource: routineResource(database, only.schema, only.name),
      verbs: [],
      certainty: 'exact',
      collects: builtin?.collects === true || routines.some((routine) => routine.kind === 'aggregate'),
      routines,
      unreviewed: [],
      provable: true,
    }
  const full = (routine: CatalogRoutine) => `${database}.${routine.schema}.${routine.name}`
  const reviewOf = (routine: CatalogRoutine) => reviewed(routine, count, analysis)
  const unreviewed = routines.filter((routine) => !reviewOf(routine))
  const worst = (unreviewed[0] ?? routines[0]) as CatalogRoutine
  const reviews = routines.map(reviewOf)
  const clean = unreviewed.length === 0 && reviews.every((review) => review?.clean === true)
  const listed = reviews
    .flatMap((review) => review?.verbs ?? [])
    .filter((verb) => VERB_WORDS.has(verb)) as Verb[]
  const shape = {
    name: full(worst),
    kind: 'routine' as const,
    resource: routineResource(database, worst.schema, worst.name),
    collects: builtin?.collects === true || routines.some((routine) => routine.kind === 'aggregate'),
    routines,
    unreviewed,
    provable: clean,
    ...(builtin ? { builtin } : {}),
  }
  if (unreviewed.length > 0)
    return { ...shape, verbs: ['call'], certainty: 'opaque', why: notKnown(shape.name) }
  return { ...shape, verbs: [...new Set<Verb>(['call', ...(clean ? [] : listed)])], certainty: 'exact' }
}

/** Every user-defined routine that the name, with so many arguments, can reach. */
function reachable(
  schema: string | undefined,
  name: string,
  count: number,
  analysis: Analysis,
): readonly CatalogRoutine[] {
  const schemas = schema === undefined ? searchedSchemas(analysis) : [schema]
  return analysis.catalog
    .routines(name)
    .filter((routine) => schemas === undefined || schemas.includes(routine.schema))
    .filter((routine) => accepts(routine, count))
}

export function judgeFunction(
  name: readonly string[],
  argCount: number,
  analysis: Analysis,
): FunctionJudgement {
  const { database } = analysis.catalog.catalog
  const last = name.at(-1) ?? ''
  const schema = name.length === 3 && name[0] === database ? name[1] : name.length === 2 ? name[0] : undefined
  const server: Resource = { kind: 'server', path: [database], system: false }
  const unknown = (why: string, resource: Resource = server): FunctionJudgement => ({
    name: name.join('.'),
    kind: 'opaque',
    resource,
    verbs: ['opaque'],
    certainty: 'opaque',
    collects: false,
    routines: [],
    unreviewed: [],
    provable: false,
    why,
  })
  if (name.length > 2 && schema === undefined)
    return unknown(`function \`${name.join('.')}\` is in another database`)
  if (analysis.overlay.has(last)) return unknown(`function \`${last}\` was defined in this session`)
  if (
    schema === 'information_schema' &&
    INFORMATION_SCHEMA.has(last) &&
    reachable(schema, last, argCount, analysis).length === 0
  )
    return { ...(judgeBuiltin('unnest', 1, database) as FunctionJudgement), name: name.join('.') }
  const builtin =
    schema === undefined || schema === 'pg_catalog' ? judgeBuiltin(last, argCount, database) : undefined
  const routines = schema === 'pg_catalog' ? [] : reachable(schema, last, argCount, analysis)
  if (routines.length > 0) return judgeRoutines(routines, argCount, builtin, analysis)
  if (builtin) return builtin
  if (
    schema === 'pg_catalog' ||
    /^(pg|lo|binary_upgrade)_|_to_xml|^ts_(stat|rewrite)$|^lo(read|write)$/.test(last)
  )
    return unknown(
      `built-in \`${last}\` is not on the list of vetted functions`,
      routineResource(database, 'pg_catalog', last),
    )
  analysis.unknownName(last)
  return unknown(
    `function \`${name.join('.')}\` with ${argCount} arguments is neither vetted nor in the catalog`,
  )
}
