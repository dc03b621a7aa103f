/** What calling a function of a name means: the worst that the server could find under it (R3). */
import type { Action, Resource, Verb } from '@gatehouse/core'
import { VERBS } from '@gatehouse/core'
import { fold } from '../catalog-index.js'
import type { MysqlAnalysis } from '../query/analysis.js'
import { ACTING, type Acting } from './acting.js'
import { CLEAN } from './clean.js'
import {
  COLLECTING,
  TOTAL,
  TOTAL_ALONE,
  TOTAL_FIRST,
  TOTAL_INTEGER_POSITIONS,
  TOTAL_OF_ONE,
} from './total.js'

export interface FunctionJudgement {
  /** As actions list it: `lower`, `shop.order_total`. */
  readonly name: string
  /** As for Postgres: see postgres/functions/judge.ts. */
  readonly kind: 'total' | 'total-first' | 'total-positions' | 'clean' | 'acting' | 'routine' | 'opaque'
  readonly resource: Resource
  readonly verbs: readonly Verb[]
  readonly certainty: Action['certainty']
  readonly acting?: Acting
  readonly collects: boolean
  /** What comes back comes from its arguments. */
  readonly provable: boolean
  readonly why?: string
}

/** What a reviewed routine may be said to do; it cannot be said to do anything at all. */
const DECLARABLE: ReadonlySet<string> = new Set<Verb>(
  VERBS.filter((verb) => verb !== 'opaque' && verb !== 'connect'),
)

function judgeBuiltin(name: string, count: number): FunctionJudgement | undefined {
  const shape = {
    name,
    resource: { kind: 'routine' as const, path: [name], system: true },
    verbs: [],
    certainty: 'exact' as const,
    collects: COLLECTING.has(name),
    provable: true,
  }
  if (TOTAL_ALONE.has(name)) {
    if (count === 0) return { ...shape, kind: 'total' }
  } else {
    if (TOTAL.has(name) && !(count > 1 && TOTAL_OF_ONE.has(name))) return { ...shape, kind: 'total' }
    if (TOTAL_FIRST.has(name)) return { ...shape, kind: 'total-first' }
    if (TOTAL_INTEGER_POSITIONS.has(name)) return { ...shape, kind: 'total-positions' }
  }
  const acting = ACTING.get(name)
  if (acting) return { ...shape, kind: 'acting', verbs: [acting.verb], acting, provable: acting.quiet }
  return name === 'count' || CLEAN.has(name) || TOTAL_ALONE.has(name) || TOTAL_OF_ONE.has(name)
    ? { ...shape, kind: 'clean' }
    : undefined
}

/** Whether the name alone is a built-in that was vetted. */
export function isBuiltin(name: string): boolean {
  return judgeBuiltin(fold(name), 1) !== undefined
}

function judgeRoutine(schema: string, name: string, analysis: MysqlAnalysis): FunctionJudgement | undefined {
  const routine = analysis.catalog.routine(schema, name, 'function')
  if (!routine) return undefined
  const full = `${routine.schema}.${routine.name}`
  const review = analysis.catalog.reviewed(routine)
  const shape = {
    name: full,
    kind: 'routine' as const,
    resource: { kind: 'routine' as const, path: [routine.schema, routine.name], system: false },
    // MariaDB has stored aggregate functions.
    collects: true,
  }
  if (!review)
    return {
      ...shape,
      verbs: ['call'],
      certainty: 'opaque',
      provable: false,
      why: `what \`${full}\` does is not known: it can be named in a Functions document`,
    }
  const listed = review.verbs.filter((verb): verb is Verb => DECLARABLE.has(verb))
  return {
    ...shape,
    collects: false,
    verbs: [...new Set<Verb>(['call', ...(review.clean ? [] : listed)])],
    certainty: 'exact',
    provable: review.clean,
  }
}

/** `name`: the function's name, after its database's where it is qualified. */
export function judgeFunction(
  name: readonly string[],
  count: number,
  analysis: MysqlAnalysis,
): FunctionJudgement {
  const own = fold(name.at(-1) ?? '')
  const qualified = name.length > 1
  const schema = qualified ? name.at(-2) : analysis.database
  const unknown = (why: string): FunctionJudgement => ({
    name: name.join('.'),
    kind: 'opaque',
    resource: { kind: 'routine', path: [...(schema === undefined ? [] : [schema]), own], system: false },
    verbs: ['opaque'],
    certainty: 'opaque',
    collects: true,
    provable: false,
    why,
  })
  if (name.length > 2 || own === '') return unknown('a function has no plain name')
  if ([...analysis.overlay].some((each) => fold(each) === own))
    return unknown(`function \`${own}\` was defined in this session`)
  // A built-in hides them both, but which built-ins there are depends on the server's version.
  if (!qualified && analysis.catalog.isLoadable(own))
    return unknown(`\`${own}\` is a loadable function: what it does is not known`)
  const routine = schema === undefined ? undefined : judgeRoutine(schema, own, analysis)
  if (routine) return routine
  const builtin = qualified ? undefined : judgeBuiltin(own, count)
  if (builtin) return builtin
  analysis.unknownName(own)
  return unknown(`function \`${name.join('.')}\` is neither vetted nor in the catalog`)
}
