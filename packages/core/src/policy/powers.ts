/** What a viewer could do to a relation by other statements: whoever can write or shape it can put guesses there. */
import type { Verb } from '../action.js'
import type { Bound, BoundRule } from './bind.js'
import { type NamePattern, names } from './name-pattern.js'
import { someNames } from './pattern-set.js'

const WRITING: readonly Verb[] = ['insert', 'update', 'copy-in', 'import']
const SHAPING: readonly Verb[] = ['create', 'alter']

interface Powers {
  readonly write: boolean
  readonly shape: boolean
}

/** Some statement may put values of the viewer's choice into it, or make it anew. */
export function mayWrite(bound: Bound, path: readonly string[]): boolean {
  return powersOver(bound, path).write
}

/** Some statement may give it columns, constraints, defaults or triggers. */
export function mayShape(bound: Bound, path: readonly string[]): boolean {
  return powersOver(bound, path).shape
}

/** A session's own temporary relations, by whatever number their schema goes. */
function isOwn(path: readonly string[]): boolean {
  return path.at(-2)?.startsWith('pg_temp') ?? false
}

const known = new WeakMap<Bound, Map<string, Powers>>()
/** Relations whose answers one session keeps. */
const KEPT = 1000

function powersOver(bound: Bound, path: readonly string[]): Powers {
  let answers = known.get(bound)
  if (!answers) {
    answers = new Map()
    known.set(bound, answers)
  }
  const key = path.join('\0')
  const answer = answers.get(key)
  if (answer) return answer
  const can = (verb: Verb): boolean => could(bound, verb, path)
  const shape = isOwn(path) || SHAPING.some(can)
  const found = { shape, write: shape || WRITING.some(can) }
  if (answers.size < KEPT) answers.set(key, found)
  return found
}

/** Conditions may hold at another time, and a hold may be approved: only what is settled counts against it. */
function could(bound: Bound, verb: Verb, path: readonly string[]): boolean {
  const rules = bound.byVerb.get(verb)
  const forbidden = rules?.restrictions.some(
    (rule) => rule.rule.effect === 'forbid' && rule.when === true && coversAll(rule, path),
  )
  if (forbidden) return false
  return bound.silence !== undefined || (rules?.permits.some((rule) => reachesSome(rule, path)) ?? false)
}

function coversAll({ resources, fields, classes }: BoundRule, path: readonly string[]): boolean {
  return !fields && !classes && (!resources || someNames(resources, path))
}

function reachesSome({ resources, fields }: BoundRule, path: readonly string[]): boolean {
  const here = (pattern: NamePattern): boolean => names(pattern, path)
  if (resources && !someNames(resources, path)) return false
  return !fields || fields.all.some((pattern) => here(pattern.resource))
}
