/** Conversions that nobody wrote: implicit and assignment casts, and those to JSON, may run users' routines (R3). */
import type { CatalogCast } from '../../catalog.js'
import { use } from '../../lineage/mention.js'
import { compute, FIRST_USER_OID, heavier, unprovable, type Value } from '../../lineage/value.js'
import { TYPE } from '../functions/builtin-types.js'
import { notKnown } from '../functions/judge.js'
import { act, type Env } from './analysis.js'
import { alternatives, runRoutine } from './routines/run.js'

/** A domain's values are its base type's; other types stand for themselves. */
export function underlying(type: number, env: Env): number {
  let found = type
  for (let step = 0; step < 16 && found >= FIRST_USER_OID; step++) {
    const known = env.analysis.catalog.typeByOid(found)
    if (known?.kind !== 'domain' || known.base === 0) break
    found = known.base
  }
  return found
}

const DOCUMENTS: ReadonlySet<number> = new Set([TYPE.json, TYPE.jsonb])

function castsFrom(value: Value, env: Env): readonly CatalogCast[] {
  if (value.type === undefined || value.type < FIRST_USER_OID) return []
  return env.analysis.catalog.castsFrom(value.type).filter((cast) => cast.routine !== 0)
}

function castsInside(value: Value, env: Env, depth: number): readonly CatalogCast[] {
  const own = castsFrom(value, env).filter((cast) => DOCUMENTS.has(cast.target))
  if (value.row === undefined || depth > 8) return own
  return [...own, ...value.row.flatMap((column) => castsInside(column.value, env, depth + 1))]
}

/** The routine's full name within the database. */
function routineName(cast: CatalogCast, env: Env): string {
  const routine = env.analysis.catalog.routineByOid(cast.routine)
  return routine ? `${routine.schema}.${routine.name}` : `cast.${cast.source}-${cast.target}`
}

/** What a conversion by a user's routine gives: what its body says, or nobody knows. */
export function runConversion(cast: CatalogCast, value: Value, env: Env): Value {
  const routine = env.analysis.catalog.routineByOid(cast.routine)
  const found = runRoutine(routine, [value], env)
  if (!('why' in found)) return found
  const name = routineName(cast, env)
  const why = `a cast runs \`${name}\`: ${notKnown(name, found.why)}`
  const path = [env.analysis.catalog.catalog.database, ...name.split('.')]
  act(env, { verb: 'call', resource: { kind: 'routine', path, system: false }, certainty: 'opaque', why })
  use(env, [value], 'argument')
  return unprovable(why, [value])
}

/** When built-ins are given values of users' types: `document` where they turn whatever they get into JSON. */
export function convertArguments(values: readonly Value[], document: boolean, env: Env): Value | undefined {
  const results: Value[] = []
  for (const value of values) {
    const casts = castsFrom(value, env).filter((cast) => cast.implicit !== false)
    const all = new Set(document ? [...casts, ...castsInside(value, env, 0)] : casts)
    for (const cast of all) results.push(runConversion(cast, value, env))
  }
  if (results.length === 0) return undefined
  // The built-in may do with what comes out whatever it does with a field.
  use(env, [...values, ...results], 'argument')
  return heavier(compute([...values, ...results]), Number.POSITIVE_INFINITY)
}

/** When a value is stored into a column of this type, or handed to a parameter of it. */
export function convertStored(value: Value, type: number, env: Env): Value | undefined {
  if (value.type === type) return undefined
  const known = value.type !== undefined && value.type !== TYPE.unknown
  const results = env.analysis.catalog
    .castsTo(type)
    .filter((cast) => cast.routine !== 0 && (known ? cast.source === value.type : value.foreign === true))
    .map((cast) => runConversion(cast, value, env))
  if (results.length === 0) return undefined
  return alternatives(known ? results : [...results, compute([value], type)])
}
