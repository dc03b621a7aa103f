/** Routines with what their bodies need to be read: parameters, defaults, settings, and what aggregates run. */
import type { CatalogParameter, CatalogRoutine, CatalogSupport } from '@gatehouse/sql'
import type { CatalogClient } from './client.js'
import { type DefinitionRow, readDefinitions } from './definitions.js'
import { AGGREGATES, BODIES, ROUTINE_DEFAULTS, ROUTINES } from './queries.js'

type Row = Readonly<Record<string, unknown>>

/** The language of a body that was parsed when it was made and can't be shown now: nobody reads it. */
export const UNREADABLE = 'unreadable'

const KINDS: Readonly<Record<string, CatalogRoutine['kind']>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
}

const MODES: Readonly<Record<string, CatalogParameter['mode']>> = {
  i: 'in',
  o: 'out',
  b: 'inout',
  v: 'variadic',
  t: 'table',
}

export async function readRoutines(client: CatalogClient): Promise<CatalogRoutine[]> {
  const { rows } = await client.query(ROUTINES)
  const none: ReadonlyMap<number, DefinitionRow> = new Map()
  const bodies = rows.some((row) => row.parsed === true) ? await readDefinitions(client, BODIES) : none
  const defaults = rows.some((row) => Number(row.defaults) > 0)
    ? await readDefinitions(client, ROUTINE_DEFAULTS)
    : none
  const aggregates = rows.some((row) => row.kind === 'a') ? (await client.query(AGGREGATES)).rows : []
  return rows.map((row) => {
    const oid = Number(row.oid)
    const support = aggregates.filter(({ aggregate }) => Number(aggregate) === oid).map(supportOf)
    return routineOf(row, oid, bodies.get(oid)?.text, defaults.get(oid)?.text, support)
  })
}

function routineOf(
  row: Row,
  oid: number,
  shown: unknown,
  defaults: unknown,
  support: readonly CatalogSupport[],
): CatalogRoutine {
  const body = row.parsed === true ? shown : row.body
  const given = numbers(row.arguments)
  return {
    oid,
    schema: String(row.schema),
    name: String(row.name),
    kind: KINDS[String(row.kind)] ?? 'function',
    arguments: given,
    variadic: row.variadic === true,
    defaults: Number(row.defaults),
    returns: Number(row.returns),
    returnsSet: row.returnsSet === true,
    language: body === undefined ? UNREADABLE : String(row.language),
    body: String(body ?? ''),
    ...(row.library == null ? {} : { library: String(row.library) }),
    securityDefiner: row.securityDefiner === true,
    parameters: parametersOf(row, given),
    ...(typeof defaults === 'string' ? { defaultTexts: defaults } : {}),
    atomic: row.parsed === true,
    settings: Array.isArray(row.settings) ? row.settings.map(String) : [],
    owner: String(row.owner),
    ...(row.kind === 'a' ? { support } : {}),
  }
}

/** The lists of all types and of modes are there only when there is more than plain input. */
function parametersOf(row: Row, given: readonly number[]): readonly CatalogParameter[] {
  const all = numbers(row.allTypes)
  const types = all.length > 0 ? all : given
  const names = Array.isArray(row.names) ? row.names : []
  const modes = Array.isArray(row.modes) ? row.modes : []
  return types.map((type, at) => ({
    name: String(names[at] ?? ''),
    mode: MODES[String(modes[at] ?? 'i')] ?? 'in',
    type,
  }))
}

function supportOf(row: Row): CatalogSupport {
  return { oid: Number(row.oid), schema: String(row.schema), name: String(row.name) }
}

function numbers(text: unknown): readonly number[] {
  return String(text ?? '')
    .split(' ')
    .filter((each) => each !== '')
    .map(Number)
}

/** False when a lock kept a body or the defaults of arguments from being read. */
export function isWholeRoutine({ language, defaults, defaultTexts, kind }: CatalogRoutine): boolean {
  return language !== UNREADABLE && (defaults === 0 || defaultTexts !== undefined || kind === 'aggregate')
}
