/** What a rule must keep beyond its shape: patterns, conditions, and keys that make sense together. */
import type { Verb } from '../action.js'
import { type ConditionReading, readCondition } from './condition.js'
import type { Rule } from './document-schema.js'
import { parseFieldPattern } from './field-pattern.js'
import { parsePattern } from './name-pattern.js'

export interface RuleFault {
  /** Keys and indexes from the rule downwards. */
  readonly path: readonly (string | number)[]
  readonly message: string
  /** Characters into the value's text. */
  readonly at?: number
}

/** What a permit of single fields can allow: everything else happens to whole rows or objects. */
export const FIELD_VERBS: ReadonlySet<Verb> = new Set<Verb>([
  'read',
  'insert',
  'update',
  'copy-in',
  'copy-out',
])

export function checkRule(rule: Rule): RuleFault[] {
  return [
    ...checkWho(rule),
    ...checkWhat(rule),
    ...checkConditions(rule),
    ...checkApprovers(rule),
    ...checkLimit(rule),
  ]
}

function* checkWho(rule: Rule): Generator<RuleFault> {
  for (const key of ['users', 'groups', 'agents'] as const) {
    for (const [i, name] of (rule[key] ?? []).entries()) {
      if (!name.includes('*') || (key === 'agents' && name === '*')) continue
      const message =
        key === 'agents'
          ? 'names of agents are not patterns; `*` stands alone for every agent'
          : `\`${key}\` takes names, not patterns; leave the key out for everyone`
      yield { path: [key, i], message }
    }
  }
  if (rule.effect === 'permit' && rule.users && rule.agents) {
    yield {
      path: ['agents'],
      message: 'a permit never matches both: `users` are people, `agents` are programs',
    }
  }
}

function* checkWhat(rule: Rule): Generator<RuleFault> {
  for (const [i, text] of (rule.resources ?? []).entries()) {
    if (parsePattern(text) === undefined) {
      yield {
        path: ['resources', i],
        message: 'expected names or `*` separated by dots, or `**` between dots',
      }
    }
  }
  for (const [i, text] of (rule.fields ?? []).entries()) {
    if (parseFieldPattern(text) === undefined) {
      yield {
        path: ['fields', i],
        message: 'expected a resource, a dot and a field, e.g. `shop.public.staff.salary`',
      }
    }
  }
  if (rule.effect === 'mask') yield* checkJoinable(rule)
  if (rule.effect !== 'permit' || (!rule.fields && !rule.classes)) return
  for (const [i, verb] of (rule.verbs ?? []).entries()) {
    if (FIELD_VERBS.has(verb)) continue
    const message = `a permit that names fields or classes cannot allow \`${verb}\`, which concerns more than fields`
    yield { path: ['verbs', i], message }
  }
}

function* checkJoinable(rule: Rule & { readonly effect: 'mask' }): Generator<RuleFault> {
  if (rule.joinable && rule.probing === 'forbid') {
    yield { path: ['joinable'], message: '`probing: forbid` allows no use; leave one of the two out' }
  }
  for (const [i, pair] of (rule.joinable ?? []).entries()) {
    for (const [j, text] of pair.entries()) {
      if (parseFieldPattern(text)?.literal) continue
      const message = 'expected the full name of a field, without `*`, e.g. `shop.public.customers.email`'
      yield { path: ['joinable', i, j], message }
    }
  }
}

function* checkConditions(rule: Rule): Generator<RuleFault> {
  for (const key of ['if', 'unless'] as const) {
    const text = rule[key]
    if (text === undefined) continue
    const reading: ConditionReading = readCondition(text)
    if ('fault' in reading) {
      yield { path: [key], message: reading.fault.message, at: reading.fault.at }
      continue
    }
    if (!reading.condition.reads.has('claimed')) continue
    if (rule.effect === 'permit') {
      yield {
        path: [key],
        message: 'what a client claims about itself cannot permit: `claimed` may not be read here',
      }
    } else if (key === 'unless') {
      yield {
        path: [key],
        message:
          'what a client claims about itself cannot lift a restriction: `claimed` may not be read here',
      }
    }
  }
}

function* checkApprovers(rule: Rule): Generator<RuleFault> {
  if (rule.effect !== 'hold' || !rule.approvers) return
  if (!rule.approvers.groups && !rule.approvers.users) {
    yield { path: ['approvers'], message: 'expected `groups` or `users`: nobody could approve this' }
  }
}

function* checkLimit(rule: Rule): Generator<RuleFault> {
  if (rule.effect !== 'limit') return
  if (rule.rows === undefined && rule.affected === undefined && rule.bytes === undefined) {
    yield { path: [], message: 'expected `rows`, `affected` or `bytes`: this limits nothing' }
  }
}
